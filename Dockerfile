FROM python:3.11-slim-bookworm AS build
WORKDIR /app
COPY requirements.lock ./
RUN python -m venv /venv && /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock

FROM python:3.11-slim-bookworm
RUN apt-get update && apt-get install -y --no-install-recommends fonts-dejavu-core fonts-droid-fallback \
    && rm -rf /var/lib/apt/lists/* && useradd --system --create-home --home-dir /app shipsmart
WORKDIR /app
COPY --from=build /venv /venv
COPY --chown=shipsmart . .
RUN mkdir -p var && chown shipsmart var
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 VAR_DIR=/app/var
USER shipsmart
EXPOSE 8000
CMD ["python", "manage.py", "serve"]

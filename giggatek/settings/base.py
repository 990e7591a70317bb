"""Where things lie, secrets, hosts, databases, files, languages, and the security of the transport."""

from pathlib import Path

import environ

from accounts.languages import DEFAULT, NAMES

BASE_DIR = Path(__file__).resolve().parents[2]
VAR_DIR = BASE_DIR / "var"
VAR_DIR.mkdir(exist_ok=True)

env = environ.Env()
env.read_env(BASE_DIR / ".env")

# --- Secrets and hosts

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
DEFAULT_SECRET = "insecure-default-secret-for-demo-and-tests-only-0123456789"
SECRET_KEY = env.str("SECRET_KEY", default=DEFAULT_SECRET)
JWT_SECRET_KEY = env.str("JWT_SECRET_KEY", default=DEFAULT_SECRET)
# Only a demo, a developer's server and the tests may run on the default secrets.
# (pytest-django reads the settings before any conftest could set TESTING, so pytest's own mark counts.)
DEFAULT_SECRETS_ALLOWED = DEBUG or DEMO or env.bool("TESTING", default="PYTEST_VERSION" in env.ENVIRON)
# Comma separated; the first seals, all open. There is no default where real secrets are in use.
DEFAULT_ENCRYPTION_KEY = "aW5zZWN1cmUtZGVtby1hbmQtdGVzdHMtb25seS1rZXk="
DEMO_KEYS = [DEFAULT_ENCRYPTION_KEY] if DEFAULT_SECRETS_ALLOWED else []
ENCRYPTION_KEYS = [
    key.strip() for key in env.list("ENCRYPTION_KEYS", default=env.list("SYNC_KEYS", default=DEMO_KEYS))
]

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- Databases: embedded SQLite by default, MySQL 8 or MariaDB 10.6+ in production

DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR_DIR / 'giggatek.sqlite3'}")}
DATABASE_OPTIONS = {
    "django.db.backends.sqlite3": {
        # Web and worker write side by side: writers queue at BEGIN instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-20000;",
    },
    "django.db.backends.mysql": {
        "charset": "utf8mb4",
        "isolation_level": "read committed",
        "init_command": "SET sql_mode='STRICT_ALL_TABLES', innodb_strict_mode=1",
    },
}
DATABASES["default"].setdefault("OPTIONS", {}).update(DATABASE_OPTIONS.get(DATABASES["default"]["ENGINE"], {}))
if DATABASES["default"]["ENGINE"] == "django.db.backends.mysql":
    DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    DATABASES["default"]["TEST"] = {"CHARSET": "utf8mb4"}

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}

# --- Files

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.path("MEDIA_DIR", default=str(VAR_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
# The demo and the tests serve straight from the apps, without a collectstatic before.
WHITENOISE_USE_FINDERS = DEFAULT_SECRETS_ALLOWED
if DEFAULT_SECRETS_ALLOWED:
    STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# --- Languages and time

LANGUAGE_CODE = DEFAULT
LANGUAGES = list(NAMES.items())
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "giggatek.formats"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

# --- Transport security, on wherever real secrets are in use

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=not DEFAULT_SECRETS_ALLOWED)
SECURE_REDIRECT_EXEMPT = [r"^health", r"^events/((client/)?api/v1/)?health$", r"^sync-hub/health$"]
SECURE_HSTS_SECONDS = 0 if DEFAULT_SECRETS_ALLOWED else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEFAULT_SECRETS_ALLOWED
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"

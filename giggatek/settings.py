"""Every setting, read from the environment; closed by default.

`.env` in the project's folder is read first, real environment variables win over it. `.env.example` names
them all. Without real secrets a server starts only as a demo (DEMO=true), in DEBUG, or under the tests;
`core.secrets` sees to it.
"""

from datetime import timedelta
from pathlib import Path

import environ
import structlog
from django.urls import reverse_lazy

from accounts.languages import DEFAULT, NAMES
from core.card_numbers import cover_in_log
from giggatek.back_office import UNFOLD as BACK_OFFICE

BASE_DIR = Path(__file__).resolve().parent.parent
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

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
SITE_URL = env.str("SITE_URL", default="http://localhost:8000").rstrip("/")
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- Applications

INSTALLED_APPS = [
    "unfold",
    "unfold.contrib.filters",
    "giggatek.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_structlog",
    "django_tasks",
    "django_tasks_db",
    "axes",
    "anymail",
    "core",
    "accounts",
    "catalog",
    "payments",
    "orders",
    "rentals",
    "notifications",
]

MIDDLEWARE = [
    "core.logs.RequestLog",
    "core.middleware.request_id_header",
    "core.middleware.canonical_path",
    "corsheaders.middleware.CorsMiddleware",
    "core.middleware.api_answers",
    "core.middleware.body_limit",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "giggatek.urls"
WSGI_APPLICATION = "giggatek.wsgi.application"
ASGI_APPLICATION = "giggatek.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

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

# --- Accounts and sessions

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "accounts.backends.NoDemoLogins",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.BCryptSHA256PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [{"NAME": "accounts.passwords.ContractPasswordValidator"}]
LOGIN_URL = reverse_lazy("admin:login")
LOGIN_REDIRECT_URL = reverse_lazy("admin:index")

ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=60))
SESSION_LIFETIME = timedelta(days=env.int("SESSION_DAYS", default=30))
PASSWORD_RESET_LIFETIME = timedelta(hours=1)
EMAIL_VERIFICATION_LIFETIME = timedelta(hours=24)

AXES_ENABLED = True
AXES_HANDLER = "accounts.lockout.PatientHandler"
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = timedelta(minutes=env.int("LOGIN_LOCKOUT_MINUTES", default=15))
# Locked for one account from one address: a stranger cannot lock the owner out from elsewhere. Guessing one
# account from many addresses is slowed by the per-account login throttle.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "core.clients.address_of"
AXES_USERNAME_CALLABLE = "accounts.emails.axes_username"
AXES_ENABLE_ACCESS_FAILURE_LOG = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_LOCKOUT_CALLABLE = "accounts.lockout.answer"
AXES_ENABLE_ADMIN = False

# --- The back office

UNFOLD = BACK_OFFICE

# --- The API

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.SessionTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["core.api.parsers.JsonParser"],
    "DEFAULT_RENDERER_CLASSES": ["core.api.renderers.JsonRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "core.api.negotiation.AlwaysAnswer",
    "DEFAULT_THROTTLE_CLASSES": ["core.api.throttles.UserThrottle", "core.api.throttles.AnonymousThrottle"],
    "DEFAULT_SCHEMA_CLASS": "core.api.schema.ContractSchema",
    "EXCEPTION_HANDLER": "core.api.errors.handle",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": TRUSTED_PROXIES,
}
API_THROTTLE_USER = env.str("API_THROTTLE_USER", default="100/min")
API_THROTTLE_ANON = env.str("API_THROTTLE_ANON", default="30/min")


def share_of_anonymous(divisor: int, period: str = "") -> str:
    """A part of the anonymous limit, so that the stricter limits follow it unless they are set themselves."""
    number, _, anonymous_period = API_THROTTLE_ANON.partition("/")
    return f"{max(int(number) // divisor, 1)}/{period or anonymous_period}" if number else ""


API_THROTTLE_LOGIN = env.str("API_THROTTLE_LOGIN", default=share_of_anonymous(3))
API_THROTTLE_LOGIN_ACCOUNT = env.str("API_THROTTLE_LOGIN_ACCOUNT", default=share_of_anonymous(1, "hour"))
API_THROTTLE_REGISTER = env.str("API_THROTTLE_REGISTER", default=share_of_anonymous(3))
API_THROTTLE_RESET = env.str("API_THROTTLE_RESET", default=share_of_anonymous(6))
API_THROTTLE_RESEND = env.str("API_THROTTLE_RESEND", default="5/hour")
API_MAX_BODY = env.int("API_MAX_BODY", default=262_144)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SPECTACULAR_SETTINGS = {
    "TITLE": "GigGatek API",
    "DESCRIPTION": "Buy refurbished technology, or rent it month by month until you own it.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}},
    "PREPROCESSING_HOOKS": ["core.api.schema.without_aliases"],
    "COMPONENT_SPLIT_REQUEST": True,
    "SERVE_PUBLIC": True,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "ENUM_NAME_OVERRIDES": {
        "OrderStatusEnum": "orders.models.Order.Status",
        "PaymentStatusEnum": "orders.models.Order.PaymentStatus",
        "RentalStatusEnum": "rentals.models.Rental.Status",
        "InstallmentStatusEnum": "rentals.api.shapes.INSTALLMENT_STATUSES",
        "EmailStatusEnum": "notifications.models.Email.Status",
        "ChannelEnum": "notifications.models.Channel",
    },
}

# Addresses of the first clients; whatever they do can be had elsewhere.
API_DEPRECATED_PREFIXES = ("/api/user/", "/api/payment/", "/payment/")

CORS_ALLOWED_ORIGINS = env.list(
    "CORS_ALLOWED_ORIGINS",
    default=["http://localhost", "http://localhost:3000", "http://localhost:8000", "https://giggatek.com"],
)
CORS_URLS_REGEX = r"^/(api|payment)/.*$"
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = ["idempotent-replayed", "retry-after", "x-request-id"]

# --- Shop

CURRENCY = env.str("CURRENCY", default="USD")
ORDER_HOLD_MINUTES = env.int("ORDER_HOLD_MINUTES", default=60)
ORDER_MAX_QUANTITY = env.int("ORDER_MAX_QUANTITY", default=10)
LOW_STOCK_LEVEL = env.int("LOW_STOCK_LEVEL", default=2)
# The party that contracts and other documents name.
SHOP_NAME = env.str("SHOP_NAME", default="GigGatek")
SHOP_ADDRESS = env.str("SHOP_ADDRESS", default="")

# --- Rentals

RENTAL_TERMS = [int(months) for months in env.list("RENTAL_TERMS", default=["3", "6", "12", "18", "24", "36"])]
RENTAL_SIGN_HOURS = env.int("RENTAL_SIGN_HOURS", default=72)
BUYOUT_QUOTE_MINUTES = env.int("BUYOUT_QUOTE_MINUTES", default=1440)
LATE_FEES = env.bool("LATE_FEES", default=False)
# A folder with rule packs of the operator's own; one with the code of a shipped pack replaces it.
RULE_PACKS_DIR = env.path("RULE_PACKS_DIR", default="") if env.str("RULE_PACKS_DIR", default="") else None

# --- Payments: Stripe when a key is set, the built-in sandbox otherwise

STRIPE_SECRET_KEY = env.str("STRIPE_SECRET_KEY", default="")
STRIPE_PUBLISHABLE_KEY = env.str("STRIPE_PUBLISHABLE_KEY", default="")
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
STRIPE_API_BASE = env.str("STRIPE_API_BASE", default="")

# --- Mail

EMAIL_HOST = env.str("EMAIL_HOST", default="")
EMAIL_PORT = env.int("EMAIL_PORT", default=587)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="GigGatek <notifications@giggatek.com>")
MAIL_DIR = env.path("MAIL_DIR", default=str(VAR_DIR / "mail"))
# One of Anymail's providers, such as mailgun; else the mail server; without one the letters are files, so that a
# demo needs neither.
EMAIL_PROVIDER = env.str("EMAIL_PROVIDER", default="")
if EMAIL_PROVIDER:
    EMAIL_BACKEND = f"anymail.backends.{EMAIL_PROVIDER}.EmailBackend"
elif EMAIL_HOST:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "notifications.outbox.folder.FolderBackend"
# The provider's keys, under the names that Anymail's documentation gives them (ANYMAIL_MAILGUN_API_KEY and so on).
ANYMAIL = {name.removeprefix("ANYMAIL_"): value for name, value in env.ENVIRON.items() if name.startswith("ANYMAIL_")}
# A provider that cannot carry our mark (Postal) leaves it out instead of refusing every mail.
ANYMAIL["IGNORE_UNSUPPORTED_FEATURES"] = True
# user:password with which the provider signs in to tell what became of a mail.
ANYMAIL["WEBHOOK_SECRET"] = env.str("ANYMAIL_WEBHOOK_SECRET", default="")
# For how many days the text of a mail is kept after it was made.
MAIL_BODY_DAYS = env.int("MAIL_BODY_DAYS", default=90)

# --- Background work

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}
if env.str("TASK_QUEUE", default="database") == "redis":
    INSTALLED_APPS += ["django_rq"]
    RQ_QUEUES = {"default": {"URL": REDIS_URL}}
    TASKS["default"] = {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}

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
SECURE_REDIRECT_EXEMPT = [r"^health"]
SECURE_HSTS_SECONDS = 0 if DEFAULT_SECRETS_ALLOWED else env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEFAULT_SECRETS_ALLOWED
SESSION_COOKIE_AGE = 12 * 3600
X_FRAME_OPTIONS = "DENY"

# --- Logs: one JSON object a line, each with its request id

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOG_PROCESSORS: list[structlog.typing.Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
    cover_in_log,
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": LOG_PROCESSORS,
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # django_structlog writes the line of each request; Django's own would say it twice.
        "django.server": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}
structlog.configure(
    processors=[*LOG_PROCESSORS, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
# The address that counts is what TRUSTED_PROXIES says; `core.logs` writes it.
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False
DJANGO_STRUCTLOG_TRUST_UPSTREAM_REQUEST_ID = True

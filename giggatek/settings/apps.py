"""Applications, middleware, templates, and where background work waits."""

from giggatek.back_office import UNFOLD as BACK_OFFICE
from giggatek.settings.base import BASE_DIR, REDIS_URL, env

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
    "events",
    "storesync",
    "notifications",
]

MIDDLEWARE = [
    "core.web.logs.RequestLog",
    "core.web.middleware.request_id_header",
    "core.web.middleware.canonical_path",
    "core.web.cors.FaceCors",
    "core.web.middleware.api_answers",
    "core.web.bodies.body_limit",
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

# --- The back office

UNFOLD = BACK_OFFICE

# --- Background work

TASKS = {
    "default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]},
}
if env.str("TASK_QUEUE", default="database") == "redis":
    INSTALLED_APPS += ["django_rq"]
    RQ_QUEUES = {"default": {"URL": REDIS_URL}}
    TASKS["default"] = {"BACKEND": "django_tasks_rq.RQBackend", "QUEUES": ["default"]}

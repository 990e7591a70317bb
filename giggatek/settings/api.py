"""The API: REST framework, limits, the OpenAPI document, and which sites may call it."""

from giggatek.settings.base import TRUSTED_PROXIES, env

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.sessions.authentication.SessionTokenAuthentication"],
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
# The box office's own.
EVENTS_THROTTLE_USER = env.str("EVENTS_THROTTLE_USER", default="300/min")
EVENTS_THROTTLE_ANON = env.str("EVENTS_THROTTLE_ANON", default="120/min")
EVENTS_MAX_BODY = env.int("EVENTS_MAX_BODY", default=524_288)
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

SPECTACULAR_SETTINGS = {
    "TITLE": "GigGatek API",
    "DESCRIPTION": "Buy refurbished technology, or rent it month by month until you own it.",
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "PATH_CONVERTER_OVERRIDES": {"id": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1}},
    "DEFAULT_GENERATOR_CLASS": "core.api.document.FaceDocument",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "core.api.schema.with_open_choices",
    ],
    "COMPONENT_SPLIT_REQUEST": False,
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
        "EventStatusEnum": "events.models.Event.Status",
        "TicketPaymentStatusEnum": "events.models.TicketOrder.PaymentStatus",
        "TicketStatusEnum": "events.models.Ticket.Status",
        "PaymentOutcomeEnum": "events.selling.paying.Outcome",
        "ScanResultEnum": "events.models.Scan.Result",
        "ChannelEnum": "notifications.models.Channel",
    },
}

# Addresses of the first clients; whatever they do can be had elsewhere.
API_DEPRECATED_PREFIXES = ("/api/user/", "/api/payment/", "/payment/")

CORS_ALLOWED_ORIGINS = env.list(
    "CORS_ALLOWED_ORIGINS",
    default=["http://localhost", "http://localhost:3000", "http://localhost:8000", "https://giggatek.com"],
)
EVENTS_CORS_ORIGINS = env.list(
    "EVENTS_CORS_ORIGINS", default=["http://localhost:3000", "https://platng.com", "https://www.platng.com"]
)
CORS_ALLOW_CREDENTIALS = True
CORS_ALLOW_HEADERS = ["accept", "authorization", "content-type", "idempotency-key", "x-request-id"]
CORS_EXPOSE_HEADERS = ["idempotent-replayed", "retry-after", "x-request-id"]

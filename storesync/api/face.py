"""The face of the hub (Prokip), and the form of its errors."""

from typing import Any

from rest_framework import serializers

from core.api.faces import Face
from core.api.forms import Form
from core.api.shapes import Shape
from core.errors import Details, DomainError, NotAuthenticated

INVALID_TOKEN = "invalid_token"
# The contract's own words for what is said otherwise elsewhere.
WORDS = {NotAuthenticated.code: "No token provided", INVALID_TOKEN: "Invalid token"}


class FlatErrorShape(Shape):
    """The body of every error."""

    error = serializers.CharField(help_text="What is wrong, in a sentence for people.")
    details = serializers.CharField(help_text="What more there is to say about it.")
    code = serializers.CharField(help_text="What is wrong, in a stable word for programs.")
    fields = serializers.DictField(  # type: ignore[assignment]  # the contract's key
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="For each wrong field, by its path in the body, what is wrong with it.",
    )


class Flat(Form):
    """Answers are what their shapes say; an error has `details` as a text, and lists wrong fields in `fields`."""

    error_shape = FlatErrorShape

    def error(self, refusal: DomainError) -> dict[str, Any]:
        error = WORDS.get(refusal.code, refusal.message)
        body = {"error": error, "details": in_words(refusal.details) or refusal.message, "code": refusal.code}
        return {**body, "fields": refusal.details} if refusal.details else body


def in_words(details: Details | None) -> str:
    """All that is wrong with the fields, as one text."""
    return " ".join(f"{field}: {' '.join(messages)}" for field, messages in (details or {}).items())


HUB = Face(
    name="hub",
    mounts=("/sync-hub",),
    form=Flat(),
    cookie_path="",
    site="SYNC_FRONTEND_URL",
    cors_origins="SYNC_CORS_ORIGINS",
    throttle_user="SYNC_THROTTLE_USER",
    throttle_anonymous="SYNC_THROTTLE_ANON",
    max_body="SYNC_MAX_BODY",
    larger_bodies=(("connections/webhook/", "SYNC_MAX_WEBHOOK"),),
    token_life="SYNC_TOKEN_LIFETIME",
    session_life="SYNC_TOKEN_LIFETIME",
    info=(
        ("title", "GigGatek store sync API"),
        ("description", "Shops at Shopify and WooCommerce in step with an ERP: orders, stock, prices."),
    ),
)

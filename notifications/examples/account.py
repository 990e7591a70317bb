"""Examples of the mails about an account."""

from collections.abc import Callable
from datetime import timedelta

from notifications.contexts import page, secret_link
from notifications.examples.values import at
from notifications.mails.formatting import moment
from notifications.outbox.queueing import Context

NAME = {"name": "Ada"}


def verification() -> Context:
    """With the link that verifies an address."""
    return {**NAME, **secret_link("verify-email", lifetime=timedelta(hours=24))}


def welcome() -> Context:
    """Of a new customer."""
    return {**verification(), "shop_url": page("products")}


def password_reset() -> Context:
    """Of who forgot their password."""
    return {**NAME, **secret_link("reset-password", lifetime=timedelta(hours=1))}


def password_changed() -> Context:
    """Of who has another one now."""
    return {**NAME, "email": "ada@example.com", "reset_url": page("forgot-password")}


def new_sign_in() -> Context:
    """Of somebody with a new telephone."""
    return {
        **NAME,
        "program": "Firefox",
        "system": "Android",
        "address": "203.0.113.7",
        "at": moment(at(1)),
        "reset_url": page("forgot-password"),
    }


EXAMPLES: dict[str, Callable[[], Context]] = {
    "welcome": welcome,
    "verify_email": verification,
    "password_reset": password_reset,
    "password_changed": password_changed,
    "new_sign_in": new_sign_in,
}
VARIANTS: dict[str, tuple[str, Callable[[], Context]]] = {
    "nameless": ("verify_email", lambda: {"name": ""}),
    "sign_in_unknown": ("new_sign_in", lambda: {"program": "", "system": "", "address": ""}),
    "sign_in_program": ("new_sign_in", lambda: {"program": "curl", "system": ""}),
}

"""The language of a user's letters."""

from django.utils.translation.trans_real import parse_accept_lang_header

LANGUAGES = ("en", "es")


def preferred(accept_language: str) -> str:
    """The first language of an Accept-Language header that the shop writes in, else English."""
    asked = (tag.partition("-")[0] for tag, _ in parse_accept_lang_header(accept_language))
    return next((language for language in asked if language in LANGUAGES), "en")

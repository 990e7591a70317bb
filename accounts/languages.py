"""The language of a user's letters."""

from django.utils.translation.trans_real import parse_accept_lang_header

DEFAULT = "en"
# Each has its file in locale/ (English is what the templates are written in) and its name in itself.
NAMES = {"en": "English", "es": "Español"}
LANGUAGES = tuple(NAMES)


def preferred(accept_language: str) -> str:
    """The first language of an Accept-Language header that the shop writes in, else English."""
    asked = (tag.partition("-")[0] for tag, _ in parse_accept_lang_header(accept_language))
    return next((language for language in asked if language in LANGUAGES), DEFAULT)

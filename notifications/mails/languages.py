"""The language in which a mail speaks to its reader."""

from contextlib import AbstractContextManager

from django.conf import settings
from django.utils import translation

from accounts.models import User


def reading(user: User | None) -> AbstractContextManager[None]:
    """Texts, dates and money inside are written in the user's language; in the shop's for an address without one.

    Whatever language the request is in that causes the mail.
    """
    return translation.override(user.language if user else settings.LANGUAGE_CODE)

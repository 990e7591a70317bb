"""Who uses the hub."""

import unicodedata

from django.conf import settings
from django.db import models

from core.text.canonical import sha256


def username_key(username: str) -> str:
    """What is unique of a name: its digest, the same in any case and width of its letters."""
    return sha256(unicodedata.normalize("NFKC", username).casefold().strip())


class Operator(models.Model):
    """A user of the hub: an account without a mailbox, called by a name of its own."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="operator")
    username = models.CharField(max_length=150)
    username_key = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.username

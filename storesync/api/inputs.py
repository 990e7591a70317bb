"""What the calls of the hub read."""

from typing import Any

from rest_framework import serializers

from accounts.api.fields import LineField, NewPasswordField, PasswordField
from accounts.passwords import LETTER_AND_DIGIT
from core.api.fields import BooleanField, IdField, IntegerField, TextField
from core.api.inputs import OpenInput

USERNAME_LENGTH = 150
MOST_PIECES = 1_000_000
MOST_LOCATIONS = 200


class UsernameField(LineField):
    """The name of a new user: no e-mail address."""

    default_error_messages = {"address": "A username has no @."}

    def to_internal_value(self, data: Any) -> str:
        """The name, trimmed."""
        name = super().to_internal_value(data)
        if "@" in name:
            self.fail("address")
        return name


class ForeignIdField(LineField):
    """The id of something elsewhere, which came as a text or a whole number; it goes on as a text."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(str(data) if type(data) is int else data)


class RegistrationInput(OpenInput):
    """A new user."""

    example = {"username": "admin", "password": "password123"}

    username = UsernameField(max_length=USERNAME_LENGTH, help_text="Unique whatever its case.")
    password = NewPasswordField(rules=LETTER_AND_DIGIT)


class SignInInput(OpenInput):
    """A sign-in."""

    example = {"username": "admin", "password": "password123"}

    username = TextField(max_length=USERNAME_LENGTH, help_text="The name, in any case.")
    password = PasswordField()


class SettingsInput(OpenInput):
    """How a shop is synced; what is absent stays."""

    example = {"syncEnabled": True, "buffer": 1, "maxListed": 50, "locations": ["655441491"], "priceSync": False}

    syncEnabled = BooleanField(source="enabled", required=False, help_text="false pauses it.")
    buffer = IntegerField(
        required=False, min_value=0, max_value=MOST_PIECES, help_text="How many pieces of each SKU are held back."
    )
    maxListed = IntegerField(
        source="max_listed", required=False, allow_null=True, min_value=0, max_value=MOST_PIECES,
        help_text="How many the shop shows at most; null: as many as there are.",
    )  # fmt: skip
    locations = serializers.ListField(
        child=ForeignIdField(max_length=100), required=False, max_length=MOST_LOCATIONS,
        help_text="The ids of its locations that get stock; none: the shop's only or first one.",
    )  # fmt: skip
    priceSync = BooleanField(source="price_sync", required=False, help_text="Whether it gets the ERP's prices, too.")


class WhichInput(OpenInput):
    """Which shop is meant."""

    example = {"connectionId": 1}

    connectionId = IdField(source="connection_id", required=False, help_text="Without it, all of the user's.")

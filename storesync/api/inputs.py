"""What the calls of the hub read."""

from typing import Any

from accounts.api.fields import LineField, NewPasswordField, PasswordField
from accounts.passwords import LETTER_AND_DIGIT
from core.api.fields import TextField
from core.api.inputs import OpenInput

USERNAME_LENGTH = 150


class UsernameField(LineField):
    """The name of a new user: no e-mail address."""

    default_error_messages = {"address": "A username has no @."}

    def to_internal_value(self, data: Any) -> str:
        """The name, trimmed."""
        name = super().to_internal_value(data)
        if "@" in name:
            self.fail("address")
        return name


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

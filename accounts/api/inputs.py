"""What the calls of accounts read."""

from typing import Any

from django.db import models
from rest_framework import serializers

from accounts.api.fields import EmailField, LineField, NewPasswordField, PasswordField
from accounts.emails import MAX_LENGTH as EMAIL_LENGTH
from accounts.languages import NAMES
from accounts.models import Address
from core.api.fields import TextField
from core.api.inputs import Input, ModelInput

TOKEN_LENGTH = 4096


class SignInInput(Input):
    """The body of a sign-in. What is no e-mail belongs to no account."""

    example = {"email": "user@example.com", "password": "SecurePassword123!"}

    email = TextField(max_length=EMAIL_LENGTH)
    password = PasswordField()


class ProfileInput(Input):
    """What people may change about themselves."""

    example = {"first_name": "John", "last_name": "Doe", "phone": "555-123-4567", "language": "en"}

    first_name = LineField(max_length=100)
    last_name = LineField(max_length=100)
    phone = LineField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=list(NAMES.items()), required=False)


class RegistrationInput(ProfileInput):
    """The body of a registration."""

    example = {
        "email": "user@example.com",
        "password": "SecurePassword123!",
        "first_name": "John",
        "last_name": "Doe",
    }

    email = EmailField()
    password = NewPasswordField()


class RefreshInput(Input):
    """The body of a refresh, for a client that keeps the refresh token itself."""

    refresh_token = TextField(
        required=False, max_length=TOKEN_LENGTH, help_text="Good once; without it the header or the cookie counts."
    )


class ResetRequestInput(Input):
    """Who asks for a reset letter."""

    example = {"email": "user@example.com"}

    email = TextField(max_length=EMAIL_LENGTH)


class PasswordResetInput(Input):
    """A mailed token and the new password, as `new_password` or `password`."""

    example = {"token": "kD3vW8pQ1xYz", "password": "NewSecurePassword123!"}

    token = TextField(max_length=TOKEN_LENGTH)
    new_password = NewPasswordField(required=False)
    password = NewPasswordField(required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """`token` and `password`, whichever of the two names it came under."""
        given = {attrs[name] for name in ("new_password", "password") if name in attrs}
        if not given:
            raise serializers.ValidationError({"new_password": ["This field is required."]})
        if len(given) > 1:
            raise serializers.ValidationError({"password": ["It differs from new_password."]})
        return {"token": attrs["token"], "password": given.pop()}


class PasswordChangeInput(Input):
    """The present password and the new one."""

    example = {"current_password": "SecurePassword123!", "new_password": "NewSecurePassword123!"}

    current_password = PasswordField(help_text="The password until now.")
    new_password = NewPasswordField()

    def validate_new_password(self, value: str) -> str:
        """The new password, which must be another one."""
        if value == self.initial_data.get("current_password"):
            raise serializers.ValidationError("Choose a password that differs from the current one.")
        return value


class MailedTokenInput(Input):
    """The token of a letter."""

    example = {"token": "kD3vW8pQ1xYz"}

    token = TextField(max_length=TOKEN_LENGTH)


class AddressInput(ModelInput):
    """An address."""

    example = {
        "first_name": "John",
        "last_name": "Doe",
        "street_address": "123 Main St",
        "city": "San Francisco",
        "state": "CA",
        "zip_code": "94107",
        "country": "US",
        "phone": "555-123-4567",
    }

    serializer_field_mapping = {**ModelInput.serializer_field_mapping, models.CharField: LineField}

    class Meta:
        model = Address
        fields = (*Address.SNAPSHOT_KEYS, "is_default", "address_type")
        extra_kwargs = {"zip_code": {"min_length": 2}}

    def validate_country(self, value: str) -> str:
        """The two letters of ISO 3166-1, in upper case."""
        if len(value) != 2 or not (value.isascii() and value.isalpha()):
            raise serializers.ValidationError("Enter a country code of two letters, such as US.")
        return value.upper()

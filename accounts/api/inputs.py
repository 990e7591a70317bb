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
    """The body of a sign-in. What is no e-mail is merely nobody's."""

    email = TextField(max_length=EMAIL_LENGTH)
    password = PasswordField()


class ProfileInput(Input):
    """What people may change about themselves."""

    first_name = LineField(max_length=100)
    last_name = LineField(max_length=100)
    phone = LineField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=list(NAMES.items()), required=False)


class RegistrationInput(ProfileInput):
    """The body of a registration."""

    email = EmailField()
    password = NewPasswordField()


class RefreshInput(Input):
    """The body of a refresh, for a client that keeps the refresh token itself."""

    refresh_token = TextField(required=False, max_length=TOKEN_LENGTH)


class ResetRequestInput(Input):
    """Who asks for a reset letter."""

    email = TextField(max_length=EMAIL_LENGTH)


class PasswordResetInput(Input):
    """A mailed token and the new password, as `new_password` or `password`."""

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

    current_password = PasswordField()
    new_password = NewPasswordField()

    def validate_new_password(self, value: str) -> str:
        """The new password, which must be another one."""
        if value == self.initial_data.get("current_password"):
            raise serializers.ValidationError("Choose a password that differs from the current one.")
        return value


class MailedTokenInput(Input):
    """The token of a letter."""

    token = TextField(max_length=TOKEN_LENGTH)


class AddressInput(ModelInput):
    """An address."""

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

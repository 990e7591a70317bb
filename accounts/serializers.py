"""The shapes of what accounts read and answer."""

from typing import Any

from django.db import models
from rest_framework import serializers

from accounts.emails import MAX_LENGTH as EMAIL_LENGTH
from accounts.fields import EmailField, LineField, NewPasswordField, PasswordField
from accounts.languages import NAMES
from accounts.models import Address, User
from core.api.fields import TextField
from core.api.schema import MessageBody
from core.api.serializers import StrictModelSerializer, StrictSerializer

TOKEN_LENGTH = 4096


class Credentials(StrictSerializer):
    """The body of a sign-in. What is no e-mail is merely nobody's."""

    email = TextField(max_length=EMAIL_LENGTH)
    password = PasswordField()


class ProfileChange(StrictSerializer):
    """What people may change about themselves."""

    first_name = LineField(max_length=100)
    last_name = LineField(max_length=100)
    phone = LineField(max_length=40, required=False, allow_blank=True)
    language = serializers.ChoiceField(choices=list(NAMES.items()), required=False)


class Registration(ProfileChange):
    """The body of a registration."""

    email = EmailField()
    password = NewPasswordField()


class RefreshBody(StrictSerializer):
    """The body of a refresh, for a client that keeps the refresh token itself."""

    refresh_token = TextField(required=False, max_length=TOKEN_LENGTH)


class ResetRequest(StrictSerializer):
    """Who asks for a reset letter."""

    email = TextField(max_length=EMAIL_LENGTH)


class PasswordReset(StrictSerializer):
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


class PasswordChange(StrictSerializer):
    """The present password and the new one."""

    current_password = PasswordField()
    new_password = NewPasswordField()

    def validate_new_password(self, value: str) -> str:
        """The new password, which must be another one."""
        if value == self.initial_data.get("current_password"):
            raise serializers.ValidationError("Choose a password that differs from the current one.")
        return value


class MailedToken(StrictSerializer):
    """The token of a letter."""

    token = TextField(max_length=TOKEN_LENGTH)


class UserBody(serializers.ModelSerializer):
    """A user as the contract shows one."""

    is_admin = serializers.BooleanField(read_only=True)
    email_verified = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = ("id", "email", "first_name", "last_name", "phone", "language", "is_admin", "role", "email_verified")
        read_only_fields = fields

    def get_email_verified(self, user: User) -> bool:
        """Whether the user proved to read mail at the address."""
        return user.email_verified_at is not None


class RefreshedBody(MessageBody):
    """New tokens; `expires_in` is the access token's life in seconds."""

    token = serializers.CharField()
    refresh_token = serializers.CharField()
    expires_in = serializers.IntegerField()


class SignedInBody(RefreshedBody):
    """Tokens and whose they are."""

    user = UserBody()


class MeBody(serializers.Serializer):
    """Who is asking."""

    user = UserBody()


class ProfileBody(MessageBody):
    """The profile after a change."""

    user = UserBody()


class AddressFields(StrictModelSerializer):
    """An address, in and out."""

    serializer_field_mapping = {**StrictModelSerializer.serializer_field_mapping, models.CharField: LineField}

    user_id = serializers.IntegerField(read_only=True)

    class Meta:
        model = Address
        fields = ("id", "user_id", *Address.SNAPSHOT_KEYS, "is_default", "address_type")
        extra_kwargs = {"zip_code": {"min_length": 2}}

    def validate_country(self, value: str) -> str:
        """The two letters of ISO 3166-1, in upper case."""
        if len(value) != 2 or not (value.isascii() and value.isalpha()):
            raise serializers.ValidationError("Enter a country code of two letters, such as US.")
        return value.upper()


class AddressBody(serializers.Serializer):
    """One address."""

    address = AddressFields()


class ChangedAddressBody(MessageBody):
    """An address after a change."""

    address = AddressFields()


class AddressListBody(serializers.Serializer):
    """All addresses of a user, the default first."""

    addresses = AddressFields(many=True)

"""The shapes of what is answered about accounts."""

from rest_framework import serializers

from accounts.languages import NAMES
from accounts.models import Address, User
from accounts.roles import Role
from core.api.shapes import MessageShape, Shape


class UserShape(Shape):
    """A user as the contract shows one."""

    id = serializers.IntegerField()
    email = serializers.EmailField(help_text="The address, which is the login.")
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    phone = serializers.CharField()
    language = serializers.ChoiceField(choices=list(NAMES.items()))
    is_admin = serializers.BooleanField(help_text="Whether the user may do everything.")
    role = serializers.ChoiceField(choices=Role.choices, help_text="What the user is here.")
    email_verified = serializers.SerializerMethodField(help_text="Whether the user proved to read mail there.")

    def get_email_verified(self, user: User) -> bool:
        return user.email_verified_at is not None


class TokensShape(MessageShape):
    """New tokens."""

    token = serializers.CharField(source="tokens.access", help_text="The access token, for the Authorization header.")
    refresh_token = serializers.CharField(source="tokens.refresh", help_text="Good once, for new tokens.")
    expires_in = serializers.IntegerField(source="tokens.expires_in", help_text="The access token's life in seconds.")


class SignedInShape(TokensShape):
    """Tokens and whose they are."""

    user = UserShape(source="tokens.session.user", help_text="Who signed in.")


class OneUserShape(Shape):
    """Who is asking."""

    user = UserShape(help_text="The signed-in user.")


class ChangedUserShape(MessageShape):
    """The profile after a change."""

    user = UserShape(help_text="The user, as they are now.")


class AddressShape(Shape):
    """An address in the user's book."""

    id = serializers.IntegerField()
    user_id = serializers.IntegerField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    street_address = serializers.CharField()
    city = serializers.CharField()
    state = serializers.CharField()
    zip_code = serializers.CharField()
    country = serializers.CharField()
    phone = serializers.CharField()
    is_default = serializers.BooleanField()
    address_type = serializers.ChoiceField(choices=Address.Kind.choices, help_text="What it may be used for.")


class AddressListShape(Shape):
    """All addresses of a user, the default first."""

    addresses = AddressShape(many=True, help_text="The addresses.")


class OneAddressShape(Shape):
    """One address."""

    address = AddressShape(help_text="The address.")


class ChangedAddressShape(MessageShape):
    """An address after a change."""

    address = AddressShape(help_text="The address, as it is now.")

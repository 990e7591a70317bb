"""What is answered about accounts."""

from rest_framework import serializers

from accounts.models import User
from core.api.fields import BlankIsNullField, UtcDateTimeField
from core.api.shapes import Shape
from events.models import Ticket


class UserShape(Shape):
    """A person with an account."""

    id = serializers.IntegerField()
    email = serializers.EmailField(help_text="The address, which is the login.")
    full_name = serializers.SerializerMethodField(help_text="First and last name.")
    phone = BlankIsNullField(help_text="Free text.")
    avatar_url = serializers.SerializerMethodField(help_text="null: there are no pictures of people.")
    is_active = serializers.BooleanField(help_text="Whether the account is open.")
    is_verified = serializers.SerializerMethodField(help_text="Whether they proved to read mail at their address.")
    created_at = UtcDateTimeField(source="date_joined", help_text="When they joined, UTC.")
    tickets_count = serializers.SerializerMethodField(help_text="How many tickets they hold that are not cancelled.")

    def get_full_name(self, user: User) -> str:
        return user.get_full_name()

    def get_avatar_url(self, user: User) -> str | None:
        return None

    def get_is_verified(self, user: User) -> bool:
        return user.email_verified_at is not None

    def get_tickets_count(self, user: User) -> int:
        return Ticket.objects.visible_to(user).exclude(status=Ticket.Status.CANCELLED).count()


class AccessTokenShape(Shape):
    """A new access token; the refresh token goes with it as a cookie."""

    access_token = serializers.CharField(source="tokens.access", help_text="For the Authorization header.")
    token_type = serializers.CharField(help_text="Bearer.")
    expires_in = serializers.IntegerField(source="tokens.expires_in", help_text="The access token's life in seconds.")


class LoginShape(AccessTokenShape):
    """An access token, and whose it is."""

    user = UserShape(source="tokens.session.user", help_text="Who signed in.")
    refresh_token = serializers.CharField(
        required=False, help_text="Good once, for new tokens; only for clients that are no web pages (no `Origin`)."
    )

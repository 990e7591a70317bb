"""What the hub answers."""

from rest_framework import serializers

from core.api.shapes import Shape


class OperatorShape(Shape):
    """A user of the hub."""

    id = serializers.IntegerField(source="user_id")
    username = serializers.CharField(help_text="As it was registered.")


class HubSignInShape(Shape):
    """A token, and whose it is."""

    token = serializers.CharField(source="access", help_text="For the Authorization header, good for 8 hours.")
    user = OperatorShape(source="session.user.operator", help_text="Who signed in.")

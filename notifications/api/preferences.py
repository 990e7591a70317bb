"""What a user wants to be told, and how."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.views import ApiView
from notifications.api import answers
from notifications.api.serializers import PreferencesBody, preferences_json
from notifications.in_app import preferences


class Preferences(ApiView):
    """The user's switches, by kind and channel."""

    @extend_schema(responses={200: answers.PreferencesAnswer})
    def get(self, request: Request) -> Response:
        """Every kind that may reach the user, each channel on or off, and which cannot be switched off."""
        return Response(preferences_json(self.user))

    @extend_schema(request=PreferencesBody, responses={200: answers.ChangedPreferencesAnswer})
    def put(self, request: Request) -> Response:
        """Switch the given channels of the given kinds; every other stays. 400 for what is required."""
        preferences.change(user=self.user, switches=self.validated(PreferencesBody)["preferences"])
        return Response({"message": "Preferences updated", **preferences_json(self.user)})

"""The connected shops of a user."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sessions.authentication import user_of
from core.api.schema import errors
from core.api.views import ApiView
from core.api.viewsets import ResourceViewSet
from storesync import connections
from storesync.api.inputs import SettingsInput, WhichInput
from storesync.api.shapes import ConnectionSettingsShape, ConnectionShape, SaidShape, SuccessShape
from storesync.health import with_figures
from storesync.models import Connection


def status_of_all(user: Any) -> Response:
    """The user's shops, with their figures."""
    return Response(ConnectionShape.all(with_figures(Connection.objects.visible_to(user))))


class ConnectionViewSet(ResourceViewSet):
    """The connected shops of the user who asks."""

    not_found = connections.ConnectionNotFound

    @extend_schema(responses={200: ConnectionShape(many=True)})
    def list(self, request: Request) -> Response:
        """List the connected shops."""
        return status_of_all(self.user)

    @extend_schema(responses={200: ConnectionSettingsShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a shop and its settings."""
        mine = with_figures(Connection.objects.visible_to(self.user))
        return self.answer(ConnectionSettingsShape.of(self.find(mine)))

    @extend_schema(request=SettingsInput, responses={200: ConnectionSettingsShape})
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the given settings; 400 for enabling a shop that refused our credentials, and for locations that the
        shop does not have, or does not tell of now.
        """
        connections.change(user=user_of(request), connection_id=pk, **self.validated(SettingsInput))
        return self.retrieve(request, pk)

    @extend_schema(responses={200: SuccessShape})
    def destroy(self, request: Request, pk: int) -> Response:
        """Disconnect a shop."""
        connection = self.find(Connection.objects.visible_to(self.user))
        connections.disconnect(connection=connection, by=user_of(request))
        return self.answer(SuccessShape.of({"success": True}))


class StatusView(ApiView):
    """GET: how the shops stand."""

    @extend_schema(responses={200: ConnectionShape(many=True)})
    def get(self, request: Request) -> Response:
        """List the connected shops, as `/connections` does."""
        return status_of_all(self.user)


class PauseView(ApiView):
    """POST: a pause."""

    @extend_schema(request=WhichInput, responses={200: SaidShape, **errors(404)})
    def post(self, request: Request) -> Response:
        """Pause one shop, or all; 404 for another's."""
        connections.pause(user=user_of(request), **self.validated(WhichInput))
        return self.answer(SaidShape.of({"success": True, "message": "Sync paused"}))


class ResumeView(ApiView):
    """POST: the end of a pause."""

    @extend_schema(request=WhichInput, responses={200: SaidShape, **errors(404)})
    def post(self, request: Request) -> Response:
        """Resume one shop, or all; 400 for one that refused our credentials, 404 for another's."""
        connections.resume(user=user_of(request), **self.validated(WhichInput))
        return self.answer(SaidShape.of({"success": True, "message": "Sync resumed"}))

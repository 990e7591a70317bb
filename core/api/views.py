"""The base of every API view."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from core.api.faces import Face, face_of
from core.api.inputs import QueryInput
from core.errors import NotAuthenticated


class Metadata(SimpleMetadata):
    """What OPTIONS answers: what the call is, without the fields, which the OpenAPI document has."""

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        return {}


class ApiView(APIView):
    """Authenticate, throttle, check the permission; then one call of a verb or a service.

    The throttle stands before the permission, and counts bad tokens as strangers, so that guessing tokens
    is limited, too.
    """

    metadata_class = Metadata

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Run the checks in the order of the class's promise."""
        self.format_kwarg = self.get_format_suffix(**kwargs)
        request.accepted_renderer, request.accepted_media_type = self.perform_content_negotiation(request)
        try:
            self.perform_authentication(request)
        except (AuthenticationFailed, NotAuthenticated):
            self.throttle_stranger(request)
            raise
        self.check_throttles(request)
        self.check_permissions(request)

    def throttle_stranger(self, request: Request) -> None:
        """Count a request whose token is bad."""
        request.user = AnonymousUser()
        self.check_throttles(request)

    @property
    def user(self) -> Any:
        """The signed-in user; where a view is public, perhaps an AnonymousUser."""
        return self.request.user

    @property
    def face(self) -> Face:
        """The face that is asked."""
        return face_of(self.request)

    def answer(self, data: dict[str, Any] | None = None, *, message: str = "OK", status: int = 200) -> Response:
        """Answer with what a Shape made, or with nothing but that it was done, in the face's form."""
        return Response(self.face.form.answer(data or {}, message), status=status)

    def validated(self, serializer: type[Serializer[Any]], **options: Any) -> dict[str, Any]:
        """The body as `serializer` shapes it; a 400 that names the fields when it does not fit."""
        shaped = serializer(data=self.request.data, **options)
        shaped.is_valid(raise_exception=True)
        return shaped.validated_data

    def query(self, shape: type[QueryInput]) -> dict[str, Any]:
        """The query parameters as `shape` reads them; a 400 names the one that makes no sense."""
        return shape.read(self.request.query_params)

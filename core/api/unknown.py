"""The answer to a route that the API does not have."""

from typing import Any, NoReturn

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from core.api.views import ApiView
from core.errors import NotFound


@extend_schema(exclude=True)
class UnknownRoute(ApiView):
    """404 in the contract's shape, for every method."""

    permission_classes = [AllowAny]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse before anything else."""
        raise NotFound("There is no such route.")

"""Why the stock of a SKU is what it is."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sessions.authentication import user_of
from core.api.schema import errors
from core.api.views import ApiView
from storesync.api.inputs import TraceQuery
from storesync.api.shapes import TraceShape
from storesync.story import story


class TraceView(ApiView):
    """GET: what happened to a SKU."""

    @extend_schema(parameters=[TraceQuery], responses={200: TraceShape, **errors(404)})
    def get(self, request: Request) -> Response:
        """Tell what the ERP and the shops have of a SKU, and what happened to it; 404 for another's shop."""
        return self.answer(TraceShape.of(story(user=user_of(request), **self.query(TraceQuery))))

"""Set-up: what each side sells, what is the same, what is missing."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sessions.authentication import user_of
from core.api.schema import errors
from core.api.views import ApiView
from storesync import connections
from storesync.api import setup_shapes as shapes
from storesync.api.inputs import MapInput, PushInput, ShopInput, StoreQuery, StoresQuery, UnmapInput
from storesync.api.shapes import SuccessShape
from storesync.models import Connection, SkuMapping
from storesync.setup import creating, mapping, readiness
from storesync.setup.readiness import Sides
from storesync.setup.reading import end_of_wait

NO_PULL = "Pull not supported - no product creation endpoint in Prokip API"
PUSHED = "Products pushed successfully"


class SetupView(ApiView):
    """A call about one shop of the user."""

    def shop(self, asked: dict[str, Any]) -> Connection:
        """The shop that was asked for, which is taken out of `asked`. Raises ConnectionNotFound."""
        return connections.own(user=user_of(self.request), connection_id=asked.pop("connection_id"))


class ProductsView(SetupView):
    """GET: what each side sells. POST: creates what a shop lacks."""

    @extend_schema(responses={200: shapes.EverythingShape, **errors(400)})
    def get(self, request: Request) -> Response:
        """List what the ERP and the shops sell; 400 without an ERP, or where it does not answer."""
        return self.answer(shapes.EverythingShape.of(readiness.everything(user_of(request))))

    @extend_schema(request=PushInput, responses={200: shapes.PushedShape, **errors(404, 409)})
    def post(self, request: Request) -> Response:
        """Create in a shop what it lacks; 409 while that is being done. `dryRun` only counts."""
        asked = self.validated(PushInput)
        shop = self.shop(asked)
        if asked["method"] == "pull":
            return self.answer(shapes.PushedShape.of({"success": False, "message": NO_PULL}))
        dry_run = asked["dry_run"]
        pushed = creating.count_lacking(shop) if dry_run else creating.push(shop, ends_at=end_of_wait())
        told = {**vars(pushed), "goesOn": pushed.goes_on}
        return self.answer(shapes.PushedShape.of({"success": True, "message": PUSHED, **told}))


class MatchesView(SetupView):
    """GET: what is the same."""

    @extend_schema(parameters=[StoreQuery], responses={200: shapes.MatchesShape, **errors(404)})
    def get(self, request: Request) -> Response:
        """Compare a shop with the ERP, SKU by SKU; 400 where one of them does not answer."""
        sides = Sides.now(self.shop(self.query(StoreQuery)))
        return self.answer(shapes.MatchesShape.of(readiness.matches(sides)))


class ReadinessView(SetupView):
    """POST: what there is to mend."""

    @extend_schema(request=ShopInput, responses={200: shapes.ReadinessShape, **errors(404)})
    def post(self, request: Request) -> Response:
        """Say of each product of the ERP what keeps it from being sold in a shop and kept in step."""
        sides = Sides.now(self.shop(self.validated(ShopInput)))
        return self.answer(shapes.ReadinessShape.of(readiness.readiness(sides)))


class MappingsView(SetupView):
    """GET, PUT, DELETE: SKUs that a shop calls otherwise."""

    @extend_schema(parameters=[StoresQuery], responses={200: shapes.MappingsShape, **errors(404)})
    def get(self, request: Request) -> Response:
        """List what was mapped by hand, in one shop or in all."""
        shops = connections.chosen(user=user_of(request), connection_id=self.query(StoresQuery).get("connection_id"))
        by_hand = SkuMapping.objects.filter(connection__in=shops, how=SkuMapping.How.MANUAL).order_by("pk")
        return self.answer(shapes.MappingsShape.of({"mappings": by_hand}))

    @extend_schema(request=MapInput, responses={200: shapes.MappingShape, **errors(404)})
    def put(self, request: Request) -> Response:
        """Map a SKU of a shop, and send the orders that waited for it; 400 for one that a side does not have."""
        asked = self.validated(MapInput)
        mapped = mapping.map_sku(connection=self.shop(asked), **asked)
        return self.answer(shapes.MappingShape.of(mapped))

    @extend_schema(request=UnmapInput, responses={200: SuccessShape, **errors(404)})
    def delete(self, request: Request) -> Response:
        """Go by the letters of the SKU again; 404 for one that was not mapped by hand."""
        asked = self.validated(UnmapInput)
        mapping.unmap(connection=self.shop(asked), **asked)
        return self.answer(SuccessShape.of({"success": True}))

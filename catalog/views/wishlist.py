"""The wishlist of the user who is signed in."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import user_of
from catalog import services
from catalog.models import WishlistItem
from catalog.serializers import ChangedWishlistBody, WishlistBody, WishlistEntry, WishlistItemBody
from catalog.views.products import PAGE_PARAMETERS
from core.api.idempotency import idempotent
from core.api.pagination import MAX_SIZE, paginate
from core.api.schema import errors
from core.api.views import ApiView


class WishlistBase(ApiView):
    """What both addresses of the wishlist answer."""

    def items(self) -> dict[str, Any]:
        """A page of the list, newest first."""
        page = paginate(self.request, WishlistItem.objects.visible_to(user_of(self.request)), default=MAX_SIZE)
        return {"items": WishlistItemBody(page.items, many=True).data, "pagination": page.meta}


class WishlistView(WishlistBase):
    """GET, POST: the list."""

    @extend_schema(parameters=PAGE_PARAMETERS, responses={200: WishlistBody})
    def get(self, request: Request) -> Response:
        """The products on the list that are still sold."""
        return Response(self.items())

    @extend_schema(
        request=WishlistEntry, responses={200: ChangedWishlistBody, 201: ChangedWishlistBody, **errors(404)}
    )
    @idempotent(one_transaction=True)
    def post(self, request: Request) -> Response:
        """Remember a product: 201 when it is new on the list, 200 when it was there."""
        entry = self.validated(WishlistEntry)
        item, is_new = services.add_to_wishlist(user=user_of(request), product_id=entry["product_id"])
        message = "Product added to wishlist" if is_new else "Product is already on the wishlist"
        body = {"message": message, "item": WishlistItemBody(item).data, **self.items()}
        return Response(body, status=201 if is_new else 200)


class WishlistItemView(WishlistBase):
    """DELETE: one product of the list."""

    @extend_schema(request=None, responses={200: ChangedWishlistBody})
    def delete(self, request: Request, product_id: int) -> Response:
        """Forget the product; 404 when it is not on the list."""
        services.remove_from_wishlist(user=user_of(request), product_id=product_id)
        return Response({"message": "Product removed from wishlist", **self.items()})

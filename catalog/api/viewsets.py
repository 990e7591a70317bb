"""Products, which everybody reads and staff write, and wishlists."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authentication import user_of
from catalog import services
from catalog.api.inputs import FilterQuery, ListQuery, ProductFields, WishlistEntry, filters_of, read
from catalog.api.shapes import (
    ChangedProductBody,
    ChangedWishlistBody,
    FacetsBody,
    ProductBody,
    ProductListBody,
    WishlistBody,
    WishlistItemBody,
)
from catalog.errors import NoSuchProduct
from catalog.models import Product, WishlistItem
from catalog.search.facets import facets
from catalog.search.listing import Listing
from core.api.idempotency import idempotent
from core.api.pagination import MAX_SIZE, paginate
from core.api.permissions import StaffWrites
from core.api.schema import errors
from core.api.views import ApiView

PAGE_SIZE = 24
PAGE_PARAMETERS = [OpenApiParameter(name, int) for name in ("page", "per_page", "limit")]


def changed(message: str, product: Product, *, status: int = 200) -> Response:
    """A product and what happened to it."""
    return Response({"message": message, "product": ProductBody(product).data}, status=status)


class ProductListView(ApiView):
    """GET for everybody, POST for staff: the catalogue."""

    permission_classes = [StaffWrites]

    @extend_schema(parameters=[ListQuery, *PAGE_PARAMETERS], responses={200: ProductListBody, **errors(400)})
    def get(self, request: Request) -> Response:
        """Products on sale that pass the filters, a page at a time; with their facets when asked."""
        query = read(request.query_params, ListQuery)
        filters = filters_of(query)
        listing = Listing(filters, sort=query["sort"])
        page = paginate(request, listing, default=PAGE_SIZE)
        where: dict[str, Any] = {**page.meta, "capped": True} if listing.is_capped(page.meta["total"]) else page.meta
        answer = {"products": ProductBody(page.items, many=True).data, "pagination": where}
        return Response({**answer, "facets": facets(filters)} if query["facets"] else answer)

    @extend_schema(request=ProductFields, responses={201: ChangedProductBody, **errors(403)})
    @idempotent(one_transaction=True)
    def post(self, request: Request) -> Response:
        """Make a product."""
        product = services.create_product(fields=self.validated(ProductFields), by=user_of(request))
        return changed("Product created successfully", product, status=201)


class FacetsView(ApiView):
    """GET: what there is to filter by."""

    permission_classes = [AllowAny]

    @extend_schema(parameters=[FilterQuery], responses={200: FacetsBody, **errors(400)})
    def get(self, request: Request) -> Response:
        """For each filter its values, counted under the other filters in force."""
        return Response({"facets": facets(filters_of(read(request.query_params, FilterQuery)))})


class ProductView(ApiView):
    """GET for everybody, PUT, PATCH and DELETE for staff: one product."""

    permission_classes = [StaffWrites]

    @extend_schema(responses={200: ProductBody})
    def get(self, request: Request, product_id: int) -> Response:
        """The bare product."""
        product = Product.objects.visible_to(self.request.user).with_names().filter(pk=product_id).first()
        if product is None:
            raise NoSuchProduct
        return Response(ProductBody(product).data)

    @extend_schema(request=ProductFields, responses={200: ChangedProductBody, **errors(403)})
    def put(self, request: Request, product_id: int) -> Response:
        """Write the product anew. What is not given takes its default; stock and picture stay as they are."""
        return self.change(product_id)

    @extend_schema(request=ProductFields(partial=True), responses={200: ChangedProductBody, **errors(403)})
    def patch(self, request: Request, product_id: int) -> Response:
        """Change the given fields and no others."""
        return self.change(product_id, partial=True)

    def change(self, product_id: int, **options: Any) -> Response:
        """Write what the body gives."""
        given = self.validated(ProductFields, context={"product_id": product_id}, **options)
        product = services.change_product(product_id=product_id, changes=given, by=user_of(self.request))
        return changed("Product updated successfully", product)

    @extend_schema(request=None, responses={200: ChangedProductBody, **errors(403)})
    def delete(self, request: Request, product_id: int) -> Response:
        """Delete the product, or archive it when it was sold or rented before; the message says which."""
        product, is_deleted = services.remove_product(product_id=product_id)
        message = "Product deleted successfully" if is_deleted else "Product archived, as it has orders or rentals"
        return changed(message, product)


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

"""Products, read by all and written by staff, and wishlists."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from catalog import services
from catalog.api import shapes
from catalog.api.inputs import FilterInput, ProductInput, ProductListInput, WishlistInput, filters_of
from catalog.errors import NoSuchProduct
from catalog.models import Product, WishlistItem
from catalog.rental_terms import with_terms
from catalog.search.facets import facets
from catalog.search.listing import Listing
from core.api.idempotency import idempotent
from core.api.pagination import MAX_SIZE
from core.api.permissions import StaffWrites
from core.api.schema import errors
from core.api.viewsets import ResourceViewSet


class ProductViewSet(ResourceViewSet):
    """The catalogue."""

    permission_classes = [StaffWrites]
    page_size = 24
    not_found = NoSuchProduct

    @extend_schema(parameters=[ProductListInput], responses={200: shapes.ProductPageShape})
    def list(self, request: Request) -> Response:
        """List the products on sale that pass the filters; with their facets when asked."""
        query = self.query(ProductListInput)
        filters = filters_of(query)
        listing = Listing(filters, sort=query["sort"])
        answer = self.page("products", listing)
        if listing.is_capped(answer["pagination"]["total"]):
            answer["pagination"]["capped"] = True
        if query["facets"]:
            answer["facets"] = facets(filters)
        return Response(shapes.ProductPageShape.of(answer))

    @extend_schema(responses={200: shapes.AllFacetsShape}, parameters=[FilterInput])
    @action(detail=False, permission_classes=[AllowAny])
    def facets(self, request: Request) -> Response:
        """Count the values of each filter under the other filters in force."""
        return Response(shapes.AllFacetsShape.of({"facets": facets(filters_of(self.query(FilterInput)))}))

    @extend_schema(responses={200: shapes.ProductShape})
    def retrieve(self, request: Request, pk: int) -> Response:
        """Look at a product on sale."""
        [product] = with_terms([self.find(Product.objects.visible_to(self.user).with_names())])
        return Response(shapes.ProductShape.of(product))

    @extend_schema(request=ProductInput, responses={201: shapes.ChangedProductShape})
    @idempotent(one_transaction=True)
    def create(self, request: Request) -> Response:
        """Make a product."""
        product = services.create_product(fields=self.validated(ProductInput), by=self.user)
        return product_answer("Product created successfully", product, status=201)

    @extend_schema(request=ProductInput, responses={200: shapes.ChangedProductShape})
    def update(self, request: Request, pk: int) -> Response:
        """Write the product anew. What is not given takes its default; stock and picture stay as they are."""
        return self.change(pk)

    @extend_schema(request=ProductInput(partial=True), responses={200: shapes.ChangedProductShape})
    def partial_update(self, request: Request, pk: int) -> Response:
        """Change the given fields and no others."""
        return self.change(pk, partial=True)

    def change(self, pk: int, **options: Any) -> Response:
        changes = self.validated(ProductInput, context={"product_id": pk}, **options)
        product = services.change_product(product_id=pk, changes=changes, by=self.user)
        return product_answer("Product updated successfully", product)

    @extend_schema(request=None, responses={200: shapes.ChangedProductShape})
    def destroy(self, request: Request, pk: int) -> Response:
        """Delete the product, or archive it when it was sold or rented before; the message says which."""
        product, is_deleted = services.remove_product(product_id=pk)
        message = "Product deleted successfully" if is_deleted else "Product archived, as it has orders or rentals"
        return product_answer(message, product)


def product_answer(message: str, product: Product, *, status: int = 200) -> Response:
    with_terms([product])
    return Response(shapes.ChangedProductShape.of({"message": message, "product": product}), status=status)


class WishlistViewSet(ResourceViewSet):
    """The products that the user wants to remember."""

    page_size = MAX_SIZE
    lookup_url_kwarg = "product_id"

    def items(self) -> dict[str, Any]:
        """A page of what is on it and still sold, newest first."""
        page = self.page("items", WishlistItem.objects.visible_to(self.user))
        with_terms(item.product for item in page["items"])
        return page

    @extend_schema(responses={200: shapes.WishlistShape})
    def list(self, request: Request) -> Response:
        """List the products on the wishlist that are still sold."""
        return Response(shapes.WishlistShape.of(self.items()))

    @extend_schema(
        request=WishlistInput,
        responses={200: shapes.ChangedWishlistShape, 201: shapes.ChangedWishlistShape, **errors(404)},
    )
    @idempotent(one_transaction=True)
    def create(self, request: Request) -> Response:
        """Put a product on the wishlist: 201 when it is new there, 200 when it was there."""
        item, is_new = services.add_to_wishlist(user=self.user, **self.validated(WishlistInput))
        message = "Product added to wishlist" if is_new else "Product is already on the wishlist"
        with_terms([item.product])
        answer = {"message": message, "item": item, **self.items()}
        return Response(shapes.ChangedWishlistShape.of(answer), status=201 if is_new else 200)

    @extend_schema(request=None, responses={200: shapes.ChangedWishlistShape})
    def destroy(self, request: Request, product_id: int) -> Response:
        """Take a product off the wishlist; 404 when it is not on it."""
        services.remove_from_wishlist(user=self.user, product_id=product_id)
        return Response(shapes.ChangedWishlistShape.of({"message": "Product removed from wishlist", **self.items()}))

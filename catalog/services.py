"""What staff do to products and customers to their wishlists. The index follows in the same transaction."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, RestrictedError
from django.utils import timezone

from accounts.models import User
from catalog import search, stock
from catalog.errors import NoSuchProduct
from catalog.models import Product, StockMovement, WishlistItem
from catalog.names import brand_named, category_named, slug_of
from core.db import transactional
from core.errors import InvalidInput, NotFound

COUNTED_BY_DEVICES = "This product is tracked by serial number: its stock is the number of its devices in stock."
HAS_PIECES = "Its {} pieces have no serial numbers yet: track it by serial number in the back office."
HAS_DEVICES = "It has devices, so it stays tracked by serial number."
Kind = StockMovement.Kind
SEARCHED = frozenset({"name", "sku", "brand", "category", "specifications"})


@transactional
def create_product(*, fields: Mapping[str, Any], by: User | None = None) -> Product:
    """Make a product of the validated `fields`; `category` and `brand` are names. Raises SkuTaken."""
    product = Product()
    refuse_typed_count(product, fields)
    assign_fields(product, fields)
    product.image_url = product.image_url or drawn_picture_path(product.sku)
    product.save_or_refuse()
    stock.set_count(product, fields.get("inventory_count", 0), kind=Kind.OPENING, reason="New product", by=by)
    search.index([product])
    return product


@transactional
def change_product(*, product_id: int, changes: Mapping[str, Any], by: User | None = None) -> Product:
    """Write the given columns and no others, so that a sale in between is not undone.

    Raises NoSuchProduct, SkuTaken, GradeTaken, InvalidInput (for rent without a rate, or a count of what is
    counted by its devices).
    """
    product = lock_product(product_id)
    refuse_typed_count(product, changes)
    assign_fields(product, changes)
    if "image_url" in changes:
        product.image_url = product.image_url or drawn_picture_path(product.sku)
    product.save_or_refuse(columns=[*(changes.keys() - {"inventory_count"}), "updated_at"])
    if "inventory_count" in changes:
        stock.set_count(product, changes["inventory_count"], kind=Kind.COUNTED, reason="Count typed by staff", by=by)
    if SEARCHED & changes.keys():
        search.index([product])
    return product


@transactional
def remove_product(*, product_id: int) -> tuple[Product, bool]:
    """Delete the product, or archive it when orders, rentals or devices need it; True: it was deleted."""
    product = lock_product(product_id)
    try:
        with transaction.atomic():
            Product.objects.get(pk=product_id).delete()
    except (ProtectedError, RestrictedError):
        archive(product)
        return product, False
    return product, True


def archive(product: Product) -> None:
    """Take the product out of the shop; what was sold or rented of it stays as it is."""
    product.archived_at = timezone.now()
    product.save(update_fields=["archived_at", "updated_at"])
    search.index([product])


def lock_product(product_id: int) -> Product:
    """The product on sale, its row locked until the transaction ends."""
    product = Product.objects.on_sale().select_for_update().filter(pk=product_id).first()
    if product is None:
        raise NoSuchProduct
    return product


def assign_fields(product: Product, values: Mapping[str, Any]) -> None:
    """Set the attributes, but the count, which is written by `stock`; a product for rent must then have a rate."""
    for name in values.keys() - {"inventory_count"}:
        setattr(product, name, named_row(name, values[name]))
    if product.is_rentable and product.rental_price is None:
        raise InvalidInput.at("rental_price", "A product for rent needs a rental_price.")


def refuse_typed_count(product: Product, changes: Mapping[str, Any]) -> None:
    """Raise InvalidInput for changes that would part the count from the devices. The caller locks the product."""
    tracked = changes.get("is_serialized", product.is_serialized)
    count = changes.get("inventory_count", product.inventory_count)
    if tracked and not product.is_serialized and product.inventory_count:
        raise InvalidInput.at("is_serialized", HAS_PIECES.format(product.inventory_count))
    if tracked and count != product.inventory_count:
        raise InvalidInput.at("inventory_count", COUNTED_BY_DEVICES)
    if product.is_serialized and not tracked and product.devices.exists():
        raise InvalidInput.at("is_serialized", HAS_DEVICES)


def named_row(name: str, value: Any) -> Any:
    """`value` itself; for a category or a brand the row of that name."""
    if name == "category":
        return category_named(value)
    if name == "brand":
        return brand_named(value) if value else None
    return value


def drawn_picture_path(sku: str) -> str:
    """Where the drawn picture of a product without a photograph answers."""
    return f"/images/products/{slug_of(sku)}.svg"


def add_to_wishlist(*, user: User, product_id: int) -> tuple[WishlistItem, bool]:
    """Remember a product; the flag says that it is new there. Raises NoSuchProduct."""
    product = Product.objects.visible_to(user).with_names().filter(pk=product_id).first()
    if product is None:
        raise NoSuchProduct
    item, is_new = WishlistItem.objects.get_or_create(user=user, product_id=product_id)
    item.product = product
    return item, is_new


def remove_from_wishlist(*, user: User, product_id: int) -> None:
    """Forget a product. Raises NotFound when it is not on the user's list."""
    deleted, _ = WishlistItem.objects.filter(user=user, product_id=product_id).delete()
    if not deleted:
        raise NotFound("This product is not on your wishlist.")

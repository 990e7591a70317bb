"""What the buttons of a product do."""

from catalog import search, services
from catalog.models import Product
from core.db import transactional


@transactional
def archive(product: Product, *, by: object) -> str:
    """Take the product out of the store."""
    services.archive(product)
    return f"{product} is no longer in the store."


@transactional
def put_back(product: Product, *, by: object) -> str:
    """Put an archived product back into the store, and let it be found."""
    product.archived_at = None
    product.save(update_fields=["archived_at", "updated_at"])
    search.index([product])
    return f"{product} is on sale again."


def remove(product: Product, *, by: object) -> str:
    """Delete the product, or archive it when orders need it."""
    _, deleted = services.remove_product(product_id=product.pk)
    return f"{product} was deleted." if deleted else f"{product} was ordered before, so it was archived."

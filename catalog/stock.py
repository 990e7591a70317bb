"""Stock: the one writer of `Product.inventory_count`.

Pieces are taken and given back by conditional updates in the order of the keys, and counts that staff or a file
give are written under a lock; no count is read and written back without one. Every change leaves a StockMovement
and sends `stock_changed`, in the transaction that makes it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Count, F, OuterRef, Q, Subquery, Window
from django.db.models.functions import Coalesce, Lag
from django.dispatch import receiver

from accounts.models import User
from catalog import devices
from catalog.devices.holding import holder_label
from catalog.errors import OutOfStock, SerialNeeded
from catalog.models import Device, Product, StockMovement
from catalog.signals import stock_changed, stock_low
from core.signals import status_changed

Kind = StockMovement.Kind
IN_STOCK = Device.Status.IN_STOCK


def take(quantities: Mapping[int, int], *, holder: str = "", by: User | None = None) -> None:
    """Take pieces (product id: quantity), all or none. Raises OutOfStock with the product's name.

    Of a product with serial numbers, devices are reserved for `holder` (`order:5`). Runs inside the transaction of
    what takes them, in the order of the keys, so that two orders that want the same products wait for each other
    and never deadlock.
    """
    taken = {}
    for product_id in sorted(quantities):
        quantity = quantities[product_id]
        counted = Product.objects.on_sale().filter(pk=product_id, is_serialized=False)
        if counted.filter(inventory_count__gte=quantity).update(inventory_count=F("inventory_count") - quantity):
            taken[product_id] = quantity
            continue
        product = Product.objects.get(pk=product_id)
        if not product.is_serialized:
            raise OutOfStock(f"Insufficient stock for {product.name}.")
        devices.reserve(product=product, quantity=quantity, holder=holder, by=by)
    left = counts_of(quantities)
    moved = {product_id: (left[product_id] + quantity, left[product_id]) for product_id, quantity in taken.items()}
    write_movements(moved, kind=Kind.TAKEN, reason=f"For {holder_label(holder)}", reference=holder, by=by)
    report_low_stock(quantities, left)


def give_back(quantities: Mapping[int, int], *, holder: str = "", by: User | None = None, reason: str = "") -> None:
    """Put pieces back (product id: quantity), in the order of the keys.

    Of a product with serial numbers, those that are reserved for `holder` go back. Pieces that were taken before it
    was tracked have no serial: they come to the shelf when staff receive them.
    """
    returned = {}
    for product_id in sorted(quantities):
        counted = Product.objects.filter(pk=product_id, is_serialized=False)
        if counted.update(inventory_count=F("inventory_count") + quantities[product_id]):
            returned[product_id] = quantities[product_id]
        else:
            devices.release(holder=holder, by=by, product_id=product_id)
    write_returned(returned, reason=reason or f"From {holder_label(holder)}", reference=holder, by=by)


def restock(
    *, product: Product, grade: str, quantity: int = 1, reference: str = "", by: User | None = None
) -> Product:
    """Put pieces without serials back, as `grade`; the product that they are now. Raises SerialNeeded."""
    target = devices.in_grade(product=product, grade=grade)
    counted = Product.objects.filter(pk=target.pk, is_serialized=False)
    if not counted.update(inventory_count=F("inventory_count") + quantity):
        raise SerialNeeded(f"{target} is tracked by serial number: receive the device with its serial.")
    reason = f"From {holder_label(reference)}, {target.get_condition_display().lower()}"
    write_returned({target.pk: quantity}, reason=reason, reference=reference, by=by)
    return target


def write_returned(returned: Mapping[int, int], *, reason: str, reference: str, by: User | None) -> None:
    """Write the movements of pieces (product id: quantity) that were just put back; their rows are locked."""
    now = counts_of(returned)
    moved = {product_id: (now[product_id] - quantity, now[product_id]) for product_id, quantity in returned.items()}
    write_movements(moved, kind=Kind.RETURNED, reason=reason, reference=reference, by=by)


def set_count(product: Product, count: int, *, kind: str, reason: str, by: User | None = None) -> None:
    """Write a counted number of pieces. The count of a product with serial numbers stays as it is."""
    set_counts({product.pk: count}, kind=kind, reason=reason, by=by)
    product.refresh_from_db(fields=["inventory_count"])


def set_counts(counts: Mapping[int, int], *, kind: str, reason: str, by: User | None = None) -> None:
    """The same for many (product id: count), a batch of a file at a time: one query for all of one new count."""
    counted = Product.objects.select_for_update().filter(pk__in=counts, is_serialized=False).order_by("pk")
    moved = {
        product_id: (before, counts[product_id])
        for product_id, before in counted.values_list("pk", "inventory_count")
        if before != counts[product_id]
    }
    alike: dict[int, list[int]] = defaultdict(list)
    for product_id, (_, after) in moved.items():
        alike[after].append(product_id)
    for after, product_ids in alike.items():
        Product.objects.filter(pk__in=product_ids).update(inventory_count=after)
    write_movements(moved, kind=kind, reason=reason, by=by)


def track_by_serial(
    *, product: Product, serials: Sequence[str], cost: Decimal | None = None, by: User | None = None
) -> list[Device]:
    """From now on the product is tracked by serial number; these are all of its pieces on the shelf.

    One that is tracked already merely receives the devices. Raises what `devices.add_devices` does.
    """
    set_count(product, 0, kind=Kind.COUNTED, reason="Tracked by serial number from now on", by=by)
    product.is_serialized = True
    product.save(update_fields=["is_serialized", "updated_at"])
    product.refresh_from_db()
    return devices.add_devices(
        product=product, serials=serials, grade=product.condition, cost=cost, by=by, note="Counted"
    )


@receiver(status_changed, sender=Device)
def follow_device(*, subject: Device, change: Any, old: str | None, new: str, by: User | None, **_: Any) -> None:
    """Let the product's count follow a device that came to the shelf or left it."""
    step = (new == IN_STOCK) - (old == IN_STOCK)
    if not step:
        return
    Product.objects.filter(pk=subject.product_id).update(inventory_count=F("inventory_count") + step)
    now = counts_of([subject.product_id])[subject.product_id]
    write_movements(
        {subject.product_id: (now - step, now)},
        kind=movement_kind(old, new),
        reason=f"{subject.serial}: {change.notes}".removesuffix(": "),
        reference=subject.reference or f"device:{subject.pk}",
        by=by,
    )


def movement_kind(old: str | None, new: str) -> str:
    """What a device's step to the shelf or from it is to the count."""
    if new == IN_STOCK:
        return Kind.RETURNED if old else Kind.RECEIVED
    return Kind.TAKEN if new == Device.Status.RESERVED else Kind.REMOVED


def counts_of(product_ids: Collection[int]) -> dict[int, int]:
    """The counts of products by id; after an update in this transaction, which holds the rows, nothing is newer."""
    return dict(Product.objects.filter(pk__in=product_ids).values_list("pk", "inventory_count"))


def write_movements(
    moved: Mapping[int, tuple[int, int]], *, kind: str, reason: str, reference: str = "", by: User | None = None
) -> None:
    """Note what just changed (product id: count before and after) and send `stock_changed`."""
    if not moved:
        return
    cause: dict[str, Any] = {"kind": kind, "reason": reason[:255], "reference": reference, "actor": by}
    movements = StockMovement.objects.bulk_create(
        StockMovement(product_id=product_id, change=after - before, before=before, after=after, **cause)
        for product_id, (before, after) in moved.items()
    )
    stock_changed.send(sender=StockMovement, movements=movements)


def report_low_stock(taken: Mapping[int, int], left: Mapping[int, int]) -> None:
    """Send `stock_low` for each product whose count the pieces just `taken` brought to the level.

    Once for each crossing: a product that was low before is not reported again until it has been filled up. Staff
    who count a shelf know what they see.
    """
    level = settings.LOW_STOCK_LEVEL
    low = [
        product_id for product_id in sorted(taken) if left[product_id] <= level < left[product_id] + taken[product_id]
    ]
    for product in Product.objects.filter(pk__in=low).order_by("pk") if low else ():
        stock_low.send(sender=Product, product=product)


def differences() -> Iterator[str]:
    """Where counts, movements and devices do not agree, in words; nothing while every count is explained.

    Movements of a product follow each other without a gap, from 0 to its count. Each question is one query, and so
    asks one moment, whatever is sold meanwhile.
    """
    last = StockMovement.objects.filter(product=OuterRef("pk")).order_by("-pk").values("after")[:1]
    for product in Product.objects.annotate(said=Coalesce(Subquery(last), 0)).exclude(inventory_count=F("said")):
        yield f"{product.sku}: {product.inventory_count} in stock, its movements lead to {product.said}"
    before = Coalesce(Window(Lag("after"), partition_by=F("product_id"), order_by=F("pk").asc()), 0)
    for movement in StockMovement.objects.annotate(said=before).exclude(before=F("said")).select_related("product"):
        where = f"{movement.product.sku}: movement {movement.pk}"
        yield f"{where} begins at {movement.before}, the one before it ended at {movement.said}"
    on_shelf = Count("devices", filter=Q(devices__status=IN_STOCK))
    tracked = Product.objects.filter(is_serialized=True).annotate(there=on_shelf).exclude(inventory_count=F("there"))
    for sku, count, there in tracked.values_list("sku", "inventory_count", "there"):
        yield f"{sku}: {count} in stock, and {there} devices"

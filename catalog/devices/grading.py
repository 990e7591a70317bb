"""What comes back is graded, and stands in the shop as the product of that grade, at that grade's price."""

from decimal import Decimal

from accounts.models import User
from catalog import search
from catalog.devices.holding import lock_products
from catalog.models import Device, GradePrice, Product, RentalRate
from core.money import CENT, MAX_AMOUNT, quantize
from core.states import WrongStatus

Status = Device.Status
OFF_SHELF = (Status.RETURNED, Status.IN_REPAIR, Status.RETIRED)
COPIED = (
    *("name", "description", "currency", "category", "brand", "specifications"),
    *("is_serialized", "is_rentable", "image_url", "image"),
)
MAX_SKU = 64


def check_in(*, device: Device, grade: str, to: str, by: User | None = None, note: str = "") -> Device:
    """Grade a device that came back, was repaired or retired, and put it where it belongs.

    `to` is `in_stock`, `in_repair` or `retired`. In stock, it becomes a device of the product of its grade.
    Raises WrongStatus for a device that is on the shelf, or with a customer.
    """
    product = device.product
    if to == Status.IN_STOCK:
        product = in_grade(product=product, grade=grade)
    else:
        lock_products([product.pk])
    if device.lock().status not in OFF_SHELF:
        raise WrongStatus(f"The device cannot be checked in: it is {device.status}.")
    device.product, device.grade = product, grade
    device.save(update_fields=["product", "grade", "updated_at"])
    device.move_to(to, by=by, note=note)
    return device


def in_grade(*, product: Product, grade: str) -> Product:
    """The product of this grade in the same family, made when there is none.

    The family's rows stay locked until the transaction ends, so that a grade is made once.
    """
    # The first one alone, and then all: else a grade that was made while we waited would be missed.
    first = Product.objects.select_for_update().get(pk=product.family_id)
    family = Product.objects.family(first.pk).select_for_update().order_by("pk")
    same = [one for one in family if one.condition == grade]
    if same:
        return min(same, key=lambda one: (one.pk != product.pk, one.archived_at is not None, one.pk))
    return make_grade(first, grade)


def make_grade(first: Product, grade: str) -> Product:
    """A copy of the family's first product in another grade, with its prices in proportion (GradePrice)."""
    ratio = GradePrice.objects.ratio(old=first.condition, new=grade)
    rate = first.rental_price
    product = Product(
        **{name: getattr(first, name) for name in COPIED},
        sku=free_sku(first.sku, grade),
        condition=grade,
        variant_of=first,
        price=scale_price(first.price, ratio),
        rental_price=None if rate is None else scale_price(rate, ratio),
    )
    product.save_or_refuse()
    RentalRate.objects.bulk_create(
        RentalRate(product=product, months=own.months, monthly_rate=max(scale_price(own.monthly_rate, ratio), CENT))
        for own in first.rental_rates.all()
    )
    search.index([product])
    return product


def scale_price(amount: Decimal, ratio: Decimal) -> Decimal:
    return min(quantize(amount * ratio), MAX_AMOUNT)


def free_sku(sku: str, grade: str) -> str:
    """The SKU with the grade's letter, and a number when another product has that one: ABC-1-G, ABC-1-G2."""
    number = 1
    while True:
        suffix = f"-{grade[0].upper()}{number if number > 1 else ''}"
        wanted = sku[: MAX_SKU - len(suffix)] + suffix
        if not Product.objects.filter(sku__iexact=wanted).exists():
            return wanted
        number += 1

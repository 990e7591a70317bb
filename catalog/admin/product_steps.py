"""The buttons of a product."""

from decimal import Decimal
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminDecimalFieldWidget, UnfoldAdminSelectWidget

from accounts.models import User
from catalog import devices, search, services, stock
from catalog.admin.device_steps import form_with_grade
from catalog.admin.fields import SerialsField
from catalog.models import Condition, Product
from core.admin.steps import Step
from core.db import transactional
from core.money import ZERO


class TrackForm(forms.Form):
    serials = SerialsField(help_text="One on each line. The stock becomes the number of these.")
    cost = forms.DecimalField(
        label="Cost of one",
        required=False,
        min_value=ZERO,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text="What the shop paid; staff see it, customers never.",
    )


class ReceiveForm(TrackForm):
    field_order = ["serials", "grade", "cost"]
    serials = SerialsField(help_text="One on each line, as the scanner types them.")
    grade = forms.ChoiceField(
        choices=Condition.choices,
        widget=UnfoldAdminSelectWidget,
        help_text="Another grade than the product's makes them pieces of the product of that grade.",
    )


@transactional
def receive_devices(product: Product, *, by: User, serials: list[str], grade: str, cost: Decimal | None) -> str:
    made = devices.add_devices(product=product, serials=serials, grade=grade, cost=cost, by=by)
    now = made[0].product
    return f"{len(made)} received as {now} ({now.get_condition_display()}, {now.sku})."


@transactional
def track(product: Product, *, by: User, serials: list[str], cost: Decimal | None) -> str:
    counted = product.inventory_count
    made = stock.track_by_serial(product=product, serials=serials, cost=cost, by=by)
    return f"{product} is tracked by serial number. Its stock was {counted} and is {len(made)}."


def track_form(product: Product, data: Any) -> TrackForm:
    """The form; where no piece is left, no serial number is needed."""
    form = TrackForm(data)
    form.fields["serials"].required = product.inventory_count > 0
    return form


@transactional
def archive(product: Product, *, by: object) -> str:
    services.archive(product)
    return f"{product} is no longer in the store."


@transactional
def put_on_sale(product: Product, *, by: object) -> str:
    product.archived_at = None
    product.save(update_fields=["archived_at", "updated_at"])
    search.index([product])
    return f"{product} is on sale again."


def remove(product: Product, *, by: object) -> str:
    """Delete the product, or archive it when orders need it."""
    _, deleted = services.remove_product(product_id=product.pk)
    return f"{product} was deleted." if deleted else f"{product} was ordered before, so it was archived."


PRODUCT_STEPS = [
    Step(
        name="receive",
        label="Receive devices",
        icon="barcode_scanner",
        variant="primary",
        permission="catalog.add_device",
        offered=lambda product: product.is_serialized,
        run=receive_devices,
        make_form=form_with_grade(ReceiveForm, "condition"),
    ),
    Step(
        name="track",
        label="Track by serial number",
        icon="barcode",
        permission="catalog.add_device",
        offered=lambda product: not product.is_serialized,
        run=track,
        make_form=track_form,
        question="Type the serial number of every piece on the shelf. From then on the stock follows its devices.",
    ),
    Step(
        name="archive",
        label="Archive",
        icon="archive",
        permission="catalog.change_product",
        offered=lambda product: product.archived_at is None,
        run=archive,
    ),
    Step(
        name="put-back",
        label="Put back on sale",
        icon="unarchive",
        variant="primary",
        permission="catalog.change_product",
        offered=lambda product: product.archived_at is not None,
        run=put_on_sale,
    ),
    Step(
        name="remove",
        label="Delete",
        icon="delete",
        variant="danger",
        permission="catalog.delete_product",
        offered=lambda product: product.archived_at is None,
        run=remove,
        question="A product that was never ordered is deleted for good. One that was ordered is archived instead.",
    ),
]

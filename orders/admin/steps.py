"""The buttons of an order, one for each step that its status allows."""

from collections.abc import Callable
from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from accounts.models import User
from catalog import devices
from catalog.admin.fields import SerialsField
from core.admin.steps import Step
from orders.admin.refunds import RECORD_PAYMENT, REFUND
from orders.fulfilment import cancel_order, change_status
from orders.models import Order
from payments.admin.disputed import evidence_step

Status = Order.Status


class NoteForm(forms.Form):
    """Why."""

    note = forms.CharField(
        required=False,
        max_length=500,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Stands in the order's history, which the customer may read.",
    )


class ShipForm(NoteForm):
    """With whom the parcel travels, and under which number."""

    field_order = ["carrier", "tracking_number", "note"]
    carrier = forms.CharField(
        max_length=100, widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "UPS, DHL, USPS ..."})
    )
    tracking_number = forms.CharField(
        max_length=100,
        required=False,
        widget=UnfoldAdminTextInputWidget,
        help_text="The customer gets it by mail.",
    )


class ShipDevicesForm(ShipForm):
    """The same, and which devices are in the parcel."""

    field_order = ["serials", "carrier", "tracking_number", "note"]
    serials = SerialsField()


def ship_form(order: Order, data: Any) -> ShipForm:
    """The form; it asks for serial numbers when the order has devices reserved, and says how many of which."""
    reserved = devices.serials_of(holder=order.holder)
    if not reserved:
        return ShipForm(data)
    form = ShipDevicesForm(data)
    names = [
        f"{len(reserved[line.product_id])} of {line.product_name} (reserved: {', '.join(reserved[line.product_id])})"
        for line in order.lines.all()
        if line.product_id in reserved
    ]
    form.fields["serials"].help_text = f"One for each piece in the parcel, each on its line: {'; '.join(names)}."
    return form


def allows(status: str) -> Callable[[Order], bool]:
    """Whether an order may go to `status` next."""
    return lambda order: order.can_move_to(status)


def process(order: Order, *, by: User, note: str) -> str:
    """To `processing`, by hand."""
    return said(change_status(order=order, status=Status.PROCESSING, by=by, note=note), order, "is being processed")


def ship(order: Order, *, by: User, note: str, **parcel: Any) -> str:
    """To `shipped`, with the parcel's carrier and number, and the serial numbers of its devices."""
    moved = change_status(order=order, status=Status.SHIPPED, by=by, note=note, **parcel)
    return said(moved, order, "was shipped")


def deliver(order: Order, *, by: User) -> str:
    """To `delivered`."""
    return said(change_status(order=order, status=Status.DELIVERED, by=by), order, "was delivered")


def cancel(order: Order, *, by: User, note: str) -> str:
    """Cancel, with the stock and the money going back. Raises NotCancellable."""
    cancel_order(order=order, by=by, note=note or "Order cancelled")
    return f"{order} was cancelled."


def said(moved: bool, order: Order, what: str) -> str:
    """What to say: the step, or that another member of staff was faster."""
    return f"{order} {what}." if moved else f"{order} was {order.status} already."


STEPS = [
    Step(
        name="process",
        label="Mark as processing",
        icon="inventory_2",
        permission="orders.change_order",
        offered=allows(Status.PROCESSING),
        run=process,
        form=NoteForm,
        question="Paid orders are processed by themselves. Do this when the money came another way.",
    ),
    Step(
        name="ship",
        label="Ship",
        icon="local_shipping",
        variant="primary",
        permission="orders.change_order",
        offered=allows(Status.SHIPPED),
        run=ship,
        make_form=ship_form,
    ),
    Step(
        name="deliver",
        label="Mark as delivered",
        icon="task_alt",
        variant="primary",
        permission="orders.change_order",
        offered=allows(Status.DELIVERED),
        run=deliver,
    ),
    RECORD_PAYMENT,
    REFUND,
    evidence_step(permission="orders.view_order"),
    Step(
        name="cancel",
        label="Cancel and refund",
        icon="cancel",
        variant="danger",
        permission="orders.change_order",
        offered=allows(Status.CANCELLED),
        run=cancel,
        form=NoteForm,
        question="The pieces go back into stock, and what was paid goes back to the customer. It cannot be undone.",
    ),
]

"""The buttons of an order that move money: give some back, and write down what staff took by hand."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanWidget,
)

from accounts.models import User
from catalog import devices
from core.admin.badges import amount_with_currency
from core.admin.steps import Step
from orders.fulfilment import record_payment_by_hand
from orders.models import Order, OrderRefund
from orders.refunds.pricing import Wanted, left_to_refund
from orders.refunds.refunding import refund_order
from payments.admin.refunded import refuse_failed, said_of, said_twice
from payments.refunds.services import RefundRepeated


class Serials(forms.MultipleChoiceField):
    """Some of the serial numbers on offer, or that were when the page was opened: the domain knows which hold."""

    def valid_value(self, value: str) -> bool:
        """Any: a form that comes twice must reach the key that tells so, though its devices are back by then."""
        return True


class RefundForm(forms.Form):
    """Which pieces, the shipping, or an amount; whether the pieces came back, and why.

    `key` is the form's own, so that it counts once however often it is sent. The domain refuses what is too much.
    """

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    shipping = forms.BooleanField(required=False, widget=UnfoldBooleanWidget)
    amount = forms.DecimalField(
        label="Or an amount",
        required=False,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
        help_text="Instead of pieces and shipping: for goodwill, or a part of a price.",
    )
    restock = forms.BooleanField(
        label="The pieces are back: return them to stock",
        required=False,
        widget=UnfoldBooleanWidget,
        help_text="Sold devices with a serial number wait to be graded first.",
    )
    serials = Serials(
        label="Which devices came back",
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="One for each piece that came back.",
    )
    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="The customer reads it in the mail and with the order.",
    )

    def __init__(self, order: Order, data: Any = None) -> None:
        self.order = order
        self.left = left_to_refund(order)
        super().__init__(data)
        self.lines = list(order.lines.all())
        for line in self.lines:
            self.fields[f"line_{line.pk}"] = quantity_field(line.product_name, most=line.refundable_quantity)
        self.offer_shipping()
        self.offer_serials()

    def offer_shipping(self) -> None:
        """With what it cost, unless it cost nothing or went back."""
        cost = amount_with_currency(self.order.shipping_total, self.order.currency)
        self.fields["shipping"].label = f"Shipping, {cost}"
        given = OrderRefund.objects.filter(shipping_of=self.order).exists()
        self.fields["shipping"].disabled = given or not self.order.shipping_total
        if given:
            self.fields["shipping"].help_text = "Given back already."

    def offer_serials(self) -> None:
        """Those of the devices that the order has, with what they are; without any, nothing is asked."""
        held = devices.serials_of(holder=self.order.holder)
        choices = [
            (serial, f"{serial} ({line.product_name})")
            for line in self.lines
            for serial in held.get(line.product_id, [])
        ]
        self.fields["serials"].choices = choices  # type: ignore[attr-defined]  # a MultipleChoiceField
        if not choices:
            self.fields["serials"].widget = forms.MultipleHiddenInput()

    def rows(self) -> list[tuple[Any, forms.BoundField]]:
        """Each line with the field for its quantity."""
        return [(line, self[f"line_{line.pk}"]) for line in self.lines]

    def below(self) -> list[forms.BoundField]:
        """The fields that are no quantities, and of any use for this order."""
        names = ["shipping"] * bool(self.order.shipping_total) + ["amount", "restock", "serials", "reason"]
        return [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        """What is wanted, as the domain takes it."""
        answers = dict(self.cleaned_data)
        typed = {line.pk: answers.get(f"line_{line.pk}") for line in self.lines}
        wanted = Wanted(
            quantities={pk: quantity for pk, quantity in typed.items() if quantity},
            shipping=bool(answers.get("shipping")),
            amount=answers.get("amount"),
            restock=bool(answers.get("restock")),
            serials=answers.get("serials") or [],
        )
        return {"key": answers.get("key"), "reason": answers.get("reason", ""), "wanted": wanted}


def quantity_field(name: str, *, most: int) -> forms.IntegerField:
    """How many pieces; the browser knows the most, the domain has the last word."""
    attributes = {"min": 0, "max": most, "inputmode": "numeric", "placeholder": "0", "aria-label": f"Refund: {name}"}
    if not most:
        attributes["readonly"] = "readonly"
    return forms.IntegerField(
        label=name, required=False, min_value=0, widget=UnfoldAdminIntegerFieldWidget(attrs=attributes)
    )


class ByHandForm(forms.Form):
    """Why the money did not come by itself."""

    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
        help_text="Cash, cheque or transfer, and its number. Kept with your name.",
    )

    def __init__(self, order: Order, data: Any = None) -> None:
        super().__init__(data)
        amount = amount_with_currency(order.total, order.currency)
        self.fields["reason"].label = f"How the {amount} came"


def refund(order: Order, *, by: User, key: UUID, reason: str, wanted: Wanted) -> str:
    """Give it back, once for each form. Raises RefundRefused, and what `refund_order` raises."""
    try:
        made = refund_order(order=order, wanted=wanted, reason=reason, by=by, key=key)
    except RefundRepeated:
        return said_twice(order)
    refuse_failed(made)
    return said_of(order, made)


def record_payment(order: Order, *, by: User, reason: str) -> str:
    """Staff took the order's price. Raises NotPayable."""
    record_payment_by_hand(order=order, by=by, reason=reason)
    return f"{amount_with_currency(order.total, order.currency)} taken by hand were recorded for {order}."


REFUND = Step(
    name="refund",
    label="Refund",
    icon="undo",
    permission="orders.change_order",
    offered=lambda order: left_to_refund(order) > 0,
    run=refund,
    make_form=RefundForm,
    template="admin/orders/order/refund.html",
    gone="Nothing is left to give back: the refund was made already. This is how it stands now.",
)
RECORD_PAYMENT = Step(
    name="record-payment",
    label="Record a payment",
    icon="payments",
    permission="orders.change_orderpayment",
    offered=lambda order: order.takes_money,
    run=record_payment,
    make_form=ByHandForm,
    question="For money that you took yourself: it counts at once, and cannot be taken back but by a refund.",
    gone="The order takes no payment: it is paid already, or cancelled. This is how it stands now.",
)

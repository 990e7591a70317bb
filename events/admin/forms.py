"""What the buttons of the box office ask first."""

from typing import Any

from django import forms
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectMultipleWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from core.money import from_minor
from events.admin.columns import naira
from events.models import Event, Ticket, TicketOrder
from events.models.order import CURRENCY
from events.money import statements
from events.money.partners import sum_to_go_back
from events.money.payouts import LONGEST_REFERENCE, payable_from


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        max_length=200,
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}),
        help_text="Stands in the history.",
    )


def cancel_form(event: Event, data: Any) -> ReasonForm:
    """Why it is cancelled; above it, what goes back."""
    amount, orders = sum_to_go_back(event)
    form = ReasonForm(data)
    form.fields["reason"].help_text = (
        f"{naira(amount)} of {orders} paid order{'' if orders == 1 else 's'} go back to the buyers, who read this "
        "reason. It cannot be undone."
    )
    return form


class PayoutForm(forms.Form):
    """What the bank carried out."""

    amount = forms.DecimalField(max_digits=12, decimal_places=2, min_value=0, widget=UnfoldAdminDecimalFieldWidget)
    bank_reference = forms.CharField(
        label="Reference of the bank", max_length=LONGEST_REFERENCE, widget=UnfoldAdminTextInputWidget
    )


def payout_form(event: Event, data: Any) -> PayoutForm:
    """How much; the balance is filled in."""
    balance = from_minor(statements.balance_of(event), CURRENCY)
    form = PayoutForm(data, initial={"amount": max(balance, 0)})
    form.fields[
        "amount"
    ].help_text = (
        f"{naira(balance)} are owed for this event; it can be paid out from {payable_from(event):%d %B %Y} on."
    )
    return form


class RefundForm(forms.Form):
    """Which tickets go back, and whether in full."""

    tickets = forms.ModelMultipleChoiceField(queryset=Ticket.objects.none(), widget=UnfoldAdminSelectMultipleWidget)
    full = forms.BooleanField(
        required=False,
        label="In full",
        widget=UnfoldBooleanSwitchWidget,
        help_text="All of the price, whatever the policy says, and of scanned tickets too.",
    )
    reason = ReasonForm.base_fields["reason"]


def refund_form(order: TicketOrder, data: Any) -> RefundForm:
    """The tickets of the order that are left, or whose refund failed."""
    form = RefundForm(data)
    form.fields["tickets"].queryset = order.tickets.select_related("line").order_by("pk")  # type: ignore[attr-defined]
    form.fields["tickets"].label_from_instance = described  # type: ignore[attr-defined]
    return form


def described(ticket: Ticket) -> str:
    return f"#{ticket.pk}, {ticket.line.name}, {naira(ticket.line.price)}, {ticket.get_status_display().lower()}"

"""What the buttons of a rental ask first."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from catalog.models import Condition, Device
from core.admin.badges import amount_with_currency
from core.errors import DomainError
from rentals.models import Installment, LateFee, Rental, RentalPayment
from rentals.money.paying import amount_due
from rentals.refunding import Part, parts_left

Purpose = RentalPayment.Purpose
DESTINATIONS = [
    (Device.Status.IN_STOCK, "In stock: it can be sold or rented again"),
    (Device.Status.IN_REPAIR, "In repair"),
    (Device.Status.RETIRED, "Retired: out of use for good"),
]


def lines(*, help_text: str, required: bool = False, label: str | None = None, most: int = 500) -> forms.CharField:
    widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})
    return forms.CharField(label=label, required=required, max_length=most, widget=widget, help_text=help_text)


class RentalForm(forms.Form):
    """A form that knows its rental (`rental`, read whole)."""

    def __init__(self, rental: Rental, data: Any = None) -> None:
        self.rental = rental
        super().__init__(data)
        self.prepare()

    def prepare(self) -> None: ...


class NoteForm(RentalForm):
    note = lines(help_text="Stands in the rental's history, which the customer may read.")


class ShipForm(RentalForm):
    serial = forms.CharField(max_length=64, label="Serial number", widget=UnfoldAdminTextInputWidget)
    carrier = forms.CharField(
        max_length=100, widget=UnfoldAdminTextInputWidget(attrs={"placeholder": "UPS, DHL, USPS ..."})
    )
    tracking_number = forms.CharField(
        max_length=100, required=False, widget=UnfoldAdminTextInputWidget, help_text="The customer sees it."
    )

    def prepare(self) -> None:
        device = self.rental.device
        if device is None:
            del self.fields["serial"]
        else:
            self.fields["serial"].help_text = f"Scan it from the device that you pack; the contract names {device}."
            self.fields["serial"].widget.attrs.update(autofocus=True, autocomplete="off", spellcheck="false")


class CheckInForm(RentalForm):
    grade = forms.ChoiceField(choices=Condition.choices, widget=UnfoldAdminSelectWidget)
    to = forms.ChoiceField(label="Where to", choices=DESTINATIONS, widget=UnfoldAdminSelectWidget)
    note = lines(help_text="Stands in the history of the device.")

    def prepare(self) -> None:
        device = self.rental.device
        self.fields["grade"].initial = device.grade if device else self.rental.product.condition
        self.fields["grade"].help_text = "It goes back into stock as a product of this grade, at that grade's price."


class FeeField(forms.ModelChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        installment = obj.installment
        amount = amount_with_currency(obj.amount, installment.rental.currency)
        return f"{amount}: installment {installment.number}, due {date_format(installment.due_date, 'M j, Y')}"


class WaiveForm(RentalForm):
    fee = FeeField(queryset=LateFee.objects.none(), empty_label=None, widget=UnfoldAdminSelectWidget)
    because = lines(label="Reason", required=True, help_text="Kept with the fee, with your name.")

    def prepare(self) -> None:
        ids = [fee.pk for fee in self.rental.open_late_fees]
        open_ones = LateFee.objects.filter(pk__in=ids).select_related("installment__rental")
        self.fields["fee"].queryset = open_ones  # type: ignore[attr-defined]  # the field is a FeeField


class Choice(forms.ChoiceField):
    """One of the choices on offer, or that were when the page was opened: the domain knows which hold."""

    def valid_value(self, value: str) -> bool:
        """Any: a form that comes twice must reach the key that tells so, though its choice is gone by then."""
        return True


class RefundForm(RentalForm):
    """What goes back, how much of it, and why. `key` is the form's own, so that it counts once."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
    what = Choice(label="Give back", widget=UnfoldAdminSelectWidget)
    amount = forms.DecimalField(
        label="Amount",
        required=False,
        max_digits=12,
        decimal_places=2,
        widget=UnfoldAdminDecimalFieldWidget(attrs={"step": "0.01", "min": "0.01", "inputmode": "decimal"}),
        help_text="Empty: all that is left of it. A late fee goes back whole.",
    )
    reason = lines(required=True, most=200, help_text="The customer reads it in the mail and on the credit note.")

    def prepare(self) -> None:
        numbers = {one.paid_with_id: one for one in self.rental.installments.all() if one.is_paid}
        choices = [(part.name, self.said(part, numbers)) for part in parts_left(self.rental)]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def said(self, part: Part, numbers: dict[Any, Installment]) -> str:
        left = amount_with_currency(part.left, self.rental.currency)
        if part.fee:
            return f"{left}: late fee for installment {part.fee.installment.number}"
        paid = numbers.get(part.link.pk)
        if paid is None:
            return f"{left}: buyout"
        return f"{left}: installment {paid.number}, due {date_format(paid.due_date, 'M j, Y')}"


class ByHandForm(RentalForm):
    """What the money was for. The amount is what is due, and nothing else."""

    purpose = forms.ChoiceField(label="Pays", widget=UnfoldAdminSelectWidget)
    reason = lines(
        required=True, most=200, help_text="Cash, cheque or transfer, and its number. Kept with your name."
    )
    seen = forms.CharField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        offers = {purpose: text for purpose in Purpose.values if (text := self.offer(purpose))}
        self.fields["purpose"].choices = list(offers.items())  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["seen"].initial = " ".join(claim(self.rental, purpose) for purpose in offers)

    def offer(self, purpose: str) -> str:
        """What paying for that purpose means now; empty when there is nothing to pay."""
        try:
            amount = amount_with_currency(
                amount_due(self.rental, purpose, now=timezone.now()).amount, self.rental.currency
            )
        except DomainError:
            return ""
        if purpose == Purpose.BUYOUT:
            return f"{amount}: buyout"
        following = self.rental.next_installment
        assert following is not None  # there was something to pay
        return f"{amount}: installment {following.number}, due {date_format(following.due_date, 'M j, Y')}"


def claim(rental: Rental, purpose: str) -> str:
    """What a payment made now would pay, as one word: purpose, payments made so far, and amount."""
    return f"{purpose}:{rental.payments_made}:{amount_due(rental, purpose, now=timezone.now()).amount}"

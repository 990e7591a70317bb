"""The buttons of a rental: one for each step that stands open, and what each does and answers."""

from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.admin.badges import amount_with_currency
from core.admin.steps import Step
from core.db import transactional
from core.errors import DomainError
from payments.admin.disputed import evidence_step
from payments.admin.refunded import refuse_failed, said_of, said_twice
from payments.refunds.services import RefundRepeated
from rentals import refunding
from rentals.admin import forms
from rentals.autopay import consents
from rentals.contracts.verifying import verify
from rentals.lifecycle import services
from rentals.models import Contract, LateFee, Rental
from rentals.money import dunning, settling
from rentals.money.paying import amount_due
from rentals.money.settling import locked_rental
from rentals.refunding import parts_left

Status = Rental.Status
MAY = "rentals.change_rental"


class ContractDoesNotHold(DomainError):
    code = "contract_does_not_hold"


class OtherAmount(DomainError):
    """The amount due changed while the form was open."""

    code = "amount_changed"
    message = "What is to pay has changed meanwhile. Nothing was recorded: look at the rental and begin again."


def ship(rental: Rental, *, by: User, carrier: str, tracking_number: str, serial: str = "") -> str:
    """Hand the device over. Raises NotShippable, BadSerial, WrongDevice."""
    services.ship_rental(rental=rental, by=by, serial=serial, carrier=carrier, tracking_number=tracking_number)
    return f"{rental} was shipped."


def cancel(rental: Rental, *, by: User, note: str) -> str:
    """Cancel before the signature; stock and money go back. Raises WrongRentalStatus."""
    services.cancel_rental(rental=rental, by=by, note=note or "Rental cancelled")
    return f"{rental} was cancelled."


def take_back(rental: Rental, *, by: User, note: str) -> str:
    """Return it for the customer; nothing more is due from now on. Raises WrongRentalStatus."""
    services.return_rental(rental=rental, by=by, note=note or "Returned on the customer's behalf")
    return f"{rental} was returned: nothing more is charged."


def check_in(rental: Rental, *, by: User, grade: str, to: str, note: str) -> str:
    """Take the device back with a grade. Raises WrongRentalStatus."""
    services.check_in(rental=rental, by=by, grade=grade, to=to, note=note)
    return f"The device of {rental} was checked in."


def waive_fee(rental: Rental, *, by: User, fee: LateFee, because: str) -> str:
    """Let the customer off a late fee. Raises FeeNotOpen."""
    dunning.waive_fee(fee=fee, by=by, because=because)
    return f"The late fee of {amount_with_currency(fee.amount, rental.currency)} was waived."


@transactional
def record_payment(rental: Rental, *, by: User, purpose: str, reason: str, seen: str) -> str:
    """Staff took the money that the form named (`seen`, see `claim`), and no other: a form that is sent twice
    records one payment. Raises WrongRentalStatus, NothingToPay, OtherAmount."""
    held = locked_rental(rental.pk)
    if forms.claim(held, purpose) not in seen.split():
        raise OtherAmount
    amount = amount_due(held, purpose, now=timezone.now()).amount
    settling.record_payment_by_hand(rental=held, by=by, purpose=purpose, reason=reason)
    return f"{amount_with_currency(amount, held.currency)} taken by hand were recorded for {held}."


def refund(rental: Rental, *, by: User, key: UUID, what: str, amount: Decimal | None, reason: str) -> str:
    """Give it back, once for each form. Raises RefundRefused, and what `refunding.give_back` raises."""
    try:
        made = refunding.give_back(rental=rental, what=what, amount=amount, reason=reason, by=by, key=key)
    except RefundRepeated:
        return said_twice(rental)
    refuse_failed([made])
    return said_of(rental, [made])


def turn_autopay_off(rental: Rental, *, by: User) -> str:
    """No charge begins from this moment on."""
    consents.turn_off(rental=rental)
    return f"Autopay of {rental} is off."


def verify_contract(record: Rental | Contract, *, by: User) -> str:
    """Prove the contract. Raises ContractDoesNotHold with the first thing that does not fit."""
    contract = record if isinstance(record, Contract) else record.contract
    proof = verify(Contract.objects.select_related("rental").get(pk=contract.pk))
    if not proof.holds:
        raise ContractDoesNotHold(str(proof))
    return str(proof)


def can_be_paid(rental: Rental) -> bool:
    """Whether there is something that a customer could pay now; read with `with_schedule`."""
    if rental.status == Status.ACTIVE:
        return bool(rental.open_installments)
    return rental.status == Status.PENDING and not rental.payments_made


STEPS = [
    Step(
        name="ship",
        label="Ship",
        icon="local_shipping",
        variant="primary",
        permission=MAY,
        offered=services.can_be_shipped,
        run=ship,
        make_form=forms.ShipForm,
    ),
    Step(
        name="check-in",
        label="Check in",
        icon="assignment_turned_in",
        variant="primary",
        permission=MAY,
        offered=services.can_be_checked_in,
        run=check_in,
        make_form=forms.CheckInForm,
    ),
    Step(
        name="record-payment",
        label="Record a payment",
        icon="payments",
        permission="rentals.change_rentalpayment",
        offered=can_be_paid,
        run=record_payment,
        make_form=forms.ByHandForm,
        question="For money that you took yourself: it counts at once, and the customer gets a receipt.",
    ),
    Step(
        name="refund",
        label="Refund",
        icon="undo",
        permission="rentals.change_rentalpayment",
        offered=lambda rental: any(parts_left(rental)),
        run=refund,
        make_form=forms.RefundForm,
        question="Goodwill: an installment that is refunded stays paid, and the schedule, the buyout price and the "
        "ownership stay as they are. To end the rental, use Return or Cancel.",
        gone="This step is no longer possible: nothing is left to give back. This is how it stands now.",
    ),
    Step(
        name="waive-fee",
        label="Waive a late fee",
        icon="money_off",
        permission="rentals.change_latefee",
        offered=lambda rental: bool(rental.open_late_fees),
        run=waive_fee,
        make_form=forms.WaiveForm,
    ),
    Step(
        name="autopay-off",
        label="Turn autopay off",
        icon="credit_card_off",
        permission="rentals.change_autopay",
        offered=lambda rental: getattr(rental, "autopay", None) is not None,
        run=turn_autopay_off,
        question="No charge begins from this moment on. Only the customer can turn autopay on again.",
    ),
    evidence_step(permission="rentals.view_contract"),
    Step(
        name="verify",
        label="Verify the contract",
        icon="verified_user",
        permission="rentals.view_contract",
        offered=lambda rental: True,
        run=verify_contract,
    ),
    Step(
        name="return",
        label="Return",
        icon="assignment_return",
        variant="danger",
        permission=MAY,
        offered=lambda rental: rental.can_move_to(Status.RETURNED),
        run=take_back,
        make_form=forms.NoteForm,
        question="On the customer's behalf: every further charge ends at this moment. It cannot be undone.",
    ),
    Step(
        name="cancel",
        label="Cancel and refund",
        icon="cancel",
        variant="danger",
        permission=MAY,
        offered=lambda rental: rental.can_move_to(Status.CANCELLED),
        run=cancel,
        make_form=forms.NoteForm,
        question="The device goes back into stock, and what was paid to the customer. It cannot be undone.",
    ),
]

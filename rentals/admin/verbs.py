"""What the buttons of a rental do: each runs one verb and returns what to say."""

from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from accounts.models import User
from core.admin.badges import money
from core.db import transactional
from core.errors import DomainError
from payments.admin.refunded import refuse_failed, said_of, said_twice
from payments.refunds.services import RefundRepeated
from rentals import refunding
from rentals.autopay import consents
from rentals.contracts.verifying import verify
from rentals.lifecycle import services
from rentals.models import Contract, LateFee, Rental
from rentals.money import dunning, settling
from rentals.money.paying import amount_due as due_now
from rentals.money.settling import locked_rental


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
    return f"The late fee of {money(fee.amount, rental.currency)} was waived."


@transactional
def record_payment(rental: Rental, *, by: User, purpose: str, reason: str, seen: str) -> str:
    """Staff took the money that the form named (`seen`, see `claim`), and no other: a form that is sent twice
    records one payment. Raises WrongRentalStatus, NothingToPay, OtherAmount."""
    held = locked_rental(rental.pk)
    if claim(held, purpose) not in seen.split():
        raise OtherAmount
    amount = amount_due(held, purpose)
    settling.record_payment_by_hand(rental=held, by=by, purpose=purpose, reason=reason)
    return f"{money(amount, held.currency)} taken by hand were recorded for {held}."


def refund(rental: Rental, *, by: User, key: UUID, what: str, amount: Decimal | None, reason: str) -> str:
    """Give it back, once for each form. Raises RefundRefused, and what `refunding.give_back` raises."""
    try:
        made = refunding.give_back(rental=rental, what=what, amount=amount, reason=reason, by=by, key=key)
    except RefundRepeated:
        return said_twice(rental)
    refuse_failed([made])
    return said_of(rental, [made])


def claim(rental: Rental, purpose: str) -> str:
    """What a payment made now would pay, as one word: purpose, payments made so far, and amount."""
    return f"{purpose}:{rental.payments_made}:{amount_due(rental, purpose)}"


def amount_due(rental: Rental, purpose: str) -> Decimal:
    """What to pay now for that purpose; read with `with_schedule`. Raises DomainError when there is nothing."""
    return due_now(rental, purpose, now=timezone.now()).amount


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

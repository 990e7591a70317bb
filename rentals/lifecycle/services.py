"""What happens to a rental: signed, shipped, cancelled, returned, checked in."""

import logging
from datetime import datetime, timedelta
from typing import Any, Literal

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog import devices, stock
from catalog.errors import WrongDevice
from catalog.models import Device
from core.db import transactional
from core.errors import DomainError
from core.idempotency import first_time
from payments.models import Refund
from payments.refunds import services as refunds
from rentals.contracts import services as contracts
from rentals.errors import WrongRentalStatus
from rentals.models import Contract, Rental
from rentals.money.settling import end_charges, locked_rental
from rentals.signals import rental_checked_in, rental_shipped

logger = logging.getLogger(__name__)
Status = Rental.Status

SIGNED_NOTE = "Rental contract signed by customer"


@transactional
def sign_contract(
    *, rental: Rental, by: User, name: str = "", ip: str = "", user_agent: str = "", consent_version: str = ""
) -> Contract:
    """Sign the contract, and the rental begins. Raises AlreadySigned, NotShown, WrongRentalStatus."""
    rental.lock()
    contract = Contract.objects.select_for_update().get(rental=rental)
    if not contract.is_signed and rental.status != Status.PENDING:
        raise WrongRentalStatus(f"The contract cannot be signed: the rental is {rental.status}.")
    contract.rental = rental
    signed = contracts.sign(
        contract=contract,
        signer_name=name or by.get_full_name() or by.email,
        ip=ip,
        user_agent=user_agent,
        consent_version=consent_version,
    )
    rental.move_to(Status.ACTIVE, by=by, note=SIGNED_NOTE)
    return signed


def cancel_rental(*, rental: Rental, by: Any = None, note: str = "Rental cancelled") -> None:
    """Cancel before the signature: the device goes back into stock, and what was paid to the customer.

    Raises WrongRentalStatus.
    """
    for refund in write_cancellation(rental=rental, by=by, note=note):
        refunds.send_refund_soon(refund=refund)
    rental.close_intents()
    rental.refresh_from_db()


@transactional
def write_cancellation(*, rental: Rental, by: Any, note: str) -> list[Refund]:
    """The part of cancelling that is all in the database; the refunds to send."""
    rental.lock_payments()
    held = locked_rental(rental.pk)
    if not first_time(f"cancel rental {rental.pk}"):
        return []  # its refunds were written then, and the worker sends them
    if held.status == Status.ACTIVE:
        raise WrongRentalStatus("Rental cannot be cancelled: it is active. It can be returned.")
    if not held.can_move_to(Status.CANCELLED):
        raise WrongRentalStatus(f"Rental cannot be cancelled: it is {held.status}.")
    end_charges(held)
    give_device_back(held, by=by)
    held.move_to(Status.CANCELLED, by=by, note=note)
    return held.request_full_refunds(reason=f"Rental #{rental.pk} was cancelled")


def give_device_back(rental: Rental, *, by: Any) -> None:
    stock.give_back({rental.product_id: 1}, holder=rental.holder, by=by)


def return_rental(*, rental: Rental, by: Any = None, note: str = "Returned by the customer") -> None:
    """End the rental and every further charge at this moment. Raises WrongRentalStatus."""
    write_return(rental=rental, by=by, note=note)
    rental.close_intents()
    rental.refresh_from_db()


@transactional
def write_return(*, rental: Rental, by: Any, note: str) -> None:
    """The part of returning that is all in the database. A device that was never sent is in stock at once."""
    rental.lock_payments()
    held = locked_rental(rental.pk)
    if not first_time(f"return rental {rental.pk}"):
        return
    if not held.can_move_to(Status.RETURNED):
        raise WrongRentalStatus(f"Rental cannot be returned: it is {held.status}.")
    end_charges(held)
    if held.shipped_at is None:
        give_device_back(held, by=by)
        held.checked_in_at = timezone.now()
        held.save(update_fields=["checked_in_at"])
    held.move_to(Status.RETURNED, by=by, note=note)


def expire_rentals(*, now: datetime | None = None) -> int:
    """Cancel the rentals that were not signed in time; how many were."""
    before = (now or timezone.now()) - timedelta(hours=settings.RENTAL_SIGN_HOURS)
    note = f"Not signed within {settings.RENTAL_SIGN_HOURS} hours"
    return sum(expire(rental, note=note) for rental in list(Rental.objects.unsigned_since(before).order_by("pk")))


def expire(rental: Rental, *, note: str) -> bool:
    try:
        cancel_rental(rental=rental, note=note)
    except WrongRentalStatus:
        return False
    return True


class NotShippable(DomainError):
    code = "not_shippable"
    message = "The rental cannot be shipped: it is not signed, over, or shipped already."


@transactional
def ship_rental(*, rental: Rental, by: User, serial: str = "", carrier: str = "", tracking_number: str = "") -> None:
    """Hand the contract's device over. A device with a serial goes out only when its serial is given.

    Raises NotShippable, BadSerial, WrongDevice.
    """
    rental.lock()
    if not can_be_shipped(rental):
        raise NotShippable
    if rental.device is not None:
        if devices.clean_serials([serial]) != [rental.device.serial]:
            raise WrongDevice("The contract names another device", [rental.device.serial])
        state: Literal["sold", "rented"] = "sold" if rental.status == Status.COMPLETED else "rented"
        devices.hand_over(holder=rental.holder, device_or_serial=rental.device, state=state, by=by)
    rental.carrier, rental.tracking_number, rental.shipped_at = carrier, tracking_number, timezone.now()
    rental.save(update_fields=["carrier", "tracking_number", "shipped_at", "updated_at"])
    rental_shipped.send(sender=Rental, rental=rental)


def can_be_shipped(rental: Rental) -> bool:
    return rental.status in (Status.ACTIVE, Status.COMPLETED) and rental.shipped_at is None


def can_be_checked_in(rental: Rental) -> bool:
    return rental.status == Status.RETURNED and rental.checked_in_at is None


@transactional
def check_in(*, rental: Rental, by: User, grade: str, to: str = "in_stock", note: str = "") -> None:
    """Take the returned device back with a grade, which decides its price from now on. Raises WrongRentalStatus.

    A piece without a serial that does not go back into stock is only written off.
    """
    rental.lock()
    if not can_be_checked_in(rental):
        raise WrongRentalStatus("Only a returned rental that was not checked in yet can be checked in.")
    for device in devices.take_back(holder=rental.holder, by=by):
        devices.check_in(device=device, grade=grade, to=to, by=by, note=note)
    if rental.device is None and to == Device.Status.IN_STOCK:
        stock.restock(product=rental.product, grade=grade, reference=rental.holder, by=by)
    rental.checked_in_at, rental.return_grade = timezone.now(), grade
    rental.save(update_fields=["checked_in_at", "return_grade", "updated_at"])
    rental_checked_in.send(sender=Rental, rental=rental)

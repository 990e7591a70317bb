"""Vouchers: what they take off, what they open, and how often they are used."""

from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from core.errors import InvalidInput
from core.money import ZERO, percent_of
from events.models import Event, TicketType, Voucher
from events.selling.errors import VoucherUsedUp


def find(event: Event, code: str) -> Voucher | None:
    """The event's voucher of this code; None without a code. Raises InvalidInput for none that holds."""
    wanted = code.strip().upper()
    if not wanted:
        return None
    found = next((one for one in event.vouchers.filter(code=wanted) if one.code == wanted), None)
    if found is None or (found.valid_until and found.valid_until <= timezone.now()):
        raise InvalidInput.at("voucher", "There is no such voucher, or it has ended.")
    return found


def fits(voucher: Voucher | None, kind: TicketType) -> bool:
    """Whether the voucher is about this ticket type."""
    return voucher is not None and voucher.ticket_type_id in (None, kind.pk)


def opens(voucher: Voucher | None, kind: TicketType) -> bool:
    """Whether it lets a hidden type be bought."""
    return fits(voucher, kind) and voucher is not None and voucher.kind == Voucher.Kind.UNLOCK


def price_with(voucher: Voucher | None, kind: TicketType) -> Decimal:
    """What a ticket costs with the voucher."""
    if voucher is None or not fits(voucher, kind):
        return kind.price
    if voucher.kind == Voucher.Kind.PERCENT:
        return kind.price - percent_of(kind.price, voucher.value)
    if voucher.kind == Voucher.Kind.AMOUNT:
        return max(kind.price - voucher.value, ZERO)
    return kind.price


def use(voucher_id: int | None) -> None:
    """Take one of its uses, for one order. Inside a transaction. Raises VoucherUsedUp."""
    if voucher_id is None:
        return
    if not Voucher.objects.filter(pk=voucher_id, max_uses__gt=F("used")).update(used=F("used") + 1):
        raise VoucherUsedUp


def give_back(voucher_id: int | None) -> None:
    """Free the use of an order that was let go."""
    if voucher_id is not None:
        Voucher.objects.filter(pk=voucher_id).update(used=F("used") - 1)

"""How the sandbox writes its own books, with the fee of Stripe's list price."""

import secrets

from core.money import to_minor
from payments.gateways.records import Kind
from payments.models import SandboxIntent, SandboxMovement

FEE_PER_MILLE, FEE_FIXED = 29, 30  # 2.9 % and 0.30, https://stripe.com/pricing
DISPUTE_FEE = 1500  # 15.00, on the same page; it does not come back


def book_charge(intent: SandboxIntent) -> None:
    """Write down that the intent was paid, less the fee."""
    amount = to_minor(intent.amount, intent.currency)
    book(intent, kind=Kind.CHARGE, source_id=intent.charge_id, amount=amount, fee=fee_of(amount))


def book_refund(intent: SandboxIntent, *, refund_id: str, amount: int, key: str) -> None:
    """Write down that `amount` (in the smallest unit) went back; the fee of the charge does not come back."""
    book(intent, kind=Kind.REFUND, source_id=refund_id, amount=-amount, fee=0, key=key)


def book_dispute(intent: SandboxIntent, *, dispute_id: str, amount: int) -> None:
    """Write down that a dispute took `amount` (in the smallest unit, negative), or gave it back (positive)."""
    fee = DISPUTE_FEE if amount < 0 else 0
    book(intent, kind=Kind.DISPUTE, source_id=dispute_id, amount=amount, fee=fee)


def book(intent: SandboxIntent, *, kind: Kind, source_id: str, amount: int, fee: int, key: str = "") -> None:
    """A new movement."""
    SandboxMovement.objects.create(
        movement_id=f"txn_sandbox_{secrets.token_hex(12)}",
        intent=intent,
        kind=kind,
        source_id=source_id,
        amount=amount,
        fee=fee,
        key=key,
    )


def fee_of(amount: int) -> int:
    """What the gateway keeps of a charge, both in the smallest unit; half a unit counts up."""
    return (amount * FEE_PER_MILLE + 500) // 1000 + FEE_FIXED

"""The vocabulary of payments for tests: cards, payments, invoices and disputes in one line each."""

from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from accounts.tests.factories import ManagerFactory, UserFactory
from payments.cards import services as cards
from payments.disputes import records as disputes
from payments.gateways import preferred
from payments.gateways.records import BalanceTransaction, DisputeRecord, Kind
from payments.gateways.sandbox import vault as sandbox_vault
from payments.invoices.bills import Bill, Line, Parts
from payments.invoices.services import issue
from payments.models import Dispute
from payments.refunds.services import request_refund, settle_refund
from payments.services import open_payment, record_by_hand
from payments.signals import payment_failed, payment_settled

GOOD, DECLINED, DECLINED_LATER = "4242424242424242", "4000000000000002", "4000000000000341"
NO_FUNDS, LOST, EXPIRED = "4000000000009995", "4000000000009987", "4000000000000069"
ASKS, ALWAYS_ASKS = "4000002500003155", "4000002760003184"
AMOUNT = Decimal("49.99")


def save_card(user=None, number=GOOD):
    """A card that the user saved in the sandbox."""
    user = user or UserFactory()
    setup = cards.start_setup(user=user)
    sandbox_vault.confirm_setup(setup_id=setup.setup_id, card=number)
    return cards.finish_setup(user=user, setup_id=setup.setup_id)


def payment_of(user, amount="49.99", **more):
    """A payment that this user has opened."""
    return open_payment(user=user, amount=Decimal(amount), currency="USD", gateway=preferred(currency="USD"), **more)


class PaymentSignals:
    """What the signals tell while the block runs: "settled" and "failed", in order."""

    def __enter__(self):
        self.received = []
        payment_settled.connect(self.settled)
        payment_failed.connect(self.failed)
        return self.received

    def __exit__(self, *error):
        payment_settled.disconnect(self.settled)
        payment_failed.disconnect(self.failed)

    def settled(self, **_):
        self.received.append("settled")

    def failed(self, **_):
        self.received.append("failed")


def bill(*, amount=AMOUNT, name="Ada Lovelace", parts=None):
    """What an upper app would say of it."""
    parts = parts or Parts([Line("Refurbished Laptop", amount, detail="LT-1")])
    return Bill(
        subject="thing:7", title="Thing #7", buyer=name, address=["1 Main Street", "Austin, TX 78701"], parts=parts
    )


def paid(*, amount=AMOUNT, user=None, by=None):
    """A settled payment."""
    user, by = user or UserFactory(), by or ManagerFactory()
    return record_by_hand(user=user, amount=amount, currency="USD", reason="Cash", by=by)


def invoiced(*, amount=AMOUNT, **about):
    """The invoice of a new payment, in one transaction with it."""
    with transaction.atomic():
        return issue(payment=paid(amount=amount), bill=bill(amount=amount, **about))


def refunded(invoice, amount=AMOUNT, reason="Scratched lid"):
    """A settled refund of the invoice's payment."""
    refund = request_refund(payment=invoice.payment, amount=Decimal(amount), reason=reason)
    return settle_refund(refund_id=refund.pk, gateway_id=f"re_{refund.pk}")


def dispute_of(payment, status="needs_response", *, dispute_id="du_1", withdrawn=True):
    """The dispute of a payment, as if the gateway had told of it, with the money that it took."""
    now = timezone.now()
    taken = BalanceTransaction(f"txn_{dispute_id}", Kind.DISPUTE, -100, 1500, "USD", dispute_id, "", now)
    record = DisputeRecord(
        id=dispute_id,
        charge_id="",
        intent_id=payment.intent_id,
        amount=payment.amount,
        currency=payment.currency,
        reason="product_not_received",
        status=status,
        evidence_due_at=now + timedelta(days=7),
        created_at=now,
        movements=(taken,) if withdrawn else (),
    )
    disputes.write_dispute(payment_id=payment.pk, record=record)
    return Dispute.objects.get(dispute_id=dispute_id)

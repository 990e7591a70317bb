"""Invoices of payments that pay for nothing in particular, for the tests."""

from decimal import Decimal

from django.db import transaction

from accounts.tests.factories import ManagerFactory, UserFactory
from payments.invoices.bills import Bill, Line, Parts
from payments.invoices.services import issue
from payments.refunds.services import request_refund, settle_refund
from payments.services import record_by_hand

AMOUNT = Decimal("49.99")


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

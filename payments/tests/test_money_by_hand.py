"""Money that staff took by hand."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.tests.factories import ManagerFactory, UserFactory
from core.errors import InvalidInput
from core.testing.client import ApiClient
from payments.api.shapes import PaymentShape
from payments.gateways import offered
from payments.models import Payment
from payments.refunds import services as refunds
from payments.services import cancel_intent, confirm, record_by_hand
from payments.signals import payment_settled
from payments.tests.shop import PaymentSignals

pytestmark = pytest.mark.django_db


def record(**more):
    known = {"user": UserFactory(), "amount": Decimal("49.99"), "currency": "USD", "by": ManagerFactory()}
    return record_by_hand(**{**known, "reason": "Paid in cash at the counter", **more})


def test_it_is_settled_at_once_and_told():
    with PaymentSignals() as told:
        payment = record()
    payment.refresh_from_db()
    assert (payment.status, payment.gateway, payment.intent_id) == ("succeeded", "manual", None)
    assert (payment.note, payment.taken_by.is_staff) == ("Paid in cash at the counter", True)
    assert payment.settled_at
    assert told == ["settled"]
    assert PaymentShape.of(payment)["payment_method"] == "manual"
    assert confirm(payment=payment) == cancel_intent(payment=payment) == payment


def test_what_it_pays_for_is_linked_before_it_is_told():
    seen = []

    def link(payment):
        seen.append("linked")

    def receiver(**_):
        seen.append("told")

    payment_settled.connect(receiver)
    record(link=link)
    payment_settled.disconnect(receiver)
    assert seen == ["linked", "told"]


def test_a_link_that_fails_leaves_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record(link=lambda payment: 1 / 0)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("wrong", [{"amount": Decimal(0)}, {"amount": Decimal(-1)}, {"reason": ""}, {"reason": " "}])
def test_it_needs_an_amount_and_a_reason(wrong):
    with pytest.raises(InvalidInput):
        record(**wrong)
    assert not Payment.objects.exists()


@pytest.mark.parametrize("wrong", [{"taken_by": None}, {"note": ""}, {"intent_id": "pi_1"}, {"gateway": "sandbox"}])
def test_the_database_holds_it_to_that(wrong):
    payment = record()
    with pytest.raises(IntegrityError), transaction.atomic():
        Payment.objects.filter(pk=payment.pk).update(**wrong)


def test_its_refund_is_done_by_hand():
    payment = record()
    refund = refunds.request_full_refund(payment=payment, reason="Given back in cash")
    refund = refunds.send_refund(refund=refund)
    payment.refresh_from_db()
    assert (refund.status, refund.gateway_id) == ("succeeded", "by-hand")
    assert payment.refunded_amount == payment.amount
    with pytest.raises(refunds.RefundTooLarge):
        refunds.request_refund(payment=payment, amount=Decimal("0.01"), reason="Twice")


def test_no_customer_reaches_it(settings):
    payment = record()
    api = ApiClient().login_as(payment.user)
    for intent in ("None", "manual", str(payment.pk), str(payment.key)):
        assert api.post(f"payments/{intent}/confirm").status_code == 404
        assert api.post(f"payments/sandbox/{intent}/pay", {"card": "4242424242424242"}).status_code == 404
    for key in ("", "sk_test_x"):
        settings.STRIPE_SECRET_KEY = key
        assert "manual" not in offered(currency="USD")

"""The door for gateways: a second provider that behaves otherwise than Stripe works beside it, crashes included."""

import json
from datetime import timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from payments import gateways, inbox, services
from payments.api.shapes import IntentShape
from payments.cards import wallet
from payments.gateways.sandbox import client as sandbox
from payments.ledger.checking import differences
from payments.ledger.closing import close_day
from payments.models import Dispute, Payment, Refund, WebhookEvent
from payments.refunds import services as refunds
from payments.signals import payment_settled, refund_failed, refund_settled
from payments.tests.paylater import PaylaterGateway, paylater, signed
from payments.tests.shop import save_card

__all__ = ["paylater"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("paylater", "clock")]

PRICE = Decimal("5000.00")
KOBO = 5000_00
WEBHOOK = "payments/webhook/paylater"


@pytest.fixture
def payment(user):
    """A payment with its reference, which is not paid."""
    opened = services.open_payment(user=user, amount=PRICE, currency="NGN", gateway="paylater")
    return services.ensure_intent(payment=opened)


@pytest.fixture
def paid(payment, paylater):
    paylater.pay(payment.intent_id, KOBO)
    return services.confirm(payment=payment)


@pytest.fixture
def signals():
    """How often money settled, went back and failed to go back."""
    seen = []
    listeners = {
        payment_settled: lambda payment, **_: seen.append("settled"),
        refund_settled: lambda refund, **_: seen.append("refunded"),
        refund_failed: lambda refund, **_: seen.append("refund failed"),
    }
    for signal, listener in listeners.items():
        signal.connect(listener)
    yield seen
    for signal, listener in listeners.items():
        signal.disconnect(listener)


def deliver(api, kind, data, *, signature=None, path=WEBHOOK):
    payload = json.dumps({"event": kind, "data": data}).encode()
    header = signed(payload) if signature is None else signature
    return api.generic("POST", path, payload, HTTP_X_PAYLATER_SIGNATURE=header)


def handled(api, kind, data):
    """The event as it stands once the worker acted on it."""
    assert deliver(api, kind, data).status_code == 200
    event = WebhookEvent.objects.latest("pk")
    inbox.handle(event)
    event.refresh_from_db()
    return event.status


def refund_of(payment, amount=PRICE):
    return refunds.request_refund(payment=payment, amount=amount, reason="Cancelled")


def reconcile():
    out = StringIO()
    call_command("reconcile_payments", stdout=out)
    return out.getvalue().splitlines()


def test_a_gateway_is_offered_for_the_currencies_that_it_takes():
    assert gateways.offered(currency="NGN") == ["sandbox", "paylater"]
    assert gateways.offered(currency="USD") == ["sandbox"]
    assert gateways.preferred(currency="NGN") == "sandbox"


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"currency": "USD"}, gateways.NoGateway),
        ({"gateway": "manual"}, gateways.NoGateway),
        ({"amount": Decimal("49.99")}, services.AmountTooSmall),
    ],
)
def test_what_a_gateway_does_not_take_is_not_opened(user, asked, error):
    with pytest.raises(error):
        services.open_payment(**{"user": user, "amount": PRICE, "currency": "NGN", "gateway": "paylater", **asked})
    assert not Payment.objects.exists()


def test_the_smallest_amount_is_taken(user):
    assert services.open_payment(user=user, amount=Decimal("50.00"), currency="NGN", gateway="paylater").is_open


def test_a_reference_is_minted_once(payment):
    assert payment.intent_id == f"PNG-{payment.key.hex}"
    Payment.objects.update(intent_id=None)  # the process died before it was written down
    assert services.ensure_intent(payment=Payment.objects.get()).intent_id == payment.intent_id


def test_the_client_learns_the_key_of_the_payments_own_gateway(payment):
    answer = IntentShape.of(payment)
    assert (answer["gateway"], answer["publishable_key"]) == ("paylater", "pk_paylater")


def test_a_reference_that_the_gateway_has_not_seen_is_not_paid_yet(payment, api_as):
    answer = api_as(payment.user).post(f"payments/{payment.intent_id}/confirm")
    assert (answer.status_code, answer.json()["code"]) == (400, "payment_not_settled")
    assert reconcile() == ["repaired: 0, problems: 0"]
    payment.refresh_from_db()
    assert payment.status == "created"


def test_a_decline_is_no_end(payment, paylater, signals):
    paylater.pay(payment.intent_id, KOBO, status="failed")
    with pytest.raises(services.NotSettled):
        services.confirm(payment=payment)
    paylater.pay(payment.intent_id, KOBO)
    assert services.confirm(payment=payment).is_settled
    assert signals == ["settled"]


def test_a_payment_keeps_its_gateway_when_another_comes_to_be_preferred(payment, paylater, settings):
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    paylater.pay(payment.intent_id, KOBO)
    assert services.confirm(payment=payment).gateway == "paylater"


def test_a_webhook_settles_once_however_often_it_comes(payment, paylater, api, signals):
    row = paylater.pay(payment.intent_id, KOBO)
    assert handled(api, "charge.success", row) == "handled"
    assert deliver(api, "charge.success", row).status_code == 200
    assert WebhookEvent.objects.count() == 1
    payment.refresh_from_db()
    assert (payment.status, payment.charge_id, signals) == ("succeeded", str(row["id"]), ["settled"])


@pytest.mark.parametrize("signature", ["", "0" * 128, signed(b"other bytes")])
def test_a_webhook_that_the_gateway_did_not_sign_is_refused(payment, paylater, api, signature):
    row = paylater.pay(payment.intent_id, KOBO)
    answer = deliver(api, "charge.success", row, signature=signature)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_signature")
    assert not WebhookEvent.objects.exists()


def test_each_gateway_has_a_webhook_address_of_its_own(payment, paylater, api):
    row = paylater.pay(payment.intent_id, KOBO)
    for path in ("payments/webhook", "payments/webhook/sandbox"):  # signed, but not in this gateway's way
        assert deliver(api, "charge.success", row, path=path).status_code == 400
    for name in ("stripe", "manual", "nobody"):  # not configured, without events, unknown
        assert deliver(api, "charge.success", row, path=f"payments/webhook/{name}").status_code == 404
    opened = services.open_payment(user=payment.user, amount=Decimal(5), currency="USD", gateway="sandbox")
    payload, signature = sandbox.signed_event(
        sandbox.pay(intent_id=services.ensure_intent(payment=opened).intent_id, card=sandbox.SUCCESS)
    )
    for path in ("payments/webhook", "payments/webhook/sandbox"):
        assert api.generic("POST", path, payload, HTTP_STRIPE_SIGNATURE=signature).status_code == 200
    assert list(WebhookEvent.objects.values_list("gateway", flat=True)) == ["sandbox"]


def test_another_amount_than_was_asked_for_delivers_nothing(payment, paylater, api):
    assert handled(api, "charge.success", paylater.pay(payment.intent_id, KOBO - 1)) == "parked"
    payment.refresh_from_db()
    assert payment.status == "created"


@pytest.mark.parametrize(("kind", "status"), [("transfer.success", "ignored"), ("charge.success", "parked")])
def test_a_kind_that_means_nothing_is_ignored_and_what_cannot_be_read_is_parked(api, kind, status):
    assert handled(api, kind, {"id": 1}) == status


def test_a_dispute_is_read_into_our_own_words(paid, api):
    data = {
        "id": 358950, "refund_amount": 5800, "category": "chargeback",
        "transaction": {"reference": paid.intent_id}, "transaction_reference": None,
    }  # fmt: skip
    assert handled(api, "charge.dispute.create", data) == "handled"
    assert Dispute.objects.get().amount == Decimal("58.00")


def test_money_that_comes_after_a_cancellation_counts(payment, paylater, api, signals):
    """The gateway cannot cancel: the payment is cancelled here, and can still be paid."""
    assert services.cancel_intent(payment=payment).status == "cancelled"
    assert handled(api, "charge.success", paylater.pay(payment.intent_id, KOBO)) == "handled"
    payment.refresh_from_db()
    assert (payment.status, signals) == ("succeeded", ["settled"])


def test_money_that_was_faster_than_the_cancellation_is_settled(payment, paylater):
    paylater.pay(payment.intent_id, KOBO)
    assert services.cancel_intent(payment=payment).is_settled


def test_reconciliation_walks_over_every_gateway_in_use(payment, paylater):
    other = services.open_payment(user=payment.user, amount=PRICE, currency="NGN", gateway="sandbox")
    sandbox.pay(intent_id=services.ensure_intent(payment=other).intent_id, card=sandbox.SUCCESS)
    paylater.pay(payment.intent_id, KOBO)
    assert reconcile()[-1] == "repaired: 2, problems: 0"
    assert {one.status for one in Payment.objects.all()} == {"succeeded"}


def test_a_gateway_that_is_away_keeps_no_other_from_being_reconciled(payment, paylater, monkeypatch):
    def away(self, moment):
        raise gateways.base.GatewayUnavailable

    monkeypatch.setattr("payments.gateways.sandbox.books.SandboxBooks.intents_since", away)
    paylater.pay(payment.intent_id, KOBO)
    with pytest.raises(CommandError, match="Not finished"):
        reconcile()
    payment.refresh_from_db()
    assert payment.is_settled


def test_cards_are_those_of_the_gateways_that_keep_them(user):
    card = save_card(user)
    assert list(wallet.cards_of(user)) == [card]
    assert gateways.keeping_cards() == ["sandbox"]
    with pytest.raises(gateways.NoGateway):
        gateways.vault_named("paylater")


@pytest.fixture(params=[timedelta(0), timedelta(hours=20)], ids=["no keys", "keys for 20 hours"])
def key_lifetime(request, monkeypatch):
    monkeypatch.setattr(PaylaterGateway, "key_lifetime", request.param)


@pytest.mark.usefixtures("key_lifetime")
def test_a_refund_waits_for_a_day_and_is_sent_once(paid, paylater, api, clock, signals):
    refund = refunds.send_refund(refund=refund_of(paid))
    (row,) = paylater.refunds
    assert (refund.status, refund.gateway_id) == ("pending", str(row["id"]))
    assert paid.refundable == 0
    for _ in range(3):
        clock.shift(timedelta(hours=8))
        out = StringIO()
        call_command("settle_refunds", stdout=out)
        assert "refunds settled: 0, still waiting: 1" in out.getvalue()
        assert refunds.send_refund(refund=Refund.objects.get()).status == "pending"
    assert len(paylater.refunds) == 1
    paylater.conclude(row)
    data = {"transaction_reference": paid.intent_id, "refund_reference": "1320", "amount": "500000"}
    assert handled(api, "refund.processed", data) == "handled"
    paid.refresh_from_db()
    assert (Refund.objects.get().status, paid.refunded_amount) == ("succeeded", PRICE)
    assert signals == ["refunded"]


def test_a_refund_that_no_bank_takes_fails_and_may_be_made_again(paid, paylater, api, signals):
    refunds.send_refund(refund=refund_of(paid))
    paylater.conclude(paylater.refunds[0], "failed")
    data = {"transaction_reference": paid.intent_id, "amount": 500000}
    assert handled(api, "refund.failed", data) == "handled"
    refund = Refund.objects.get()
    assert (refund.status, refund.failure_message) == ("failed", "The refund is failed.")
    assert (paid.refundable, signals[-1]) == (PRICE, "refund failed")


def test_a_refund_that_needs_a_person_stays_open_and_says_so(paid, paylater, api):
    refunds.send_refund(refund=refund_of(paid))
    paylater.conclude(paylater.refunds[0], "needs-attention")
    data = {"transaction_reference": paid.intent_id, "amount": 500000, "id": "123456"}
    assert handled(api, "refund.needs-attention", data) == "handled"
    refund = Refund.objects.get()
    assert (refund.status, refund.failure_message) == ("pending", "The refund is needs-attention.")


def test_what_no_webhook_told_of_a_refund_the_list_tells(paid, paylater, clock):
    refunds.send_refund(refund=refund_of(paid))
    paylater.conclude(paylater.refunds[0])
    clock.shift(timedelta(days=5))
    assert reconcile()[0].endswith("pending -> succeeded")
    assert Refund.objects.get().status == "succeeded"


def test_a_refund_made_at_the_gateway_becomes_ours_once(paid, paylater, api):
    paylater.conclude(paylater.refund(paid.intent_id, 100_00, "by staff"))
    data = {"transaction_reference": paid.intent_id, "amount": "10000"}
    for event_id in (1, 2):
        assert handled(api, "refund.processed", {**data, "id": event_id}) == "handled"
    assert Refund.objects.get().amount == Decimal("100.00")


class Killed(BaseException):
    """The process dies."""


def test_a_crash_between_the_refund_and_its_record_sends_nothing_twice(paid, paylater, clock, monkeypatch):
    refund = refund_of(paid, Decimal("1000.00"))
    with monkeypatch.context() as dying, pytest.raises(Killed):
        dying.setattr(refunds, "write_record", lambda **_: (_ for _ in ()).throw(Killed))
        refunds.send_refund(refund=refund)
    refund.refresh_from_db()
    assert (refund.status, refund.gateway_id, len(paylater.refunds)) == ("pending", "", 1)
    call_command("settle_refunds")  # whoever died may still be at it
    refund.refresh_from_db()
    assert refund.gateway_id == ""
    clock.shift(timedelta(minutes=3))
    call_command("settle_refunds")
    refund.refresh_from_db()
    assert (refund.status, refund.gateway_id) == ("pending", str(paylater.refunds[0]["id"]))
    assert len(paylater.refunds) == 1


@pytest.mark.parametrize(
    ("status", "expected"), [("pending", "pending"), ("failed", "failed"), ("processed", "succeeded")]
)
def test_a_refund_whose_answer_was_lost_is_found_in_the_list(paid, paylater, clock, status, expected):
    paylater.faults = ["lost"]
    refund = refund_of(paid, Decimal("1000.00"))
    refunds.send_refund_soon(refund=refund)
    paylater.conclude(paylater.refunds[0], status)
    clock.shift(timedelta(minutes=3))
    call_command("settle_refunds")
    refund.refresh_from_db()
    assert (refund.status, refund.gateway_id, len(paylater.refunds)) == (expected, str(paylater.refunds[0]["id"]), 1)


def test_a_refund_that_never_arrived_is_sent_again(paid, paylater, clock):
    paylater.faults = ["away"]
    refunds.send_refund_soon(refund=refund_of(paid))
    assert paylater.refunds == []
    clock.shift(timedelta(minutes=3))
    call_command("settle_refunds")
    assert len(paylater.refunds) == 1


def test_two_who_send_at_once_make_one_refund(paid, paylater):
    refund = refund_of(paid, Decimal("1000.00"))
    others = []

    def second():
        paylater.during_refund = lambda: None
        others.append(refunds.send_refund(refund=Refund.objects.get()).gateway_id)

    paylater.during_refund = second
    refunds.send_refund(refund=refund)
    assert (others, len(paylater.refunds)) == ([""], 1)


def test_the_books_hold_and_the_day_is_closed_over_every_gateway(paid, paylater, clock):
    refunds.send_refund(refund=refund_of(paid, Decimal("1000.00")))
    paylater.conclude(paylater.refunds[0])
    reconcile()
    today = timezone.now().date()
    clock.shift(timedelta(days=1))
    closing = close_day(day=today, now=timezone.now())
    assert closing.figures["NGN"]["gateways"]["paylater"] == {
        "charge": KOBO, "refund": -1000_00, "fees": -100_00, "net": KOBO - 1000_00 - 100_00,
    }  # fmt: skip
    assert (closing.differences, list(differences())) == ([], [])

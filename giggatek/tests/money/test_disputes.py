"""Disputes: received by webhook in any order, any number of times, or found when the gateway is asked."""

import itertools
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from orders.tests.shop import client_of, deliver, intent_of, make_order, paid_order, run_worker, try_card
from payments.disputes import records as disputes
from payments.gateways import books_named
from payments.gateways.records import BalanceTransaction, DisputeRecord, Kind
from payments.gateways.sandbox import disputes as sandbox_disputes
from payments.gateways.sandbox.cards import DISPUTED
from payments.models import Dispute, DisputeMovement, SandboxIntent, WebhookEvent
from payments.reconciling import reconcile
from payments.refunds.services import request_refund, send_refund
from payments.signals import dispute_closed, dispute_money_moved, dispute_opened
from payments.tests.shop import payment_of, save_card

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 21, 12, tzinfo=UTC)
TAKEN, GIVEN = (
    BalanceTransaction(name, Kind.DISPUTE, amount, fee, "USD", "du_1", "", AT)
    for name, amount, fee in (("txn_1", -59999, 1500), ("txn_2", 59999, 0))
)


class Received:
    """What the signals bring while the block runs."""

    def __enter__(self):
        self.received = []
        dispute_opened.connect(self.opened)
        dispute_closed.connect(self.closed)
        dispute_money_moved.connect(self.moved)
        return self.received

    def __exit__(self, *error):
        for signal, receive in (
            (dispute_opened, self.opened), (dispute_closed, self.closed), (dispute_money_moved, self.moved),
        ):  # fmt: skip
            signal.disconnect(receive)

    def opened(self, dispute, **_):
        self.received.append(f"opened {dispute.status}")

    def closed(self, dispute, **_):
        self.received.append(f"closed {dispute.status}")

    def moved(self, movement, **_):
        self.received.append(movement.amount)


@pytest.fixture
def payment():
    paid_order()  # another one, which could be taken for the disputed one
    return paid_order(price=Decimal("599.99")).payments().get()


def record(payment, status="needs_response", movements=(TAKEN,), **more):
    fields = {
        "id": "du_1", "charge_id": payment.charge_id, "intent_id": payment.intent_id, "amount": payment.amount,
        "currency": "USD", "reason": "fraudulent", "evidence_due_at": AT + timedelta(days=7), "created_at": AT,
    }  # fmt: skip
    return DisputeRecord(**{**fields, **more}, status=status, movements=movements)


def learn(payment, *args, **more):
    return disputes.apply_dispute(gateway="sandbox", record=record(payment, *args, **more))


def state():
    """All that we know of disputes, without the moments at which we wrote it."""
    rows = Dispute.objects.values_list("dispute_id", "payment", "status", "amount", "reason", "evidence_due_at")
    return list(rows), sorted(DisputeMovement.objects.values_list("movement_id", "amount", "fee"))


def test_a_dispute_is_opened_once(payment):
    with Received() as received:
        assert learn(payment) == "599.99 USD is disputed: needs_response"
        assert learn(payment) == ""
    assert received == ["opened needs_response", -59999]
    dispute = Dispute.objects.get()
    assert (dispute.payment, dispute.is_open, dispute.is_question, dispute.opened_at) == (payment, True, False, AT)


@pytest.mark.parametrize(
    "life",
    [
        [("needs_response", ()), ("needs_response", (TAKEN,)), ("under_review", (TAKEN,)), ("won", (TAKEN, GIVEN))],
        [("warning_needs_response", ()), ("warning_closed", ()), ("needs_response", (TAKEN,)), ("lost", (TAKEN,))],
    ],
)
def test_the_end_is_the_same_in_whatever_order_it_is_told(payment, life):
    ends = []
    for order in itertools.permutations(life):
        with transaction.atomic():
            with Received() as received:
                for status, movements in [*order, *order]:
                    learn(payment, status, movements)
            ends.append((state(), sorted(each for each in received if isinstance(each, int))))
            assert received[-1] == f"closed {life[-1][0]}" or isinstance(received[-1], int)
            assert received.count(f"closed {life[-1][0]}") == 1
            transaction.set_rollback(True)
    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)
    assert ends[0][0][0][0][2] == life[-1][0]


def test_a_question_that_becomes_a_dispute_is_told_again(payment):
    with Received() as received:
        for status in ("warning_needs_response", "warning_under_review", "needs_response", "under_review", "lost"):
            learn(payment, status, ())
    assert received == ["opened warning_needs_response", "opened needs_response", "closed lost"]
    assert Dispute.objects.get().closed_at


@pytest.mark.parametrize("named", [{"intent_id": "pi_theirs"}, {"intent_id": "", "charge_id": ""}])
def test_what_is_not_ours_is_nothing_to_us(payment, named):
    make_order()
    assert learn(payment, **named) is None
    assert disputes.apply_dispute(gateway="stripe", record=record(payment)) is None
    assert not Dispute.objects.exists()


def test_a_dispute_that_names_the_charge_alone_is_found(payment):
    learn(payment, intent_id="")
    assert Dispute.objects.get().payment == payment


def test_a_dispute_that_overtook_its_payment_settles_it_first():
    order = make_order()
    api = client_of(order.user)
    try_card(api, intent_of(api, order))
    payment = order.payments().get()
    assert not payment.is_settled
    learn(payment)
    payment.refresh_from_db()
    assert payment.is_settled


def test_a_status_of_tomorrow_is_refused(payment):
    with pytest.raises(disputes.UnknownStage, match="in_orbit"):
        learn(payment, "in_orbit")
    assert not Dispute.objects.exists()


def test_the_database_keeps_disputes_single_and_their_ends_dated(payment):
    learn(payment)
    ours = Dispute.objects.get()
    for change in ({"status": "won"}, {"closed_at": AT}, {"amount": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Dispute.objects.filter(pk=ours.pk).update(**change)
    ours.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        ours.save(force_insert=True)


def test_the_gravest_is_an_open_one_then_a_lost_one(payment):
    for name, status in (("du_1", "needs_response"), ("du_2", "lost"), ("du_3", "won"), ("du_4", "warning_closed")):
        learn(payment, status, (), id=name)
    found = Dispute.objects.gravest(pk=payment.pk)
    assert [each.dispute_id for each in found] == ["du_1", "du_2"]


# By webhook


def event(payment, kind="charge.dispute.created", **changes):
    data = {
        "id": "du_1", "object": "dispute", "charge": payment.charge_id, "payment_intent": payment.intent_id,
        "amount": 59999, "currency": "usd", "reason": "fraudulent", "status": "needs_response",
        "created": 1795500000, "evidence_details": {"due_by": 1796000000}, "balance_transactions": [],
        **changes,
    }  # fmt: skip
    return {"id": f"evt_{WebhookEvent.objects.count()}_{kind}", "type": kind, "data": {"object": data}}


@pytest.mark.parametrize("kind", ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"])
def test_each_kind_of_event_makes_the_dispute_known(payment, kind):
    run_worker()
    body = event(payment, f"charge.dispute.{kind}")
    for _ in range(2):
        assert deliver(body).status_code == 200
        run_worker()
    assert WebhookEvent.objects.latest("pk").status == "handled"
    dispute = Dispute.objects.get()
    assert (dispute.payment, dispute.amount, dispute.reason) == (payment, payment.amount, "fraudulent")
    assert dispute.evidence_due_at == datetime.fromtimestamp(1796000000, UTC)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "in_orbit"}, "parked"),
        ({"status": None}, "parked"),
        ({"amount": "much"}, "parked"),
        ({"created": "today"}, "parked"),
        ({"created": 10**18}, "parked"),
        ({"balance_transactions": [{"id": "txn_1"}]}, "parked"),
        ({"balance_transactions": "none"}, "parked"),
        ({"evidence_details": [1]}, "parked"),
        ({"amount": -5}, "failed"),
        ({"payment_intent": "pi_theirs"}, "ignored"),
        ({"payment_intent": None, "charge": None}, "ignored"),
    ],
)
def test_an_event_that_cannot_be_true_changes_nothing(payment, changes, status):
    run_worker()
    assert deliver(event(payment, **changes)).status_code == 200
    run_worker()
    assert WebhookEvent.objects.latest("pk").status == status
    assert not Dispute.objects.exists()


# In the sandbox


def test_the_card_that_disputes_pays_and_is_disputed():
    order = make_order(price=Decimal("599.99"))
    api = client_of(order.user)
    assert try_card(api, intent_of(api, order), DISPUTED) == "succeeded"
    run_worker()
    order.refresh_from_db()
    dispute = Dispute.objects.get()
    assert (order.payment_status, dispute.payment, dispute.status) == (
        "paid",
        order.payments().get(),
        "needs_response",
    )
    movement = dispute.movements.get()
    assert (movement.amount, movement.fee, movement.currency) == (-59999, 1500, "USD")
    since = timezone.now() - timedelta(hours=1)
    moved = [each for each in books_named("sandbox").balance_transactions_since(since) if each.kind == Kind.DISPUTE]
    assert [(each.id, each.net, each.source_id) for each in moved] == [
        (movement.movement_id, -61499, dispute.dispute_id)
    ]


@pytest.mark.parametrize(("end", "money"), [("won", [-59999, 59999]), ("lost", [-59999])])
def test_the_command_plays_the_bank(payment, end, money, capsys):
    call_command("sandbox_dispute", payment.intent_id, reason="product_not_received")
    run_worker()
    dispute = Dispute.objects.get()
    assert capsys.readouterr().out == f"{dispute.dispute_id}: 599.99 USD, needs_response\n"
    assert (dispute.reason, dispute.amount) == ("product_not_received", Decimal("599.99"))
    call_command("sandbox_dispute", payment.intent_id, close=end)
    run_worker()
    dispute.refresh_from_db()
    assert (dispute.status, dispute.is_open) == (end, False)
    assert [each.amount for each in dispute.movements.all()] == money
    with pytest.raises(CommandError, match=end):
        call_command("sandbox_dispute", payment.intent_id, close="won")


def test_the_command_refuses_what_no_bank_could_do(payment, settings):
    for options in ({"amount": "600"}, {"amount": "0"}, {"amount": "much"}, {"amount": "NaN"}, {"close": "won"}):
        with pytest.raises(CommandError):
            call_command("sandbox_dispute", payment.intent_id, **options)
    unpaid = intent_of(client_of(payment.user), make_order(user=payment.user))
    for intent in (unpaid, "pi_nobodys"):
        with pytest.raises(CommandError):
            call_command("sandbox_dispute", intent)
    call_command("sandbox_dispute", payment.intent_id, amount="500")
    with pytest.raises(CommandError):
        call_command("sandbox_dispute", payment.intent_id, amount="100")
    settings.STRIPE_SECRET_KEY = "sk_test_x"
    with pytest.raises(CommandError, match="no sandbox"):
        call_command("sandbox_dispute", payment.intent_id)
    assert SandboxIntent.objects.get(intent_id=payment.intent_id).disputes.count() == 1


def test_a_disputed_charge_is_not_refunded_by_the_gateway(payment):
    call_command("sandbox_dispute", payment.intent_id)
    refund = send_refund(refund=request_refund(payment=payment, amount=Decimal(1), reason="Because"))
    assert (refund.status, refund.failure_message) == ("failed", "The charge has been charged back.")
    call_command("sandbox_dispute", payment.intent_id, close="won")
    refund = send_refund(refund=request_refund(payment=payment, amount=Decimal(1), reason="Because"))
    assert refund.status == "succeeded"


# Asking for what no webhook received


def test_reconciling_finds_what_a_saved_card_disputed():
    from payments.cards.services import charge_saved_card

    card = save_card(number=DISPUTED)
    payment = charge_saved_card(payment=payment_of(card.user), card=card, attempt="1")
    since = timezone.now() - timedelta(days=1)
    assert [str(each) for each in reconcile(since=since, dry_run=True)] == [
        f"dispute {SandboxIntent.objects.get().disputes.get().dispute_id} of {payment.intent_id}: "
        "49.99 USD is disputed: needs_response"
    ]
    assert not Dispute.objects.exists()
    assert len(list(reconcile(since=since))) == 1
    assert Dispute.objects.get().payment == payment
    assert list(reconcile(since=since)) == []


def test_reconciling_asks_for_old_disputes_that_are_open_here(payment):
    call_command("sandbox_dispute", payment.intent_id)
    run_worker()
    sandbox_disputes.close_dispute(SandboxIntent.objects.get(intent_id=payment.intent_id).disputes.get(), won=True)
    (found,) = reconcile(since=timezone.now() + timedelta(hours=1))
    assert found.what == "needs_response -> won, 59999 moved, and 0 of fees"
    assert Dispute.objects.get().status == "won"


def test_an_unknown_status_is_a_problem_and_reconciling_goes_on(payment):
    call_command("sandbox_dispute", payment.intent_id)
    other = paid_order().payments().get()
    call_command("sandbox_dispute", other.intent_id)
    WebhookEvent.objects.all().delete()
    theirs = SandboxIntent.objects.get(intent_id=other.intent_id).disputes
    theirs.update(status="in_orbit")
    findings = list(reconcile(since=timezone.now() - timedelta(hours=1)))
    assert [each.repaired for each in findings] == [False, True]


def test_an_event_is_kept_as_it_came(payment):
    call_command("sandbox_dispute", payment.intent_id)
    kinds = [json.loads(each.payload)["type"] for each in WebhookEvent.objects.order_by("-pk")[:2]]
    assert kinds == ["charge.dispute.funds_withdrawn", "charge.dispute.created"]

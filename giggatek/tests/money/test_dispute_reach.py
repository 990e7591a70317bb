"""Who is informed of a dispute: the order or rental, its autopay, the admins; and what the bank can be shown."""

import io
import json
import re
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import AdminFactory, ManagerFactory
from notifications.models import Email
from orders.fulfilment import change_status
from orders.models import Order
from orders.tests.shop import paid_order
from payments.models import Dispute, Payment
from payments.sellables import thing_of
from payments.services import open_payment
from payments.tests.shop import dispute_of
from rentals.models import Autopay, Rental
from rentals.tests.factories import make_rental
from rentals.tests.shop import pay as pay_rental
from rentals.tests.shop import turn_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def order():
    paid_order()  # one that is not disputed
    return paid_order()


@pytest.fixture
def payment(order):
    return payment_of(order)


@pytest.fixture
def rental():
    other, rental = (make_rental(signed=True) for _ in range(2))
    for each in (other, rental):
        turn_on(each)
        pay_rental(each)
    return rental


def payment_of(record):
    return record.payments().settled().first()


def opened(answer):
    """The ZIP's files by name, after every one was checked against its sum."""
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    files = {name: archive.read(name) for name in archive.namelist()}
    sums = dict(reversed(line.split("  ")) for line in files.pop("SHA256SUMS").decode().splitlines())
    assert sums == {name: sha256(content).hexdigest() for name, content in files.items()}
    return files


def evidence(client, record):
    """What the button on the record's page hands out."""
    return client.post(
        reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_evidence", args=[record.pk])
    )


@pytest.mark.parametrize("kind", ["order", "rental"])
def test_what_is_disputed_says_so_until_it_is_decided(kind, request):
    record = request.getfixturevalue(kind)
    others = type(record).objects.exclude(pk=record.pk)
    for status, disputed in (("warning_needs_response", True), ("under_review", True), ("lost", False)):
        dispute_of(payment_of(record), status)
        assert record.is_disputed is disputed
    assert others.exists() and not any(other.is_disputed for other in others)


@pytest.mark.parametrize("kind", ["order", "rental", "payment"])
def test_the_lists_show_and_filter_what_is_disputed(kind, request, client):
    record = request.getfixturevalue(kind)
    client.force_login(ManagerFactory())
    url = reverse(f"admin:{kind}s_{kind}_changelist")
    page = reverse(f"admin:{kind}s_{kind}_change", args=[record.pk])
    paid = record if kind == "payment" else payment_of(record)

    def found(**query):
        return set(client.get(url, query).context["cl"].queryset.values_list("pk", flat=True))

    def badges(address):
        return len(re.findall(r">\s*(Disputed|Dispute lost)\s*<", client.get(address).content.decode()))

    assert badges(url) == badges(page) == 0
    dispute = dispute_of(paid)
    assert (badges(url), badges(page)) == (1, 1)
    assert reverse("admin:payments_dispute_change", args=[dispute.pk]) in client.get(page).content.decode()
    assert found(disputed="open") == found(disputed="any") == {record.pk}
    assert found(disputed="lost") == set()
    assert len(found(disputed="nonsense")) == len(found()) == 2
    dispute_of(paid, "lost")
    assert (badges(url), found(disputed="open"), found(disputed="lost")) == (1, set(), {record.pk})
    assert ">Lost<" in re.sub(r"\s", "", client.get(page).content.decode())


def test_the_disputes_are_listed_by_what_became_of_them_with_links_and_deadline(order, rental, client):
    payment, other = payment_of(order), payment_of(rental)
    for name, paid, status in (
        ("du_open", payment, "needs_response"), ("du_asked", other, "warning_under_review"),
        ("du_won", payment, "won"), ("du_lost", other, "lost"), ("du_closed", other, "warning_closed"),
    ):  # fmt: skip
        dispute_of(paid, status, dispute_id=name)
    client.force_login(ManagerFactory())
    url = reverse("admin:payments_dispute_changelist")

    def found(stage):
        return {each.dispute_id for each in client.get(url, {"stage": stage}).context["cl"].queryset}

    assert (found("open"), found("won"), found("lost")) == ({"du_open", "du_asked"}, {"du_won"}, {"du_lost"})
    assert (found("closed"), len(found("nonsense"))) == ({"du_closed"}, 5)
    shown = client.get(url).content.decode()
    assert shown.count("In 6 days") == 2  # of the open ones alone
    for record in (order, rental, payment, other):
        page = reverse(f"admin:{record._meta.app_label}_{record._meta.model_name}_change", args=[record.pk])
        assert f'href="{page}"' in shown


@pytest.mark.parametrize(("days", "told"), [(-1, "Too late"), (0, "Today"), (1, "In 1 day"), (3, "In 3 days")])
def test_the_page_of_a_dispute_says_how_long_there_is_to_answer(order, client, days, told):
    dispute = dispute_of(payment_of(order))
    Dispute.objects.update(evidence_due_at=timezone.now() + timedelta(days=days, hours=1))
    client.force_login(ManagerFactory())
    page = reverse("admin:payments_dispute_change", args=[dispute.pk])
    assert re.search(rf">\s*{told}\s*<", client.get(page).content.decode())


def test_the_list_of_disputes_asks_the_same_for_one_and_for_four(order, client):
    client.force_login(ManagerFactory())
    counts = []
    for names in (["du_1"], ["du_2", "du_3", "du_4"]):
        for name in names:
            dispute_of(payment_of(order), dispute_id=name)
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("admin:payments_dispute_changelist"))
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_autopay_of_a_disputed_rental_ends_and_no_other(rental):
    dispute_of(payment_of(rental), "warning_needs_response", withdrawn=False)
    in_force = Autopay.objects.filter(active_for__isnull=False)
    assert [each.rental for each in in_force] == list(Rental.objects.exclude(pk=rental.pk))
    assert rental.autopays.get().ended_at
    turn_on(rental)  # the customer may, and news of the same dispute leave it on
    dispute_of(payment_of(rental), "warning_under_review", withdrawn=False)
    assert in_force.all().count() == 2


def test_the_admins_are_told_once_of_a_question_and_once_of_a_dispute(order):
    admin = AdminFactory()
    AdminFactory(is_active=False)
    ManagerFactory()
    payment = payment_of(order)
    for status in ("warning_needs_response", "warning_under_review", "needs_response", "needs_response", "lost"):
        dispute = dispute_of(payment, status)
    asked, disputed = Email.objects.filter(kind="staff_dispute").order_by("pk")
    assert {asked.recipient, disputed.recipient} == {admin.email}
    assert asked.subject == f"A bank asks about ${payment.amount}: Order #{order.pk}"
    assert disputed.subject == f"${payment.amount} is disputed: Order #{order.pk}"
    assert "product not received" in disputed.text and order.user.email in disputed.html
    assert reverse("admin:payments_dispute_change", args=[dispute.pk]) in disputed.text


@pytest.mark.parametrize(
    ("end", "told"),
    [
        ("won", "The dispute over ${} is won"),
        ("lost", "The dispute over ${} is lost"),
        ("prevented", "A dispute over ${} was prevented"),
        ("warning_closed", "The bank's question about ${} is closed"),
    ],
)
def test_the_admins_are_told_once_how_it_ended(rental, end, told):
    admin = AdminFactory()
    payment = payment_of(rental)
    dispute_of(payment, "warning_needs_response", withdrawn=False)
    for _ in range(2):
        dispute = dispute_of(payment, end, withdrawn=False)
    mail = Email.objects.get(kind="staff_dispute_closed")
    assert (mail.recipient, mail.subject) == (admin.email, f"{told.format(payment.amount)}: {rental}")
    assert reverse("admin:payments_dispute_change", args=[dispute.pk]) in mail.text


def test_a_dispute_that_is_over_when_we_hear_of_it_is_told_as_that(order):
    AdminFactory()
    dispute_of(payment_of(order), "lost")
    assert [mail.kind for mail in Email.objects.filter(kind__startswith="staff_")] == ["staff_dispute_closed"]


def test_a_dispute_that_is_rolled_back_was_never_told(order, monkeypatch):
    AdminFactory()

    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr("payments.disputes.records.write_movement", fail)
    with pytest.raises(RuntimeError):
        dispute_of(payment_of(order))
    assert not Dispute.objects.exists() and not Email.objects.filter(kind="staff_dispute").exists()


def test_a_payment_for_nothing_that_anybody_knows_has_no_evidence(order, client):
    AdminFactory()
    payment = open_payment(user=order.user, amount=1, currency="USD", gateway="sandbox")
    Payment.objects.filter(pk=payment.pk).update(intent_id="pi_alone")
    payment.refresh_from_db()
    assert thing_of(payment) is None
    dispute = dispute_of(payment)
    client.force_login(AdminFactory())
    assert client.get(reverse("admin:payments_dispute_change", args=[dispute.pk])).status_code == 200
    assert evidence(client, dispute).status_code == 302
    assert Email.objects.filter(kind="staff_dispute").first().subject == "$1.00 is disputed"


def test_the_evidence_of_an_order(order, client):
    client.force_login(ManagerFactory())
    change_status(order=order, status=Order.Status.SHIPPED, by=None, carrier="UPS", tracking_number="1Z999")
    dispute = dispute_of(payment_of(order))
    files = opened(evidence(client, order))
    assert [content[:5] for name, content in files.items() if name.startswith("invoices/")] == [b"%PDF-"]
    assert {name for name in files if not name.startswith("invoices/")} == {
        "order.json", "delivery.json", "payments.json",
    }  # fmt: skip
    facts = {name: json.loads(content) for name, content in files.items() if name.endswith(".json")}
    assert facts["order.json"]["number"] == order.pk
    assert facts["order.json"]["customer"]["email"] == order.user.email
    assert [step["status"] for step in facts["order.json"]["history"]] == ["pending", "processing", "shipped"]
    sent = facts["delivery.json"]
    assert (sent["carrier"], sent["tracking_number"], sent["delivered_at"]) == ("UPS", "1Z999", None)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", sent["shipped_at"])
    assert sent["address"] == order.shipping_address
    (paid,) = facts["payments.json"]
    assert (paid["amount"], paid["disputes"][0]["id"]) == (f"{order.total:f}", dispute.dispute_id)


def test_the_evidence_of_a_rental(rental, client):
    client.force_login(ManagerFactory())
    files = opened(evidence(client, rental))
    assert [content[:5] for name, content in files.items() if name.endswith(".pdf")] == [b"%PDF-"] * 3
    assert {name for name in files if not name.startswith("invoices/")} == {
        "rental.json", "delivery.json", "payments.json", "autopay.json", "contract/contract.pdf",
        "contract/signed.pdf", "contract/contract.txt", "contract/signature.json",
    }  # fmt: skip
    signature = json.loads(files["contract/signature.json"])
    assert [event["kind"] for event in signature["events"]] == ["written", "shown", "signed"]
    assert signature["pdf_sha256"] == sha256(files["contract/contract.pdf"]).hexdigest()
    assert signature["text_sha256"] == sha256(files["contract/contract.txt"]).hexdigest()
    assert signature["ip"] == "192.0.2.1"
    assert len(json.loads(files["rental.json"])["schedule"]) == 12
    (paid,) = json.loads(files["payments.json"])
    assert paid["purpose"] == "installment"
    (consent,) = json.loads(files["autopay.json"])
    assert consent["card"].startswith("Visa •••• ") and "authorize" in consent["text"]


@pytest.mark.parametrize("kind", ["order", "rental"])
def test_the_evidence_is_for_staff_alone_and_only_where_there_is_some(kind, request, client):
    record = request.getfixturevalue(kind)
    dispute = dispute_of(payment_of(record))
    for visitor in (None, record.user):
        if visitor:
            client.force_login(visitor)
        for each in (record, dispute):
            answer = evidence(client, each)
            assert answer.status_code == 302 and answer.url.startswith("/admin/login/")
    client.force_login(ManagerFactory())
    assert {evidence(client, each).status_code for each in (record, dispute)} == {200}
    for each in (record, dispute):
        each.pk = 999999
        assert evidence(client, each).status_code == 404


@pytest.mark.parametrize("kind", ["order", "rental"])
def test_the_evidence_is_the_same_bytes_from_every_page_and_at_any_time(kind, request, client):
    record = request.getfixturevalue(kind)
    dispute = dispute_of(payment_of(record))
    client.force_login(AdminFactory())
    first = evidence(client, record)
    assert first["Content-Disposition"] == f'attachment; filename="{kind}-{record.pk}-evidence.zip"'
    with time_machine.travel("2030-01-31T12:00:00Z"):
        client.force_login(AdminFactory())
        assert evidence(client, dispute).content == evidence(client, record).content == first.content
    dispute_of(payment_of(record), "lost")
    client.force_login(AdminFactory())
    assert evidence(client, record).content != first.content


def test_the_page_says_who_took_the_evidence(order, client):
    manager = ManagerFactory()
    client.force_login(manager)
    evidence(client, order)
    page = client.get(reverse("admin:orders_order_history", args=[order.pk])).content.decode()
    assert ("Evidence" in page and manager.email in page) or str(manager) in page

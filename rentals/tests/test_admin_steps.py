"""The buttons of a rental: each runs its verb once, for those who may, and only when it makes sense."""

from decimal import Decimal
from unittest.mock import ANY

import pytest

from accounts import roles
from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from catalog.models import Device, Product
from catalog.tests.factories import tracked_product
from payments.models import Payment
from rentals.models import Contract, ContractDocument, Installment, LateFee, Rental
from rentals.tests.back_office import brought_to, document, messages_of, page, step, with_autopay
from rentals.tests.factories import make_rental
from rentals.tests.shop import by_hand, command, old_rental

pytestmark = pytest.mark.django_db

NAMES = {"ship", "check-in", "record-payment", "refund", "waive-fee", "autopay-off", "verify", "return", "cancel"}
OFFERED = {
    "pending": {"record-payment", "cancel", "verify"},
    "active": {"ship", "record-payment", "return", "verify"},
    "completed": {"ship", "refund", "verify"},
    "returned": {"check-in", "verify"},
    "cancelled": {"verify"},
}
# Answers to every question of every step.
ANSWERS = {
    "carrier": "UPS", "tracking_number": "1Z999", "note": "Because", "because": "Because", "reason": "Because",
    "grade": "good", "to": "in_stock", "purpose": "installment", "seen": "installment:0:49.99", "fee": "1",
}  # fmt: skip


@pytest.fixture
def manager(client):
    user = ManagerFactory()
    client.force_login(user)
    return user


@pytest.fixture
def tracked():
    return tracked_product(devices=2)


def fresh(rental):
    return Rental.objects.with_details().get(pk=rental.pk)


def do(client, rental, name, **answers):
    """Fill in the form of a step and send it; the page that follows."""
    return client.post(step(rental, name), answers, follow=True)


def form_of(client, rental, name):
    """The form of a step, as it is shown."""
    return client.get(step(rental, name)).context["form"]


@pytest.mark.parametrize("status", OFFERED)
def test_a_button_for_each_step_that_makes_sense_and_no_other(client, manager, status):
    rental = brought_to(status)
    html = client.get(page(rental)).content.decode()
    assert {name for name in NAMES if step(rental, name) in html} == OFFERED[status]


@pytest.mark.parametrize("status", OFFERED)
def test_a_stale_button_says_so_and_changes_nothing(client, manager, status):
    rental = brought_to(status)
    before = Rental.objects.values().get(), Payment.objects.count()
    for name in NAMES - OFFERED[status]:
        assert "no longer possible" in messages_of(do(client, rental, name, **ANSWERS))[0], name
    assert (Rental.objects.values().get(), Payment.objects.count()) == before


@pytest.mark.parametrize("factory", [None, UserFactory])
def test_nobody_else_presses_a_button(client, factory):
    rental = brought_to("active")
    before = Rental.objects.values().get()
    if factory:
        client.force_login(factory())
    for name in NAMES:
        assert client.post(step(rental, name), ANSWERS).url.startswith("/admin/login/"), name
    assert Rental.objects.values().get() == before


def test_what_a_role_may_not_do_is_neither_shown_nor_done(client, monkeypatch):
    monkeypatch.setitem(roles.MANAGER_MODELS, "rentals.rentalpayment", frozenset({"view"}))
    monkeypatch.setitem(roles.MANAGER_MODELS, "rentals.contract", frozenset())
    rental = brought_to("active")
    for factory, status in ((ManagerFactory, 403), (AdminFactory, 200)):
        client.force_login(factory())
        assert client.get(document(rental, "signed")).status_code == status
        assert client.get(step(rental, "record-payment")).status_code == status
        assert (step(rental, "record-payment") in client.get(page(rental)).content.decode()) is (status == 200)


def test_ship_asks_for_the_serial_of_the_device(client, manager, tracked):
    rental = brought_to("active", product=tracked)
    other = Device.objects.exclude(pk=rental.device_id).get()
    for serial in ("", "NONSENSE", other.serial, "ä ö"):
        answer = do(client, rental, "ship", serial=serial, carrier="UPS", tracking_number="1Z999")
        assert answer.context["form"].errors, serial
        assert "1Z999" in answer.content.decode(), "what was typed is gone"
    assert fresh(rental).shipped_at is None
    typed = f" {rental.device.serial.lower()} "
    assert messages_of(do(client, rental, "ship", serial=typed, carrier="UPS", tracking_number="1Z999")) == [
        f"{rental} was shipped."
    ]
    shipped = fresh(rental)
    assert (shipped.carrier, shipped.tracking_number, shipped.device.status) == ("UPS", "1Z999", "rented")
    assert shipped.shipped_at is not None
    assert step(rental, "ship") not in client.get(page(rental)).content.decode()


def test_ship_without_serials_asks_for_none(client, manager):
    rental = brought_to("active")
    assert list(form_of(client, rental, "ship").fields) == ["carrier", "tracking_number"]
    do(client, rental, "ship", carrier="UPS")
    assert fresh(rental).shipped_at is not None


def test_cancel_gives_back_stock_and_money(client, manager):
    rental = make_rental()
    by_hand(rental)
    assert Product.objects.get().inventory_count == 4
    assert messages_of(do(client, rental, "cancel", note="They called")) == [f"{rental} was cancelled."]
    assert Product.objects.get().inventory_count == 5
    assert Payment.objects.get().refunds.get().amount == Decimal("49.99")
    assert fresh(rental).status_history.filter(status="cancelled", notes="They called", actor=manager).exists()


def test_return_ends_every_charge(client, manager):
    rental = with_autopay(old_rental(40, paid=1))
    do(client, rental, "return")
    after = fresh(rental)
    assert (after.status, after.open_installments, hasattr(after, "autopay")) == ("returned", [], False)
    assert after.status_history.first().actor == manager


@pytest.mark.parametrize("to, in_stock", [("in_stock", 1), ("in_repair", 0), ("retired", 0)])
def test_check_in_grades_the_device(client, manager, tracked, to, in_stock):
    rental = brought_to("returned", product=tracked)
    assert form_of(client, rental, "check-in")["grade"].initial == rental.device.grade
    assert do(client, rental, "check-in", grade="bad", to=to).context["form"].errors["grade"]
    assert do(client, rental, "check-in", grade="good", to="sold").context["form"].errors["to"]
    assert messages_of(do(client, rental, "check-in", grade="good", to=to, note="A scratch")) == [ANY]
    device = Device.objects.get(pk=rental.device_id)
    assert (device.status, device.grade, fresh(rental).return_grade) == (to, "good", "good")
    assert device.status_history.filter(notes="A scratch", actor=manager).exists()
    assert Product.objects.filter(condition="good", inventory_count=1).count() == in_stock


def test_waive_a_fee_with_a_reason(client, manager, settings):
    settings.LATE_FEES = True
    rental, other = old_rental(45, state="NY"), old_rental(45, state="NY")
    command("send_payment_reminders")
    fee, foreign = (LateFee.objects.filter(installment__rental=one).first() for one in (rental, other))
    assert do(client, rental, "waive-fee", fee=fee.pk).context["form"].errors["because"]
    assert do(client, rental, "waive-fee", fee=foreign.pk, because="Mine").context["form"].errors["fee"]
    do(client, rental, "waive-fee", fee=fee.pk, because="First time")
    fee.refresh_from_db(), foreign.refresh_from_db()
    assert (fee.waived_by, fee.waived_because, foreign.waived_at) == (manager, "First time", None)
    assert do(client, rental, "waive-fee", fee=fee.pk, because="Again").context["form"].errors["fee"]
    assert "First time" in client.get(page(rental)).content.decode()


def test_record_an_installment_once_however_often_the_form_is_sent(client, manager):
    rental = brought_to("active")
    form = form_of(client, rental, "record-payment")
    assert [value for value, _ in form.fields["purpose"].choices] == ["installment", "buyout"]
    answers = {"purpose": "installment", "seen": form["seen"].initial}
    assert do(client, rental, "record-payment", **answers).context["form"].errors["reason"]
    assert not Payment.objects.exists()
    said_once = messages_of(do(client, rental, "record-payment", reason="Cash, receipt 12", **answers))
    assert said_once == [f"49.99 USD taken by hand were recorded for {rental}."]
    again = do(client, rental, "record-payment", reason="Cash, receipt 12", **answers)
    assert "Nothing was recorded" in again.context["form"].non_field_errors()[0]
    payment = Payment.objects.get()
    assert (payment.gateway, payment.taken_by, payment.note) == ("manual", manager, "Cash, receipt 12")
    assert fresh(rental).payments_made == 1


def test_record_a_buyout(client, manager):
    rental = brought_to("active")
    seen = form_of(client, rental, "record-payment")["seen"].initial
    do(client, rental, "record-payment", purpose="buyout", reason="Transfer", seen=seen)
    assert fresh(rental).status == "completed"
    assert not rental.installments.filter(state=Installment.State.OPEN).exists()


def test_before_the_signature_only_the_first_installment(client, manager):
    rental = make_rental()
    assert len(form_of(client, rental, "record-payment").fields["purpose"].choices) == 1
    forged = {"purpose": "buyout", "reason": "Cash", "seen": "buyout:0:599.88"}
    assert do(client, rental, "record-payment", **forged).context["form"].errors["purpose"]
    by_hand(rental)
    assert step(rental, "record-payment") not in client.get(page(rental)).content.decode()


def test_autopay_off(client, manager):
    rental, other = with_autopay(brought_to("active")), with_autopay(brought_to("active"))
    assert step(rental, "autopay-off") in client.get(page(rental)).content.decode()
    assert messages_of(do(client, rental, "autopay-off")) == [f"Autopay of {rental} is off."]
    assert not hasattr(fresh(rental), "autopay") and hasattr(fresh(other), "autopay")
    assert "Ended" in client.get(page(rental)).content.decode()


@pytest.mark.parametrize("record", [lambda rental: rental, lambda rental: rental.contract])
def test_verify_says_what_it_found(client, manager, record):
    rental = brought_to("active")
    button = step(record(rental), "verify")
    message = messages_of(client.post(button, follow=True))[0]
    assert f"Contract {rental.contract.pk} holds: signed by" in message
    signed = ContractDocument.objects.get(kind="signed")
    ContractDocument.objects.filter(pk=signed.pk).update(content=bytes(signed.content)[:-1] + b"?")
    assert "does not hold: document signed" in messages_of(client.post(button, follow=True))[0]
    Contract.objects.update(text="Everything is free")
    assert "does not hold" in messages_of(client.post(button, follow=True))[0]


def test_asking_does_nothing(client, manager):
    rental, returned = brought_to("active"), brought_to("returned")
    before = list(Rental.objects.values())
    for subject, name in ((rental, "ship"), (rental, "return"), (rental, "record-payment"), (returned, "check-in")):
        assert client.get(step(subject, name)).status_code == 200
    assert list(Rental.objects.values()) == before

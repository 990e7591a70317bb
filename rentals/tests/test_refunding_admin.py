"""The refund button of a rental: what it offers, that it counts once, and what the page shows afterwards."""

from decimal import Decimal

import pytest

from accounts import roles
from accounts.tests.factories import AdminFactory, ManagerFactory
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Invoice, Refund
from rentals.models import LateFee
from rentals.tests.back_office import messages_of, page, queries, step
from rentals.tests.factories import make_rental
from rentals.tests.shop import by_hand, command, old_rental, pay

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory()
    client.force_login(user)
    return user


@pytest.fixture
def rental():
    rental = make_rental(months=6, signed=True)
    pay(rental, times=2)
    return rental


def form_of(client, rental):
    return client.get(step(rental, "refund")).context["form"]


def filled(client, rental, **more):
    """The form as the browser opens it, filled in."""
    form = form_of(client, rental)
    what = form.fields["what"].choices[0][0]
    return {"key": str(form["key"].value()), "what": what, "reason": "A broken key", **more}


def send(client, rental, form):
    return client.post(step(rental, "refund"), form, follow=True)


def test_an_installment_by_the_form(client, manager, rental):
    html = client.get(step(rental, "refund")).content.decode()
    assert "stays paid" in html
    form = form_of(client, rental)
    due = [one.due_date for one in rental.installments.order_by("number")[:2]]
    assert [text for _, text in form.fields["what"].choices] == [
        f"49.99 USD: installment {n}, due {day:%b} {day.day}, {day.year}" for n, day in enumerate(due, start=1)
    ]
    assert messages_of(send(client, rental, filled(client, rental))) == [f"49.99 USD of {rental} went back."]
    refund = Refund.objects.get()
    assert (refund.asked_by, refund.reason) == (manager, "A broken key")
    html = client.get(page(rental)).content.decode()
    assert "A broken key" in html and str(manager) in html and "2 of 6 payments made" in html
    note = Invoice.objects.get(refund=refund)
    assert note.number in html and note.corrects.number in html


def test_a_part_of_it_by_the_form(client, manager, rental):
    form = filled(client, rental, amount="7.50")
    assert messages_of(send(client, rental, form)) == [f"7.50 USD of {rental} went back."]
    assert form_of(client, rental).fields["what"].choices[0][1].startswith("42.49 USD: installment 1")


def test_a_late_fee_by_the_form(client, manager, settings):
    settings.LATE_FEES = True
    rental = old_rental(60, state="NY", paid=1)
    command("send_payment_reminders")
    by_hand(rental)
    fee = LateFee.objects.get(paid_with__isnull=False)
    choices = dict(form_of(client, rental).fields["what"].choices)
    number = fee.installment.number
    assert choices[f"fee:{fee.pk}"] == f"{fee.amount} USD: late fee for installment {number}"
    answer = send(client, rental, filled(client, rental, what=f"fee:{fee.pk}"))
    assert "it was paid by hand, so hand the money back" in messages_of(answer)[0]
    assert "Refunded" in client.get(page(rental)).content.decode()
    assert f"fee:{fee.pk}" not in dict(form_of(client, rental).fields["what"].choices)


def test_the_second_click_is_told_that_it_was_done(client, manager, rental):
    form = filled(client, rental)
    assert "went back" in messages_of(send(client, rental, form))[0]
    assert "sent twice" in messages_of(send(client, rental, form))[0]
    assert Refund.objects.count() == 1


def test_the_second_click_on_the_last_money_is_told_too(client, manager):
    rental = make_rental(months=3, signed=True)
    pay(rental)
    form = filled(client, rental)
    send(client, rental, form)
    assert "nothing is left to give back" in messages_of(send(client, rental, form))[0]
    assert step(rental, "refund") not in client.get(page(rental)).content.decode()
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"amount": "50"}, "can still be refunded"),
        ({"amount": "0"}, "above 0"),
        ({"amount": "-1"}, "above 0"),
        ({"amount": "1.234"}, "2 decimal places"),
        ({"amount": "NaN"}, "Enter a number"),
        ({"what": ""}, "required"),
        ({"what": "payment:404"}, "given back already"),
        ({"what": "fee:1; DROP TABLE"}, "given back already"),
        ({"reason": "  "}, "required"),
        ({"reason": "x" * 201}, "at most 200"),
        ({"key": "no-key"}, "valid UUID"),
    ],
)
def test_what_is_wrong_is_told_and_kept_and_changes_nothing(client, manager, rental, more, told):
    answer = send(client, rental, filled(client, rental, **{"reason": "My reason", **more}))
    html = answer.content.decode()
    assert answer.status_code == 200 and told in html
    assert "reason" in more or "My reason" in html
    assert not Refund.objects.exists()


def test_a_refusal_of_the_gateway_and_its_silence_are_told(client, manager, rental, monkeypatch):
    with monkeypatch.context() as refusing:
        refusing.setattr(SandboxGateway, "refund", raising(GatewayRefused("No funds.")))
        assert "No funds." in send(client, rental, filled(client, rental)).content.decode()
    monkeypatch.setattr(SandboxGateway, "refund", raising(GatewayUnavailable()))
    assert "as soon as the gateway answers" in messages_of(send(client, rental, filled(client, rental)))[0]


def test_who_gets_the_button(client, rental, monkeypatch):
    monkeypatch.setitem(roles.MANAGER_MODELS, "rentals.rentalpayment", frozenset({"view"}))
    for factory, status in ((ManagerFactory, 403), (AdminFactory, 200)):
        client.force_login(factory())
        assert client.get(step(rental, "refund")).status_code == status
        assert (step(rental, "refund") in client.get(page(rental)).content.decode()) is (status == 200)


def test_the_page_asks_the_same_for_many_refunds(client, manager):
    few, many = make_rental(months=3, signed=True), make_rental(months=6, signed=True)
    for rental in (few, many, many, many):
        by_hand(rental)
    for rental, times in ((few, 1), (many, 3)):
        for _ in range(times):
            send(client, rental, filled(client, rental, amount=Decimal("1.00")))
    assert queries(client, page(few)) == queries(client, page(many))
    assert queries(client, step(few, "refund")) == queries(client, step(many, "refund"))

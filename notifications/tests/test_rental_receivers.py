"""Which mail follows from which step of a rental."""

from decimal import Decimal

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.db import transaction

from accounts.tests.factories import AdminFactory, UserFactory
from catalog.tests.factories import ProductFactory
from notifications.mails.base import MAILS
from notifications.mails.rentals import RentalStepMail
from notifications.models import Email
from payments.refunds.services import request_refund
from rentals.lifecycle.services import cancel_rental, check_in, return_rental, ship_rental, sign_contract
from rentals.models import Rental
from rentals.signals import rental_shipped
from rentals.tests.factories import make_rental
from rentals.tests.shop import fresh, pay

pytestmark = pytest.mark.django_db
MAY_DAY = "2027-05-01T14:05:00Z"


@pytest.fixture(autouse=True)
def clock(settings):
    settings.SITE_URL = "https://shop.example.com"
    with time_machine.travel(MAY_DAY, tick=False) as traveller:
        yield traveller


@pytest.fixture
def ada():
    return UserFactory(email="ada@example.com")


def mails(kind):
    return list(Email.objects.filter(kind=kind).order_by("pk"))


def one(kind):
    (email,) = mails(kind)
    assert email.status == Email.Status.QUEUED, email.last_error
    return email


def says(email, *parts):
    for part in parts:
        assert part in email.text, email.text
        assert part in email.html


def test_every_status_has_its_mail():
    steps = [mail.status for mail in MAILS.values() if issubclass(mail, RentalStepMail)]
    assert sorted(steps) == sorted(Rental.Status)


def test_a_new_rental_asks_for_the_signature(ada):
    rental = make_rental(user=ada, name="Refurbished Laptop")
    email = one("rental_contract")
    change = rental.status_history.get()
    assert (email.event, email.recipient, email.user) == (f"rental-status:{change.pk}", "ada@example.com", ada)
    assert email.subject == f"Rental Contract #{rental.pk} to sign: Refurbished Laptop"
    says(email, "$49.99", "$599.88", "$599.99", f"https://shop.example.com/rentals/{rental.pk}")
    says(email, "May 4, 2027, 14:05 UTC")
    assert email.attachments == []


def test_what_is_held_until_when_is_what_happens(ada, clock):
    rental = make_rental(user=ada)
    clock.move_to("2027-05-04T14:05:00Z")
    call_command("expire_rentals")
    assert fresh(rental).status == "pending"
    clock.move_to("2027-05-04T14:05:01Z")
    call_command("expire_rentals")
    assert fresh(rental).status == "cancelled"
    says(one("rental_cancelled"), "Not signed within 72 hours")


def test_the_signature_sends_the_signed_copy(ada):
    rental = make_rental(user=ada, signed=True)
    email = one("rental_signed")
    assert email.subject == f"Rental Contract #{rental.pk} signed"
    assert email.attachments == [
        {"kind": "signed_contract", "id": rental.pk, "name": f"rental-{rental.pk}-contract.pdf"}
    ]
    says(email, "May 1, 2027, 14:05 UTC", f"https://shop.example.com/rentals/{rental.pk}/pay")
    assert "Next payment: $49.99, due on May 1, 2027" in email.text


def test_who_paid_before_signing_is_told_of_the_second_payment(ada):
    rental = make_rental(user=ada)
    pay(rental)
    sign_contract(rental=rental, by=ada)
    assert "Next payment: $49.99, due on June 1, 2027" in one("rental_signed").text


def test_a_signature_that_is_rolled_back_sends_nothing(ada, work):
    rental = make_rental(user=ada)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        sign_contract(rental=rental, by=ada)
        raise ZeroDivisionError
    work()
    assert mails("rental_signed") == []
    assert [m.subject for m in mail.outbox] == [f"Rental Contract #{rental.pk} to sign: {rental.product_name}"]


def test_shipping_tells_where_to_look(ada):
    rental = make_rental(user=ada, signed=True)
    ship_rental(rental=rental, by=AdminFactory(), carrier="UPS", tracking_number="1Z999AA10123456784")
    email = one("rental_shipped")
    assert email.subject == f"Your Rental #{rental.pk} Has Shipped"
    assert "UPS tracking number: 1Z999AA10123456784" in email.text
    says(email, "1Z999AA10123456784", "San Francisco", rental.product_name)
    assert "Serial" not in email.html
    rental_shipped.send(sender=Rental, rental=rental)
    assert one("rental_shipped") == email


def test_the_last_payment_sends_the_certificate(ada):
    rental = make_rental(user=ada, months=3, signed=True)
    pay(rental, times=3)
    email = one("rental_completed")
    assert email.subject == f"Rental #{rental.pk} is yours"
    assert [file["name"] for file in email.attachments] == [f"rental-{rental.pk}-ownership.pdf"]
    says(email, "the last payment", "May 1, 2027")


def test_a_buyout_sends_it_too(ada):
    rental = make_rental(user=ada, signed=True)
    pay(rental, "buyout")
    says(one("rental_completed"), "bought")
    assert "last payment" not in one("rental_completed").text


@pytest.mark.parametrize(("sent", "text"), [(True, "send it back"), (False, "nothing for you to send back")])
def test_a_return_ends_it(ada, sent, text):
    rental = make_rental(user=ada, signed=True)
    if sent:
        ship_rental(rental=rental, by=AdminFactory())
    return_rental(rental=rental, by=ada)
    email = one("rental_returned")
    assert email.subject == f"Rental #{rental.pk} returned"
    says(email, text, "May 1, 2027, 14:05 UTC")


def test_a_device_that_came_back_is_told_of_once(ada):
    rental = make_rental(user=ada, signed=True, name="Refurbished Laptop")
    ship_rental(rental=rental, by=AdminFactory())
    return_rental(rental=rental, by=ada)
    assert not mails("rental_checked_in")
    check_in(rental=fresh(rental), by=AdminFactory(), grade="good")
    email = one("rental_checked_in")
    assert (email.event, email.recipient) == (f"rental-checked-in:{rental.pk}", "ada@example.com")
    assert email.subject == f"Return Received for Rental #{rental.pk}"
    says(email, "May 1, 2027, 14:05 UTC", "Refurbished Laptop", f"https://shop.example.com/rentals/{rental.pk}")


def test_cancelling_says_what_goes_back(ada):
    rental = make_rental(user=ada)
    pay(rental)
    cancel_rental(rental=rental, by=ada, note="Changed my mind")
    email = one("rental_cancelled")
    assert email.subject == f"Rental #{rental.pk} cancelled"
    says(email, "$49.99", "Changed my mind")
    assert [refund.amount for refund in rental.payments().get().refunds.all()] == [rental.monthly_rate]


def test_what_went_back_before_is_not_promised_again(ada):
    rental = make_rental(user=ada)
    pay(rental)
    request_refund(payment=rental.payments().get(), amount=Decimal("10.00"), reason="Goodwill")
    cancel_rental(rental=rental, by=ada)
    assert "The $39.99 that you have paid goes back" in one("rental_cancelled").text


def test_cancelling_what_nobody_paid_refunds_nothing(ada):
    cancel_rental(rental=make_rental(user=ada), by=ada)
    assert "paid" not in one("rental_cancelled").text


def test_a_name_of_a_product_or_a_customer_adds_no_header(work):
    evil = "Laptop\r\nBcc: eve@example.com\u2028<script>alert(1)</script>"
    ada = UserFactory(email="ada@example.com", first_name="Ada\r\nBcc: eve@example.com", last_name=evil[:60])
    rental = make_rental(user=ada, product=ProductFactory(name=evil), signed=True)
    ship_rental(rental=rental, by=AdminFactory(), carrier="UPS\r\nBcc: eve@example.com", tracking_number="1Z\n\n2")
    work()
    assert {email.status for email in Email.objects.all()} == {Email.Status.SENT}
    assert len(mail.outbox) == 3
    for message in mail.outbox:
        assert message.recipients() == ["ada@example.com"]
        assert "bcc" not in {name.lower() for name in message.message()}
        assert "<script" not in message.alternatives[0][0]
        assert not any(line.startswith("Bcc") for line in message.body.splitlines())
    subject = f"Rental Contract #{rental.pk} to sign: Laptop Bcc: eve@example.com <script>alert(1)</script>"
    assert [message.subject for message in mail.outbox].count(subject) == 1


def test_a_broken_template_does_not_stop_a_rental(ada, monkeypatch):
    monkeypatch.setattr("notifications.outbox.queueing.render", lambda **_: 1 / 0)
    rental = make_rental(user=ada, signed=True)
    assert rental.status == "active"
    assert {email.status for email in Email.objects.all()} == {Email.Status.FAILED}

"""Which mail follows from what happens in the shop."""

from decimal import Decimal

import pytest
from django.core import mail

from accounts import services as accounts
from accounts.models import User
from accounts.signals import email_verification_requested, password_changed, password_reset_requested
from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from notifications.models import Email
from orders.fulfilment import cancel_order, record_payment_by_hand
from orders.models import Order
from orders.tests.shop import give_back, make_order, paid_order
from orders.tests.test_refunds import raising
from payments.gateways.base import GatewayRefused, GatewayUnavailable
from payments.gateways.records import Intent, RefundRecord
from payments.gateways.sandbox.client import SandboxGateway
from payments.models import Payment, Refund
from payments.refunds.services import fail_refund, settle_refund, write_record
from payments.strays import set_aside

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return UserFactory(email="ada@example.com")


def mails(kind):
    return list(Email.objects.filter(kind=kind).order_by("pk"))


def one(kind):
    (email,) = mails(kind)
    assert email.status == Email.Status.QUEUED
    return email


def test_who_registers_is_welcomed_with_the_link_that_verifies(settings, work):
    settings.SITE_URL = "https://shop.example.com"
    given = {"email": "zoe@example.com", "password": "Correct-horse-1!", "last_name": "👩🏽‍💻"}
    user = accounts.register(first_name="Zoë\r\nBcc: eve@example.com", **given)
    email = one("welcome")
    assert (email.event, email.recipient, email.user) == (f"user:{user.pk}", "zoe@example.com", user)
    work()
    assert mail.outbox[0].recipients() == ["zoe@example.com"]
    assert "https://shop.example.com/verify-email?token=" in mail.outbox[0].body
    token = mail.outbox[0].body.partition("token=")[2].split()[0]
    assert accounts.verify_email(token=token) == user


def test_a_registration_that_fails_welcomes_nobody(ada):
    with pytest.raises(accounts.EmailTaken):
        accounts.register(email=ada.email, password="Correct-horse-1!", first_name="A", last_name="B")
    assert not mails("welcome")


def test_the_verification_link_is_sent_once_for_each_token(ada):
    for token in ("one", "one", "two"):
        email_verification_requested.send(sender=User, user=ada, token=token)
    assert [email.secret for email in mails("verify_email")] == ["one", "two"]
    assert "one" not in mails("verify_email")[0].event


def test_the_reset_link_resets(ada, work):
    accounts.request_password_reset(email="ada@example.com")
    assert "1 hour" in one("password_reset").text
    work()
    token = mail.outbox[0].body.partition("/reset-password?token=")[2].split()[0]
    accounts.reset_password(token=token, password="Another-horse-2!")
    assert "ada@example.com" in one("password_changed").text


def test_a_reset_for_a_stranger_sends_nothing(ada):
    accounts.request_password_reset(email="eve@example.com")
    assert not Email.objects.exists()


def test_each_change_of_a_password_is_told_once(ada):
    for password in ("First-horse-1!", "Second-horse-2!"):
        ada.set_password(password)
        for _ in range(2):
            password_changed.send(sender=User, user=ada)
    assert len(mails("password_changed")) == 2


def test_a_secret_stands_in_no_text(ada):
    password_reset_requested.send(sender=User, user=ada, token="t0ps3cret")
    email = one("password_reset")
    assert "t0ps3cret" not in email.text + email.html + email.event + str(email.context)


def test_an_order_is_confirmed_with_what_it_holds(ada):
    AddressFactory(user=ada, state="", first_name="Zoë 👩🏽‍💻")
    order = make_order(user=ada, quantity=2)
    email = one("order_confirmation")
    change = order.status_history.get()
    assert (email.event, email.recipient) == (f"order-status:{change.pk}", "ada@example.com")
    assert email.subject == f"Order Confirmation #{order.pk}"
    for expected in ("2 x $599.99 = $1,199.98", "Total: $1,199.98", "Zoë 👩🏽‍💻 Lovelace", "San Francisco 94107"):
        assert expected in email.text
    assert "$1,199.98" in email.html
    assert f"/orders/{order.pk}" in email.html


def test_each_further_step_has_its_mail(ada):
    order = make_order(user=ada)
    order.move_to("processing", note="Payment confirmed, processing order")
    Order.objects.update(tracking_number="1Z999AA10123456784", carrier="UPS")
    order.move_to("shipped")
    order.move_to("delivered")
    processing, delivered = one("order_status"), one("order_delivered")
    assert processing.subject == f"Order #{order.pk} Status Update: Processing"
    assert "Payment confirmed, processing order" in processing.text
    assert delivered.subject == f"Your Order #{order.pk} Was Delivered"
    shipped = one("order_shipped")
    assert shipped.subject == f"Your Order #{order.pk} Has Shipped"
    assert "UPS tracking number: 1Z999AA10123456784" in shipped.text
    link = "https://www.ups.com/track?tracknum=1Z999AA10123456784"
    assert link in shipped.text and f'href="{link}"' in shipped.html


def test_a_cancelled_order_says_so_once(ada):
    order = make_order(user=ada)
    assert order.move_to("cancelled")
    assert not order.move_to("cancelled")
    email = one("order_cancelled")
    assert email.subject == f"Your Order #{order.pk} Was Cancelled"
    assert "goes back to you" in email.text


def test_a_broken_template_does_not_stop_an_order(ada, monkeypatch):
    monkeypatch.setattr("notifications.outbox.queueing.render", lambda **_: 1 / 0)
    assert make_order(user=ada).pk
    assert [email.status for email in mails("order_confirmation")] == [Email.Status.FAILED]


def test_a_refund_is_told_once_with_what_it_is_for(ada):
    AddressFactory(user=ada)
    order = paid_order(user=ada, quantity=2)
    give_back(order, {0: 1}, reason="Scratched <lid>")
    email = one("order_refunded")
    refund = order.payments().get().refunds.get()
    settle_refund(refund_id=refund.pk, gateway_id="re_again")
    email = one("order_refunded")
    assert (email.event, email.recipient) == (f"refund:{refund.pk}", "ada@example.com")
    assert email.subject == f"Refund for Order #{order.pk}"
    for part in (
        "$599.99 of your order",
        "1 x Refurbished Laptop XPS 13",
        "What for: Scratched <lid>",
        "5 to 10 days",
    ):
        assert part in email.text
    assert "Scratched &lt;lid&gt;" in email.html and "<lid>" not in email.html
    give_back(order, amount=Decimal("5.00"), reason="Goodwill")
    second = mails("order_refunded")[1]
    assert "$5.00 of your order" in second.text and " x " not in second.text


def test_a_refund_that_waits_or_was_refused_is_not_told(ada, monkeypatch):
    order = paid_order(user=ada)
    for error in (GatewayUnavailable(), GatewayRefused("No.")):
        monkeypatch.setattr(SandboxGateway, "refund", raising(error))
        give_back(order, amount=Decimal("5.00"))
    assert not mails("order_refunded")


def test_money_by_hand_comes_by_hand(ada):
    order = make_order(user=ada)
    record_payment_by_hand(order=order, by=UserFactory(), reason="Cash")
    give_back(order, amount=Decimal("5.00"))
    assert "by hand" in one("order_refunded").text


def test_admins_are_told_once_of_a_refund_that_the_gateway_refuses(monkeypatch, work):
    admin, order = AdminFactory(), paid_order()
    monkeypatch.setattr(SandboxGateway, "refund", raising(GatewayRefused("Charged back.")))
    cancel_order(order=order)
    refund = Refund.objects.get()
    for _ in range(2):
        fail_refund(refund_id=refund.pk, reason="Charged back.")
    email = one("staff_refund_failed")
    assert email.recipient == admin.email
    assert email.subject == f"A refund of ${order.total} was refused"
    for part in ("Charged back.", order.user.email, f"/admin/payments/refund/{refund.pk}/change/"):
        assert part in email.text
    assert not mails("order_refunded")


def naira(user, **more):
    """A payment through Paystack."""
    known = {"amount": Decimal("5000.00"), "currency": "NGN", "gateway": "paystack", "intent_id": "PNG-1"}
    return Payment.objects.create(user=user, **{**known, **more})


def test_admins_are_told_once_of_money_that_was_not_asked_for(ada, work):
    admin, asked = AdminFactory(), naira(ada)
    came = Intent("PNG-1", Payment.Status.SUCCEEDED, Decimal("4999.99"), "NGN", charge_id="41")
    for _ in range(2):
        assert set_aside(asked, came)
    email, stray = one("staff_money_astray"), Payment.objects.get(came_for=asked)
    assert (email.recipient, email.subject) == (admin.email, "₦4,999.99 came that was not asked for")
    for part in ("₦5,000.00", ada.email, f"/admin/payments/payment/{stray.pk}/change/"):
        assert part in email.text


def test_admins_are_told_once_of_a_refund_that_needs_a_person(ada, work):
    admin, payment = AdminFactory(), naira(ada, status="succeeded")
    refund = Refund.objects.create(payment=payment, amount=Decimal("10.00"), reason="Cancelled")
    waits = RefundRecord(
        "7",
        "PNG-1",
        refund.amount,
        "NGN",
        Refund.Status.PENDING,
        failure_message="Whose account?",
        needs_attention=True,
    )
    for _ in range(2):
        write_record(refund_id=refund.pk, record=waits)
    email = one("staff_refund_attention")
    assert (email.recipient, email.subject) == (
        admin.email, "A refund of ₦10.00 waits for you at the payment provider",
    )  # fmt: skip
    assert "Whose account?" in email.text

"""The registry of kinds, and the kinds that are not about an order or a rental: devices, stock, returns, the day."""

from datetime import UTC, date, datetime
from functools import partial
from typing import TypedDict

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.dispatch import Signal
from django.utils.translation import gettext_lazy

from accounts import services
from accounts.models import Session, User
from accounts.tests.factories import AddressFactory, AdminFactory, UserFactory
from catalog import stock
from catalog.devices import add_devices
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from notifications.chores import queue_digest
from notifications.in_app.preferences import change
from notifications.mails import rendering
from notifications.mails.account import ACCOUNT
from notifications.mails.base import MAILS, Group, Mail
from notifications.mails.brands import brand_of
from notifications.mails.parts import tracking_url
from notifications.mails.preview import markdown_table, shown_mails
from notifications.mails.staff import STAFF
from notifications.mails.staff_shop import LISTED
from notifications.models import Email, Notice
from notifications.outbox.queueing import connect
from notifications.outbox.sending import deliver
from notifications.outbox.unsubscribe import unsubscribe_url
from orders.fulfilment import cancel_order
from orders.tests.shop import make_order, paid_order

pytestmark = pytest.mark.django_db

REQUIRED = {
    "welcome",
    "verify_email",
    "password_reset",
    "password_changed",
    "new_sign_in",
    "order_confirmation",
    "order_paid",
    "order_cancelled",
    "order_refunded",
    "rental_contract",
    "rental_signed",
    "rental_receipt",
    "rental_payment_late",
    "rental_payment_failed",
    "rental_completed",
    "rental_returned",
    "rental_cancelled",
    "rental_refunded",
    "staff_refund_failed",
    "staff_refund_attention",
    "staff_money_astray",
    "staff_webhook_parked",
    "staff_dispute",
    "staff_dispute_closed",
    "ticket_confirmation",
    "ticket_refunded",
    "ticket_transfer_offer",
    "ticket_transferred",
    "waiting_offer",
    "event_changed",
    "event_cancelled",
}


def mails(kind):
    return list(Email.objects.filter(kind=kind).order_by("pk"))


def test_what_law_contract_and_security_ask_for_cannot_be_switched_off():
    assert {kind for kind, mail in MAILS.items() if mail.required} == REQUIRED


def test_who_wants_no_news_of_an_order_still_gets_the_invoice():
    ada = UserFactory(email="ada@example.com")
    change(user=ada, switches={"order_status": {"email": False}})
    order = paid_order(user=ada)
    assert not mails("order_status")
    (email,) = mails("order_paid")
    assert email.subject == f"Payment Received for Order #{order.pk}"
    assert len(email.attachments) == 1


def test_a_secret_link_is_told_by_mail_alone():
    assert {kind for kind, mail in MAILS.items() if "link" in mail.context_keys()} == {
        "ticket_transfer_offer",
        *(kind for kind, mail in MAILS.items() if mail.group == ACCOUNT and not mail.in_app),
    }


def test_every_group_has_a_name():
    labels = {mail.group.name: str(mail.group.label) for mail in MAILS.values()}
    assert len({mail.group for mail in MAILS.values()}) == len(labels)
    assert all(labels.values())
    assert all(mail.group == STAFF for kind, mail in MAILS.items() if kind.startswith("staff_"))
    assert labels["rentals"] == "Your rentals"


@pytest.fixture
def ticket_mail(tmp_path, monkeypatch):
    """A new mail: a class and its templates; called with a user, its signal is sent."""
    bought = Signal()

    class TicketBought(Mail):
        """A ticket was bought."""

        kind = "ticket_bought"
        group = Group("events", gettext_lazy("Your tickets"), face="events")
        required = False
        signal, sender = bought, User

        class Context(TypedDict):
            seat: str

        def __init__(self, *, user, seat, **_):
            self.user, self.seat, self.event = user, seat, f"ticket:{seat}"

        def context(self) -> Context:
            return {"seat": self.seat}

        @classmethod
        def example(cls) -> Context:
            return {"seat": "7B"}

    (tmp_path / "emails").mkdir()
    for suffix in ("subject.txt", "txt"):
        (tmp_path / "emails" / f"ticket_bought.{suffix}").write_text("Seat {{ seat }}")
    html = "{% extends 'emails/email_base.html' %}{% block preview %}Seat {{ seat }}{% endblock %}"
    (tmp_path / "emails" / "ticket_bought.html").write_text(html)
    for engine in (rendering.PLAIN, rendering.HTML):
        monkeypatch.setattr(engine, "dirs", [*engine.dirs, str(tmp_path)])
    connect(TicketBought)
    yield partial(bought.send, sender=User)
    del MAILS["ticket_bought"]


def test_a_class_and_its_templates_make_a_mail(ticket_mail, api, user):
    for seat in ("7B", "7B", "8B"):
        ticket_mail(user=user, seat=seat)
    assert [(email.subject, email.recipient) for email in mails("ticket_bought")] == [
        ("Seat 7B", user.email),
        ("Seat 8B", user.email),
    ]
    assert Notice.objects.get(event="ticket:8B").body == "Seat 8B"
    assert api.login_as(user).get("notifications/preferences").json()["preferences"]["ticket_bought"] == {
        "email": True,
        "in_app": True,
    }
    assert "ticket_bought" in {shown.name for shown in shown_mails()}
    assert "| ticket_bought | events | may | yes | A ticket was bought. |" in markdown_table()


def test_a_group_speaks_in_the_name_of_its_brand(ticket_mail, client, user, settings):
    settings.EVENTS_BRAND_NAME, settings.EVENTS_FRONTEND_URL = "Box & Office", "https://tickets.example.com"
    settings.EVENTS_FROM_EMAIL = "Box Office <box@tickets.example.com>"
    ticket_mail(user=user, seat="7B")
    (email,) = mails("ticket_bought")
    deliver(email=email)
    (sent,) = mail.outbox
    assert sent.from_email == settings.EVENTS_FROM_EMAIL
    assert ">B</span>Box &amp; Office</a>" in email.html
    assert 'href="https://tickets.example.com"' in email.html
    assert "GigGatek" not in email.html
    page = client.get(unsubscribe_url(user_id=user.pk, kind="ticket_bought").removeprefix("http://localhost:8000"))
    assert "Box &amp; Office" in page.content.decode()


def test_a_brand_without_a_sender_writes_as_the_shop(settings):
    settings.EVENTS_FROM_EMAIL = ""
    assert brand_of("events").sender == brand_of("shop").sender == settings.DEFAULT_FROM_EMAIL


@pytest.mark.parametrize(
    ("carrier", "number", "url"),
    [
        ("UPS", "1Z999AA10123456784", "https://www.ups.com/track?tracknum=1Z999AA10123456784"),
        ("ups ground", " 1Z 99 ", "https://www.ups.com/track?tracknum=1Z99"),
        ("USPS", "9400", "https://tools.usps.com/go/TrackConfirmAction?tLabels=9400"),
        ("FedEx Home", "77", "https://www.fedex.com/fedextrack/?trknbr=77"),
        ("DHL", "00 34", "https://www.dhl.com/en/express/tracking.html?AWB=0034"),
        ("UPS", "1&x=<b>", "https://www.ups.com/track?tracknum=1%26x%3D%3Cb%3E"),
        ("Ada's bicycle", "77", ""),
        ("Upside down", "77", ""),
        ("UPS", " ", ""),
        ("", "77", ""),
    ],
)
def test_a_known_carrier_has_a_page_for_the_parcel(carrier, number, url):
    assert tracking_url(carrier=carrier, number=number) == url


def test_a_new_device_is_told_with_what_is_known_of_it(rf):
    ada = UserFactory(email="ada@example.com", first_name="Ada")
    agent = "Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36"
    with time_machine.travel("2027-05-01T14:05:00Z", tick=False) as clock:
        for given in ("curl/8", "curl/9", agent, agent):
            request = rf.post("/", REMOTE_ADDR="203.0.113.7", headers={"user-agent": given})
            services.open_session_from(request=request, user=ada)
            clock.shift(1)
    (email,) = mails("new_sign_in")
    session = Session.objects.filter(user_agent=agent).earliest("created_at")
    assert (email.recipient, email.event) == ("ada@example.com", f"session:{session.pk.hex}")
    for part in ("Hi Ada,", "Device: Chrome on Windows", "IP address: 203.0.113.7", "May 1, 2027, 14:05 UTC"):
        assert part in email.text
    assert "/forgot-password" in email.html


class TestLowStock:
    """All staff get the mail, once for each time that it happens."""

    @pytest.fixture(autouse=True)
    def staff(self, settings):
        settings.LOW_STOCK_LEVEL = 2
        AdminFactory(email="ann@example.com")
        UserFactory(email="max@example.com", role="manager")
        AdminFactory(email="former@example.com", is_active=False)
        AddressFactory(user=UserFactory(email="ada@example.com"))

    def received(self):
        return [(email.recipient, email.subject) for email in mails("staff_low_stock")]

    def test_each_crossing_is_told_once_and_not_each_sale(self):
        product = ProductFactory(name="Laptop", inventory_count=5)
        for taken, count in ((1, 0), (1, 0), (1, 2), (1, 2)):
            stock.take({product.pk: taken})
            assert len(self.received()) == count
        subject = "Low stock: 2 pieces left of Laptop"
        assert self.received() == [("ann@example.com", subject), ("max@example.com", subject)]
        stock.give_back({product.pk: 3})
        stock.take({product.pk: 3})
        assert self.received()[2] == ("ann@example.com", "Low stock: 1 piece left of Laptop")
        assert f"/admin/catalog/product/{product.pk}/change/" in mails("staff_low_stock")[0].text

    def test_one_order_may_jump_over_the_level(self):
        product = ProductFactory(name="Laptop", inventory_count=3)
        stock.take({product.pk: 3})
        assert self.received()[0][1] == "Low stock: 0 pieces left of Laptop"

    def test_devices_are_counted_too(self):
        product = ProductFactory(name="Laptop", is_serialized=True, inventory_count=0)
        add_devices(product=product, serials=["A1", "A2", "A3", "A4"], grade=product.condition)
        for holder, count in (("order:1", 0), ("order:2", 2), ("order:3", 2)):
            stock.take({product.pk: 1}, holder=holder)
            assert len(self.received()) == count

    def test_other_products_are_not_meant(self):
        ProductFactory(inventory_count=1)
        product = ProductFactory(inventory_count=9)
        stock.take({product.pk: 1})
        assert not self.received()

    def test_an_order_that_fails_tells_nobody(self):
        product, rare = ProductFactory(inventory_count=3), ProductFactory(inventory_count=0)
        with pytest.raises(stock.OutOfStock):
            stock.take({product.pk: 1, rare.pk: 1})
        assert not self.received()

    def test_an_order_is_a_sale(self):
        make_order(user=UserFactory(), quantity=1)
        Product.objects.update(inventory_count=3)
        product = Product.objects.get()
        stock.take({product.pk: 1}, holder="order:99")
        assert len(self.received()) == 2


class TestDigest:
    """Yesterday's orders, for all staff, once."""

    @pytest.fixture(autouse=True)
    def staff(self):
        AdminFactory(email="ann@example.com")
        UserFactory(email="max@example.com", role="manager", language="es")

    def order_at(self, moment, **kwargs):
        order = make_order(**kwargs)
        type(order).objects.filter(pk=order.pk).update(order_date=moment)
        return order

    def test_it_lists_the_orders_of_the_day_before_and_comes_once(self, capsys):
        day = datetime(2027, 5, 1, tzinfo=UTC)
        self.order_at(day.replace(month=4, day=30, hour=23, minute=59))
        first = self.order_at(day, quantity=2)
        last = self.order_at(day.replace(hour=23, minute=59, second=59))
        self.order_at(day.replace(day=2))
        cancel_order(order=last)
        for moment in ("2027-05-02T00:05:00Z", "2027-05-02T18:00:00Z"):
            with time_machine.travel(moment, tick=False):
                call_command("send_digest")
        english, spanish = mails("staff_digest")
        assert [english.recipient, spanish.recipient] == ["ann@example.com", "max@example.com"]
        assert english.subject == "2 new orders on May 1, 2027"
        assert spanish.subject == "2 pedidos nuevos el 1 de mayo de 2027"
        assert f"#{first.pk} {first.user}: $1,199.98 (Pending)\n" in english.text
        assert f"#{last.pk} {last.user}: $599.99 (Cancelled)\n" in english.text
        assert "In all: $1,799.97" in english.text and "En total: 1.799,97 US$" in spanish.text
        assert english.event == "digest:2027-05-01"
        assert "The digest of 2027-05-01 is queued for 2 people" in capsys.readouterr().out
        assert not Notice.objects.filter(kind="staff_digest").exists()

    def test_a_day_without_orders_has_no_mail(self):
        assert queue_digest(day=date(2027, 5, 1)) == 0
        assert not mails("staff_digest")

    def test_of_many_orders_the_first_are_listed(self, monkeypatch):
        monkeypatch.setattr("notifications.mails.staff_shop.LISTED", 1)
        assert LISTED == 20
        for _ in range(2):
            self.order_at(datetime(2027, 5, 1, tzinfo=UTC))
        queue_digest(day=date(2027, 5, 1))
        assert "and 1 more" in mails("staff_digest")[0].text

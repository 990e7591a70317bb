"""Mails about tickets and events, and who gets them."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.management import call_command
from django.utils import timezone
from icalendar import Calendar
from pypdf import PdfReader

from accounts.tests.factories import UserFactory
from events.gate.transferring import accept, offer
from events.models import OrganizerMember
from events.selling import refunding
from events.signals import event_changed, event_reminder_due
from events.tests.factories import make_event, member_of
from events.tests.gates import scan
from events.tests.shop import (
    give_back,
    let_hold_end,
    order_tickets,
    paid_order,
    paylater,
    send_all_refunds,
    tickets_for_sale,
)
from notifications.in_app.preferences import change
from notifications.models import Email, Notice
from notifications.outbox.attachments import fetch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("tickets_for_sale")]

__all__ = ["paylater", "tickets_for_sale"]


@pytest.fixture
def kind():
    return make_event({"quantity": 100, "price": "5000"}).ticket_types.get()


@pytest.fixture
def free():
    return make_event({"quantity": 100, "price": "0"}).ticket_types.get()


def readers(kind):
    """The addresses to which mails of the kind go, in order of the alphabet."""
    return sorted(Email.objects.filter(kind=kind).values_list("recipient", flat=True))


def contact(email):
    return {"contact": {"email": email, "full_name": "Grace Hopper", "phone": ""}}


def test_tickets_of_a_paid_order_go_to_the_contact_too_and_their_notice_to_the_account_alone(kind):
    ada = UserFactory(email="ada@example.com")
    paid_order(kind, 2, user=ada, **contact("grace@example.com"))
    assert readers("ticket_confirmation") == ["ada@example.com", "grace@example.com"]
    assert [notice.user for notice in Notice.objects.filter(kind="ticket_confirmation")] == [ada]
    email = Email.objects.filter(kind="ticket_confirmation").first()
    pdf, calendar = (fetch(named) for named in email.attachments)
    assert len(PdfReader(BytesIO(pdf.content)).pages) == 2
    assert Calendar.from_ical(calendar.content).walk("VEVENT")
    assert calendar.mimetype == "text/calendar"
    assert "PlatNG" in email.html
    assert "GigGatek" not in email.html


@pytest.mark.parametrize("address", ["ADA@example.com", ""])
def test_the_contact_that_is_the_account_gets_one_mail(kind, address):
    paid_order(kind, user=UserFactory(email="ada@example.com"), **contact(address))
    assert readers("ticket_confirmation") == ["ada@example.com"]


def test_tickets_that_were_used_before_the_mail_was_sent_are_attached_all_the_same(kind):
    order = paid_order(kind, 2)
    scan(order.tickets.earliest("pk"))
    pdf = fetch(Email.objects.get(kind="ticket_confirmation").attachments[0])
    pages = [page.extract_text() for page in PdfReader(BytesIO(pdf.content)).pages]
    assert ["This ticket was used." in page for page in pages] == [True, False]


def test_tickets_of_a_free_order_go_to_the_account_alone(free):
    order_tickets(free, user=UserFactory(email="ada@example.com"), **contact("stranger@example.com"))
    assert readers("ticket_confirmation") == ["ada@example.com"]


def test_a_hold_that_ends_is_mailed_once(kind):
    order = let_hold_end(order_tickets(kind))
    call_command("expire_ticket_orders")
    call_command("expire_ticket_orders")
    assert readers("ticket_order_expired") == [order.user.email]


def test_a_refund_is_mailed_when_the_money_is_back(kind):
    kind.event.refund_until_hours, kind.event.refund_percent = 24, 100
    kind.event.save()
    order = paid_order(kind)
    give_back(order)
    assert readers("ticket_refunded") == []
    send_all_refunds()
    assert readers("ticket_refunded") == [order.user.email]
    assert "₦5,000.00" in Email.objects.get(kind="ticket_refunded").subject


def test_the_link_of_a_transfer_goes_to_the_other_alone(free):
    order = order_tickets(free)
    ticket, grace = order.tickets.get(), UserFactory(email="grace@example.com")
    offer(ticket=ticket, to="grace@example.com")
    email = Email.objects.get(kind="ticket_transfer_offer")
    assert (email.recipient, email.user) == ("grace@example.com", grace)
    assert not Notice.objects.filter(kind="ticket_transfer_offer").exists()
    accept(token=email.secret, by=grace)
    assert readers("ticket_transferred") == sorted([order.user.email, "grace@example.com"])


def test_a_cancelled_event_is_mailed_to_its_holders_alone(free, work):
    orders = [order_tickets(free, 2) for _ in range(3)]
    order_tickets(make_event({"price": "0"}).ticket_types.get())
    refunding.cancel_event(event=free.event, by=None, reason="Storm")
    work()
    assert readers("event_cancelled") == sorted(order.user.email for order in orders)


def test_a_change_and_a_reminder_are_mailed_once_each(free, work):
    order, event = order_tickets(free), free.event
    for _ in range(2):
        event_changed.send(sender=type(event), event=event, changes={"venue": ("a", "b")})
        event_reminder_due.send(sender=type(event), event=event)
        work()
    assert readers("event_changed") == readers("event_reminder") == [order.user.email]


def test_reminders_may_be_refused(free, work):
    order = order_tickets(free)
    change(user=order.user, switches={"event_reminder": {"email": False}})
    event_reminder_due.send(sender=type(free.event), event=free.event)
    work()
    assert readers("event_reminder") == []
    assert Notice.objects.filter(kind="event_reminder").exists()


def test_organizers_get_one_mail_an_hour(kind, clock):
    owner, scanner = member_of(kind.event.organizer), member_of(kind.event.organizer, OrganizerMember.Role.SCANNER)
    clock.move_to(timezone.now().replace(minute=30))
    paid_order(kind, 2)
    paid_order(kind)
    clock.shift(timedelta(hours=1))
    call_command("mail_partner_orders")
    call_command("mail_partner_orders")
    email = Email.objects.get(kind="partner_order")
    assert (email.recipient, email.subject) == (owner.email, "New orders: ₦15,000.00")
    assert scanner.email not in readers("partner_order")

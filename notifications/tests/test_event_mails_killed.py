"""Kill -9 around the mails of the box office: what caused one is done, and its mail is sent once."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.tests.factories import AdminFactory
from core.testing.kills import kill_at, start_again
from events.money.payouts import record_payout
from events.selling import paying
from events.tests.books import over, sell
from events.tests.factories import make_event, make_type
from events.tests.shop import fresh, give_back, order_tickets
from notifications.models import Email, Notice
from notifications.outbox.sending import deliver
from payments.refunds.services import send_pending
from payments.tests.mock_paystack import paystack

__all__ = ["paystack"]

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]

WHENS = ["before", "after"]
SENDING = [
    "notifications.models.Email.claim",
    "notifications.outbox.sending.message",
    "django.core.mail.EmailMultiAlternatives.send",
    "notifications.models.Email.record_sent",
]
# Between the server's answer and our record no lock helps: there the mail goes again, under the same id.
UNRECORDED = [
    ("django.core.mail.EmailMultiAlternatives.send", "after"),
    ("notifications.models.Email.record_sent", "before"),
]


def settling(bank):
    """An order whose money is at the bank; what completes it."""
    order = order_tickets(make_type(make_event()))
    bank.popup(order.reference, 5000_00)
    return lambda: paying.verify(order=fresh(order))


def refunding(bank):
    """A ticket that was given back; what sends its money."""
    order = order_tickets(make_type(make_event(refund_until_hours=1, refund_percent=100)))
    bank.popup(order.reference, 5000_00)
    paying.verify(order=order)
    give_back(fresh(order))
    return send_pending


def paying_out(bank):
    """What is owed for an event that is over; what writes that it was paid."""
    event, admin = make_event({"name": "plain"}, **over()), AdminFactory()
    sell(event, plain=1)
    return lambda: record_payout(event=event, amount=Decimal(4755), bank_reference="GTB-1", by=admin)


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize(
    ("begin", "kind"),
    [(settling, "ticket_confirmation"), (refunding, "ticket_refunded"), (paying_out, "partner_payout")],
)
def test_writing_it(paystack, begin, kind, when):
    """The mail and its cause are there together or not at all."""
    job, mails = begin(paystack), Email.objects.filter(kind=kind)
    kill_at("notifications.outbox.queueing.write_email", when, job)
    assert not mails.exists()
    start_again()
    if begin is paying_out:
        job()
    assert mails.count() == Notice.objects.filter(kind=kind).count() == 1


@pytest.mark.parametrize("when", WHENS)
@pytest.mark.parametrize("step", SENDING)
def test_sending_it(paystack, smtp, step, when):
    server = smtp()
    settling(paystack)()
    email = Email.objects.get(kind="ticket_confirmation")
    kill_at(step, when, lambda: deliver(email=email))
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        for _ in range(2):
            call_command("send_emails", verbosity=0)
    taken = [mail for mail in server.taken if mail["To"] == email.recipient]
    assert len(taken) == (2 if (step, when) in UNRECORDED else 1)
    assert {mail["Message-ID"] for mail in taken} == {email.message_id}
    assert [part.get_content_type() for part in taken[0].iter_attachments()] == ["application/pdf", "text/calendar"]
    assert fresh(email).status == "sent"

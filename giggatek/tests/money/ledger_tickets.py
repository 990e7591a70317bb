"""What can happen at a box office that moves money, each thing to an order of tickets at random."""

from datetime import timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from core.money import from_minor, to_minor
from events.gate.admitting import undo
from events.models import Event, Quota, Ticket
from events.money import statements
from events.money.payouts import record_payout
from events.selling import expiring, paying, refunding
from events.tests.factories import make_event
from events.tests.gates import scan
from events.tests.shop import order_tickets
from payments import strays
from payments.gateways import gateway_named
from payments.models import Payment
from payments.refunds import records as refund_records

TYPES = ({"price": "5000"}, {"price": "103"}, {"price": "0", "max_per_order": 100}, {"price": "750000"})


class TicketHappenings:
    """A box office with `random`, `staff`, `users`, and `paystack`; it remembers its `events` and `ticket_orders`."""

    def open_box_office(self):
        """An event to begin with, of which little is left."""
        self.events, self.ticket_orders, self.paid = [], [], set()
        self.new_event()

    def new_event(self):
        made = make_event(*TYPES, refund_until_hours=1, refund_percent=self.random.choice([30, 50, 100]))
        Quota.objects.filter(event=made).update(size=F("taken") + 8)
        self.events.append(made)
        return made

    def a_ticket_order(self):
        found = self.random.choice(self.ticket_orders[-30:] or [self.order_tickets()])
        found.refresh_from_db()
        return found

    def a_ticket(self, *statuses):
        found = Ticket.objects.filter(status__in=statuses).order_by("-pk")[:20]
        return self.random.choice(found) if found else None

    def pay_order_of_tickets(self, order, *, kobo=None):
        """The popup, which takes a reference once; verify comes at once, or later."""
        if order.total and order.reference not in self.paid:
            self.paid.add(order.reference)
            fees = self.random.choice([0, 175])
            amount = to_minor(order.total, "NGN") if kobo is None else kobo
            self.paystack.popup(order.reference, amount, fees=fees)
        self.bring(lambda: paying.verify(order=order))

    # What can happen.

    def order_tickets(self):
        kind = self.random.choice(list(self.events[-1].ticket_types.all()))
        quantity = self.random.randint(1, 3)
        made = order_tickets(kind, quantity, user=self.random.choice(self.users))
        self.ticket_orders.append(made)
        return made

    def order_and_pay_tickets(self):
        self.pay_order_of_tickets(self.order_tickets())

    def pay_tickets(self):
        self.pay_order_of_tickets(self.a_ticket_order())

    def pay_too_late(self):
        """The places may be another's by now."""
        made = self.order_tickets()
        expiring.release(made)
        if self.random.random() < 0.5:
            self.order_tickets()
        self.pay_order_of_tickets(made)

    def pay_another_amount(self):
        made = self.order_tickets()
        if made.total:
            self.pay_order_of_tickets(made, kobo=to_minor(made.total, "NGN") + self.random.choice([-1, 1, 10_000]))

    def send_stray_back(self):
        found = Payment.objects.exclude(came_for=None).settled().order_by("-pk").first()
        if found is not None:
            strays.send_back(found, by=self.staff)

    def let_order_go(self):
        found = self.a_ticket_order()
        expiring.cancel_order(order=found, by=found.user)

    def give_tickets_back(self):
        found = self.a_ticket_order()
        ids = list(refunding.returnable(found).values_list("pk", flat=True))
        refunding.refund_by_buyer(order=found, ticket_ids=self.random.choice([None, ids[:1]]), by=found.user)

    def refund_tickets_in_full(self):
        found = self.a_ticket_order()
        tickets = list(found.tickets.exclude(status="cancelled"))[:1]
        refunding.refund_tickets(order=found, tickets=tickets, by=self.staff, reason="Goodwill", full=True)

    def refund_tickets_at_paystack(self):
        """Staff use Paystack's own pages."""
        payment = Payment.objects.settled().filter(gateway="paystack").order_by("-pk").first()
        if payment is None or payment.refundable < 1:
            return
        record = gateway_named("paystack").refund(
            intent_id=payment.intent_id, amount=Decimal("0.77"), currency="NGN", idempotency_key=f"there-{payment.pk}"
        )
        refund_records.apply_refund(gateway="paystack", record=record)

    def scan_ticket(self):
        found = self.a_ticket("active", "used")
        if found is not None:
            scan(found)

    def undo_scan(self):
        found = self.a_ticket("used")
        if found is not None:
            undo(ticket=found, by=self.staff, reason="By mistake")

    def cancel_event(self):
        """Another takes its place."""
        cancelled = self.events[-1]
        refunding.cancel_event(event=cancelled, by=self.staff, reason="Storm")
        refunding.close_orders()
        self.new_event()

    def pay_out(self):
        """An event that was long ago gets what is owed for it, or a part."""
        ended = self.events[-1]
        ago = timezone.now() - timedelta(days=30)
        Event.objects.filter(pk=ended.pk).update(
            starts_at=ago, ends_at=ago + timedelta(hours=1), start_day=ago.date()
        )
        self.new_event()
        owed = statements.balance_of(ended)
        if owed > 0:
            part = from_minor(self.random.choice([owed, (owed + 1) // 2]), "NGN")
            ended.refresh_from_db()
            record_payout(event=ended, amount=part, bank_reference=f"TRF-{ended.pk}", by=self.staff)


TICKET_HAPPENINGS = {
    TicketHappenings.order_tickets: 3,
    TicketHappenings.order_and_pay_tickets: 8,
    TicketHappenings.pay_tickets: 4,
    TicketHappenings.pay_too_late: 3,
    TicketHappenings.pay_another_amount: 2,
    TicketHappenings.send_stray_back: 2,
    TicketHappenings.let_order_go: 2,
    TicketHappenings.give_tickets_back: 5,
    TicketHappenings.refund_tickets_in_full: 4,
    TicketHappenings.refund_tickets_at_paystack: 2,
    TicketHappenings.scan_ticket: 3,
    TicketHappenings.undo_scan: 1,
    TicketHappenings.cancel_event: 1,
    TicketHappenings.pay_out: 1,
}

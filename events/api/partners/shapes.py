"""What partners are answered."""

from rest_framework import serializers

from core.api.fields import MoneyField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import Shape
from events.api.catalogue.shapes import EventShape, LocalDateTimeField, OrganizerShape
from events.models import Event, TicketOrder


class AmountsShape(Shape):
    """Money of tickets."""

    gross = MoneyField(help_text="The price of all that was sold.")
    fees = MoneyField(help_text="Our fees, less those given back with refunds.")
    refunds = MoneyField(help_text="What went back to buyers.")
    net = MoneyField(help_text="Gross less fees and refunds.")


class SalesShape(AmountsShape):
    """What was sold, and what went back."""

    orders = serializers.IntegerField(help_text="Orders that were completed.")
    tickets = serializers.IntegerField(help_text="Tickets that were issued, refunded ones included.")


class EventCountsShape(Shape):
    """How many events there are."""

    total = serializers.IntegerField(help_text="All of them.")
    draft = serializers.IntegerField(help_text="Not yet published.")
    published = serializers.IntegerField(help_text="On sale or announced.")
    cancelled = serializers.IntegerField(help_text="That do not take place.")
    completed = serializers.IntegerField(help_text="That are over.")


class NextEventShape(Shape):
    """An event that is to come."""

    id = serializers.IntegerField()
    title = serializers.CharField(help_text="What it is called.")
    status = serializers.ChoiceField(Event.Status.choices, help_text="Where it is in its life.")
    start_datetime = LocalDateTimeField(source="local_start", help_text="When it begins.")
    end_datetime = LocalDateTimeField(source="local_end", help_text="When it ends.")
    time_zone = serializers.CharField(help_text="The zone of its times.")
    organizer_id = serializers.IntegerField(help_text="Its organizer.")
    venue_id = serializers.IntegerField(help_text="Its venue.")
    venue_name = serializers.CharField(source="venue.name", help_text="Where it is.")
    city = serializers.CharField(source="venue.city", help_text="Its city.")


class RecentOrderShape(Shape):
    """An order that was paid, without its tickets."""

    id = serializers.IntegerField()
    event_id = serializers.IntegerField(help_text="The event.")
    event_title = serializers.CharField(source="event.title", help_text="What the event is called.")
    customer_name = serializers.CharField(source="buyer_name", help_text="Who ordered.")
    customer_email = serializers.CharField(source="contact_email", help_text="Where they are reached, if they said.")
    tickets_count = serializers.IntegerField(help_text="How many tickets it has.")
    total_amount = MoneyField(source="total", help_text="What it cost.")
    currency = serializers.CharField(help_text="The currency.")
    payment_status = serializers.ChoiceField(TicketOrder.PaymentStatus.choices, help_text="Where its money stands.")
    created_at = UtcDateTimeField()


class PartnerOrganizerShape(OrganizerShape):
    """An organizer for whom the user works."""


class DashboardShape(AmountsShape):
    """How an organizer is doing, since it began."""

    organizers = PartnerOrganizerShape(many=True, help_text="For whom the user works.")
    events = EventCountsShape(help_text="How many events they have.")
    tickets_sold = serializers.IntegerField(help_text="Tickets that are sold, less those that were given back.")
    checked_in = serializers.IntegerField(help_text="How many of them were admitted.")
    orders = serializers.IntegerField(help_text="Orders that were completed.")
    paid_out = MoneyField(help_text="What went to their bank.")
    balance = MoneyField(help_text="What is still owed to them.")
    currency = serializers.CharField(help_text="Of all amounts.")
    next_events = NextEventShape(many=True, help_text="The next ones, the soonest first.")
    recent_orders = RecentOrderShape(many=True, help_text="The newest ones.")


class PartnerEventShape(EventShape):
    """An event with its places and its money."""

    capacity = serializers.IntegerField(source="figures.capacity", help_text="How many tickets there can be.")
    sold = serializers.IntegerField(source="figures.sold", help_text="Tickets that are sold.")
    held = serializers.IntegerField(source="figures.held", help_text="Places that are held and not paid yet.")
    checked_in = serializers.IntegerField(source="figures.checked_in", help_text="Tickets that were admitted.")
    gross = MoneyField(source="figures.gross", help_text="The price of all that was sold.")
    fees = MoneyField(source="figures.fees", help_text="Our fees, less those given back with refunds.")
    refunds = MoneyField(source="figures.refunds", help_text="What went back to buyers.")
    net = MoneyField(source="figures.net", help_text="Gross less fees and refunds.")


class PartnerEventPageShape(PageShape):
    """A page of a partner's events."""

    events = PartnerEventShape(many=True, help_text="The events, the latest first.")


class SalesDayShape(SalesShape):
    """What was sold on one day."""

    date = serializers.DateField(help_text="The day in Lagos.")


class EventSalesShape(SalesShape):
    """What was sold of one event."""

    event_id = serializers.IntegerField(help_text="The event.")
    title = serializers.CharField(help_text="What it is called.")


class TypeSalesShape(SalesShape):
    """What was sold of one ticket type; an order of several types counts for each."""

    ticket_type_id = serializers.IntegerField(help_text="The ticket type.")
    event_id = serializers.IntegerField(help_text="Its event.")
    name = serializers.CharField(help_text="What it is called.")


class AnalyticsShape(Shape):
    """What was sold in a period."""

    start_date = serializers.DateField(help_text="The first day.")
    end_date = serializers.DateField(help_text="The last day.")
    time_zone = serializers.CharField(help_text="In which days begin.")
    currency = serializers.CharField(help_text="Of all amounts.")
    totals = SalesShape(help_text="The sum of the series.")
    series = SalesDayShape(many=True, help_text="Every day of the period.")
    by_event = EventSalesShape(many=True, help_text="The events of which something was sold or refunded.")
    by_ticket_type = TypeSalesShape(many=True, help_text="Their ticket types.")


class BalanceShape(AmountsShape):
    """Gross less fees, refunds and what was paid out is the balance."""

    paid_out = MoneyField(help_text="What went to the organizer's bank.")
    balance = MoneyField(help_text="What is still owed; below zero, what the organizer owes.")


class StatementDayShape(BalanceShape):
    """What was booked on one day, and the balance at its end."""

    date = serializers.DateField(help_text="The day in Lagos.")


class PayoutShape(Shape):
    """A transfer to the organizer's bank."""

    id = serializers.IntegerField()
    amount = MoneyField(help_text="How much it was.")
    currency = serializers.CharField(help_text="The currency.")
    bank_reference = serializers.CharField(help_text="The bank's reference.")
    created_at = UtcDateTimeField()


class StatementShape(BalanceShape):
    """What is owed for an event, summed from the ledger."""

    event_id = serializers.IntegerField(help_text="The event.")
    title = serializers.CharField(help_text="What it is called.")
    organizer_id = serializers.IntegerField(help_text="Whose it is.")
    organizer_name = serializers.CharField(help_text="What they are called.")
    currency = serializers.CharField(help_text="Of all amounts.")
    days = StatementDayShape(many=True, help_text="Each day on which something was booked.")
    payouts = PayoutShape(many=True, help_text="What was paid out.")

"""Tickets are written once, with codes, in a fixed number of queries."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import NAME_LENGTH
from accounts.tests.factories import UserFactory
from events.documents.ticket import order_tickets_pdf
from events.gate import codes
from events.gate.issuing import issue_tickets
from events.models import Ticket
from events.tests.gates import order_of

pytestmark = pytest.mark.django_db


def test_each_line_gets_its_tickets_with_codes_that_verify():
    order = order_of(2, 1)
    tickets = issue_tickets(order=order)
    assert [(ticket.line.quantity, ticket.number) for ticket in tickets] == [(2, 1), (2, 2), (1, 1)]
    for ticket in Ticket.objects.all():
        claims = codes.verify(ticket.code)
        assert (claims.ticket_id, claims.event_id) == (ticket.pk, order.event_id)
        assert (claims.ticket_type_id, claims.generation) == (ticket.line.ticket_type_id, 1)
        assert ticket.code_digest == codes.digest(ticket.code)
        assert [change.status for change in ticket.status_history.all()] == ["active"]
        assert (ticket.user, ticket.attendee_name) == (order.user, order.user.get_full_name())


def test_the_longest_name_of_an_account_stands_on_its_tickets():
    user = UserFactory(first_name="A" * NAME_LENGTH, last_name="É" * NAME_LENGTH)
    (ticket,) = issue_tickets(order=order_of(1, user=user))
    assert Ticket.objects.get().attendee_name == user.get_full_name()
    assert order_tickets_pdf(ticket.order_id).startswith(b"%PDF")


def test_the_number_of_queries_does_not_grow():
    def queries(order):
        with CaptureQueriesContext(connection) as caught:
            issue_tickets(order=order)
        return len(caught)

    assert queries(order_of(1)) == queries(order_of(20, 30)) <= 6


def test_a_second_time_is_refused_by_the_database():
    order = order_of(3)
    issue_tickets(order=order)
    with pytest.raises(IntegrityError), transaction.atomic():
        issue_tickets(order=order)
    assert order.tickets.count() == 3

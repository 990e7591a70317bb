"""A ticket changes hands when the other accepts, and its old code is worth nothing then."""

from copy import copy
from datetime import timedelta

import pytest

from accounts.tests.factories import UserFactory
from core.errors import InvalidInput
from events.gate import codes, transferring
from events.gate.errors import (
    NotTheRecipient,
    TicketNotFound,
    TicketRefused,
    TooManyOffers,
    TransferNotFound,
    TransferPending,
)
from events.models import Ticket, Transfer
from events.signals import ticket_transferred
from events.tests.gates import fresh, hand_over, offer, scan, ticket_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ticket(clock):
    return ticket_of()


@pytest.fixture
def friend():
    return UserFactory()


def test_until_it_is_accepted_the_ticket_stays_what_it_was(ticket, friend):
    token = offer(ticket, friend.email.upper())
    transfer = Transfer.objects.get()
    assert (transfer.sender, transfer.email, transfer.open_for) == (ticket.user, friend.email, ticket)
    assert token not in str(vars(transfer))
    assert fresh(ticket).user == ticket.user
    assert scan(ticket).result == "admitted"


def test_accepted_it_is_the_others_with_a_new_code(ticket, friend):
    old, told = ticket.code, []

    def listen(transfer, ticket, **_):
        told.append((transfer.accepted_at, ticket.pk))

    ticket_transferred.connect(listen)
    hand_over(ticket, friend)
    theirs = fresh(ticket)
    assert (theirs.user, theirs.attendee_name, theirs.generation) == (friend, friend.get_full_name(), 2)
    assert theirs.code != old
    assert codes.verify(theirs.code).generation == 2
    assert theirs.code_digest == codes.digest(theirs.code)
    transfer = Transfer.objects.get()
    assert (transfer.recipient, transfer.open_for) == (friend, None)
    assert told == [(transfer.accepted_at, ticket.pk)]
    assert theirs.status_history.first().actor == friend


def test_accepting_again_changes_nothing(ticket, friend):
    token = offer(ticket, friend.email)
    for _ in range(2):
        assert transferring.accept(token=token, by=friend).generation == 2
    assert fresh(ticket).generation == 2


def test_who_was_its_holder_a_moment_ago_neither_offers_it_nor_takes_an_offer_back(ticket, friend):
    read_before = fresh(ticket)
    hand_over(ticket, friend)
    offer(fresh(ticket), "next@example.com")
    with pytest.raises(TicketNotFound):
        transferring.withdraw(ticket=copy(read_before))
    transferring.withdraw(ticket=fresh(ticket))
    with pytest.raises(TicketNotFound):
        transferring.offer(ticket=copy(read_before), to="accomplice@example.com")
    assert not Transfer.objects.filter(open_for=ticket).exists()


def test_it_goes_on_to_the_next(ticket, friend):
    first_token = offer(ticket, friend.email)
    theirs = transferring.accept(token=first_token, by=friend)
    hand_over(theirs, UserFactory())
    assert fresh(ticket).generation == 3
    with pytest.raises(TicketRefused):
        transferring.accept(token=first_token, by=friend)


def test_only_the_address_that_it_was_offered_to_accepts(ticket, friend):
    token = offer(ticket, friend.email)
    for stranger in (UserFactory(), ticket.user):
        with pytest.raises(NotTheRecipient):
            transferring.accept(token=token, by=stranger)
    with pytest.raises(TransferNotFound):
        transferring.accept(token=token[:-1], by=friend)
    assert fresh(ticket).user == ticket.user


def test_an_offer_ends_after_48_hours(ticket, friend, clock):
    token = offer(ticket, friend.email)
    clock.shift(timedelta(hours=48))
    with pytest.raises(TicketRefused):
        transferring.accept(token=token, by=friend)
    again = offer(ticket, friend.email)
    assert transferring.accept(token=again, by=friend).user == friend


def test_one_offer_at_a_time_which_can_be_withdrawn(ticket, friend):
    token = offer(ticket, friend.email)
    with pytest.raises(TransferPending):
        offer(ticket, "other@example.com")
    assert transferring.withdraw(ticket=ticket)
    assert not transferring.withdraw(ticket=ticket)
    with pytest.raises(TicketRefused):
        transferring.accept(token=token, by=friend)
    assert offer(ticket, "other@example.com")


def test_a_ticket_cannot_be_offered_to_all_the_world(ticket):
    for number in range(transferring.MAX_OFFERS):
        offer(ticket, f"stranger{number}@example.com")
        transferring.withdraw(ticket=ticket)
    with pytest.raises(TooManyOffers):
        offer(ticket, "one@example.com")


def test_not_to_oneself(ticket):
    with pytest.raises(InvalidInput):
        offer(ticket, ticket.user.email.upper())


@pytest.mark.parametrize("status", ["used", "cancelled", "expired"])
def test_what_admits_nobody_is_neither_offered_nor_accepted(ticket, friend, status):
    token = offer(ticket, friend.email)
    moment = {"checked_in_at": ticket.created_at} if status == "used" else {}
    Ticket.objects.filter(pk=ticket.pk).update(status=status, **moment)
    with pytest.raises(TicketRefused):
        transferring.accept(token=token, by=friend)
    Transfer.objects.all().delete()
    with pytest.raises(TicketRefused):
        offer(ticket, friend.email)
    assert fresh(ticket).generation == 1


def test_nothing_is_handed_over_when_the_event_is_over(ticket, friend, clock):
    clock.move_to(ticket.event.ends_at)
    with pytest.raises(TicketRefused):
        offer(ticket, friend.email)

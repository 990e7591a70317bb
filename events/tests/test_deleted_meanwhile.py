"""Whatever is deleted between the look and the step is a 409 that changes nothing, or is deleted already."""

import pytest

from accounts.tests.factories import UserFactory
from events import publishing
from events.models import Event, Scan, TicketOrder, TicketType
from events.selling import placing
from events.tests.clients import error, events_client
from events.tests.factories import make_event, member_of
from events.tests.gates import scan

# A foreign key is looked at when the transaction is committed.
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def event():
    return make_event({"price": "0"}, {"price": "0"})


@pytest.mark.parametrize("gone", ["type", "event"])
def test_an_order_of_what_is_deleted_meanwhile(event, gone, monkeypatch):
    kind = event.ticket_types.first()

    def delete(draft):
        event.ticket_types.filter(**({"pk": kind.pk} if gone == "type" else {})).delete()
        Event.objects.filter(pk=event.pk if gone == "event" else None).delete()

    buyer = events_client(UserFactory())
    body = {"event_id": event.pk, "tickets": [{"ticket_id": kind.pk, "quantity": 1}]}
    with monkeypatch.context() as patched:
        patched.setattr(placing, "refuse_too_many", delete)
        assert error(buyer.post("orders", body))[0] == 409
    assert (TicketType.objects.count(), TicketOrder.objects.count()) == (2, 0)
    assert buyer.post("orders", body).status_code == 201


@pytest.mark.parametrize(("method", "path"), [("delete", ""), ("patch", ""), ("post", "/publish")])
def test_an_event_that_is_deleted_meanwhile(event, method, path, monkeypatch, caplog):
    known = publishing.publishing_for

    def delete(user):
        TicketType.objects.filter(event=event).delete()
        Event.objects.filter(pk=event.pk).delete()
        return known(user)

    monkeypatch.setattr(publishing, "publishing_for", delete)
    partner = events_client(member_of(event.organizer))
    assert error(partner.generic(method.upper(), f"events/{event.pk}{path}", {})) == (409, "CONFLICT")
    assert "A row was gone" in caplog.text


def test_an_event_at_whose_gate_something_else_was_scanned_can_be_deleted(event):
    scan(event=event, code="no ticket")
    partner = events_client(member_of(event.organizer))
    assert partner.delete(f"events/{event.pk}").status_code == 200
    assert (Event.objects.count(), Scan.objects.count()) == (0, 0)

"""The calls about one's tickets, as the contract writes them."""

from datetime import timedelta
from io import BytesIO

import pytest
import zxingcpp
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from PIL import Image
from pypdf import PdfReader

from accounts.tests.factories import UserFactory
from core.testing.pdf import pdf_text
from events.documents.ticket import order_tickets_pdf
from events.gate import codes, transferring
from events.models import Event, Transfer
from events.tests.clients import WebClient, events_client
from events.tests.factories import make_event, make_venue
from events.tests.gates import fresh, hand_over, offer, scan, ticket_of, tickets_of

pytestmark = pytest.mark.django_db

KEYS = {
    "id", "user_id", "ticket_id", "event_id", "purchase_id", "qr_code", "status", "checked_in_at", "created_at",
    "updated_at", "event", "ticket", "attendee_name",
}  # fmt: skip


@pytest.fixture
def client(user):
    return events_client(user)


def code_in(picture):
    """What a QR reader reads."""
    (found,) = zxingcpp.read_barcodes(Image.open(BytesIO(picture)).convert("L"))
    return found.text


def has_begun(event):
    Event.objects.filter(pk=event.pk).update(starts_at=timezone.now() - timedelta(hours=1))


def test_a_ticket_as_the_contract_writes_it(user, client):
    ticket_of()
    ticket = ticket_of(user)
    answer = client.get(f"user/tickets/{ticket.pk}").json()
    body = answer["data"]
    assert set(body) == KEYS
    assert body == {key: answer[key] for key in KEYS}
    assert (body["id"], body["user_id"], body["purchase_id"]) == (ticket.pk, user.pk, ticket.order_id)
    assert (body["ticket_id"], body["ticket"]["id"]) == (ticket.ticket_type_id, ticket.ticket_type_id)
    assert (body["event_id"], body["event"]["id"]) == (ticket.event_id, ticket.event_id)
    assert (body["status"], body["checked_in_at"]) == ("active", None)
    assert codes.verify(body["qr_code"]).ticket_id == ticket.pk


def test_the_bare_array_and_the_page(user, client):
    ticket_of()
    older, newer = tickets_of(user, quantity=2)
    for mounted in (client, WebClient().login_as(user)):
        assert [one["id"] for one in mounted.get("user/tickets").json()] == [newer.pk, older.pk]
    page = client.get("tickets?limit=1").json()
    assert [one["id"] for one in page["tickets"]] == [newer.pk]
    assert (page["total"], page["data"]["pagination"]["pages"]) == (2, 2)
    assert set(page["data"]["items"][0]) == KEYS


def test_filters_combine(user, client):
    past = ticket_of(user, event=make_event(title="Highlife Night", venue=make_venue(name="Eko Hall")))
    to_come = ticket_of(user, event=make_event(title="Jazz", venue=make_venue(name="Terra Kulture")))
    has_begun(past.event)
    scan(past)

    def found(query):
        return [one["id"] for one in client.get(f"user/tickets?{query}").json()]

    assert found("status=used") == [past.pk]
    assert found("event_status=upcoming") == [to_come.pk]
    assert found("event_status=past&status=active") == []
    assert found("search=IFE%20n") == found("search=eko") == [past.pk]
    assert found("search=&status=") == [to_come.pk, past.pk]
    for query in ("status=old", "event_status=never", f"search={'x' * 201}"):
        assert client.get(f"user/tickets?{query}").status_code == 400
    assert client.get("user/tickets/stats").json()["data"] == {"total": 2, "upcoming": 1, "past": 1, "active": 1}


def test_the_files_say_what_the_ticket_says(user, client):
    ticket = ticket_of(user)
    picture = client.get(f"user/tickets/{ticket.pk}/qr.png")
    assert (picture["Content-Type"], code_in(picture.content)) == ("image/png", ticket.code)
    paper = client.get(f"user/tickets/{ticket.pk}/ticket.pdf")
    assert paper["Content-Type"] == "application/pdf"
    (image,) = PdfReader(BytesIO(paper.content)).pages[0].images
    assert code_in(image.data) == ticket.code
    text = pdf_text(paper.content)
    for words in (ticket.event.title, ticket.attendee_name, ticket.ticket_type.name, ticket.event.venue.name):
        assert words in text
    assert client.get(f"user/tickets/{ticket.pk}/ticket.pdf").content == paper.content


def test_a_cancelled_ticket_shows_no_code_on_paper(user, client):
    ticket = ticket_of(user)
    ticket.move_to("cancelled")
    paper = client.get(f"user/tickets/{ticket.pk}/ticket.pdf").content
    assert not PdfReader(BytesIO(paper)).pages[0].images
    assert "This ticket was cancelled" in pdf_text(paper)


@pytest.mark.parametrize("path", ["", "/ticket.pdf", "/qr.png"])
def test_anothers_ticket_does_not_exist(client, path):
    ticket = ticket_of()
    for which in (ticket.pk, 999_999, "x", 2**70):
        assert client.get(f"user/tickets/{which}{path}").status_code == 404


def test_anothers_ticket_is_not_offered(client):
    ticket = ticket_of()
    assert client.post(f"user/tickets/{ticket.pk}/transfer", {"email": "friend@example.com"}).status_code == 404
    assert not Transfer.objects.exists()


def test_a_transfer_from_offer_to_gate(user, client):
    ticket, friend = ticket_of(user), UserFactory()
    old = ticket.code
    answer = client.post(f"user/tickets/{ticket.pk}/transfer", {"email": friend.email.upper()})
    made = Transfer.objects.get()
    assert answer.status_code == 201
    assert answer.json()["data"].keys() == {"id", "email", "expires_at"}
    assert (answer.json()["id"], answer.json()["email"]) == (made.pk, friend.email)
    assert client.post(f"user/tickets/{ticket.pk}/transfer", {"email": "b@example.com"}).json()["error"]["code"] == (
        "CONFLICT"
    )
    assert client.delete(f"user/tickets/{ticket.pk}/transfer").status_code == 200
    token = offer(ticket, friend.email)
    assert client.post(f"transfers/{token}/accept").status_code == 403
    theirs = events_client(friend).post(f"transfers/{token}/accept")
    body = theirs.json()["data"]
    assert (theirs.status_code, body["id"], body["user_id"]) == (200, ticket.pk, friend.pk)
    assert body["qr_code"] != old
    assert client.get(f"user/tickets/{ticket.pk}").status_code == 404
    assert scan(fresh(ticket), code=old).result == "replaced"


def test_who_handed_a_ticket_on_never_sees_its_new_code(user, client):
    kept, handed = tickets_of(user, quantity=2)
    hand_over(handed, UserFactory())
    new_code = fresh(handed).code
    orders = [client.get(path) for path in ("orders", f"orders/{kept.order_id}")]
    assert [new_code in answer.content.decode() for answer in orders] == [False, False]
    assert [one["id"] for one in orders[1].json()["tickets"]] == [kept.pk]
    paper = PdfReader(BytesIO(order_tickets_pdf(kept.order_id)))
    assert [code_in(image.data) for page in paper.pages for image in page.images] == [kept.code]


@pytest.mark.parametrize("body", [{}, {"email": "nobody"}, {"email": 1}, {"email": None}, {"email": ""}, [], "x"])
def test_a_bad_offer_is_refused(user, client, body):
    assert client.post(f"user/tickets/{ticket_of(user).pk}/transfer", body).status_code == 400


@pytest.mark.parametrize("token", ["x", "a" * 5000, "%00", "%F0%9F%8E%AB"])
def test_an_unknown_offer_does_not_exist(client, token):
    assert client.post(f"transfers/{token}/accept").status_code == 404


def test_a_scanned_ticket_is_not_offered(user, client):
    ticket = ticket_of(user)
    scan(ticket)
    answer = client.post(f"user/tickets/{ticket.pk}/transfer", {"email": "friend@example.com"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "WRONG_STATUS")
    with pytest.raises(transferring.TicketRefused):
        transferring.offer(ticket=ticket, to="friend@example.com")


@pytest.mark.parametrize("path", ["tickets", "user/tickets", "user/tickets/stats", "user/tickets/{}"])
def test_at_most_eight_queries_however_many_tickets(user, client, path):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(path.format(ticket.pk)).status_code == 200
        return len(caught)

    ticket = ticket_of(user)
    one = queries()
    for _ in range(3):
        tickets_of(user, quantity=2)
    assert queries() == one <= 8

"""The box office from the list of events to the books, as its web client calls it, with every server real."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import requests
from django.utils import timezone

from giggatek.tests.running_store import PATIENCE, open_store, wait_until

ORIGIN, PASSWORD = "http://localhost:3000", "Main-job-1!"
FIRST, SECOND = "/events/api/v1", "/events/client/api/v1"
# What the web client has for base URLs, one for each of its services; any of the mounts will do.
BASES = {
    "auth": FIRST, "event": SECOND, "payments": FIRST, "notifications": SECOND, "favorites": SECOND, "partner": FIRST,
}  # fmt: skip
PRICE, FEE = 5000, 245  # 2.9 % and 100 Naira


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path) as opened:
        yield opened


class WebClient:
    """A browser on another origin: it keeps cookies, and reads only what CORS lets it read."""

    def __init__(self, store):
        self.store, self.session, self.token = store, requests.Session(), ""

    def ask(self, service, method, path, body=None, *, expect=200, **query):
        """The answer of a service."""
        headers = {"Origin": ORIGIN, **({"Authorization": f"Bearer {self.token}"} if self.token else {})}
        url = f"{self.store.url}{BASES[service]}/{path}"
        answer = self.session.request(method, url, json=body, params=query, headers=headers, timeout=PATIENCE)
        assert answer.status_code == expect, answer.text
        assert answer.headers["Access-Control-Allow-Origin"] == ORIGIN
        assert answer.headers["Access-Control-Allow-Credentials"] == "true"
        return answer

    def call(self, *asked, **more):
        """What its JSON says."""
        return self.ask(*asked, **more).json()

    def join(self, name):
        """Register and sign in; the refresh token is in a cookie and nowhere else."""
        email = f"{name}@example.org"
        body = {"email": email, "password": PASSWORD, "full_name": f"{name.capitalize()} Okafor"}
        assert "access_token" not in self.call("auth", "POST", "auth/register", body, expect=201)
        known = self.call("auth", "POST", "auth/login", {"email": email, "password": PASSWORD})
        assert (known["token_type"], known["user"]["full_name"]) == ("Bearer", body["full_name"])
        assert "refresh_token" not in known and "refresh_token" in self.session.cookies
        self.token = known["access_token"]
        return self

    def refresh(self):
        """The access token is lost with the page, the cookie brings another."""
        self.token = ""
        self.token = self.call("auth", "POST", "auth/refresh")["access_token"]
        assert self.call("auth", "GET", "auth/profile")["success"] is True


def founded(store):
    """The organizer's people: an owner whom staff verified, and a scanner."""
    owner, scanner = WebClient(store).join("owner"), WebClient(store).join("scanner")
    organizer = owner.call(
        "event", "POST", "organizers", {"name": "Eko Nights", "email": "a@example.org"}, expect=201
    )
    store.manage(
        "shell",
        "--command",
        "from django.utils import timezone; from accounts.models import User; from events.models import Organizer;"
        f"organizer = Organizer.objects.get(pk={organizer['id']}); organizer.verified_at = timezone.now();"
        "organizer.save(); user = User.objects.get(email='scanner@example.org');"
        "organizer.memberships.create(user=user, role='scanner')",
    )
    return SimpleNamespace(owner=owner, scanner=scanner)


def publish(owner):
    """An event with one ticket type, on sale."""
    start = timezone.now() + timedelta(days=9)
    body = {
        "title": "Jazz by the Lagoon", "description": "Two sets and a moon.", "category_id": 1,
        "venue": {"name": "Eko Hall", "address": "1 Marina", "city": "Lagos", "state": "Lagos"},
        "start_datetime": start.isoformat(), "end_datetime": (start + timedelta(hours=3)).isoformat(),
        "refund_policy": {"until_hours": 24, "percent": 100},
        "tickets": [{"name": "Regular", "price": PRICE, "quantity": 50}],
    }  # fmt: skip
    draft = owner.call("event", "POST", "events", body, expect=201)
    assert draft["status"] == "draft"
    return owner.call("event", "POST", f"events/{draft['id']}/publish")


def find(buyer, event):
    """Looked for in the list, liked, opened."""
    found = buyer.call("event", "GET", "events", city="lagos", search="jazz")
    assert [one["id"] for one in found["data"]["items"]] == [event["id"]]
    buyer.call("favorites", "POST", "favorites", {"event_id": event["id"]}, expect=201)
    assert [like["event_id"] for like in buyer.call("favorites", "GET", "favorites")] == [event["id"]]
    (kind,) = buyer.call("event", "GET", f"events/{event['id']}/")["tickets"]
    assert kind["is_available"] is True
    return kind


def buy(store, buyer, event, kind):
    """Order two, pay in the popup, verify; the tickets."""
    body = {"event_id": event["id"], "tickets": [{"ticket_id": kind["id"], "quantity": 2}]}
    placed = buyer.call("payments", "POST", "orders", body, expect=201)
    intent, order = placed["payment_intent"], placed["order"]
    assert (intent["amount"], order["payment_status"], order["tickets"]) == (2 * PRICE * 100, "pending", [])
    popup = f"{store.environment['PAYSTACK_API_BASE']}/popup/{intent['reference']}"
    assert requests.post(popup, json={"amount": intent["amount"]}, timeout=PATIENCE).ok
    asked = {"reference": intent["reference"], "order_id": order["id"]}
    for _ in range(2):
        verdict = buyer.call("payments", "POST", "orders/verify", asked)
        assert (verdict["status"], verdict["order"]["payment_status"]) == ("success", "completed")
        assert len(verdict["order"]["tickets"]) == 2
    return order["id"], buyer.call("payments", "GET", f"orders/{order['id']}")["tickets"]


def look_at(buyer, ticket):
    """The ticket as a PDF and its code as a picture."""
    assert buyer.ask("payments", "GET", f"user/tickets/{ticket['id']}/ticket.pdf").content.startswith(b"%PDF-")
    assert buyer.ask("payments", "GET", f"user/tickets/{ticket['id']}/qr.png").content.startswith(b"\x89PNG")
    assert buyer.call("payments", "GET", "tickets")["total"] == 2


def admit_once(scanner, event, ticket):
    """Two gates, one ticket."""
    (gate_list,) = scanner.call("partner", "GET", "check-in/lists")["lists"]
    assert gate_list["id"] == event["id"]
    north, south = (
        scanner.call(
            "partner",
            "POST",
            f"check-in/lists/{event['id']}/scan",
            {"code": ticket["qr_code"], "scan_id": f"scan-{gate}", "gate": gate},
        )
        for gate in ("north", "south")
    )
    assert (north["result"], south["result"]) == ("admitted", "already_used")
    assert (south["gate"], south["used_at"]) == ("north", north["used_at"])


def give_back(buyer, order, ticket, partner, event):
    """The other ticket goes back; the partner's figures move once Paystack's event has arrived."""
    body = {"ticket_ids": [ticket["id"]]}
    assert buyer.call("payments", "GET", f"orders/{order}/refund")["amount"] == PRICE
    assert buyer.call("payments", "POST", f"orders/{order}/refund", body)["payment_status"] == "completed"
    buyer.ask("payments", "POST", f"orders/{order}/refund", body, expect=409)
    statement = f"partners/events/{event['id']}/statement"
    wait_until(lambda: partner.call("partner", "GET", statement)["refunds"] == PRICE, "the refund is booked")
    return partner.call("partner", "GET", statement)


def test_from_the_list_of_events_to_the_partners_statement_and_the_books(store):
    people = founded(store)
    event = publish(people.owner)
    buyer = WebClient(store).join("buyer")
    kind = find(buyer, event)
    buyer.refresh()
    order, (kept, returned) = buy(store, buyer, event, kind)
    look_at(buyer, kept)
    admit_once(people.scanner, event, kept)

    statement = give_back(buyer, order, returned, people.owner, event)
    figures = ("gross", "fees", "refunds", "paid_out", "balance")
    assert [statement[name] for name in figures] == [2 * PRICE, FEE, PRICE, 0, PRICE - FEE]
    assert people.owner.call("partner", "GET", "partners/dashboard")["balance"] == PRICE - FEE
    buyer.ask("partner", "GET", "partners/dashboard", expect=403)
    news = buyer.call("notifications", "GET", "notifications")["notifications"]
    assert "ticket_confirmation" in [notice["type"] for notice in news]
    assert "differ" not in store.manage("check_ledger", "--all")

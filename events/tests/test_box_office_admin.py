"""The box office in the back office: its buttons call the verbs of the API, and its figures are the ledger's."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import AdminFactory, ManagerFactory
from events.admin.events import EventAdmin
from events.models import Event, EventWord, Organizer, Payout, Ticket
from events.searching import index_all
from events.selling import refunding
from events.tests.books import over, sell
from events.tests.factories import make_event, make_organizer
from events.tests.shop import fresh, order_tickets, paid_order, paylater, tickets_for_sale

__all__ = ["paylater", "tickets_for_sale"]
pytestmark = pytest.mark.django_db


def url(row, page="change"):
    return reverse(f"admin:events_{row._meta.model_name}_{page}", args=[row.pk])


@pytest.fixture
def manager(client):
    client.force_login(ManagerFactory())
    return client


@pytest.fixture
def event():
    return make_event({"name": "plain", "price": "5000"}, **over())


def said(client, row, step, **answers):
    return client.post(url(row, step), answers, follow=True).content.decode()


def test_draft_is_published(manager):
    draft = make_event({"name": "plain"}, status="draft")
    assert "is published" in said(manager, draft, "publish")
    assert fresh(draft).status == "published"


@pytest.mark.parametrize("starts", [timedelta(days=-1), timedelta(days=1)])
def test_what_cannot_be_sold_is_not_published(manager, starts):
    """It began, or it has no ticket type."""
    types = [{"name": "plain"}] if starts < timedelta(0) else []
    draft = make_event(*types, status="draft", starts_at=timezone.now() + starts)
    said(manager, draft, "publish")
    assert fresh(draft).status == "draft"


@pytest.mark.usefixtures("tickets_for_sale")
def test_cancelling_shows_first_what_goes_back(manager):
    coming = make_event({"name": "plain", "price": "5000"})
    kind = coming.ticket_types.get()
    order = paid_order(kind, 2)
    order_tickets(kind)
    page = manager.get(url(coming, "cancel")).content.decode()
    assert "₦10,000.00 of 1 paid order go back" in page
    assert fresh(coming).status == "published"
    said(manager, coming, "cancel", reason="Rain")
    refunding.close_orders()
    assert fresh(coming).status == "cancelled"
    assert order.payments().get().refunds.get().amount == Decimal(10000)


def test_payout(client, event):
    sell(event, plain=1)
    client.force_login(AdminFactory())
    assert "4755" in client.get(url(event, "pay-out")).content.decode()
    assert "are booked as paid out" in said(client, event, "pay-out", amount="4755", bank_reference="GTB-1")
    refused = said(client, event, "pay-out", amount="1", bank_reference="GTB-2")
    assert "Only ₦0.00 are owed" in refused
    assert Payout.objects.count() == 1


def test_managers_do_not_pay_out(manager, event):
    sell(event, plain=1)
    assert "pay-out" not in manager.get(url(event)).content.decode()
    answer = manager.post(url(event, "pay-out"), {"amount": "1", "bank_reference": "GTB-1"})
    assert answer.status_code == 403
    assert not Payout.objects.exists()


def test_bank_details_are_for_those_who_pay_out(client, event):
    Organizer.objects.update(bank_details="GTB 0123456789")
    client.force_login(AdminFactory())
    assert "0123456789" in client.get(url(event.organizer)).content.decode()
    client.force_login(ManagerFactory())
    assert "0123456789" not in client.get(url(event.organizer)).content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT bank_details FROM events_organizer")
        assert "0123456789" not in cursor.fetchone()[0]


@pytest.mark.usefixtures("tickets_for_sale")
def test_order_is_refunded_in_part(manager):
    order = paid_order(make_event({"name": "plain", "price": "5000"}).ticket_types.get(), 2)
    one, _ = order.tickets.order_by("pk")
    assert "₦5,000.00 go back" in said(manager, order, "refund", tickets=[one.pk], full="on", reason="Ill")
    assert [ticket.status for ticket in order.tickets.order_by("pk")] == ["cancelled", "active"]


@pytest.mark.usefixtures("tickets_for_sale")
def test_another_orders_ticket_is_not_refunded(manager):
    kind = make_event({"name": "plain", "price": "5000"}).ticket_types.get()
    mine, other = paid_order(kind), paid_order(kind)
    said(manager, mine, "refund", tickets=[other.tickets.get().pk], full="on", reason="Ill")
    assert not Ticket.objects.filter(status="cancelled").exists()


@pytest.mark.usefixtures("tickets_for_sale")
def test_hold_is_let_go(manager):
    order = order_tickets(make_event({"name": "plain"}).ticket_types.get())
    assert "is let go" in said(manager, order, "let-go")
    assert fresh(order).status == "cancelled"


def test_scan_is_undone_with_a_reason(manager, event):
    ticket = sell(event, plain=1).tickets.get()
    Ticket.objects.update(status="used", checked_in_at=timezone.now(), checked_in_gate="North")
    said(manager, ticket, "undo-scan", reason="")
    assert fresh(ticket).status == "used"
    assert "admits again" in said(manager, ticket, "undo-scan", reason="Scanned at home")
    assert fresh(ticket).status == "active"


def test_codes_are_not_shown(manager, event):
    ticket = sell(event, plain=1).tickets.get()
    Ticket.objects.update(code="TICKET-SESAME")
    assert "SESAME" not in manager.get(url(ticket)).content.decode()


def test_organizer_is_verified(manager):
    organizer = make_organizer(verified=False)
    said(manager, organizer, "verify")
    assert fresh(organizer).is_verified


def test_balances_of_an_organizer(manager, event):
    sell(event, plain=1)
    assert "₦4,755.00" in manager.get(url(event.organizer)).content.decode()


def test_a_type_is_hidden_until_a_voucher_opens_it(manager):
    event = make_event({"name": "Friends", "price": "0"}, {"name": "Regular", "price": "0"})
    kind = event.ticket_types.get(name="Friends")
    manager.post(url(kind), {"is_hidden": "on", "name": "Mine", "_save": "1"})
    assert (fresh(kind).is_hidden, fresh(kind).name) == (True, "Friends")
    voucher = {"event": event.pk, "code": " friend ", "kind": "unlock", "value": 0, "max_uses": 1, "_save": "1"}
    manager.post(reverse("admin:events_voucher_add"), {**voucher, "ticket_type": kind.pk})
    assert order_tickets(kind, voucher="Friend").status == "completed"
    assert manager.get(url(kind, "delete")).status_code == 403


def test_staff_write_nothing_but_what_they_changed(manager, monkeypatch):
    """An organizer's change that comes between the page and the saving stays."""
    event = make_event({})
    load = EventAdmin.get_object

    def changed_meanwhile(*args, **kwargs):
        found = load(*args, **kwargs)
        Event.objects.update(title="New", status="cancelled")
        return found

    monkeypatch.setattr(EventAdmin, "get_object", changed_meanwhile)
    inlines = {
        f"{name}-{count}_FORMS": 0 for name in ("ticket_types", "status_history") for count in ("TOTAL", "INITIAL")
    }
    manager.post(url(event), {"is_featured": "on", "_save": "1", **inlines})
    event = fresh(event)
    assert (event.is_featured, event.title, event.status) == (True, "New", "cancelled")


def test_gates_count(manager):
    now = timezone.now()
    on = make_event({"name": "plain"}, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=2))
    sell(on, plain=3)
    ticket = on.issued_tickets.first()
    Ticket.objects.filter(pk=ticket.pk).update(status="used", checked_in_at=now, checked_in_gate="North")
    page = manager.get(reverse("admin:events_event_gates")).content.decode()
    assert "1 of 3" in page and "North: 1" in page


def test_first_page_shows_the_box_office(manager, event):
    sell(event, plain=2)
    page = manager.get("/admin/").content.decode()
    assert "₦9,510.00" in page and "Tickets sold" in page


@pytest.mark.parametrize("name", ["event", "ticketorder", "ticket", "payout", "organizer"])
def test_lists_take_the_same_queries_for_many(client, name):
    client.force_login(AdminFactory())

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(f"admin:events_{name}_changelist")).status_code == 200
        return len(captured)

    sell(make_event({"name": "plain"}), plain=1)
    few = queries()
    for _ in range(3):
        sell(make_event({"name": "plain"}), plain=1)
    assert queries() == few
    assert Event.objects.count() == 4


@pytest.mark.parametrize(("kind", "name"), [("venue", "Palace"), ("organizer", "Palace"), ("category", "Palace")])
def test_events_are_found_by_the_new_name_of_what_they_belong_to(manager, kind, name):
    event = make_event({"name": "plain"})
    index_all(Event.objects.filter(pk=event.pk))
    row = getattr(event, kind)
    page = manager.get(url(row))
    form = page.context["adminform"].form
    body = {key: form[key].value() or "" for key in form.fields}
    for inline in page.context["inline_admin_formsets"]:
        for field in inline.formset.management_form:
            body[field.html_name] = field.value()
        for one in inline.formset.forms:
            body |= {field.html_name: field.value() or "" for field in one}
    answer = manager.post(url(row), {**body, "name": name})
    assert answer.status_code == 302, answer.content
    assert EventWord.objects.filter(event=event, word="palace").exists()

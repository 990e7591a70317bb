"""Every page of the back office, opened by everybody."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Session, User
from accounts.sessions.tokens import open_session
from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from catalog.models import Brand, Category, Device, GradePrice, Product, RentalTerm, StockMovement
from catalog.tests.factories import DeviceFactory
from core.clock.models import ChoreRun
from events.models import (
    Category as EventCategory,
)
from events.models import (
    Event,
    Organizer,
    Payout,
    Scan,
    Ticket,
    TicketOrder,
    TicketType,
    Venue,
    Voucher,
    WaitingEntry,
)
from events.money.payouts import record_payout
from events.tests.books import over, sell
from events.tests.factories import make_event
from notifications.models import Email, Suppression
from notifications.tests.factories import EmailFactory, SuppressionFactory
from orders.fulfilment import payment_intent_for
from orders.models import Order, ShippingMethod, TaxRate
from orders.tests.shop import make_order, paid_order
from payments.ledger.closing import close_day
from payments.models import (
    DayClosing,
    Dispute,
    Invoice,
    LedgerEntry,
    LedgerLine,
    Payment,
    Refund,
    SavedCard,
    WebhookEvent,
)
from payments.tests.shop import dispute_of, save_card
from rentals.models import ChargeAttempt, Contract, Rental
from rentals.tests.factories import make_rental
from storesync.models import Connection, Delivery, ErpConfig, SkuMapping, StockCache, StoreOrder, SyncRun
from storesync.tests.back_office import store_rows

pytestmark = pytest.mark.django_db

OK, NO = 200, 403
# What an admin and a manager get: list, add, one record.
PAGES = {
    Product: ((OK, OK, OK), (OK, OK, OK)),
    Category: ((OK, OK, OK), (OK, OK, OK)),
    Brand: ((OK, OK, OK), (OK, OK, OK)),
    Device: ((OK, NO, OK), (OK, NO, OK)),
    StockMovement: ((OK, NO, OK), (OK, NO, OK)),
    GradePrice: ((OK, NO, OK), (OK, NO, OK)),
    RentalTerm: ((OK, OK, OK), (OK, NO, OK)),
    Order: ((OK, NO, OK), (OK, NO, OK)),
    ShippingMethod: ((OK, OK, OK), (OK, NO, OK)),
    TaxRate: ((OK, OK, OK), (OK, NO, OK)),
    Payment: ((OK, NO, OK), (OK, NO, OK)),
    Refund: ((OK, NO, OK), (OK, NO, OK)),
    Invoice: ((OK, NO, OK), (OK, NO, OK)),
    Dispute: ((OK, NO, OK), (OK, NO, OK)),
    LedgerEntry: ((OK, NO, OK), (OK, NO, OK)),
    LedgerLine: ((OK, NO, OK), (OK, NO, OK)),
    DayClosing: ((OK, NO, OK), (OK, NO, OK)),
    SavedCard: ((OK, NO, OK), (OK, NO, OK)),
    WebhookEvent: ((OK, NO, OK), (NO, NO, NO)),
    Rental: ((OK, NO, OK), (OK, NO, OK)),
    Contract: ((OK, NO, OK), (OK, NO, OK)),
    ChargeAttempt: ((OK, NO, OK), (OK, NO, OK)),
    Event: ((OK, NO, OK), (OK, NO, OK)),
    TicketType: ((OK, NO, OK), (OK, NO, OK)),
    TicketOrder: ((OK, NO, OK), (OK, NO, OK)),
    Ticket: ((OK, NO, OK), (OK, NO, OK)),
    Scan: ((OK, NO, OK), (OK, NO, OK)),
    Organizer: ((OK, OK, OK), (OK, OK, OK)),
    Payout: ((OK, NO, OK), (OK, NO, OK)),
    Voucher: ((OK, OK, OK), (OK, OK, OK)),
    WaitingEntry: ((OK, NO, OK), (OK, NO, OK)),
    Venue: ((OK, OK, OK), (OK, OK, OK)),
    EventCategory: ((OK, OK, OK), (OK, OK, OK)),
    Connection: ((OK, NO, OK), (OK, NO, OK)),
    StoreOrder: ((OK, NO, OK), (OK, NO, OK)),
    SkuMapping: ((OK, NO, OK), (OK, NO, OK)),
    StockCache: ((OK, NO, OK), (OK, NO, OK)),
    SyncRun: ((OK, NO, OK), (OK, NO, OK)),
    ErpConfig: ((OK, NO, OK), (OK, NO, OK)),
    Delivery: ((OK, NO, OK), (NO, NO, NO)),
    User: ((OK, NO, OK), (OK, NO, OK)),
    Session: ((OK, NO, OK), (NO, NO, NO)),
    Email: ((OK, NO, OK), (OK, NO, OK)),
    Suppression: ((OK, NO, OK), (OK, NO, OK)),
    ChoreRun: ((OK, NO, OK), (NO, NO, NO)),
    DBTaskResult: ((OK, NO, OK), (NO, NO, NO)),
}
SHORT = {
    "products": "catalog_product_changelist",
    "orders": "orders_order_changelist",
    "rentals": "rentals_rental_changelist",
    "events": "events_event_changelist",
    "customers": "accounts_user_changelist",
    "settings": "orders_shippingmethod_changelist",
    "reports": "index",
}
# Buttons on an order and a rental that are pending, a product, a failed event, a waiting refund and a session:
# (model, name, method) and what an admin and a manager get.
STEPS = [
    (Order, "process", "get", OK, OK),
    (Order, "cancel", "get", OK, OK),
    (Rental, "record-payment", "get", OK, OK),
    (Rental, "cancel", "get", OK, OK),
    (Rental, "verify", "post", 302, 302),
    (Rental, "evidence", "post", OK, OK),
    (Order, "evidence", "post", OK, OK),
    (Dispute, "evidence", "post", OK, OK),
    (Contract, "verify", "post", 302, 302),
    (Product, "remove", "get", OK, OK),
    (Product, "archive", "post", 302, 302),
    (Product, "track", "get", OK, OK),
    (Device, "repair", "get", OK, OK),
    (Device, "retire", "get", OK, OK),
    (Device, "notes", "get", OK, OK),
    (WebhookEvent, "run-again", "post", 302, NO),
    (Refund, "try-again", "post", 302, NO),
    (Session, "end", "post", 302, NO),
    (Email, "send-again", "post", 302, 302),
    (Suppression, "allow", "get", OK, OK),
    (ChoreRun, "run-now", "post", 302, NO),
    (Event, "cancel", "get", OK, OK),
    (Event, "pay-out", "get", OK, NO),
    (TicketOrder, "refund", "get", OK, OK),
    (Ticket, "undo-scan", "get", OK, OK),
    (Organizer, "unverify", "get", OK, OK),
    (Connection, "sync-now", "post", 302, 302),
    (Connection, "renew-hooks", "post", 302, 302),
    (Connection, "pause", "get", OK, OK),
    (StoreOrder, "replay", "post", 302, 302),
    (StoreOrder, "map-sku", "get", OK, OK),
    (StoreOrder, "dismiss", "get", OK, OK),
    (SkuMapping, "map", "get", OK, OK),
    (SkuMapping, "unmap", "get", OK, OK),
    (Delivery, "payload", "post", OK, NO),
    (Delivery, "replay", "post", 302, NO),
]


@pytest.fixture
def world():
    """One row of everything."""
    paid_order()  # for its invoice; the rows of the steps come after it
    order = make_order()
    payment = payment_intent_for(order=order)
    Refund.objects.create(payment=payment, amount=1, reason="Because")
    WebhookEvent.objects.keep(
        gateway="sandbox", event_id="evt_1", kind="unknown", payload='{"data": {"object": {}}}', status="failed"
    )
    TaxRate.objects.create(country="US", state="CA", percent="8.25")
    ShippingMethod.objects.get_or_create(code="express", defaults={"name": "Express", "price": 10})
    save_card(order.user)
    dispute_of(payment)
    close_day(day=date(2026, 1, 31), now=timezone.now())
    rental = make_rental(user=order.user, product=order.lines.get().product)
    ChargeAttempt.objects.create(installment=rental.installments.first(), number=1)
    EmailFactory(status=Email.Status.FAILED)
    SuppressionFactory()
    ChoreRun.begin("expire_orders").end(ChoreRun.Outcome.SUCCEEDED, ["orders expired: 0"])
    DeviceFactory(product=order.lines.get().product)
    open_session(user=order.user)
    box_office_rows()
    store_rows()
    return order


def box_office_rows():
    """An event that is over, paid out, with a ticket that was scanned."""
    event = make_event({"name": "Regular"}, **over())
    ticket = sell(event, Regular=1).tickets.get()
    Ticket.objects.update(status="used", checked_in_at=timezone.now())
    Scan.objects.create(
        event=event, scan_id="1", scan_digest="1", ticket=ticket, result="admitted", scanned_by=ticket.user,
        scanned_at=timezone.now(),
    )  # fmt: skip
    record_payout(event=event, amount=Decimal(1), bank_reference="GTB-1", by=AdminFactory())
    Voucher.objects.create(event=event, code="LAGOS", kind="percent", value=10)
    WaitingEntry.objects.create(
        user=ticket.user, event=event, ticket_type=ticket.ticket_type, quantity=1, token_digest="1"
    )


def url(model, page, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def pages():
    """(model, page) of every page of the table."""
    return [(model, page) for model in PAGES for page in ("changelist", "add", "change")]


def address(model, page):
    row = model.objects.first()
    assert row is not None, f"the world has no {model.__name__}"
    return url(model, page, *([row.pk] if page == "change" else []))


def test_table_names_every_model_of_the_site():
    assert set(PAGES) == set(admin.site._registry)


@pytest.mark.parametrize("column, factory", [(0, AdminFactory), (1, ManagerFactory)])
def test_staff_pages(client, world, column, factory):
    client.force_login(factory())
    wanted = {
        (model, page): PAGES[model][column][n]
        for model in PAGES
        for n, page in enumerate(("changelist", "add", "change"))
    }
    got = {(model, page): client.get(address(model, page)).status_code for model, page in pages()}
    assert got == wanted


@pytest.mark.parametrize("key", ["abc", "-1", "9" * 30, "\u0663"])
def test_nonsense_in_every_field_of_a_form_breaks_no_page(client, world, key):
    client.force_login(AdminFactory())
    for target in [address(model, "add") for model in PAGES if PAGES[model][0][1] == 200]:
        shown = client.get(target).context
        body = dict.fromkeys(shown["adminform"].form.fields, key)
        for inline in shown["inline_admin_formsets"]:
            prefix = inline.formset.prefix
            body |= {f"{prefix}-TOTAL_FORMS": 1, f"{prefix}-INITIAL_FORMS": 0}
            body |= {f"{prefix}-0-{name}": key for name in inline.formset.empty_form.fields}
        assert client.post(target, body).status_code in (200, 302), target


def test_every_record_has_a_history(client, world):
    client.force_login(AdminFactory())
    for model in PAGES:
        assert client.get(url(model, "history", model.objects.first().pk)).status_code == 200, model


@pytest.mark.parametrize("factory", [None, UserFactory])
def test_pages_are_closed_to_everybody_else(client, world, factory):
    if factory:
        client.force_login(factory())
    for model, page in pages():
        target = address(model, page)
        answer = client.get(target)
        assert (answer.status_code, answer.url) == (302, f"/admin/login/?next={target}"), target
    for model, name, _, *_ in STEPS:
        target = url(model, name, model.objects.first().pk)
        assert client.post(target).url.startswith("/admin/login/"), target
    assert not Product.objects.exclude(archived_at=None).exists()


@pytest.mark.parametrize("column, factory", [(-2, AdminFactory), (-1, ManagerFactory)])
@pytest.mark.parametrize("row", STEPS)
def test_steps_by_role(client, world, row, column, factory):
    client.force_login(factory())
    model, name, method = row[:3]
    answer = getattr(client, method)(url(model, name, model.objects.first().pk))
    assert answer.status_code == row[column]


def test_a_step_needs_the_token_of_its_form(world):
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    client.force_login(AdminFactory())
    assert client.post(url(Product, "archive", world.lines.get().product_id)).status_code == 403
    assert not Product.objects.exclude(archived_at=None).exists()


def test_a_step_on_nothing_is_not_found(client, world):
    client.force_login(AdminFactory())
    for key in ("999999", "abc", "9" * 40):
        assert client.post(url(Order, "cancel", key)).status_code == 404


@pytest.mark.parametrize("slash", ["", "/"])
@pytest.mark.parametrize("short", SHORT)
def test_short_addresses(client, world, short, slash):
    path = f"/admin/{short}{slash}"
    assert client.get(path).url == f"/admin/login/?next={path}"
    client.force_login(ManagerFactory())
    answer = client.get(path, follow=True)
    assert answer.status_code == 200
    assert answer.redirect_chain == [(reverse(f"admin:{SHORT[short]}"), 302)]


def test_side_bar_shows_what_the_role_may_see(client):
    client.force_login(ManagerFactory())
    page = client.get("/admin/").content.decode()
    for shown in ("orders_order_changelist", "rentals_rental_late", "rentals_installment_changelist"):
        assert reverse(f"admin:{shown}") in page
    assert reverse("admin:payments_webhookevent_changelist") not in page
    client.force_login(AdminFactory())
    assert reverse("admin:payments_webhookevent_changelist") in client.get("/admin/").content.decode()


def test_login_and_lock_out(client):
    admin_user = AdminFactory()
    form = {"username": admin_user.email.upper(), "password": "Correct-horse-1!"}
    assert client.post("/admin/login/", form).url == "/admin/"
    client.logout()
    for _ in range(4):
        assert client.post("/admin/login/", {**form, "password": "wrong"}).status_code == 200
    locked = client.post("/admin/login/", {**form, "password": "wrong"})
    assert locked.status_code == 429
    assert locked["Retry-After"] == "900"
    assert "locked for a while" in locked.content.decode()
    assert client.post("/admin/login/", form).status_code == 429


def test_customers_do_not_get_in(client):
    customer = UserFactory()
    answer = client.post("/admin/login/", {"username": customer.email, "password": "Correct-horse-1!"})
    assert answer.status_code == 200
    assert client.get("/admin/").status_code == 302

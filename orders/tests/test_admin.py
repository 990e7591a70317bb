"""The orders' pages and the dashboard."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import AddressFactory, AdminFactory, ManagerFactory, UserFactory
from catalog.admin.widgets import low_stock, out_of_stock, stock_figures
from catalog.models import Product
from catalog.tests.factories import ProductFactory
from orders import dashboard
from orders.fulfilment import cancel_order, change_status, payment_intent_for
from orders.models import Order, ShippingMethod
from orders.tests.shop import make_order
from payments import services as payments
from payments.models import Payment, SandboxIntent

pytestmark = pytest.mark.django_db

LIST = "/admin/orders/order/"
STEPS = {
    "process": "Mark as processing",
    "ship": "Ship",
    "deliver": "Mark as delivered",
    "cancel": "Cancel and refund",
}
OFFERED = {
    "pending": {"process", "cancel"},
    "processing": {"ship", "cancel"},
    "shipped": {"deliver"},
    "delivered": set(),
    "cancelled": set(),
}


@pytest.fixture
def manager(client):
    user = ManagerFactory()
    client.force_login(user)
    return user


def step(order, name):
    return reverse(f"admin:orders_order_{name}", args=[order.pk])


def page(order):
    return reverse("admin:orders_order_change", args=[order.pk])


def paid(order):
    """Pay the order as a customer does."""
    payment = payment_intent_for(order=order)
    SandboxIntent.objects.filter(intent_id=payment.intent_id).update(status="succeeded", charge_id="ch_1")
    payments.confirm(payment=payment)
    order.refresh_from_db()
    return order


def brought_to(status, by):
    """An order in this status, on the way that orders go."""
    order = make_order()
    ways = {"pending": [], "cancelled": []}
    for following in ways.get(status, ["processing", "shipped", "delivered"]):
        change_status(order=order, status=following, by=by)
        if following == status:
            break
    if status == "cancelled":
        cancel_order(order=order, by=by)
    assert order.status == status
    return order


def said(answer):
    return [str(message) for message in answer.context["messages"]]


def queries(client, path):
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize("status", OFFERED)
def test_a_button_for_each_allowed_step_and_no_other(client, manager, status):
    order = brought_to(status, manager)
    html = client.get(page(order)).content.decode()
    assert {name for name in STEPS if step(order, name) in html} == OFFERED[status]


@pytest.mark.parametrize("status", OFFERED)
def test_a_stale_button_says_so_and_changes_nothing(client, manager, status):
    order = brought_to(status, manager)
    for name in STEPS.keys() - OFFERED[status]:
        answer = client.post(step(order, name), {"carrier": "UPS", "tracking_number": "Z"}, follow=True)
        assert answer.status_code == 200
        assert "no longer possible" in said(answer)[0]
    order.refresh_from_db()
    assert (order.status, order.tracking_number) == (status, "")


def test_from_payment_to_the_door(client, manager):
    order = paid(make_order())
    form = {"carrier": "UPS", "tracking_number": "1Z999", "note": "Left today"}
    assert client.get(step(order, "ship")).status_code == 200
    assert said(client.post(step(order, "ship"), form, follow=True)) == [f"{order} was shipped."]
    html = client.get(page(order)).content.decode()
    assert "1Z999" in html and "Left today" in html
    assert said(client.post(step(order, "deliver"), follow=True)) == [f"{order} was delivered."]
    history = list(order.status_history.order_by("pk").values_list("status", "actor"))
    assert history[-2:] == [("shipped", manager.pk), ("delivered", manager.pk)]


def test_shipping_needs_a_carrier(client, manager):
    order = paid(make_order())
    answer = client.post(step(order, "ship"), {"tracking_number": "1Z999"})
    assert answer.context["form"].errors["carrier"]
    order.refresh_from_db()
    assert order.status == "processing"


def test_cancelling_gives_back_stock_and_money(client, manager):
    order = paid(make_order(inventory_count=5, quantity=2))
    assert Product.objects.get().inventory_count == 3
    client.post(step(order, "cancel"), {"note": "They called"})
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("cancelled", "refunded")
    assert Product.objects.get().inventory_count == 5
    assert order.status_history.filter(status="cancelled", notes="They called", actor=manager).exists()
    html = client.get(page(order)).content.decode()
    assert "Refund #" in html and "They called" in html


def test_asking_does_nothing(client, manager):
    order = make_order()
    assert client.get(step(order, "cancel")).status_code == 200
    order.refresh_from_db()
    assert order.status == "pending"


@pytest.mark.parametrize("factory", [ManagerFactory, AdminFactory])
def test_a_raw_status_cannot_be_posted(client, factory):
    client.force_login(factory())
    order = make_order()
    answer = client.post(page(order), {"status": "delivered", "payment_status": "paid", "total": "0", "_save": "1"})
    assert answer.status_code == 403
    order.refresh_from_db()
    assert (order.status, order.payment_status) == ("pending", "pending")
    assert order.total > 0


def test_what_customers_wrote_is_text(client, manager):
    address = AddressFactory(street_address="<script>alert(1)</script>")
    order = make_order(user=address.user, name="<b>bold</b>")
    Order.objects.filter(pk=order.pk).update(notes="<img src=x onerror=alert(1)>")
    html = client.get(page(order)).content.decode()
    assert "<script>alert(1)" not in html and "<b>bold" not in html and "<img src=x" not in html
    assert "&lt;b&gt;bold" in html


@pytest.mark.parametrize("term", ["#{pk}", "ada@example.com", "Ada Byron", "TELE-1", "1Z999"])
def test_search(client, manager, term):
    wanted = make_order(user=UserFactory(email="ada@example.com", last_name="Byron"), sku="TELE-1", name="Telescope")
    make_order(user=UserFactory(email="bob@example.com", first_name="Bob"))
    Order.objects.filter(pk=wanted.pk).update(tracking_number="1Z999")
    answer = client.get(LIST, {"q": term.format(pk=wanted.pk)})
    assert [order.pk for order in answer.context["cl"].result_list] == [wanted.pk]


def test_a_bare_number_finds_its_order_too(client, manager):
    order = make_order()
    answer = client.get(LIST, {"q": str(order.pk)})
    assert order.pk in [found.pk for found in answer.context["cl"].result_list]


@pytest.mark.parametrize("term", ["9" * 40, "#" + "9" * 40, "#", "%", "'", '"', "\x00", "😀", "-1"])
def test_searching_for_nonsense_finds_nothing_and_breaks_nothing(client, manager, term):
    make_order()
    assert client.get(LIST, {"q": term}).status_code == 200


def test_filters(client, manager):
    pending, shipped = make_order(), brought_to("shipped", manager)
    answer = client.get(LIST, {"status__exact": "shipped"})
    assert [order.pk for order in answer.context["cl"].result_list] == [shipped.pk]
    assert client.get(LIST).context["cl"].result_count == 2
    assert pending.pk != shipped.pk


def test_list_and_page_ask_the_same_for_any_number_of_rows(client, manager):
    order = paid(make_order())
    few = queries(client, LIST), queries(client, page(order)), queries(client, "/admin/")
    for _ in range(2):
        cancel_order(order=paid(make_order()))
    big = place_big(order.user)
    many = queries(client, LIST), queries(client, page(big)), queries(client, "/admin/")
    assert many[0] == few[0] <= 8
    assert many[1] <= few[1] <= 15
    assert many[2] == few[2] <= 27


def place_big(user):
    """An order over three products."""
    from orders.placing import place_order

    items = [{"product_id": ProductFactory().pk, "quantity": 1} for _ in range(3)]
    return paid(place_order(user=user, items=items, shipping_address_id=user.addresses.first().pk))


def test_a_manager_reads_prices_of_shipping_and_an_admin_sets_them(client, manager):
    method, _ = ShippingMethod.objects.get_or_create(code="express", defaults={"name": "Express", "price": 10})
    url = reverse("admin:orders_shippingmethod_change", args=[method.pk])
    form = {"name": "Express", "code": "express", "price": "12.50", "is_active": "on"}
    assert client.post(url, form).status_code == 403
    client.force_login(AdminFactory())
    assert client.post(url, form).status_code == 302
    method.refresh_from_db()
    assert method.price == Decimal("12.50")


def test_figures(settings):
    settings.LOW_STOCK_LEVEL = 2
    order = paid(make_order(price=Decimal("100.00"), inventory_count=3))
    make_order()
    gone = make_order(price=Decimal("7.00"), inventory_count=1)
    cancel_order(order=paid(gone))
    ProductFactory(inventory_count=0, name="Out")
    ProductFactory(inventory_count=0, archived_at=timezone.now(), name="Archived")
    today = timezone.localdate()
    figures = dashboard.order_figures(today=today)
    assert figures == {"orders_today": 2, "orders_month": 2, "to_ship": 1, "unpaid": 1}
    days = dashboard.revenue_by_day(today=today)
    assert (len(days), days[-1].date, days[-1].revenue, days[-1].height) == (30, today, order.total, 100)
    assert sum(day.revenue for day in days) == order.total
    assert [product.name for product in out_of_stock()] == ["Out"]
    assert {product.inventory_count for product in low_stock()} <= {1, 2}
    assert stock_figures()["out"] == 1


def test_figures_know_their_days():
    order = paid(make_order(price=Decimal("100.00")))
    Payment.objects.update(settled_at=dashboard.start_of(date(2026, 3, 1)))
    Order.objects.update(order_date=dashboard.start_of(date(2026, 3, 1)))
    on_the_day = dashboard.revenue_by_day(today=date(2026, 3, 1))
    last_day = dashboard.revenue_by_day(today=date(2026, 3, 30))
    too_late = dashboard.revenue_by_day(today=date(2026, 3, 31))
    assert [sum(day.revenue for day in days) for days in (on_the_day, last_day, too_late)] == [order.total] * 2 + [0]
    assert dashboard.order_figures(today=date(2026, 3, 30))["orders_month"] == 1
    assert dashboard.order_figures(today=date(2026, 3, 31))["orders_month"] == 0


def test_an_empty_shop_has_a_dashboard(client, manager):
    assert "No orders yet." in client.get("/admin/").content.decode()

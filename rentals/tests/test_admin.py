"""The rentals' pages and lists: who sees what, found how, at which cost; and that no one edits anything."""

from decimal import Decimal

import pytest
from django.contrib import admin
from django.utils import timezone

from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from catalog.tests.factories import tracked_product
from core.admin.base import ReadOnly
from payments.models import Refund
from rentals import dashboard
from rentals.lifecycle import services
from rentals.models import ChargeAttempt, Contract, Installment, Rental
from rentals.tests.back_office import DUE, LATE, LIST, brought_to, document, listed, page, queries, with_autopay
from rentals.tests.factories import make_rental
from rentals.tests.shop import by_hand, command, old_rental

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    user = ManagerFactory()
    client.force_login(user)
    return user


@pytest.fixture
def fees(settings):
    settings.LATE_FEES = True


@pytest.mark.parametrize(
    "factory, status", [(None, 302), (UserFactory, 302), (ManagerFactory, 200), (AdminFactory, 200)]
)
def test_lists_and_documents_are_for_staff(client, factory, status):
    rental = make_rental()
    if factory:
        client.force_login(factory())
    for path in (LIST, LATE, DUE, page(rental), document(rental, "contract"), page(rental.contract)):
        answer = client.get(path)
        assert answer.status_code == status, path
        assert status == 200 or answer.url.startswith("/admin/login/")


@pytest.mark.parametrize("factory", [ManagerFactory, AdminFactory])
def test_nothing_is_edited_by_hand(client, factory):
    client.force_login(factory())
    rental = make_rental(signed=True)
    ChargeAttempt.objects.create(installment=rental.installments.first(), number=1)
    before = Rental.objects.values().get(), Contract.objects.values().get()
    forged = {"status": "completed", "monthly_rate": "1", "text": "Free", "signer_name": "Mallory", "_save": "1"}
    for record in (rental, rental.contract, ChargeAttempt.objects.get()):
        assert client.post(page(record), forged).status_code == 403
        assert client.post(page(record).replace("change", "delete"), {"post": "yes"}).status_code == 403
    assert (Rental.objects.values().get(), Contract.objects.values().get()) == before


def test_every_page_of_the_app_is_read_only():
    ours = [page for model, page in admin.site._registry.items() if model._meta.app_label == "rentals"]
    assert len(ours) == 3
    assert all(isinstance(page, ReadOnly) for page in ours)


def test_page_tells_all(client, manager, fees):
    product = tracked_product(devices=1, rental_price=Decimal("89.99"))
    rental = with_autopay(old_rental(40, paid=1, product=product, state="NY"))
    command("send_payment_reminders")
    ChargeAttempt.objects.create(
        installment=rental.installments.get(number=2),
        number=1,
        status="declined",
        finished_at=timezone.now(),
        failure_code="insufficient_funds",
    )
    answer = client.get(page(rental))
    html = answer.content.decode()
    quote = answer.context["quote"]
    assert answer.context["late"].text == answer.context["lines"][1].text
    assert (quote.fees, quote.total) == (Decimal("9.00"), quote.price.price + 9)
    for words in (
        *("1 of 12", "89.99 USD", "1,079.88 USD", "599.99 USD", "New York, version 1", f"{quote.total:,.2f} USD"),
        *("Taken by", "Late fee 9.00 USD", "192.0.2.7", "insufficient_funds", "Visa •••• 4242"),
        *(rental.contract.text_sha256, rental.contract.chain_head, rental.device.serial, rental.user.email),
        *(document(rental, "contract"), document(rental, "signed"), page(rental.contract), "days late"),
    ):
        assert words in html, words
    assert f"/admin/catalog/device/{rental.device_id}/change/" in html
    assert document(rental, "ownership") not in html


def test_page_shows_what_went_back(client, manager):
    rental = make_rental()
    by_hand(rental)
    services.cancel_rental(rental=rental)
    html = client.get(page(rental)).content.decode()
    assert f"Refund #{Refund.objects.get().pk}" in html and "was cancelled" in html


def test_what_customers_wrote_is_text(client, manager):
    user = UserFactory(first_name="<script>alert(1)</script>")
    rental = make_rental(user=user, name="<b>bold</b>")
    services.cancel_rental(rental=rental, by=user, note="<img src=x onerror=alert(1)>")
    for path in (page(rental), page(rental.contract), LIST, "/admin/rentals/contract/"):
        html = client.get(path).content.decode()
        assert "<script>alert(1)" not in html and "<b>bold" not in html and "<img src=x" not in html, path


def test_documents(client, manager):
    rental = brought_to("completed")
    for kind in ("contract", "signed", "ownership"):
        answer = client.get(document(rental, kind))
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content == bytes(rental.contract.documents.get(kind=kind).content)
        assert document(rental, kind) in client.get(page(rental)).content.decode()
    unsigned = make_rental()
    for kind in ("signed", "ownership", "nonsense"):
        assert client.get(document(unsigned, kind)).status_code == 404
    assert client.get(document(unsigned, "contract").replace(f"/{unsigned.pk}/", "/999999/")).status_code == 404


@pytest.mark.parametrize(
    "term", ["#{pk}", "ada@example.com", "Ada Byron", "TELE-1", "Telescope", "{serial}", "1Z999"]
)
@pytest.mark.parametrize("path", [LIST, LATE, DUE])
def test_search(client, manager, path, term):
    ada = UserFactory(email="ada@example.com", first_name="Ada", last_name="Byron")
    product = tracked_product(devices=1, sku="TELE-1", name="Telescope")
    ago = {LIST: 0, LATE: 20, DUE: 0}[path]
    wanted = old_rental(ago, user=ada, product=product)
    old_rental(ago, user=UserFactory(email="bob@example.com", first_name="Bob"))
    Rental.objects.filter(pk=wanted.pk).update(tracking_number="1Z999")
    words = term.format(pk=wanted.pk, serial=wanted.device.serial.lower())
    assert listed(client, path, q=words) == [wanted.pk]


@pytest.mark.parametrize("term", ["9" * 40, "#" + "9" * 40, "#", "%", "'", '"', "\x00", "😀", "-1"])
def test_searching_for_nonsense_breaks_nothing(client, manager, term):
    old_rental(10)
    for path in (LIST, LATE, DUE, "/admin/rentals/contract/", "/admin/rentals/chargeattempt/"):
        assert client.get(path, {"q": term}).status_code == 200


def test_filters(client, manager):
    pending, returned = make_rental(), brought_to("returned")
    long, week, day = old_rental(30), old_rental(8), with_autopay(old_rental(1))
    today = old_rental(0)
    for query, wanted in (
        ({"late": "1"}, [day, week, long]),
        ({"late": "8"}, [week, long]),
        ({"late": "30"}, [long]),
        ({"due": "week"}, [today, long]),
        ({"pays": "on"}, [day]),
        ({"pays": "off", "status__exact": "active"}, [today, week, long]),
        ({"todo": "ship"}, [today, day, week, long]),
        ({"todo": "check-in"}, [returned]),
        ({"status__exact": "pending"}, [pending]),
        ({"late": "nonsense", "todo": "nonsense"}, [today, day, week, long, returned, pending]),
    ):
        got = listed(client, LIST, **query)
        assert sorted(got) == sorted(rental.pk for rental in wanted), query


def test_late_list(client, manager, fees):
    short, long = old_rental(9, state="CA"), with_autopay(old_rental(45, paid=1, state="NY"))
    make_rental(), brought_to("returned")
    Installment.objects.update(amount=Decimal("89.99"))
    command("send_payment_reminders")
    answer = client.get(LATE)
    assert listed(client, LATE) == [long.pk, short.pk]
    assert listed(client, LATE, late="8") == [long.pk, short.pk]
    assert listed(client, LATE, pays="on") == [long.pk]
    assert answer.context["totals"] == {
        "rentals": 2, "count": 2, "total": Decimal("179.98"), "fees": Decimal("13.50"),
    }  # fmt: skip
    first, second = answer.context["cl"].result_list
    assert (first.open_fees, second.open_fees) == (Decimal("9.00"), Decimal("4.50"))
    assert first.reminded_on == timezone.localdate()
    html = answer.content.decode()
    assert "9 days" in html and "7 days late" in html and page(long) in html


def test_due_list(client, manager):
    later = old_rental(28, paid=1)  # due again within the week, whatever month it is
    today, paid = with_autopay(old_rental(0)), old_rental(0, paid=1)
    make_rental(), old_rental(1)
    assert listed(client, DUE) == [today.pk, later.pk]
    assert listed(client, DUE, pays="on") == [today.pk]
    totals = client.get(DUE).context["totals"]
    assert totals == {"count": 2, "total": Decimal("99.98"), "by_autopay": Decimal("49.99")}
    html = client.get(DUE).content.decode()
    assert "today" in html and page(today) in html and page(paid) not in html


def test_week_has_seven_days():
    installment = old_rental(0).installments.first()
    for due, shown in ((-1, False), (0, True), (6, True), (7, False)):
        today = installment.due_date - timezone.timedelta(days=due)
        assert dashboard.due_this_week(today=today).filter(pk=installment.pk).exists() is shown, due


def test_first_page(client, manager):
    old_rental(9), old_rental(0), brought_to("returned")
    figures = client.get("/admin/").context["rentals"]
    assert figures == {
        "due": 1, "due_amount": Decimal("49.99"), "late": 1, "late_amount": Decimal("49.99"),
        "to_ship": 2, "to_check_in": 1,
    }  # fmt: skip


def test_a_customer_has_their_rentals(client, manager):
    mine, other = make_rental(), make_rental()
    html = client.get(f"/admin/accounts/user/{mine.user_id}/change/").content.decode()
    assert page(mine) in html and page(other) not in html


def rich_rental(user=None, months=3):
    """A rental with one of everything that a page shows."""
    # Two months are 59 to 62 days: one installment is late, and the next one due within the week.
    rental = with_autopay(old_rental(58, paid=1, months=months, **({"user": user} if user else {})))
    command("send_payment_reminders")
    for installment in rental.installments.all()[:2]:
        ChargeAttempt.objects.create(installment=installment, number=1)
    return rental


def test_queries_do_not_grow_with_rows(client, manager, fees):
    rental = rich_rental()
    customer = f"/admin/accounts/user/{rental.user_id}/change/"
    paths = [LIST, LATE, DUE, "/admin/rentals/contract/", "/admin/rentals/chargeattempt/", customer, "/admin/"]
    assert listed(client, LATE) == listed(client, DUE) == [rental.pk]
    few = {path: queries(client, path) for path in paths}
    small = queries(client, page(rental))
    for _ in range(2):
        big = rich_rental(user=rental.user, months=36)
    rich_rental()
    assert len(listed(client, LATE)) == len(listed(client, DUE)) == 4
    assert {path: queries(client, path) for path in paths} == few
    assert queries(client, page(big)) <= small <= 24
    assert max(few[LIST], few[LATE], few[DUE]) <= 8

"""Invoices, credit notes and refunds in the back office: found, read, downloaded, and never changed."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import roles
from accounts.tests.factories import AdminFactory, ManagerFactory, UserFactory
from core.testing.pdf import pdf_text
from orders.tests.shop import bought, client_of, give_back
from payments.invoices.services import credit, document_of
from payments.models import Invoice, InvoiceDocument, Refund
from payments.tests.shop import invoiced, refunded
from rentals.tests.factories import make_rental
from rentals.tests.shop import by_hand, pay

pytestmark = pytest.mark.django_db
LIST, REFUNDS = reverse("admin:payments_invoice_changelist"), reverse("admin:payments_refund_changelist")


@pytest.fixture
def manager(client):
    user = ManagerFactory()
    client.force_login(user)
    return user


@pytest.fixture
def refunded_order():
    """A paid order of which something went back."""
    order = bought(("100.00", 2))
    give_back(order, {0: 1}, reason="Scratched <lid>")
    return order


def url(row, page="change"):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_{page}", args=[row.pk])


def pdf_url(paper):
    return reverse("admin:payments_invoice_pdf", args=[paper.pk])


def papers(order):
    return Invoice.objects.about(order.holder)


def found(client, path=LIST, **query):
    answer = client.get(path, query)
    assert answer.status_code == 200
    return [str(getattr(row, "number", row.pk)) for row in answer.context["cl"].result_list]


def html(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_found_by_number_customer_and_what_it_is_for(client, manager, refunded_order):
    other = bought(("50.00", 1))
    invoice, note = papers(refunded_order)
    assert found(client) == [papers(other).get().number, note.number, invoice.number]
    assert found(client, q=note.number) == [note.number]
    assert found(client, q=invoice.number) == [note.number, invoice.number]
    assert found(client, q=refunded_order.user.email) == [note.number, invoice.number]
    assert found(client, q=f"order:{other.pk}") == [papers(other).get().number]
    assert found(client, q="nobody") == []


def test_filtered_by_kind_and_year(client, manager):
    for year in (2025, 2026):
        with time_machine.travel(datetime(year, 3, 1, tzinfo=UTC), tick=False):
            credit(refund=refunded(invoiced(), "1.00"))
    assert found(client, kind__exact="credit_note") == ["CN-2026-000001", "CN-2025-000001"]
    assert found(client, year__exact="2025") == ["CN-2025-000001", "2025-000001"]
    assert found(client, kind__exact="invoice", year__exact="2026") == ["2026-000001"]


def test_the_page_says_what_stands_on_it_and_leads_to_what_it_is_for(client, manager, refunded_order):
    invoice, note = papers(refunded_order)
    page = html(client, url(note))
    for told in (note.number, "-108.25 USD", "Scratched &lt;lid&gt;", "8.25", note.data_sha256):
        assert told in page, told
    for row in (invoice, note.payment, refunded_order):
        assert f'href="{url(row)}"' in page
    assert "Not asked for yet" in page
    assert document_of(note).sha256 in html(client, url(note))


@pytest.mark.parametrize("factory", [ManagerFactory, AdminFactory])
def test_staff_download_the_pdf_that_the_customer_gets(client, factory, refunded_order):
    client.force_login(factory())
    invoice = papers(refunded_order).first()
    answer = client.get(pdf_url(invoice))
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Content-Disposition"] == f'inline; filename="{invoice.file_name}"'
    assert invoice.number in pdf_text(answer.content)
    assert answer.content == client_of(refunded_order.user).get(f"orders/{refunded_order.pk}/invoice").content


@pytest.mark.parametrize("factory", [None, UserFactory])
def test_nobody_else_does(client, factory, refunded_order):
    if factory:
        client.force_login(factory())
    assert client.get(pdf_url(papers(refunded_order).first())).url.startswith("/admin/login/")
    assert not InvoiceDocument.objects.exists()


def test_a_role_without_invoices_downloads_none(client, monkeypatch, refunded_order):
    monkeypatch.setitem(roles.MANAGER_MODELS, "payments.invoice", frozenset())
    client.force_login(ManagerFactory())
    assert client.get(pdf_url(papers(refunded_order).first())).status_code == 403


def test_a_pdf_of_nothing_is_not_found(client, manager):
    for pk in (0, 404, 9 * 10**30):
        assert client.get(f"/admin/payments/invoice/{pk}/pdf").status_code == 404


def test_order_rental_and_payment_lead_to_their_papers(client, manager, refunded_order):
    rental = make_rental(months=3, signed=True)
    pay(rental)
    for row, theirs in (
        (refunded_order, papers(refunded_order)),
        (refunded_order.payments().get(), papers(refunded_order)),
        (rental, Invoice.objects.about(rental.holder)),
        (rental.payments().get(), Invoice.objects.about(rental.holder)),
    ):
        page = html(client, url(row))
        for paper in theirs:
            assert paper.number in page and f'href="{url(paper)}"' in page and f'href="{pdf_url(paper)}"' in page
    assert papers(refunded_order).count() == 2


def test_refunds_say_of_what_and_by_whom_and_lead_on(client, manager, refunded_order):
    (refund,) = Refund.objects.all()
    give_back(refunded_order, amount=Decimal("1.00"), by=manager)
    listed = html(client, REFUNDS)
    for row in (refund, refund.payment, refunded_order):
        assert f'href="{url(row)}' in listed
    assert str(refunded_order) in listed and "Scratched &lt;lid&gt;" in listed and str(manager) in listed
    page = html(client, url(refund))
    assert refund.credit_note.number in page and f'href="{url(refund.credit_note)}"' in page
    assert found(client, REFUNDS, q="<lid>") == [str(refund.pk)]
    assert found(client, REFUNDS, status__exact="failed") == []


def test_the_lists_ask_the_same_for_any_number_of_rows(client, manager, refunded_order):
    def queries(path):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            client.get(path)
        return len(captured)

    payment = url(refunded_order.payments().get())
    before = [queries(path) for path in (LIST, REFUNDS, payment)]
    for _ in range(2):
        give_back(refunded_order, amount=Decimal("1.00"))
        by_hand(make_rental(months=3, signed=True))
    assert [queries(path) for path in (LIST, REFUNDS, payment)] == before

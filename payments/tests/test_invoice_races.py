"""Numbers without gaps while everybody wants one, on a database that locks rows."""

from datetime import UTC, datetime

import pytest
import time_machine

from accounts.tests.factories import ManagerFactory, UserFactory
from core.db import transactional
from core.testing.races import race
from payments.invoices.services import credit, document_of, issue
from payments.models import Invoice, InvoiceDocument, InvoiceKind, NumberSeries
from payments.tests.shop import bill, invoiced, paid, refunded

pytestmark = [pytest.mark.races, pytest.mark.django_db(transaction=True)]
ROUNDS = 10


class Undone(Exception):
    """What rolls a settling back after its invoice was written."""


def paying(user, by, *, undone=False):
    """Somebody pays and has an invoice, ready to go; or nearly."""

    @transactional
    def pay():
        invoice = issue(payment=paid(user=user, by=by), bill=bill())
        if undone:
            raise Undone
        return invoice

    return pay


def no_gaps(kind=InvoiceKind.INVOICE, **year):
    """How many there are; their numbers have no gap, and the later has the greater."""
    theirs = Invoice.objects.filter(kind=kind, **year).order_by("sequence")
    rows = list(theirs.values_list("sequence", "issued_at"))
    assert [sequence for sequence, _ in rows] == list(range(1, len(rows) + 1))
    assert sorted(moment for _, moment in rows) == [moment for _, moment in rows]
    assert NumberSeries.objects.get(kind=kind, **year).last == len(rows)
    return len(rows)


def test_a_hundred_pay_at_once_and_some_are_rolled_back():
    user, by = UserFactory(), ManagerFactory()
    results = race([paying(user, by, undone=turn % 5 == 0) for turn in range(100)])
    assert {type(one) for one in results} == {Invoice, Undone}
    assert no_gaps() == 80


def test_the_first_of_a_year_are_many():
    user, by = UserFactory(), ManagerFactory()
    for year in range(2026, 2026 + ROUNDS):
        with time_machine.travel(datetime(year, 1, 1, tzinfo=UTC), tick=False):
            results = race([paying(user, by, undone=turn == 0) for turn in range(8)])
        assert {type(one) for one in results} == {Invoice, Undone}
        assert no_gaps(year=year) == 7


def test_invoices_and_credit_notes_do_not_wait_for_each_other_in_circles():
    user, by = UserFactory(), ManagerFactory()
    refunds = [refunded(invoiced()) for _ in range(10)]
    jobs = [lambda one=one: transactional(credit)(refund=one) for one in refunds]
    results = race([job for pair in zip(jobs, [paying(user, by)] * 10, strict=True) for job in pair])
    assert {type(one) for one in results} == {Invoice}
    assert (no_gaps(), no_gaps(InvoiceKind.CREDIT_NOTE)) == (20, 10)


def test_one_payment_is_invoiced_once_and_one_refund_credited_once():
    """As their callers do, under the lock of the payment."""
    for _ in range(ROUNDS):
        payment = paid()
        made = race([lambda p=payment: locked(p, lambda: issue(payment=p, bill=bill()))] * 4)
        assert len({invoice.pk for invoice in made}) == 1
        refund = refunded(made[0])
        notes = race([lambda p=payment, r=refund: locked(p, lambda: credit(refund=r))] * 4)
        assert len({note.pk for note in notes}) == 1
    assert (no_gaps(), no_gaps(InvoiceKind.CREDIT_NOTE)) == (ROUNDS, ROUNDS)


@transactional
def locked(payment, job):
    """The job, while it holds the payment."""
    type(payment).objects.select_for_update().get(pk=payment.pk)
    return job()


def test_a_pdf_that_many_ask_for_at_once_is_one():
    invoice = invoiced()
    made = race([lambda: document_of(Invoice.objects.get())] * 8)
    assert {type(one) for one in made} == {InvoiceDocument}
    assert {bytes(one.content) for one in made} == {bytes(invoice.document.content)}
    assert InvoiceDocument.objects.count() == 1

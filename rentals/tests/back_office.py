"""What staff do in the back office with rentals, in one line each, for the tests."""

from datetime import timedelta

import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.tests.factories import ManagerFactory
from payments.tests.shop import save_card
from rentals.autopay import consents
from rentals.lifecycle import services
from rentals.models import Rental
from rentals.money import dunning, settling
from rentals.tests.factories import make_rental

LIST, LATE, DUE = "/admin/rentals/rental/", "/admin/rentals/rental/late/", "/admin/rentals/rental/due/"


def step(record, name):
    return reverse(f"admin:rentals_{record._meta.model_name}_{name}", args=[record.pk])


def page(record):
    return reverse(f"admin:rentals_{record._meta.model_name}_change", args=[record.pk])


def document(rental, kind):
    return reverse("admin:rentals_rental_document", args=[rental.pk, kind])


def said(answer):
    """The messages of the page that a step led to."""
    return [str(message) for message in answer.context["messages"]]


def found(client, path, **query):
    """The rentals of a list, in its order."""
    answer = client.get(path, query)
    assert answer.status_code == 200
    rows = answer.context["cl"].result_list
    return [getattr(row, "rental_id", row.pk) for row in rows]


def queries(client, path):
    """How many queries the page needs."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def days_ago(days):
    """A clock that stands so many days ago."""
    return time_machine.travel(timezone.now() - timedelta(days=days), tick=False)


def old_rental(days, *, paid=0, **more):
    """A signed rental that began so many days ago, with so many installments paid."""
    with days_ago(days):
        rental = make_rental(signed=True, **more)
        for _ in range(paid):
            by_hand(rental)
    return Rental.objects.with_details().get(pk=rental.pk)


def by_hand(rental, purpose="installment", by=None):
    """Staff take the money."""
    by = by or ManagerFactory()
    settling.record_payment_by_hand(rental=rental, by=by, purpose=purpose, reason="Cash")


def with_autopay(rental):
    """The customer turns autopay on."""
    consents.record_consent(rental_id=rental.pk, card=save_card(rental.user), ip="192.0.2.7")
    return rental


def remind():
    """The command of the day."""
    dunning.remind(today=timezone.localdate())


def brought_to(status, **more):
    """A rental in this status, on the way that rentals go; what was sent is named so."""
    rental = make_rental(signed=status not in ("pending", "cancelled"), **more)
    if status == "cancelled":
        services.cancel_rental(rental=rental)
    if status == "returned":
        services.ship_rental(rental=rental, by=ManagerFactory(), serial=serial_of(rental))
        services.return_rental(rental=rental)
    if status == "completed":
        by_hand(rental, "buyout")
    fresh = Rental.objects.with_details().get(pk=rental.pk)
    assert fresh.status == status
    return fresh


def serial_of(rental):
    """The serial of its device, if it has one."""
    return rental.device.serial if rental.device else ""

"""The pages of the back office about rentals, for the tests."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import ManagerFactory
from payments.tests.shop import save_card
from rentals.autopay.consents import record_consent
from rentals.lifecycle import services
from rentals.tests.factories import make_rental
from rentals.tests.shop import by_hand, fresh

LIST, LATE, DUE = "/admin/rentals/rental/", "/admin/rentals/rental/late/", "/admin/rentals/rental/due/"


def step(record, name):
    return reverse(f"admin:rentals_{record._meta.model_name}_{name}", args=[record.pk])


def page(record):
    return step(record, "change")


def document(rental, kind):
    return reverse("admin:rentals_rental_document", args=[rental.pk, kind])


def messages_of(answer):
    return [str(message) for message in answer.context["messages"]]


def listed(client, path, **query):
    """The ids of the rentals of a list, in its order."""
    answer = client.get(path, query)
    assert answer.status_code == 200
    return [getattr(row, "rental_id", row.pk) for row in answer.context["cl"].result_list]


def queries(client, path):
    """How many queries the page needs."""
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


def with_autopay(rental):
    record_consent(rental_id=rental.pk, card=save_card(rental.user), ip="192.0.2.7")
    return rental


def brought_to(status, **fields):
    """A rental that came to this status as rentals do."""
    rental = make_rental(signed=status not in ("pending", "cancelled"), **fields)
    if status == "cancelled":
        services.cancel_rental(rental=rental)
    if status == "returned":
        serial = rental.device.serial if rental.device else ""
        services.ship_rental(rental=rental, by=ManagerFactory(), serial=serial)
        services.return_rental(rental=rental)
    if status == "completed":
        by_hand(rental, "buyout")
    assert fresh(rental).status == status
    return fresh(rental)

"""Never a card number on our side: not in a row, not in an answer, not in a line of the log."""

import io
import json
import logging
import zipfile

import pytest
import structlog
from django.apps import apps
from django.urls import reverse

from accounts.tests.factories import AddressFactory, AdminFactory
from catalog.tests.factories import ProductFactory
from core.text.card_numbers import has_card_number
from orders.models import Order
from orders.tests.shop import client_of, deliver, event, intent_of, make_order, paid_order, run_worker, try_card
from payments import inbox
from payments.models import WebhookEvent
from payments.tests.shop import dispute_of
from rentals.tests.factories import make_rental

pytestmark = pytest.mark.django_db

NUMBER = "4111111111111111"
SPACED = "4111 1111 1111 1111"
COVERED = "************1111"


@pytest.fixture
def log():
    """What the shop writes to its log, as it is written, from the lowest level on."""
    root = logging.getLogger()
    (handler,) = (each for each in root.handlers if type(each) is logging.StreamHandler)
    level, stream, written = root.level, handler.stream, io.StringIO()
    root.setLevel(logging.DEBUG)
    handler.setStream(written)
    yield written
    handler.setStream(stream)
    root.setLevel(level)


@pytest.fixture(autouse=True)
def nothing_kept(log):
    """After each test: no row of any table, and nothing that was written to the log, has a card number."""
    yield
    for model in apps.get_models():
        for row in model._base_manager.values_list():
            assert not has_card_number(repr(row)) and NUMBER not in repr(row), model
    assert "request_finished" in log.getvalue()
    assert NUMBER not in log.getvalue() and not has_card_number(log.getvalue())


def refused(answer):
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid"), answer.content
    assert NUMBER not in answer.content.decode()


BODIES = (
    {"card_number": NUMBER}, {"card": {"number": SPACED}}, {"number": int(NUMBER)}, {"a": [{"b": f"x\n{SPACED}"}]},
    {f"{NUMBER}": "x"}, [NUMBER], SPACED,
)  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_the_addresses_of_payments_refuse_one_under_any_key(body):
    order = make_order()
    api = client_of(order.user)
    intent = intent_of(api, order)
    named = {"order_id": order.pk, "payment_intent_id": intent, "action": "create_payment_intent"}
    whole = {**named, **body} if isinstance(body, dict) else json.dumps(body)
    for path in (
        "payment/payment-methods", "payments/payment-methods", "payments/setup-intent",
        f"payments/{intent}/confirm", "payment/create-payment-intent", "payment/confirm-payment-intent",
        "/payment/stripe_handler.php",
    ):  # fmt: skip
        refused(api.post(path, whole, headers={"Idempotency-Key": "k"}))
    refused(api.post(f"orders/{order.pk}/payment-intent", json.dumps(body)))
    refused(api.put("payment/payment-methods/1/default", json.dumps(body)))


@pytest.mark.parametrize("text", [NUMBER, f"My card is {SPACED}, 12/30"])
def test_notes_and_names_refuse_one(text):
    order = make_order()
    rental = make_rental(user=order.user, signed=True)
    address, product = AddressFactory(user=order.user), ProductFactory()
    api = client_of(order.user)
    placing = {"items": [{"product_id": product.pk, "quantity": 1}], "shipping_address_id": address.pk}
    for path, body in (
        ("orders", {**placing, "notes": text}),
        (f"orders/{order.pk}/cancel", {"notes": text}),
        (f"rentals/{rental.pk}/return", {"notes": text}),
        (f"rentals/{rental.pk}/sign-contract", {"name": text}),
        (f"rentals/{rental.pk}/make-payment", {"transaction_id": text}),
        (f"rentals/{rental.pk}/make-payment", {"transaction_id": "pi_1", "payment_method": text}),
        (f"rentals/{rental.pk}/buyout", {"transaction_id": text}),
    ):
        refused(api.post(path, body, headers={"Idempotency-Key": f"{path} {len(body)}"}))
    refused(api.put(f"rentals/{rental.pk}/autopay", {"setup_intent_id": text, "consent": True}))
    assert Order.objects.get() == order


def test_an_address_with_one_stays_out_of_the_log():
    api = client_of(make_order().user)
    for path in (
        f"payment/payment-methods/{NUMBER}", f"payments/{NUMBER}/confirm", f"orders?search={NUMBER}",
        f"products?search={SPACED.replace(' ', '%20')}", f"products?search={SPACED.replace(' ', '+')}",
    ):  # fmt: skip
        assert api.get(path).status_code in (200, 400, 404, 405)
    api.get("products", {"HTTP_USER_AGENT": f"Agent {NUMBER}"})


def test_the_sandbox_takes_test_cards_and_forgets_them():
    order = make_order()
    api = client_of(order.user)
    intent = intent_of(api, order)
    pay = f"payments/sandbox/{intent}/pay"
    answer = api.post(pay, {"card": NUMBER})
    assert (answer.status_code, NUMBER in answer.content.decode()) == (400, False)
    setup = api.post("payments/setup-intent").json()["setup_intent_id"]
    assert api.post(f"payments/sandbox/setup/{setup}/confirm", {"card": NUMBER}).status_code == 400
    assert api.post(f"payments/sandbox/setup/{setup}/confirm", {"card": "4242424242424242"}).status_code == 200
    assert try_card(api, intent, "4242424242424242") == "succeeded"


def test_an_event_with_card_data_is_kept_without_it_and_acted_upon():
    order = make_order()
    api = client_of(order.user)
    intent = intent_of(api, order)
    try_card(api, intent)
    WebhookEvent.objects.all().delete()
    card = {"number": NUMBER, "digits": int(NUMBER), "last4": "1111", NUMBER: [SPACED]}
    told = event(intent, payment_method_details={"card": card})
    assert deliver(told).status_code == 200
    kept = WebhookEvent.objects.get()
    assert json.loads(kept.payload)["data"]["object"]["payment_method_details"]["card"] == {
        "number": COVERED, "digits": COVERED, "last4": "1111", COVERED: [COVERED],
    }  # fmt: skip
    assert inbox.handle(kept).status == "handled"
    order.refresh_from_db()
    assert order.payment_status == "paid"


def test_whatever_is_logged_is_covered(log):
    client_of(AdminFactory()).get("orders")
    logging.getLogger("anything").warning("Somebody sent %s", {"card": NUMBER})
    structlog.get_logger("anything").warning("sent", body=f"number={SPACED}", number=NUMBER)
    try:
        raise ValueError(NUMBER)
    except ValueError:
        logging.getLogger("anything").exception("It broke")
    written = log.getvalue()
    assert written.count(COVERED) >= 4
    assert SPACED not in written


def test_the_evidence_shows_none_that_was_typed_into_notes_before_they_were_refused(client):
    order = paid_order()
    run_worker()
    Order.objects.filter(pk=order.pk).update(notes=f"Mine is {SPACED}")
    order.status_history.update(notes=f"He said {NUMBER}")
    dispute = dispute_of(order.payments().get())
    client.force_login(AdminFactory())
    answer = client.post(reverse("admin:payments_dispute_evidence", args=[dispute.pk]))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    texts = [archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")]
    assert sum(text.count(COVERED) for text in texts) >= 3
    assert not any(has_card_number(text) for text in texts)
    Order.objects.filter(pk=order.pk).update(notes="")
    order.status_history.update(notes="")

"""An Idempotency-Key: the same request twice has one effect and one answer, on every route that takes one."""

from datetime import UTC, datetime

import pytest
from django.test import RequestFactory
from rest_framework.response import Response

from accounts.models import Address
from accounts.tests.factories import AddressFactory, UserFactory
from catalog.tests.factories import ProductFactory
from core.api.idempotency import idempotent
from core.api.views import ApiView
from core.models import IdempotentRequest
from giggatek.tests.keyed import KEY, is_replayed, post, refused, said
from giggatek.tests.world import NEW_ADDRESS
from orders.models import Order
from orders.tests.shop import client_of, order_body
from payments.gateways.sandbox import client as sandbox
from rentals.tests.factories import make_rental
from rentals.tests.shop import intent_of

START = datetime(2025, 4, 1, 10, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.clock(START)]


@pytest.fixture
def shopper(user):
    return client_of(user)


def test_without_a_key_each_request_counts(shopper, user):
    body = order_body(user)
    assert [shopper.post("orders", body).status_code for _ in range(2)] == [201, 201]
    assert (Order.objects.count(), IdempotentRequest.objects.count()) == (2, 0)


def test_a_refusal_of_the_rules_is_kept_although_it_would_not_be_made_again(shopper, user):
    product = ProductFactory(inventory_count=0)
    body = order_body(user, product)
    first = refused(post(shopper, "orders", body), "out_of_stock", 400)
    product.inventory_count = 5
    product.save()
    again = post(shopper, "orders", body)
    assert (said(again), is_replayed(again)) == (said(first), True)
    assert post(shopper, "orders", body, "another").status_code == 201


def test_a_decline_is_kept(shopper, user):
    rental = make_rental(user=user, signed=True)
    intent = intent_of(shopper, rental)
    claim = {"payment_method": "stripe", "transaction_id": intent}
    first = refused(post(shopper, f"rentals/{rental.pk}/make-payment", claim), "payment_not_settled", 400)
    sandbox.pay(intent_id=intent, card=sandbox.SUCCESS)
    assert said(post(shopper, f"rentals/{rental.pk}/make-payment", claim)) == said(first)
    assert post(shopper, f"rentals/{rental.pk}/make-payment", claim, "another").status_code == 200


@pytest.mark.parametrize("body", [{"items": []}, [], b"{", {"unknown": 1}])
def test_what_failed_validation_leaves_the_key_free(shopper, user, body):
    assert post(shopper, "orders", body).status_code == 400
    assert post(shopper, "orders", order_body(user)).status_code == 201


def test_what_was_refused_before_anything_began_leaves_the_key_free(api, shopper, user, settings):
    body = order_body(user)
    foreign = AddressFactory(user=UserFactory()).pk
    assert post(api, "orders", body).status_code == 401
    assert post(shopper, "products", {"name": "x"}).status_code == 403
    assert post(shopper, "orders", {**body, "shipping_address_id": foreign}).status_code == 404
    assert shopper.generic("POST", "/api/orders", b"a", "text/plain", HTTP_IDEMPOTENCY_KEY=KEY).status_code == 415
    settings.API_THROTTLE_USER = "1/min"
    assert post(shopper, "orders", body).status_code == 429
    settings.API_THROTTLE_USER = ""
    assert IdempotentRequest.objects.count() == 0
    assert post(shopper, "orders", body).status_code == 201


def test_what_broke_on_our_side_leaves_the_key_free(shopper, user, monkeypatch):
    shopper.raise_request_exception = False
    with monkeypatch.context() as broken:
        broken.setattr("orders.api.shapes.ChangedOrderShape.of", lambda row: 1 / 0)
        assert post(shopper, "orders", order_body(user)).status_code == 500
    assert Order.objects.count() == 0  # effect and answer are one transaction
    assert post(shopper, "orders", order_body(user)).status_code == 201


def test_another_body_or_path_is_another_request(shopper, user):
    body = order_body(user)
    assert post(shopper, "orders", body).status_code == 201
    refused(post(shopper, "orders", {**body, "notes": "please"}), "idempotency_key_reused")
    refused(post(shopper, "orders?page=2", body), "idempotency_key_reused")
    refused(post(shopper, "auth/addresses", NEW_ADDRESS), "idempotency_key_reused")
    assert (Order.objects.count(), Address.objects.filter(user=user).count()) == (1, 1)


def test_the_layout_of_the_body_and_the_spelling_of_the_path_change_nothing(shopper, user):
    body = order_body(user)
    first = post(shopper, "orders", body)
    backwards = dict(reversed(body.items()))
    for path in ("/api/orders/", "/api/v1/orders", "/api/v1/orders/"):
        again = post(shopper, path, backwards)
        assert (said(again), is_replayed(again)) == (said(first), True)
    assert Order.objects.count() == 1


def test_somebody_elses_same_key_is_another(shopper, user):
    other = UserFactory()
    mine, theirs = (post(client_of(one), "orders", order_body(one)) for one in (user, other))
    assert (mine.status_code, theirs.status_code, is_replayed(theirs)) == (201, 201, False)
    assert theirs.json()["order"]["user_id"] == other.pk
    # The same body even: nothing of the first answer is in the second.
    wish = {"product_id": ProductFactory().pk}
    assert [post(client_of(one), "wishlist", wish, "wish").status_code for one in (user, other)] == [201, 201]


def test_the_case_of_a_key_tells_keys_apart(shopper, user):
    assert post(shopper, "orders", order_body(user), "abc").status_code == 201
    assert post(shopper, "orders", order_body(user), "ABC").status_code == 201


class Open(ApiView):
    """A view that strangers may call, which no route has yet."""

    permission_classes = []
    authentication_classes = []
    calls = 0

    @idempotent()
    def post(self, request):
        Open.calls += 1
        return Response({"call": Open.calls})


def test_strangers_are_known_by_their_address():
    Open.calls = 0
    requests = [
        RequestFactory().post("/", "{}", content_type="application/json", REMOTE_ADDR=ip, HTTP_IDEMPOTENCY_KEY=KEY)
        for ip in ("10.0.0.1", "10.0.0.2", "10.0.0.1")
    ]
    answers = [Open.as_view()(request) for request in requests]
    assert [is_replayed(answer) for answer in answers] == [False, False, True]
    assert (answers[2].content, Open.calls) == (b'{"call":1}', 2)


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\x00b", "a\tb", "a\x7f", "kl\xfc\xdfe"])
def test_a_key_that_is_none_is_refused(shopper, user, key):
    answer = refused(post(shopper, "orders", order_body(user), key), "invalid", 400)
    assert list(answer.json()["details"]) == ["Idempotency-Key"]
    assert Order.objects.count() == 0


@pytest.mark.parametrize("key", ["x", "x" * 255, "8e03978e-40d5-43e8-bc93-6894a57f9324", "'; DROP TABLE --"])
def test_any_other_key_is_good(shopper, user, key):
    body = order_body(user)
    assert said(post(shopper, "orders", body, key)) == said(post(shopper, "orders", body, key))
    assert Order.objects.count() == 1


def test_reading_ignores_the_key(shopper, user):
    def read():
        return shopper.get("/api/orders", HTTP_IDEMPOTENCY_KEY=KEY)

    assert read().json()["pagination"]["total"] == 0
    post(shopper, "orders", order_body(user))
    assert (read().json()["pagination"]["total"], is_replayed(read())) == (1, False)


def test_no_token_and_no_key_in_clear_lies_in_the_table(shopper, user):
    credentials = {"email": user.email, "password": "wrong"}
    post(shopper, "auth/login", credentials)
    post(shopper, "auth/refresh-token")
    assert IdempotentRequest.objects.count() == 0
    post(shopper, "orders", order_body(user))
    assert KEY not in IdempotentRequest.objects.get().key


def test_browsers_may_read_that_it_was_replayed(shopper, user):
    body = order_body(user)
    for _ in range(2):
        answer = shopper.post("orders", body, headers={"Idempotency-Key": KEY, "Origin": "http://localhost:3000"})
    assert "idempotent-replayed" in answer["Access-Control-Expose-Headers"]
    assert is_replayed(answer)
    assert "no-store" in answer["Cache-Control"]

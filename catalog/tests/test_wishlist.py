"""The wishlist: one's own, of products that are still sold."""

import pytest
from django.utils import timezone

from accounts.tests.factories import UserFactory
from catalog.models import WishlistItem
from catalog.tests.factories import ProductFactory

pytestmark = pytest.mark.django_db


def test_a_wish_is_new_once(user_api):
    product = ProductFactory()
    first, again = (user_api.post("wishlist", {"product_id": product.pk}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 200)
    item = user_api.get("wishlist").json()["items"]
    assert item == first.json()["items"] == again.json()["items"] == [first.json()["item"]]
    assert {name: type(item[0][name]) for name in ("id", "product_id", "created_at", "product")} == {
        "id": int, "product_id": int, "created_at": str, "product": dict,
    }  # fmt: skip
    assert item[0]["product"] == user_api.get(f"products/{product.pk}").json()


def test_a_wish_is_forgotten_once(user_api, user):
    product = ProductFactory()
    WishlistItem.objects.create(user=user, product=product)
    other = WishlistItem.objects.create(user=UserFactory(), product=product)
    answer = user_api.delete(f"wishlist/{product.pk}")
    assert (answer.status_code, answer.json()["items"]) == (200, [])
    assert user_api.delete(f"wishlist/{product.pk}").status_code == 404
    assert list(WishlistItem.objects.all()) == [other]


def test_nobody_sees_anothers_wishes(user_api):
    WishlistItem.objects.create(user=UserFactory(), product=ProductFactory())
    assert user_api.get("wishlist").json()["items"] == []


def test_an_archived_product_cannot_be_wished_for_and_is_not_shown(user_api, user):
    gone = ProductFactory(archived_at=timezone.now())
    WishlistItem.objects.create(user=user, product=gone)
    assert user_api.get("wishlist").json() == {
        "items": [],
        "pagination": {"total": 0, "page": 1, "per_page": 50, "total_pages": 0},
    }
    assert user_api.post("wishlist", {"product_id": gone.pk}).status_code == 404
    assert user_api.post("wishlist", {"product_id": 999_999}).status_code == 404


@pytest.mark.parametrize(("method", "path"), [("GET", "wishlist"), ("POST", "wishlist"), ("DELETE", "wishlist/{}")])
def test_strangers_have_none(api, method, path):
    item = WishlistItem.objects.create(user=UserFactory(), product=ProductFactory())
    answer = api.generic(method, path.format(item.product_id), {"product_id": item.product_id})
    assert (answer.status_code, WishlistItem.objects.count()) == (401, 1)


def test_private_answers_are_not_stored(user_api):
    assert "no-store" in user_api.get("wishlist")["Cache-Control"]


def test_the_number_of_queries_does_not_grow(user_api, user, django_assert_num_queries):
    numbers = []
    for wishes in (1, 3):
        while WishlistItem.objects.count() < wishes:
            WishlistItem.objects.create(user=user, product=ProductFactory())
        with django_assert_num_queries(numbers[0] if numbers else 5) as seen:
            assert len(user_api.get("wishlist").json()["items"]) == wishes
        numbers.append(len(seen))

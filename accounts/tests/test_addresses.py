"""The address book."""

import pytest

from accounts import addresses as address_book
from accounts.models import Address
from accounts.tests.factories import UserFactory
from core.testing.races import race

pytestmark = pytest.mark.django_db

BODY = {
    "first_name": "John",
    "last_name": "Doe",
    "street_address": "123 Main St",
    "city": "San Francisco",
    "state": "CA",
    "zip_code": "94107",
    "country": "US",
    "phone": "555-123-4567",
}


@pytest.fixture
def foreign():
    """The default address of another user, which must never leak or change."""
    return address_book.add_address(user=UserFactory(), **{**BODY, "city": "Secret City"})


@pytest.fixture(autouse=True)
def signed_in(api, user, foreign):
    api.login_as(user)


def add(api, **changes):
    """A new address, as the API answers it."""
    return api.post("auth/addresses", {**BODY, **changes}).json()["address"]


def defaults(user):
    """The ids of the user's default addresses."""
    return list(Address.objects.filter(user=user, is_default=True, default_of=user).values_list("pk", flat=True))


@pytest.mark.parametrize("path", ["auth/addresses", "user/addresses", "/api/v1/user/addresses/"])
def test_an_address_has_the_contracts_keys(api, user, path):
    answer = api.post(path, {**BODY, "address_type": "both"})
    address = answer.json()["address"]
    assert answer.status_code == 201
    assert isinstance(address["id"], int)
    assert address == {"id": address["id"], "user_id": user.pk, **BODY, "is_default": True, "address_type": "both"}
    assert api.get(path).json() == {"addresses": [address]}
    one = f"{path.rstrip('/')}/{address['id']}"
    assert api.get(one).json() == {"address": address}


def test_the_first_is_the_default_and_another_takes_over(api, user):
    first, second = add(api), add(api)
    assert (first["is_default"], second["is_default"]) == (True, False)
    answer = api.put(f"auth/addresses/{second['id']}/default")
    assert (answer.status_code, answer.json()["address"]["is_default"]) == (200, True)
    assert [row["id"] for row in api.get("auth/addresses").json()["addresses"]] == [second["id"], first["id"]]
    assert defaults(user) == [second["id"]]


def test_an_address_can_be_added_as_the_default(api, user):
    add(api)
    second = add(api, is_default=True)
    assert second["is_default"] is True
    assert defaults(user) == [second["id"]]


def test_the_first_is_the_default_whatever_it_says(api):
    assert add(api, is_default=False)["is_default"] is True


def test_making_the_default_the_default_again_changes_nothing(api, user):
    first = add(api)
    assert api.put(f"auth/addresses/{first['id']}/default").status_code == 200
    assert defaults(user) == [first["id"]]


def test_an_address_is_changed_whole_or_in_part(api, user):
    first, second = add(api), add(api)
    answer = api.put(f"auth/addresses/{second['id']}", {**BODY, "city": "Oakland"})
    assert (answer.status_code, answer.json()["address"]["city"]) == (200, "Oakland")
    answer = api.patch(f"auth/addresses/{second['id']}", {"zip_code": "94601", "is_default": True})
    assert answer.json()["address"] == {**second, "city": "Oakland", "zip_code": "94601", "is_default": True}
    assert defaults(user) == [second["id"]]
    assert api.get(f"auth/addresses/{first['id']}").json()["address"] == {**first, "is_default": False}


def test_put_wants_the_whole_address(api):
    first = add(api)
    assert api.put(f"auth/addresses/{first['id']}", {"city": "Oakland"}).status_code == 400


def test_an_empty_patch_changes_nothing(api):
    first = add(api)
    assert api.patch(f"auth/addresses/{first['id']}", {}).json()["address"] == first


def test_the_default_is_not_taken_away_without_an_heir(api, user):
    first = add(api)
    answer = api.patch(f"auth/addresses/{first['id']}", {"is_default": False, "city": "Oakland"})
    assert (answer.status_code, list(answer.json()["details"])) == (400, ["is_default"])
    assert Address.objects.get(pk=first["id"]).city == BODY["city"]


def test_the_newest_that_is_left_inherits_the_default(api, user):
    first, second, third = add(api), add(api), add(api)
    answer = api.delete(f"auth/addresses/{first['id']}")
    assert (answer.status_code, set(answer.json())) == (200, {"message"})
    assert defaults(user) == [third["id"]]
    api.delete(f"auth/addresses/{second['id']}")
    assert defaults(user) == [third["id"]]
    api.delete(f"auth/addresses/{third['id']}")
    assert api.get("auth/addresses").json() == {"addresses": []}
    assert add(api)["is_default"] is True


def test_a_removed_address_is_gone_but_its_row_stays(api):
    first = add(api)
    path = f"auth/addresses/{first['id']}"
    api.delete(path)
    for method in ("GET", "DELETE"):
        assert api.generic(method, path, {}).status_code == 404
    assert api.put(f"{path}/default").status_code == 404
    assert Address.objects.get(pk=first["id"]).as_snapshot()["city"] == BODY["city"]


METHODS = [("GET", ""), ("PUT", ""), ("PATCH", ""), ("DELETE", ""), ("PUT", "/default"), ("POST", "/default")]


@pytest.mark.parametrize(("method", "suffix"), METHODS)
@pytest.mark.parametrize("which", ["foreign", "0", "-1", "abc", "1.5", "99999999", "9" * 40, "٣"])
def test_a_foreign_or_unknown_address_is_404(api, foreign, method, suffix, which):
    mine = add(api)
    number = foreign.pk if which == "foreign" else which
    answer = api.generic(method, f"auth/addresses/{number}{suffix}", {} if suffix or method != "PUT" else BODY)
    assert (answer.status_code, answer.json()["error"]) == (404, "Address not found")
    foreign.refresh_from_db()
    assert (foreign.city, foreign.is_default, foreign.deleted_at) == ("Secret City", True, None)
    assert "Secret City" not in api.get("auth/addresses").content.decode()
    assert Address.objects.get(pk=mine["id"]).is_default


def test_a_bad_body_for_a_foreign_address_tells_nothing(api, foreign):
    assert api.put(f"auth/addresses/{foreign.pk}", {"nonsense": 1}).status_code == 404


@pytest.mark.parametrize("value", [None, 5, 1.5, True, [], {}, "a\x00b", "\ud800", "a\r\nb", "x" * 100_000])
@pytest.mark.parametrize("key", [*BODY, "address_type", "is_default"])
def test_nonsense_in_any_field_is_400(api, user, key, value):
    if (key, value) == ("is_default", True):
        return
    answer = api.post("auth/addresses", {**BODY, key: value})
    assert answer.status_code == 400
    assert not Address.objects.filter(user=user).exists()


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("country", "USA"),
        ("country", "U"),
        ("country", "U1"),
        ("country", "ÄÖ"),
        ("country", "\uff35\uff33"),
        ("zip_code", "1"),
        ("zip_code", "1" * 21),
        ("zip_code", ""),
        ("city", ""),
        ("city", "x" * 101),
        ("street_address", "x" * 256),
        ("phone", "5" * 41),
        ("address_type", "home"),
        ("address_type", ""),
        ("is_default", "true"),
        ("is_default", 1),
        ("id", 5),
        ("user_id", 5),
        ("deleted_at", None),
    ],
)
def test_what_does_not_fit_is_400(api, user, key, value):
    answer = api.post("auth/addresses", {**BODY, key: value})
    assert (answer.status_code, list(answer.json()["details"])) == (400, [key])
    assert not Address.objects.filter(user=user).exists()


def test_state_phone_type_and_country_may_be_left_out(api):
    address = add(api, state="", phone="")
    assert (address["state"], address["phone"], address["address_type"]) == ("", "", "both")
    needed = {key: BODY[key] for key in ("first_name", "last_name", "street_address", "city", "zip_code")}
    assert api.post("auth/addresses", needed).json()["address"]["country"] == "US"


def test_a_country_is_written_in_upper_case(api):
    assert add(api, country="de")["country"] == "DE"


def test_emoji_are_kept(api):
    assert add(api, street_address="Fox Lane 🦊 1")["street_address"] == "Fox Lane 🦊 1"


def test_there_is_room_for_fifty(api, user):
    Address.objects.bulk_create(Address(user=user, **BODY) for _ in range(49))
    add(api)
    answer = api.post("auth/addresses", BODY)
    assert (answer.status_code, answer.json()["code"]) == (400, "address_book_full")
    api.delete(f"auth/addresses/{Address.objects.filter(user=user).first().pk}")
    assert api.post("auth/addresses", BODY).status_code == 201


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long_it_is(api, user, django_assert_num_queries, count):
    for _ in range(count):
        address_book.add_address(user=user, **BODY)
    with django_assert_num_queries(2):
        api.get("auth/addresses")


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_defaults_at_once_one_stays(user):
    for _ in range(20):
        pair = [address_book.add_address(user=user, **BODY).pk for _ in range(2)]
        jobs = [lambda pk=pk: address_book.make_default(user=user, address_id=pk) for pk in pair]
        assert {type(result) for result in race(jobs)} == {Address}
        assert len(defaults(user)) == 1
        assert defaults(user)[0] in pair


@pytest.mark.races
@pytest.mark.django_db(transaction=True)
def test_of_two_first_addresses_at_once_one_is_the_default():
    for _ in range(20):
        user = UserFactory()
        results = race([lambda user=user: address_book.add_address(user=user, **BODY)] * 2)
        assert {type(result) for result in results} == {Address}
        assert len(defaults(user)) == 1

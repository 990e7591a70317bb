"""Whatever a body holds, in every operation that takes one: a clear 4xx in the contract's shape, never a 500."""

import copy
import json

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from core.api.document import document_of
from core.api.faces import FACES, SHOP, face_at
from core.testing.declared import operations
from giggatek.tests.route_table import ROWS, skeleton
from giggatek.tests.world import NEW_ADDRESS, NEW_PRODUCT, bodies, client_for, out_of_form, path_for

pytestmark = pytest.mark.django_db

# Read as raw bytes and signed; the tests of payments and storesync have them.
WEBHOOKS = {row.body for row in ROWS if row.body.endswith("event") and row.body != "new-event"}
# The same views under a second address need not be asked twice.
WRITES = [
    row for row in ROWS
    if row.is_api and row.method != "GET" and row.body not in WEBHOOKS
    and not row.path.startswith(("/api/user/", "/api/auth/update"))
]  # fmt: skip
READERS = [row for row in WRITES if row.body != "-"]

# As they go over the wire, so that there is JSON among them which Python would not write.
JUNK = [
    "null", "true", "0", "-1", "1.5", "1e400", "-1e400", "9223372036854775808", "1" + "0" * 400, '""', '"1"', '"x"',
    '"a\\u0000b"', '"\\ud800"', '"x\\udc00y"', '"\\u202e"', '"' + "x" * 20_000 + '"', "[]", "[null]", "[[1]]", "{}",
    '{"a": {"b": [1]}}', '{"\\ud800": 1}', "[" * 300 + "]" * 300,
]  # fmt: skip
NO_OBJECTS = {
    "null": b"null",
    "true": b"true",
    "a number": b"7",
    "a huge number": b"9" * 6000,
    "a text": b'"x"',
    "a list": b"[]",
    "a list of bodies": b"[{}]",
    "half a body": b'{"a":',
    "two bodies": b"{} {}",
    "an unknown key": b'{"surely_unknown": 1}',
    "half a character as a key": b'{"\\udc00": 1}',
    "NUL": b"\x00",
    "NUL as a key": b'{"\\u0000": 1}',
    "NaN": b'{"a": NaN}',
    "invalid UTF-8": b'{"a": "\xff\xfe"}',
    "UTF-16": '{"a": "x"}'.encode("utf-16"),
    "deep lists": b"[" * 50_000 + b"]" * 50_000,
    "deep objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "XML": b"<order/>",
    "a form": b"a=b&c=d",
}
# What is unknown is ignored where the contract of a face says so.
IGNORED = {"an unknown key", "NUL as a key"}
MARK = "@@here@@"


def named(row):
    return f"{row.method} {row.path} {row.body}"


# What the contract answers where a provider is not configured, as here.
OUTAGES = {"GOOGLE_UNAVAILABLE": 503}


def code_of(body):
    return body["code"] if isinstance(body["error"], str) else body["error"]["code"]


def complaint(answer):
    """What is wrong with an answer, or an empty text."""
    if answer.status_code < 400:
        return ""
    body = json.loads(answer.content)
    is_broken = answer.status_code >= 500 and answer.status_code != OUTAGES.get(code_of(body))
    return f"{answer.status_code}: {body}" if is_broken else out_of_form(answer)


def send(api, world, row, raw, content_type="application/json"):
    """One request with this raw body; what it changed is undone."""
    with transaction.atomic():
        answer = api.generic(row.method, path_for(world, row.path), raw, content_type=content_type)
        transaction.set_rollback(True)
    api.cookies.clear()
    return answer


@pytest.fixture(scope="module")
def fields_by_operation():
    """(method, path without names) -> the fields of its body, by the schema."""
    return {
        (method.upper(), skeleton(path)): made["components"]["schemas"][name].get("properties", {})
        for made in map(document_of, FACES.values())
        for path, operations in made["paths"].items()
        for method, operation in operations.items()
        if (name := component_of(operation))
    }


def component_of(operation):
    """The component that is the body of an operation; None when it has no body."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    return content.get("schema", {}).get("$ref", "").rpartition("/")[2] or None


def forms_of(row):
    """The content types that a call reads beside JSON, by the schema."""
    call = operations(face_at(row.path)).get((row.method, skeleton(row.path)), {})
    return set(call.get("requestBody", {}).get("content", {})) - {"application/json"}


def spots(value, path=()):
    """The place of everything in a body, however deep."""
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in pairs:
        yield from spots(inner, (*path, key))


def spoiled(body, path, junk):
    """The raw body with junk in one place."""
    whole = copy.deepcopy(body)
    place = whole
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = MARK
    return json.dumps(whole).replace(f'"{MARK}"', junk).encode()


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """The even pace of the reset letter is not what is tried here."""
    monkeypatch.setattr("accounts.services.RESET_REQUEST_SECONDS", 0)


@pytest.mark.parametrize("row", WRITES, ids=named)
def test_any_junk_in_any_field_is_refused_or_harmless(world, fields_by_operation, row):
    body = bodies(world)[row.body] or {}
    known = {(name,) for name in fields_by_operation.get((row.method, skeleton(row.path)), ())}
    api = client_for(world, row.best_role)
    wrong = [
        (place, junk[:40], found)
        for place in sorted({*spots(body), *known}, key=str)
        for junk in JUNK
        if (found := complaint(send(api, world, row, spoiled(body, place, junk))))
    ]
    assert wrong == []


@pytest.mark.parametrize("row", WRITES, ids=named)
def test_a_body_that_is_no_body_is_refused(world, row):
    api = client_for(world, row.best_role)
    answers = {name: send(api, world, row, raw) for name, raw in NO_OBJECTS.items()}
    assert {name: found for name, answer in answers.items() if (found := complaint(answer))} == {}
    taken = {name for name, answer in answers.items() if answer.status_code < 400}
    assert taken <= (set() if face_at(row.path) is SHOP else IGNORED) or row not in READERS


@pytest.mark.parametrize("row", WRITES, ids=named)
def test_a_body_over_the_limit_is_413_and_of_another_type_is_415(world, row):
    api = client_for(world, row.best_role)
    big = send(api, world, row, b'{"a": "' + b"x" * 1_000_000 + b'"}')
    assert (big.status_code, complaint(big)) == (413, "")
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        other = send(api, world, row, b"{}", content_type)
        assert complaint(other) == ""
        assert other.status_code == 415 or row not in READERS or content_type in forms_of(row)


@pytest.mark.parametrize("row", READERS, ids=named)
def test_no_body_at_all_is_an_empty_object(world, row):
    api = client_for(world, row.best_role)
    with time_machine.travel(timezone.now(), tick=False):  # an answer may say when it was given
        without, empty = (send(api, world, row, raw) for raw in (b"", b"{}"))
    assert (without.status_code, complaint(without)) == (empty.status_code, "")
    assert without.json() == empty.json()


@pytest.mark.parametrize("row", [row for row in WRITES if "{" in row.path], ids=named)
@pytest.mark.parametrize("odd", ["0", "-1", "1.5", "1e3", "abc", "9" * 30, "%00", "%F0%9F%92%A5", "%ED%A0%80", "%FF"])
def test_an_odd_id_in_the_path_names_nothing(world, row, odd):
    start, _, rest = path_for(world, row.path.replace("{", "<").replace("}", ">")).partition("<")
    api = client_for(world, row.best_role)
    with transaction.atomic():
        raw = json.dumps(bodies(world)[row.body] or {})
        url = start + odd + rest.partition(">")[2]
        answer = api.generic(row.method, url, raw, content_type="application/json")
        transaction.set_rollback(True)
    assert (answer.status_code, complaint(answer)) == (404, "")


EMOJI = "Zoë 👩🏽‍🚀 👨‍👩‍👧 💻"


def test_emoji_come_back_as_they_went_in(world):
    owner, admin = client_for(world, "owner"), client_for(world, "admin")
    names = {"first_name": EMOJI, "last_name": EMOJI}
    assert owner.patch("auth/profile", names).status_code == 200
    assert names.items() <= owner.get("auth/me").json()["user"].items()

    texts = {**names, "street_address": EMOJI, "city": EMOJI}
    address = owner.post("auth/addresses", {**NEW_ADDRESS, **texts}).json()["address"]["id"]
    assert texts.items() <= owner.get(f"auth/addresses/{address}").json()["address"].items()

    product = {
        **NEW_PRODUCT,
        "sku": "EMOJI-1",
        "name": EMOJI,
        "description": EMOJI,
        "specifications": {"note": EMOJI},
    }
    made = admin.post("products", product).json()["product"]["id"]
    kept = owner.get(f"products/{made}").json()
    assert (kept["name"], kept["description"]) == (EMOJI, EMOJI)
    assert json.loads(kept["specifications"]) == {"note": EMOJI}

    body = {"items": [{"product_id": made, "quantity": 1}], "shipping_address_id": address, "notes": EMOJI}
    order = owner.post("orders", body).json()["order"]["id"]
    assert admin.put(f"orders/{order}/status", {"status": "processing", "notes": EMOJI}).status_code == 200
    whole = owner.get(f"orders/{order}").json()["order"]
    assert (whole["notes"], whole["items"][0]["product_name"]) == (EMOJI, EMOJI)
    assert (whole["shipping_address"]["city"], whole["status_history"][0]["notes"]) == (EMOJI, EMOJI)

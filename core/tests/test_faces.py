"""A face is data: its addresses, form, pages, limits and origins hold for it, and for no other."""

import pytest
from django.urls import resolve

from core.api import faces
from core.api.document import document_of
from core.api.faces import SHOP, face_at
from core.testing.client import ApiClient
from core.tests import second_face
from core.tests.second_face import SECOND

pytestmark = [pytest.mark.django_db, pytest.mark.urls("core.tests.second_face")]


class SecondClient(ApiClient):
    mount = "/second/v1"


@pytest.fixture(autouse=True)
def second(settings, monkeypatch):
    settings.ROOT_URLCONF = "core.tests.second_face"
    settings.SECOND_ORIGINS = ["https://second.example"]
    settings.SECOND_USER = settings.SECOND_ANON = "1000/min"
    settings.SECOND_BODY = 1000
    monkeypatch.setitem(faces.FACES, SECOND.name, SECOND)
    second_face.written.clear()


@pytest.fixture
def api():
    return SecondClient()


def refused(answer, status, code):
    """The body of an enveloped error, whose parts agree."""
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"]["code"]) == (status, status, code)
    assert (body["success"], body["message"]) == (False, body["error"]["message"])
    return body["error"]


@pytest.mark.parametrize(
    ("path", "face"),
    [
        ("/api", SHOP), ("/api/x", SHOP), ("/api/v1/x", SHOP), ("/payment/webhook.php", SHOP), ("/apis", None),
        ("/second/v1/x", SECOND), ("/second", SECOND), ("/seconds", None), ("/socket.io/", None), ("/health", None),
    ],
)  # fmt: skip
def test_a_path_has_one_face(path, face):
    assert face_at(path) is face


@pytest.mark.parametrize("path", ["/second/v1/notes/3", "/second/client/v1/notes/3", "/second/client/v1/notes/3/"])
def test_both_mounts_are_one(path):
    assert SECOND.canonical("/second/client/v1/notes/3") == "/second/v1/notes/3"
    assert SecondClient().get(path).json()["id"] == 3


def test_an_object_stands_at_the_top_and_in_data(api):
    note = {"id": 3, "text": "note 3"}
    assert api.get("notes/3").json() == {**note, "success": True, "data": note, "message": "OK"}


def test_a_message_of_the_answer_is_the_one_at_the_top(api):
    assert api.post("say").json() == {"success": True, "data": {"message": "Hello"}, "message": "Hello"}


def test_nothing_to_tell_is_empty_data(api):
    assert api.delete("notes/3").json() == {"success": True, "data": {}, "message": "Thrown away."}


def test_a_bare_list_is_bare(api):
    assert len(api.get("notes/bare").json()) == 45


@pytest.mark.parametrize(
    ("query", "page", "limit", "skip"),
    [
        ("", 1, 20, 0),
        ("?page=3", 3, 20, 40),
        ("?skip=5&limit=10", 1, 10, 5),
        ("?skip=20", 2, 20, 20),
        ("?page=2&skip=1&limit=5", 2, 5, 5),
        ("?page=x&skip=-1&limit=0", 1, 20, 0),
        ("?skip=99999999999999999999", 1, 20, 0),
        ("?limit=1000", 1, 100, 0),
        ("?per_page=3", 1, 20, 0),
    ],
)
def test_a_page_says_where_it_stands(api, query, page, limit, skip):
    body = api.get(f"notes{query}").json()
    assert body["data"]["pagination"] == {"page": page, "limit": limit, "total": 45, "pages": -(-45 // limit)}
    assert (body["total"], body["skip"], body["limit"]) == (45, skip, limit)
    assert body["notes"] == body["data"]["items"]
    assert body["notes"][0]["id"] == skip + 1


@pytest.mark.parametrize("query", ["?page=9", "?skip=45", "?skip=999999999999999999", "?page=999999999999999999"])
def test_a_page_past_the_end_is_empty(api, query):
    assert api.get(f"notes{query}").json()["notes"] == []


@pytest.mark.parametrize(
    ("body", "field", "constraint"),
    [
        ({}, "text", "required"),
        ({"text": None}, "text", "required"),
        ({"text": ""}, "text", "required"),
        ({"text": 5}, "text", "type"),
        ({"text": "x"}, "text", "min_length"),
        ({"text": "xxxxxx"}, "text", "max_length"),
        ({"text": "xx", "copies": "2"}, "copies", "type"),
        ({"text": "xx", "copies": True}, "copies", "type"),
        ({"text": "xx", "copies": 0}, "copies", "min_value"),
        ({"text": "xx", "copies": 10}, "copies", "max_value"),
        ({"text": "xx", "kind": "c"}, "kind", "choice"),
        ({"text": "xx", "day": "today"}, "day", "format"),
        ([], "body", "type"),
        (b"{", "body", "format"),
    ],
)
def test_the_first_wrong_field_is_named_with_its_constraint(api, body, field, constraint):
    details = refused(api.post("notes", body), 400, "VALIDATION_ERROR")["details"]
    assert (details["field"], details["constraint"]) == (field, constraint)
    assert details["fields"][field][0]


def test_unknown_keys_are_ignored_and_other_spellings_taken(api):
    assert api.post("notes", {"words": "ab", "colour": "red"}).json()["text"] == "ab"
    assert api.post("notes", {"words": "ab", "text": "cd"}).json()["text"] == "cd"


@pytest.mark.parametrize(("raw", "status"), [("text=ab&text=cd", 201), ("text=%ff", 400), ("&".join("a" * 200), 400)])
def test_a_form_is_read_where_a_view_takes_one(api, raw, status):
    answer = api.post("notes", raw, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == status
    assert status != 201 or answer.json()["text"] == "cd"


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "nothing", 404, "NOT_FOUND"),
        ("PUT", "/second/nothing", 404, "NOT_FOUND"),
        ("GET", "/second", 404, "NOT_FOUND"),
        ("GET", "notes/99", 404, "NOT_FOUND"),
        ("PUT", "notes", 405, "METHOD_NOT_ALLOWED"),
        ("GET", "locked", 401, "UNAUTHORIZED"),
        ("POST", "locked", 401, "UNAUTHORIZED"),
    ],
)
def test_every_refusal_has_the_faces_form(api, method, path, status, code):
    assert "details" not in refused(api.generic(method, path, {}), status, code)


def test_a_refusal_of_the_rules_keeps_its_code(api):
    refused(api.post("notes", {"text": "full"}), 409, "SOLD_OUT")


def test_an_unexpected_error_has_the_faces_form(api):
    api.raise_request_exception = False
    assert "secret" not in refused(api.get("fail"), 500, "INTERNAL_SERVER_ERROR")["message"]


def test_a_stranger_is_unauthorized_and_a_user_forbidden(api, user):
    refused(api.login_as(user).get("locked"), 403, "FORBIDDEN")


def test_a_body_has_the_faces_own_limit(api):
    refused(api.post("notes", b'"' + b"x" * 1000 + b'"'), 413, "REQUEST_ENTITY_TOO_LARGE")
    assert ApiClient().post("nothing", b'"' + b"x" * 1000 + b'"').status_code == 404


def test_a_wrong_media_type_has_the_faces_form(api):
    refused(api.post("notes", "<a/>", content_type="text/xml"), 415, "UNSUPPORTED_MEDIA_TYPE")


def test_each_face_counts_for_itself(api, settings):
    settings.SECOND_ANON = "2/min"
    assert [api.get("notes").status_code for _ in range(2)] == [200, 200]
    limited = api.get("notes")
    refused(limited, 429, "RATE_LIMITED")
    assert int(limited["Retry-After"]) > 0
    assert ApiClient().get("products").status_code == 200
    assert api.get("health").json()["status"] == "ok"


@pytest.mark.parametrize("path", ["health", "/second/client/v1/health/"])
def test_health_answers_under_each_mount(api, path):
    assert api.get(path).json() == {
        "status": "ok", "success": True, "data": {"status": "ok"}, "message": "OK",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["notes", "nothing", "locked", "/second"])
def test_the_faces_origins_may_read_all_answers(api, path):
    answer = api.get(path, HTTP_ORIGIN="https://second.example")
    assert answer["Access-Control-Allow-Origin"] == "https://second.example"
    assert answer["Access-Control-Allow-Credentials"] == "true"
    assert "origin" in answer["Vary"].lower()


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/second/v1/notes", "https://giggatek.com"),
        ("/second/v1/notes", "null"),
        ("/api/products", "https://second.example"),
        ("/health", "https://second.example"),
    ],
)
def test_the_origins_of_another_face_do_not_count(client, path, origin):
    assert "Access-Control-Allow-Origin" not in client.get(path, HTTP_ORIGIN=origin)
    assert "Access-Control-Allow-Origin" not in client.options(
        path, HTTP_ORIGIN=origin, HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST"
    )


def test_a_preflight_names_methods_and_headers_and_is_not_limited(client, settings):
    settings.SECOND_ANON = "1/min"
    for _ in range(3):
        answer = client.options(
            "/second/v1/notes/3",
            HTTP_ORIGIN="https://second.example",
            HTTP_ACCESS_CONTROL_REQUEST_METHOD="DELETE",
            HTTP_ACCESS_CONTROL_REQUEST_HEADERS="authorization,idempotency-key",
        )
        assert answer.status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "https://second.example"
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        assert method in answer["Access-Control-Allow-Methods"]
    for header in ("authorization", "content-type", "idempotency-key"):
        assert header in answer["Access-Control-Allow-Headers"]


def test_a_key_is_the_same_under_all_mounts(api, user):
    api.login_as(user)
    first = api.post("notes", {"text": "ab"}, HTTP_IDEMPOTENCY_KEY="k")
    again = api.post("/second/client/v1/notes/", {"text": "ab"}, HTTP_IDEMPOTENCY_KEY="k")
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert len(second_face.written) == 1
    refused(api.post("notes", {"text": "cd"}, HTTP_IDEMPOTENCY_KEY="k"), 409, "IDEMPOTENCY_KEY_REUSED")


def test_invalid_input_leaves_the_key_free_and_a_refusal_of_the_rules_does_not(api, user):
    api.login_as(user)
    refused(api.post("notes", {"text": "x"}, HTTP_IDEMPOTENCY_KEY="a"), 400, "VALIDATION_ERROR")
    assert api.post("notes", {"text": "ab"}, HTTP_IDEMPOTENCY_KEY="a").status_code == 201
    kept = api.post("notes", {"text": "full"}, HTTP_IDEMPOTENCY_KEY="b")
    again = api.post("notes", {"text": "full"}, HTTP_IDEMPOTENCY_KEY="b")
    assert (again.status_code, again.content) == (409, kept.content)
    assert again["Idempotent-Replayed"] == "true"


def test_a_face_has_a_document_of_its_own(api):
    made = api.get("schema").json()
    assert made["info"]["title"] == "The second"
    assert sorted(made["paths"]) == [
        "/second/v1/notes", "/second/v1/notes/bare", "/second/v1/notes/{id}", "/second/v1/say",
    ]  # fmt: skip
    assert made["paths"]["/second/v1/notes"]["post"]["operationId"] == "notes_create"
    assert not any(path.startswith("/second") for path in document_of(SHOP)["paths"])
    assert api.get("docs").status_code == 200


def test_the_document_shows_the_envelope(api):
    made = document_of(SECOND)
    schemas, calls = made["components"]["schemas"], made["paths"]["/second/v1/notes"]
    assert set(schemas["NoteAnswer"]["required"]) == {"id", "text", "success", "data", "message"}
    assert set(schemas["NotePageAnswer"]["required"]) == {
        "success", "data", "message", "notes", "total", "skip", "limit",
    }  # fmt: skip
    assert "error" in schemas["EnvelopedError"]["required"]
    assert {one["name"] for one in calls["get"]["parameters"]} == {"page", "limit", "skip"}
    bare = made["paths"]["/second/v1/notes/bare"]["get"]["responses"]["200"]["content"]["application/json"]
    assert bare["schema"]["type"] == "array"


def test_namespaces_tell_the_mounts_apart():
    assert resolve("/second/v1/notes").namespace == "second"
    assert resolve("/second/client/v1/notes").namespace == "second-2"

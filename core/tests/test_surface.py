"""What holds for every address of the API, before any view."""

from io import BytesIO

import pytest
from gunicorn.http.errors import InvalidChunkSize

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/", "/api/v1/nothing", "/api"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_route_answers_in_the_contracts_error_shape(api, path, method):
    answer = api.generic(method, path, {})
    assert answer.status_code == 404
    assert answer.json() == {
        "error": "There is no such route.", "status": 404, "message": "There is no such route.", "code": "not_found",
    }  # fmt: skip


def test_a_body_over_the_limit_is_refused_before_it_is_read(api):
    answer = api.post("nothing", b'"' + b"x" * 1_000_000 + b'"')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


class BrokenChunks(BytesIO):
    """What gunicorn hands on when a chunk has no size."""

    def read(self, size=-1):
        raise InvalidChunkSize(b"zz")


def send_chunks(client, stream):
    """A sign-in that comes in chunks, as gunicorn hands it on: no length, and a stream that ends."""
    extra = {"wsgi.input": stream, "CONTENT_TYPE": "application/json", "HTTP_TRANSFER_ENCODING": "chunked"}
    return client.generic("POST", "/api/auth/login", **extra)


def test_a_body_in_chunks_is_read(client):
    answer = send_chunks(client, BytesIO(b'{"email": "nobody@example.com", "password": "x"}'))
    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_credentials")


def test_a_body_in_chunks_over_the_limit_is_refused(client):
    answer = send_chunks(client, BytesIO(b"x" * 1_000_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


def test_chunks_that_are_none_are_refused(client):
    answer = send_chunks(client, BrokenChunks())
    assert (answer.status_code, answer.json()["status"]) == (400, 400)


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "garbage", "", "application/json"])
def test_the_answer_is_json_whatever_the_client_accepts(client, accept):
    answer = client.get("/api/products", HTTP_ACCEPT=accept)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")


def test_a_format_in_the_query_changes_nothing(client):
    assert client.get("/api/products?format=xml").json()["products"] == []


@pytest.mark.parametrize("path", ["/health", "/health/", "/health/ready", "/health/ready/"])
def test_health_answers_without_a_redirect(client, path):
    answer = client.get(path)
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")


def test_readiness_names_each_part(client):
    assert client.get("/health/ready").json() == {
        "status": "ok",
        "database": "ok",
        "cache": "ok",
        "queue": "ok",
    }


def test_every_answer_carries_its_request_id(client):
    assert client.get("/health", HTTP_X_REQUEST_ID="abc-123")["X-Request-ID"] == "abc-123"
    assert len(client.get("/health")["X-Request-ID"]) == 36

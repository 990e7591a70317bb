"""What holds for every address of the API, before any view."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["/api/nothing", "/api/nothing/", "/api/v1/nothing", "/api"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_an_unknown_route_answers_in_the_contracts_error_shape(api, path, method):
    answer = api.send(method, path)
    assert answer.status_code == 404
    assert answer.json() == {
        "error": "There is no such route.", "status": 404, "message": "There is no such route.", "code": "not_found",
    }  # fmt: skip


def test_a_body_over_the_limit_is_refused_before_it_is_read(api):
    answer = api.send("POST", "nothing", b'"' + b"x" * 1_000_000 + b'"')
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")


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

"""Rate limits, origins, caching: what stands around every answer."""

import pytest

pytestmark = pytest.mark.django_db


def statuses(call, times):
    return [call().status_code for _ in range(times)]


def test_a_stranger_is_limited_by_address(api, settings):
    settings.API_THROTTLE_ANON = "3/min"
    assert statuses(lambda: api.get("products"), 4) == [200, 200, 200, 429]
    refused = api.get("products")
    assert refused.json()["status"] == 429
    assert 0 < int(refused["Retry-After"]) <= 61
    assert api.get("/api/products", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_a_user_is_limited_apart_from_others(api, user, staff, settings):
    settings.API_THROTTLE_USER = "2/min"
    api.login_as(user)
    assert statuses(lambda: api.get("orders"), 3) == [200, 200, 429]
    assert api.login_as(staff).get("orders").status_code == 200


def test_bad_tokens_count_as_a_stranger(api, settings):
    settings.API_THROTTLE_ANON = "2/min"
    api.defaults["HTTP_AUTHORIZATION"] = "Bearer nonsense"
    assert statuses(lambda: api.get("orders"), 3) == [401, 401, 429]


def test_knocking_without_a_token_is_limited_too(api, settings):
    settings.API_THROTTLE_ANON = "2/min"
    assert statuses(lambda: api.get("orders"), 3) == [401, 401, 429]


def test_a_forged_forwarding_header_does_not_escape_the_limit(api, settings):
    settings.API_THROTTLE_ANON = "2/min"
    forged = [api.get("/api/products", HTTP_X_FORWARDED_FOR=f"1.2.3.{n}").status_code for n in range(3)]
    assert forged == [200, 200, 429]


def test_behind_a_trusted_proxy_its_last_entry_counts(api, settings):
    settings.API_THROTTLE_ANON = "1/min"
    settings.TRUSTED_PROXIES = 1
    first = api.get("/api/products", HTTP_X_FORWARDED_FOR="6.6.6.6, 1.1.1.1").status_code
    other = api.get("/api/products", HTTP_X_FORWARDED_FOR="6.6.6.6, 2.2.2.2").status_code
    again = api.get("/api/products", HTTP_X_FORWARDED_FOR="7.7.7.7, 1.1.1.1").status_code
    assert (first, other, again) == (200, 200, 429)


def test_health_is_never_limited(client, settings):
    settings.API_THROTTLE_ANON = "1/min"
    assert statuses(lambda: client.get("/health"), 5) == [200] * 5


@pytest.mark.parametrize("origin", ["http://localhost", "http://localhost:3000", "https://giggatek.com"])
@pytest.mark.parametrize("path", ["/api/products", "/api/nothing", "/api/orders"])
def test_known_origins_may_read_errors_too(client, origin, path):
    assert client.get(path, HTTP_ORIGIN=origin)["Access-Control-Allow-Origin"] == origin


@pytest.mark.parametrize("origin", ["https://evil.example", "https://giggatek.com.evil.example", "null"])
def test_a_strangers_origin_is_never_echoed(client, origin):
    assert "Access-Control-Allow-Origin" not in client.get("/api/products", HTTP_ORIGIN=origin)


def test_private_answers_stay_out_of_caches(api_as, user):
    assert "no-store" in api_as(user).get("orders")["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("PATCH", "products", 401), ("DELETE", "health-not-here", 404), ("PUT", "orders", 401)],
)
def test_errors_of_the_framework_have_the_contracts_shape(api, method, path, status):
    answer = api.generic(method, path, {})
    assert answer.status_code == status
    assert {"error", "status", "message", "code"} <= set(answer.json())


def test_a_wrong_method_and_media_type_are_json(api, user):
    api.login_as(user)
    wrong_method = api.put("orders")
    assert (wrong_method.status_code, wrong_method.json()["status"]) == (405, 405)
    wrong_type = api.post("/api/orders", "a=b", content_type="application/x-www-form-urlencoded")
    assert (wrong_type.status_code, wrong_type.json()["status"]) == (415, 415)


def test_a_missing_and_a_bad_token_say_so(api):
    missing = api.get("orders")
    assert (missing.status_code, missing["WWW-Authenticate"]) == (401, "Bearer")
    assert "token" in missing.json()["error"].lower()
    api.defaults["HTTP_AUTHORIZATION"] = "Bearer nonsense"
    assert "token" in api.get("orders").json()["error"].lower()


def test_an_unexpected_error_is_json_without_a_word_about_the_inside(api, user, monkeypatch):
    monkeypatch.setattr("orders.api.viewsets.stats_of", lambda user: 1 / 0)
    api.raise_request_exception = False
    answer = api.login_as(user).get("orders/stats")
    assert answer.status_code == 500
    assert answer.json()["code"] == "server_error"
    assert "division" not in answer.content.decode()

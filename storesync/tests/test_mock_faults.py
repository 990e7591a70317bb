"""The bad days of the stand-ins, and the control that makes them."""

import pytest
import requests

from storesync.mock.prokip.store import TOKEN

PATH = "/connector/api/business-location"
HEADERS = {"Authorization": f"Bearer {TOKEN}"}


def call(prokip, **more):
    return prokip.call("GET", PATH, headers=HEADERS, **more)


@pytest.mark.parametrize(("kind", "status"), [("429", 429), ("500", 500), ("token", 401)])
def test_the_next_calls_fail_as_often_as_is_said(prokip, kind, status):
    prokip.control("POST", "faults", {"faults": [{"kind": kind, "count": 2}]})
    answers = [call(prokip) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert (answers[0].headers.get("Retry-After") is not None) == (kind == "429")


def test_html_comes_with_200(prokip):
    prokip.fail("html", count=1)
    answer = call(prokip)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")
    assert call(prokip).json()["data"]


def test_slow_is_slower_than_who_asks(prokip):
    prokip.fail("slow", count=1, seconds=0.5)
    with pytest.raises(requests.Timeout):
        requests.get(f"{prokip.base}{PATH}", headers=HEADERS, timeout=0.1)


@pytest.mark.parametrize(("kind", "sells"), [("drop", 0), ("drop after", 1)])
def test_the_line_is_cut_before_or_after_the_effect(prokip, kind, sells):
    prokip.fail(kind, count=1, match="sell")
    line = {"product_id": 1, "variation_id": 2, "quantity": 1}
    body = {"sells": [{"location_id": 1, "contact_id": 1, "products": [line]}]}
    with pytest.raises(requests.ConnectionError):
        prokip.call("POST", "/connector/api/sell", headers=HEADERS, json=body)
    assert len(prokip.state()["sells"]) == sells


def test_a_rate_strikes_some_and_the_same_again_after_a_reset(prokip):
    def seen():
        prokip.control("POST", "reset")
        prokip.fail("500", rate=0.3)
        return [call(prokip).status_code for _ in range(40)]

    first = seen()
    assert 3 < first.count(500) < 25
    assert seen() == first


def test_a_fault_strikes_what_it_names_alone(prokip):
    prokip.fail("500", match="GET /connector/api/product")
    assert call(prokip).status_code == 200
    assert prokip.call("GET", "/connector/api/product", headers=HEADERS).status_code == 500


def test_its_clock_may_be_off(prokip):
    honest = prokip.sell("MOUSE-1")["created_at"]
    prokip.fail("clock", seconds=-7200)
    assert prokip.sell("MOUSE-1")["created_at"] < honest


@pytest.mark.parametrize(
    "faults", [None, {}, ["429"], [{"kind": "gone"}], [{"kind": "429", "count": "2"}], [{"kind": "429", "often": 2}]]
)
def test_what_is_no_fault_is_refused_and_changes_nothing(prokip, faults):
    prokip.fail("500")
    assert prokip.call("POST", "/mock/faults", json={"faults": faults}).status_code == 400
    assert call(prokip).status_code == 500


def test_a_reset_forgets_all_and_may_fill_the_shelves(prokip):
    prokip.sell("MOUSE-1")
    prokip.fail("500")
    prokip.control("POST", "reset", {"items": 1000})
    state = prokip.state()
    assert (len(state["stock"]), state["sells"], call(prokip).status_code) == (1000, [], 200)


@pytest.mark.parametrize("body", ["[]", "{", '{"lines": []}', '{"lines": ["MOUSE-1"]}', '{"lines": [{"sku": "?"}]}'])
def test_orders_of_nothing_are_refused(prokip, body):
    assert prokip.call("POST", "/mock/orders", data=body).status_code == 400
    assert prokip.state()["sells"] == []


def test_stock_is_set_by_hand(prokip):
    prokip.set_stock("MOUSE-1", 5)
    assert prokip.state()["stock"]["MOUSE-1"] == 5
    assert prokip.call("POST", "/mock/stock", json={"sku": "MOUSE-1", "quantity": "5"}).status_code == 400
    assert prokip.call("POST", "/mock/stock", json={"sku": "?", "quantity": 5}).status_code == 400

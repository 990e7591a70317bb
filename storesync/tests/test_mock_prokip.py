"""The ERP's stand-in against its recorded answers, and against what its code does."""

import pytest

from storesync.mock.prokip.store import TOKEN
from storesync.tests.recorded import recorded, unlike

API = "/connector/api"


@pytest.fixture
def api(prokip):
    """A call with the token; the body of an answer of 200."""

    def call(method, path, *, status=200, **more):
        answer = prokip.call(method, f"{API}/{path}", headers={"Authorization": f"Bearer {TOKEN}"}, **more)
        assert answer.status_code == status, answer.text
        return answer.json()

    return call


@pytest.fixture
def product(api):
    """What the ERP tells of one SKU: ids and stock."""

    def find(sku):
        rows = api("GET", "product", params={"sku": sku, "per_page": 500})["data"]
        found = [
            each for row in rows for each in row["product_variations"][0]["variations"] if each["sub_sku"] == sku
        ]
        return found[0]

    return find


@pytest.fixture
def book(api, product):
    """Sends one sell."""

    def send(sku="MOUSE-1", quantity=2, **more):
        of = product(sku)
        line = {"product_id": of["product_id"], "variation_id": of["id"], "quantity": quantity, "unit_price": 12500}
        sell = {
            "location_id": 1, "contact_id": 1, "transaction_date": "2026-11-02 10:00:00", "invoice_no": "WOO-7",
            "status": "final", "source": "woo", "discount_amount": 500, "discount_type": "fixed",
            "shipping_charges": 1000, "products": [line], "payments": [{"method": "cash", "amount": 25500}], **more,
        }  # fmt: skip
        return api("POST", "sell", json={"sells": [sell]})

    return send


def quantity(variation, location=1):
    rows = [row for row in variation["variation_location_details"] if row["location_id"] == location]
    return float(rows[0]["qty_available"])


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", TOKEN])
def test_it_wants_its_token(prokip, token):
    headers = {"Authorization": token} if token is not None else {}
    answer = prokip.call("GET", f"{API}/product", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthenticated."})


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("product", "product-list-page"),
        ("product-stock-report", "product-stock-report"),
        ("business-location", "business-location"),
    ],
)
def test_lists_have_the_recorded_form(api, path, name):
    assert unlike(api("GET", path), recorded(f"prokip/{name}.json")) == []


def test_products_come_by_fifteen_and_do_not_say_how_many_there_are(api):
    pages, path = [], f"{API}/product"
    while path:
        page = api("GET", path.split(f"{API}/")[1])
        pages.append(page)
        path = page["links"]["next"]
    assert [len(page["data"]) for page in pages] == [15, 11]
    assert not {"total", "last_page"} & set(pages[0]["meta"])
    assert len({row["id"] for page in pages for row in page["data"]}) == 26
    assert len(api("GET", "product", params={"per_page": 500})["data"]) == 26
    assert api("GET", "product", params={"page": 9})["data"] == []


def test_pages_keep_the_query(api):
    page = api("GET", "product", params={"sku": "C", "per_page": 2})
    assert "sku=C" in page["links"]["next"]
    assert "per_page=2" in page["links"]["next"]


def test_the_search_is_a_like(api):
    def skus(text):
        rows = api("GET", "product", params={"sku": text})["data"]
        return [each["sub_sku"] for row in rows for each in row["product_variations"][0]["variations"]]

    assert skus("cable-c") == ["CABLE-C", "CABLE-C-2M"]
    assert skus("CABLE_C-") == ["CABLE-C-2M"]
    assert skus("shirt-m") == ["SHIRT-S", "SHIRT-M", "SHIRT-L"]
    assert skus("(") == []


def test_the_stock_report_has_fifteen_rows_whatever_is_asked(api):
    report = api("GET", "product-stock-report", params={"per_page": 500, "location_id": 1})
    assert (len(report["data"]), report["meta"]["per_page"], report["meta"]["total"]) == (15, 15, 30)
    rest = api("GET", "product-stock-report", params={"location_id": 1, "page": 2})["data"]
    unknown = [row for row in report["data"] + rest if row["stock"] is None]
    assert {row["sku"] for row in unknown} == {"KIT-PHONE", "SETUP"}
    assert {row["location_id"] for row in unknown} == {None}


def test_a_sell_answers_the_bare_array_and_takes_stock(book, product):
    before = quantity(product("MOUSE-1")), quantity(product("MOUSE-1"), 2)
    answer = book()
    assert isinstance(answer, list)
    assert unlike(answer, recorded("prokip/sell-post.json")["data"]) == []
    assert (answer[0]["final_total"], answer[0]["payment_status"]) == ("25500.0000", "paid")
    assert (answer[0]["invoice_no"], answer[0]["source"]) == ("WOO-7", "woo")
    assert (quantity(product("MOUSE-1")), quantity(product("MOUSE-1"), 2)) == (before[0] - 2, before[1])


def test_the_same_invoice_number_is_one_more_sell(book, product, prokip):
    assert book()[0]["id"] != book()[0]["id"]
    assert (quantity(product("MOUSE-1")), len(prokip.state()["sells"])) == (76, 2)


def test_a_combo_takes_its_parts(book, product):
    book("KIT-PHONE", 3)
    assert (quantity(product("PHONE-A")), quantity(product("CASE-BLK"))) == (17, 87)


@pytest.mark.parametrize(
    "wrong",
    [
        {"location_id": 9},
        {"contact_id": 0},
        {"products": [{"product_id": 1, "variation_id": 9999, "quantity": 1}]},
        {"products": [{"product_id": 9999, "variation_id": 2, "quantity": 1}]},
        {"products": None},
        {"discount_amount": "x"},
        {"transaction_date": "yesterday"},
    ],
)
def test_a_failed_sell_is_an_error_inside_200(book, prokip, wrong):
    before = prokip.state()["stock"]
    assert book(**wrong)[0]["original"]["error"]["message"]
    assert (prokip.state()["stock"], prokip.state()["sells"]) == (before, [])


def test_sells_are_found_by_day_and_source(api, book):
    numbers = [book(invoice_no=f"WOO-{day}", transaction_date=f"2026-11-0{day} 23:59:59") for day in (1, 2, 2, 3)]
    book(source="shopify", invoice_no="SHOPIFY-1")
    day = {"start_date": "2026-11-02", "end_date": "2026-11-02"}
    found = api("GET", "sell", params={**day, "source": "woo"})
    assert [row["id"] for row in found["data"]] == [numbers[1][0]["id"], numbers[2][0]["id"]]
    assert len(api("GET", "sell", params=day)["data"]) == 3
    assert len(api("GET", "sell", params={"per_page": 2, "page": 3})["data"]) == 1
    # Its code takes this word for its own module's imports.
    assert api("GET", "sell", params={"source": "woocommerce"})["data"] == []


def test_one_sell_is_a_list_and_an_unknown_one_an_empty_list(api, book):
    sell = book()[0]
    assert api("GET", f"sell/{sell['id']}")["data"] == [sell]
    assert api("GET", "sell/9999")["data"] == []


def test_a_return_sets_what_has_come_back(api, book, product):
    sell = book(quantity=5)[0]

    def give_back(count):
        line = {"sell_line_id": sell["sell_lines"][0]["id"], "quantity": count, "unit_price_inc_tax": 12500}
        return api(
            "POST", "sell-return",
            json={"transaction_id": sell["id"], "products": [line], "discount_amount": 0, "discount_type": "fixed"},
        )  # fmt: skip

    first = give_back(2)
    assert unlike(first, recorded("prokip/sell-return-post.json")) == []
    assert (first["return_parent_id"], first["final_total"]) == (sell["id"], 25000)
    assert quantity(product("MOUSE-1")) == 77
    again = give_back(2)
    assert (again["id"], quantity(product("MOUSE-1"))) == (first["id"], 77)
    give_back(3)
    assert quantity(product("MOUSE-1")) == 78
    give_back(1)
    assert quantity(product("MOUSE-1")) == 76
    assert api("GET", f"sell/{sell['id']}")["data"][0]["sell_lines"][0]["quantity_returned"] == "1.0000"


def test_a_return_of_nothing_that_was_sold_fails(api, book):
    sell = book()[0]
    api("POST", "sell-return", status=404, json={"transaction_id": 9999, "products": []})
    api("POST", "sell-return", status=500, json={"transaction_id": sell["id"], "products": [{"sell_line_id": 9999}]})


def test_the_till_sells_too(prokip):
    assert prokip.sell(("MOUSE-1", 3), "WATCH-1")["final_total"] == "132500.0000"
    stock = prokip.state()["stock"]
    assert (stock["MOUSE-1"], stock["WATCH-1"]) == (77, 29)

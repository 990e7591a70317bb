"""The ERP through its client, at the stand-in and with the vendor's own answers."""

from datetime import date
from decimal import Decimal

import pytest

from core.testing.lines import answer, server
from storesync import wire
from storesync.erp.client import Prokip, one_in, read
from storesync.erp.records import products_in
from storesync.mock.prokip.store import MAIN, WAREHOUSE
from storesync.tests.recorded import recorded

DAY = date(2026, 3, 1)


def recorded_body(name):
    return recorded(f"prokip/{name}.json")


@pytest.fixture
def products(erp):
    return {product.sku: product for product in erp.products()}


def sale_of(product, *, quantity=2, number="SHOPIFY-1", **more):
    line = {
        "product_id": product.product_id, "variation_id": product.variation_id, "quantity": quantity,
        "unit_price": Decimal("250000.50"),
    }  # fmt: skip
    return {
        "location_id": MAIN, "contact_id": 1, "transaction_date": f"{DAY} 23:30:00", "invoice_no": number,
        "status": "final", "source": "shopify", "discount_amount": Decimal(1), "discount_type": "fixed",
        "shipping_charges": Decimal("0.5"), "products": [line],
        "payments": [{"method": "cash", "amount": Decimal("500000.50")}], **more,
    }  # fmt: skip


def test_a_check_tells_the_locations(erp):
    assert MAIN in {location.id for location in erp.check()}
    erp.location_id = 99
    with pytest.raises(wire.Rejected, match="no such location"):
        erp.check()


def test_products_are_told_with_their_stock_here(erp, products):
    phone, shirt = products["PHONE-A"], products["SHIRT-M"]
    assert (phone.name, phone.price, phone.stock) == ("Phone A 128 GB", Decimal("250000.0000"), 20)
    assert shirt.name == "Work shirt - M"
    assert (products["KIT-PHONE"].is_combined, products["KIT-PHONE"].stock) == (True, None)
    assert (products["SETUP"].is_combined, products["SETUP"].stock) == (False, None)
    erp.location_id = WAREHOUSE
    assert {product.sku: product for product in erp.products()}["PHONE-A"].stock == 5


def test_the_vendors_own_product():
    [product] = products_in(recorded_body("product-list-page")["data"][0], 1)
    assert (product.sku, product.name, product.price, product.stock) == (
        "AS0001", "Men's Reverse Fleece Crew", Decimal("143.0000"), Decimal("20.0000"),
    )  # fmt: skip
    assert products_in(recorded_body("product-list-page")["data"][0], 2)[0].stock is None


@pytest.mark.parametrize("change", [{"type": "combo"}, {"enable_stock": 0}])
def test_what_is_not_counted_itself_has_no_stock_whatever_stands_there(change):
    [product] = products_in({**recorded_body("product-list-page")["data"][0], **change}, 1)
    assert product.stock is None


def test_ten_thousand_skus_cost_few_calls(erp, prokip):
    prokip.control("POST", "reset", {"items": 10_000})
    assert len({product.sku for product in erp.products()}) == 10_000
    assert erp.calls <= 25


def test_a_sku_is_found_to_the_letter(erp):
    assert [product.sku for product in erp.find_sku("CABLE-C")] == ["CABLE-C"]
    assert [product.sku for product in erp.find_sku("USB-C/Ö 1")] == ["USB-C/Ö 1"]
    for other in ("cable-c", "CABLE", "CABLE-C ", "%", "_", ""):
        assert erp.find_sku(other) == []


def test_a_sale_is_booked_and_found_again(erp, prokip, products):
    phone = products["PHONE-A"]
    sale = erp.sell(sale_of(phone))
    assert (sale.invoice_number, sale.total) == ("SHOPIFY-1", Decimal("500000.5000"))
    [line] = sale.lines
    assert (line.variation_id, line.quantity, line.returned) == (phone.variation_id, 2, 0)
    assert prokip.state()["stock"]["PHONE-A"] == 18
    assert erp.find_sale("SHOPIFY-1", day=DAY, source="shopify") == sale == erp.sale(sale.id)
    assert erp.sale(sale.id + 1) is None
    for number, day in (("SHOPIFY-2", DAY), ("SHOPIFY-1", date(2026, 3, 2))):
        assert erp.find_sale(number, day=day, source="shopify") is None


def test_a_sale_of_woocommerce_is_found_although_the_erp_hides_it_under_its_source(erp, products):
    sale = erp.sell(sale_of(products["PHONE-A"], number="WOO-1", source="woocommerce"))
    assert erp.find_sale("WOO-1", day=DAY, source="woocommerce") == sale


def test_of_two_sales_with_one_number_the_first_is_found(erp, products):
    sales = [erp.sell(sale_of(products["PHONE-A"])) for _ in range(2)]
    assert erp.find_sale("SHOPIFY-1", day=DAY) == sales[0]


def test_a_sale_whose_answer_was_lost_is_found(erp, prokip, products):
    prokip.fail("drop after", count=1, match="POST")
    with pytest.raises(wire.Unreachable):
        erp.sell(sale_of(products["PHONE-A"]))
    assert erp.find_sale("SHOPIFY-1", day=DAY).invoice_number == "SHOPIFY-1"
    assert len(prokip.calls("POST")) == 1


def test_what_came_back_is_set_and_not_added(erp, prokip, products):
    sale = erp.sell(sale_of(products["PHONE-A"]))
    line = {"sell_line_id": sale.lines[0].sell_line_id, "quantity": 1, "unit_price_inc_tax": Decimal(1)}
    body = {"transaction_id": sale.id, "products": [line], "discount_amount": 0, "discount_type": "fixed"}
    for _ in range(2):
        erp.give_back(body)
    assert erp.sale(sale.id).lines[0].returned == 1
    assert prokip.state()["stock"]["PHONE-A"] == 19


@pytest.mark.parametrize("change", [{"location_id": 99}, {"contact_id": 0}, {"products": [{"product_id": 1}]}])
def test_an_error_in_an_answer_of_status_200_is_a_refusal(erp, prokip, products, change):
    with pytest.raises(wire.Rejected) as refused:
        erp.sell(sale_of(products["PHONE-A"], **change))
    assert refused.value.message != wire.Rejected.message
    assert prokip.state()["sells"] == []


def test_a_return_of_no_sale_is_a_refusal(erp):
    with pytest.raises(wire.Rejected, match="No query results"):
        erp.give_back({"transaction_id": 99, "products": []})


SALE = recorded_body("sell-post")["data"][0]


@pytest.mark.parametrize("body", [[SALE], {"data": [SALE]}, {"success": True, "id": 6, "data": SALE}, SALE])
def test_each_form_of_an_answer_is_read(body):
    sale = read(one_in(body))
    assert (sale.id, sale.total, [line.quantity for line in sale.lines]) == (6, Decimal("770.0000"), [10])


@pytest.mark.parametrize(
    "body", [[], {}, [SALE, SALE], {"data": []}, {"data": None}, None, "x", [5], {"id": 6, "sell_lines": [{}]}]
)
def test_another_form_is_none(body):
    with pytest.raises(wire.BadAnswer):
        read(one_in(body))


def test_the_vendors_own_return_is_read():
    assert one_in(recorded_body("sell-return-post"))


@pytest.mark.parametrize(
    ("fault", "error"), [("500", wire.Unreachable), ("html", wire.BadAnswer), ("drop", wire.Unreachable),
                         ("token", wire.RefusedCredentials)],
)  # fmt: skip
def test_a_bad_day_is_an_error_of_its_kind_and_one_call(erp, prokip, fault, error):
    prokip.fail(fault)
    with pytest.raises(error):
        list(erp.products())
    assert erp.calls == 1


def test_a_429_is_waited_for(erp, prokip, monkeypatch):
    monkeypatch.setattr(wire, "LONGEST_WAIT", 0)
    prokip.fail("429", count=2)
    assert erp.check()
    assert erp.calls == 3
    prokip.fail("429")
    with pytest.raises(wire.Throttled):
        erp.check()


def test_a_list_that_leads_in_a_circle_or_elsewhere_is_not_followed(settings):
    settings.MOCK_MODE = True
    body = b'{"data": [], "links": {"next": "http://169.254.169.254/"}}'
    with server(lambda line: line.sendall(answer(body))) as there:
        settings.MOCK_PROKIP_URL = there.base
        assert list(Prokip(address="https://erp.example.com", token="t", location_id=1).products()) == []
        assert len(there.asked) == 1

"""What renting costs by term: the factors, a product's own rates, and what is never offered."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from catalog.devices.grading import in_grade
from catalog.models import Product, RentalRate, RentalTerm, WishlistItem
from catalog.rental_terms import LEAST_SHARE, all_terms, why_not, with_terms
from catalog.tests.factories import ProductFactory
from catalog.tests.shop import product_url, save_form
from core.testing.client import client_of

pytestmark = pytest.mark.django_db


def shown(api, product):
    """Its terms in the answer: (months, monthly rate, total)."""
    terms = api.get(f"products/{product.pk}").json()["rental_terms"]
    return [(term["months"], term["monthly_rate"], term["total"]) for term in terms]


def test_each_term_has_its_own_rate(api):
    assert shown(api, ProductFactory(price="599.99", rental_price="49.99")) == [
        (3, 199.96, 599.88),
        (6, 99.98, 599.88),
        (12, 49.99, 599.88),
        (18, 36.66, 659.88),
        (24, 30.0, 720.0),
        (36, 22.5, 810.0),
    ]


@pytest.mark.parametrize(("price", "rate"), [("549.99", "51.99"), ("169.99", "15.99")])
def test_no_term_is_a_gift_and_a_long_one_costs_little_more(api, price, rate):
    totals = {months: total for months, _, total in shown(api, ProductFactory(price=price, rental_price=rate))}
    assert min(totals.values()) >= float(price)
    assert totals[36] < 1.36 * totals[12]


def test_a_rate_is_rounded_up_to_what_the_currency_has(api):
    assert shown(api, ProductFactory(rental_price="1000.01"))[:2] == [(3, 4000.04, 12000.12), (6, 2000.02, 12000.12)]
    assert shown(api, ProductFactory(price="9999.00", rental_price="1001", currency="JPY"))[3] == (18, 735.0, 13230.0)


def test_staff_change_the_terms(api):
    product = ProductFactory()
    RentalTerm.objects.filter(months__in=(3, 36)).update(is_active=False)
    RentalTerm.objects.filter(months=24).update(factor="2.00")
    RentalTerm.objects.create(months=9, factor="1.00")
    assert [(months, rate) for months, rate, _ in shown(api, product)] == [
        (6, 99.98),
        (9, 66.66),
        (12, 49.99),
        (18, 36.66),
        (24, 49.99),
    ]
    RentalTerm.objects.all().delete()
    assert [months for months, *_ in shown(api, product)] == list(RentalTerm.DEFAULTS)


def test_a_product_has_rates_of_its_own(api):
    product, other = ProductFactory.create_batch(2)
    product.rental_rates.create(months=24, monthly_rate="27.50")
    product.rental_rates.create(months=7, monthly_rate="100.00")  # of no term on offer
    assert (24, 27.5, 660.0) in shown(api, product)
    assert (24, 30.0, 720.0) in shown(api, other)
    assert 7 not in [months for months, *_ in shown(api, product)]


def test_what_costs_less_than_the_cash_price_is_not_offered(api):
    product = ProductFactory(price="605.93", rental_price="49.99")  # 99 % of it are 599.87
    assert [months for months, *_ in shown(api, product)] == [3, 6, 12, 18, 24, 36]
    Product.objects.update(price="605.95")  # and 599.89
    assert [months for months, *_ in shown(api, product)] == [18, 24, 36]


@pytest.mark.parametrize(
    "fields", [{"is_rentable": False}, {"rental_price": "0.00"}, {"rental_price": "9999999999.99"}]
)
def test_some_products_have_no_terms(api, fields):
    assert shown(api, ProductFactory(**fields)) == []


@pytest.mark.parametrize("path", ["products", "wishlist"])
def test_lists_show_the_terms_in_as_many_queries_for_any_number_of_rows(user, path):
    counts = []
    for number in (1, 3):
        while Product.objects.count() < number:
            WishlistItem.objects.create(user=user, product=ProductFactory())
        with CaptureQueriesContext(connection) as seen:
            body = client_of(user).get(path).json()
        assert all((row.get("product") or row)["rental_terms"] for row in body.get("items") or body["products"])
        counts.append(len(seen))
    assert counts[0] == counts[1]


def test_the_database_refuses_nonsense():
    product = ProductFactory()
    product.rental_rates.create(months=6, monthly_rate="100.00")
    for rows, fields in (
        (RentalRate.objects, {"product": product, "months": 6, "monthly_rate": "1.00"}),
        (RentalRate.objects, {"product": product, "months": 3, "monthly_rate": "0.00"}),
        (RentalRate.objects, {"product": product, "months": 121, "monthly_rate": "1.00"}),
        (RentalTerm.objects, {"months": 12, "factor": "1.00"}),
        (RentalTerm.objects, {"months": 0, "factor": "1.00"}),
        (RentalTerm.objects, {"months": 9, "factor": "0.00"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.create(**fields)


@given(
    price=st.decimals("0.00", "99999.99", places=2),
    rate=st.decimals("0.00", "99999.99", places=2),
    factor=st.decimals("0.01", "10.00", places=2),
    months=st.integers(min_value=1, max_value=120),
)
def test_whatever_the_figures_the_total_is_what_the_payments_come_to(price, rate, factor, months):
    product = Product(price=price, rental_price=rate, currency="USD")
    for term in all_terms(product, {months: factor}, own={}):
        exact = rate * 12 * factor
        assert term.total == term.monthly_rate * months
        assert 0 <= term.total - exact < Decimal("0.01") * months
        assert bool(why_not(product, term)) == (term.total < price * LEAST_SHARE)


def test_the_products_page_says_what_each_term_costs_and_why_one_is_not_offered(back_office):
    product = ProductFactory(price="605.95")
    page = back_office.get(product_url(product)).content.decode()
    assert "199.96" in page and "599.88 USD" in page
    assert page.count("Not offered: less than the cash price") == 3
    rate = {"rental_rates-TOTAL_FORMS": "1", "rental_rates-0-months": "12", "rental_rates-0-monthly_rate": "55.00"}
    assert save_form(back_office, product, **rate).status_code == 302
    assert [(rate.months, rate.monthly_rate) for rate in product.rental_rates.all()] == [(12, Decimal("55.00"))]
    page = back_office.get(product_url(product)).content.decode()
    assert page.count("Not offered: less than the cash price") == 2


def test_a_copy_in_another_grade_has_own_rates_in_proportion():
    product = ProductFactory(condition="excellent")
    product.rental_rates.create(months=24, monthly_rate="27.00")
    copy = in_grade(product=product, grade="good")  # 80 % of a new one instead of 90 %
    assert [(rate.months, rate.monthly_rate) for rate in copy.rental_rates.all()] == [(24, Decimal("24.00"))]
    assert with_terms([copy])[0].rental_terms[4] == (24, Decimal("24.00"), Decimal("576.00"))

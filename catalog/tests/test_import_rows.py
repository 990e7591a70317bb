"""What makes a row bad. A good row stands before and behind each bad one and must go in."""

import json

import pytest

from catalog import importing
from catalog.importing import specifications
from catalog.models import Product
from catalog.tests.shop import csv_file, row

pytestmark = pytest.mark.django_db

NESTED = '{"a": ' * 40 + "1" + "}" * 40

BAD_CELLS = [
    ("sku", "", "sku: is missing"),
    ("sku", "   ", "sku: is missing"),
    ("sku", "A B", "sku: A SKU has letters, digits"),
    ("sku", "-A", "sku: A SKU has letters, digits"),
    ("sku", "Ä-1", "sku: A SKU has letters, digits"),
    ("sku", "A" * 65, "sku: Ensure this value has at most 64 characters"),
    ("name", "", "name: is missing"),
    ("name", " \t ", "name: is missing"),
    ("name", "x" * 201, "name: Ensure this value has at most 200 characters"),
    ("name", "Two\nlines", "name: has a line break"),
    ("name", "A\x00B", "name: has a NUL byte"),
    ("name", "A\x1bB", "name: has a line break or another control character"),
    ("description", "A\x00B", "description: has a NUL byte"),
    ("description", "x" * 10_001, "description: is longer than 10000 characters"),
    ("category", "", "category: is missing"),
    ("category", "x" * 101, "category: Ensure this value has at most 100 characters"),
    ("brand", "x" * 101, "brand: Ensure this value has at most 100 characters"),
    ("condition", "", "condition: is missing"),
    ("condition", "mint", "condition: 'mint' is unknown; use one of new, excellent, good, fair"),
    ("price", "", "price: is missing"),
    ("price", "-1", "price: '-1' is negative"),
    ("price", "-0.01", "price: '-0.01' is negative"),
    ("price", "1.999", "price: Ensure that there are no more than 2 decimal places"),
    ("price", "1.990", "price: Ensure that there are no more than 2 decimal places"),
    ("price", "cheap", "price: 'cheap' is not a number"),
    ("price", "NaN", "price: 'NaN' is not a number"),
    ("price", "Infinity", "price: 'Infinity' is not a number"),
    ("price", "1e5", "price: '1e5' is not a number"),
    ("price", "1_000", "price: '1_000' is not a number"),
    ("price", "1,000.00", "price: '1,000.00' is not a number"),
    ("price", "$5", "price: '$5' is not a number"),
    ("price", "\u0665", "price: '\u0665' is not a number"),
    ("price", "10000000000.00", "price: Ensure that there are no more than 12 digits"),
    ("price", "9" * 5000, "price: Ensure that there are no more than 12 digits"),
    ("rental_price", "-5", "rental_price: '-5' is negative"),
    ("rental_price", "1.234", "rental_price: Ensure that there are no more than 2 decimal places"),
    ("rental_price", "", "rental_price: is missing, and the product is for rent"),
    ("inventory_count", "", "inventory_count: is missing"),
    ("inventory_count", "-1", "inventory_count: '-1' is negative"),
    ("inventory_count", "1.0", "inventory_count: '1.0' is not a whole number"),
    ("inventory_count", "2147483648", "inventory_count: '2147483648' is larger than 2147483647"),
    ("inventory_count", "9" * 5000, "inventory_count: '9999"),
    ("is_rentable", "", "is_rentable: is missing"),
    ("is_rentable", "maybe", "is_rentable: 'maybe' is neither true nor false"),
    ("is_rentable", "1", "is_rentable: '1' is neither true nor false"),
    ("image_url", "javascript:alert(1)", "image_url: must be a path that begins with /"),
    ("image_url", "/" + "x" * 500, "image_url: Ensure this value has at most 500 characters"),
    ("specifications", "{", "specifications: is not valid JSON"),
    ("specifications", "{'a': 1}", "specifications: is not valid JSON"),
    ("specifications", "[1]", "specifications: is JSON, but not an object"),
    ("specifications", "null", "specifications: is JSON, but not an object"),
    ("specifications", '"text"', "specifications: is JSON, but not an object"),
    ("specifications", '{"a": NaN}', "specifications: is not valid JSON"),
    ("specifications", '{"a": -Infinity}', "specifications: is not valid JSON"),
    ("specifications", '{"a": 1e999}', "specifications: has a number that is too large"),
    ("specifications", '{"a": 9223372036854775808}', "specifications: has a number that is too large"),
    ("specifications", '{"a": ' + "9" * 5000 + "}", "specifications: is not valid JSON"),
    ("specifications", '{"a": ["\\u0000"]}', "specifications: has a NUL character"),
    ("specifications", '{"\\ud800": 1}', "specifications: has half a character"),
    ("specifications", NESTED, "specifications: is nested more than 16 levels deep"),
    ("specifications", '{"a": ' + "[" * 19_000, "specifications: is not valid JSON"),
    ("specifications", json.dumps({"a": "x" * specifications.MAX_LENGTH}), "specifications: is longer than 20000"),
]


def imported_beside_good_rows(bad):
    """The report about a file with a good row, the bad one on line 3, and another good row."""
    report = importing.run(csv_file(row(sku="FIRST"), bad, row(sku="LAST")))
    assert set(Product.objects.values_list("sku", flat=True)) == {"FIRST", "LAST"}
    assert (report.created, report.failed) == (2, 1)
    return report.bad_rows[0]


@pytest.mark.parametrize(("column", "text", "reason"), BAD_CELLS, ids=lambda value: str(value)[:30])
def test_a_bad_cell_is_named_with_its_line_and_keeps_only_its_row_out(column, text, reason):
    bad = imported_beside_good_rows(row(**{column: text}))
    assert (bad.line, bad.reason[: len(reason)]) == (3, reason)
    assert len(bad.reason) < 300


def test_a_row_tells_everything_that_is_wrong_with_it():
    bad = imported_beside_good_rows(row(name="", price="-1", is_rentable="x"))
    assert bad.reason == "name: is missing; price: '-1' is negative; is_rentable: 'x' is neither true nor false"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (row()[:-1], "has 11 columns instead of 12"),
        ([*row(), "more"], "has 13 columns instead of 12"),
        (["only this"], "has 1 columns instead of 12"),
        (row(name="Caf\udce9") and b"CAF-1,Caf\xe9" + b",x" * 10 + b"\n", "name: is not valid UTF-8"),
        (b'BAD-1,"closed" early' + b",x" * 10 + b"\n", "not readable as CSV"),
        (b"BAD-1," + b"x" * 200_000 + b",x" * 10 + b"\n", "not readable as CSV: field larger than field limit"),
        (b"x" * 3_000_000 + b"\n", "not readable as CSV: field larger than field limit"),
        (b"a," * 2_000_000 + b"\n", "has "),
    ],
    ids=range(8),
)
def test_a_row_that_is_no_row_is_named_and_kept_out(line, reason):
    bad = imported_beside_good_rows(line)
    assert (bad.line, bad.reason[: len(reason)]) == (3, reason)


@pytest.mark.parametrize("tail", [b"", b"x\n" * 100_000])
def test_a_quote_that_is_never_closed_swallows_no_row_after_it(tail):
    lost = b'LOST-1,"never closed' + b",x" * 10 + b"\n"
    report = importing.run(csv_file(row(sku="A"), lost, row(sku="B"), row(sku="C"), lost, tail))
    assert set(Product.objects.values_list("sku", flat=True)) == {"A", "B", "C"}
    assert [bad.line for bad in report.bad_rows[:2]] == [3, 6]
    assert report.failed == 2 + tail.count(b"\n")


@pytest.mark.parametrize(
    ("line", "times"), [(b'x","x\n', 2000), (b"y" * 100_000 + b'","\n', 60)], ids=["lines", "length"]
)
def test_a_record_without_an_end_is_given_up(line, times):
    report = importing.run(csv_file(row(sku="A"), b'LOST,"' + line * times, row(sku="B")))
    assert str(report.bad_rows[0]) == "line 3: not readable as CSV: its end is not found; a quote may be missing"
    assert report.created and report.failed > times / 2


def test_lines_are_counted_as_an_editor_counts_them():
    several = row(sku="A", description="one\ntwo\r\nthree")
    report = importing.run(csv_file(several, b"\n", row(sku="B", price="x"), several, row(sku="C", price="y")))
    assert [bad.line for bad in report.bad_rows] == [6, 7, 10]
    assert report.bad_rows[1].reason == "sku: A stands on line 2 already"
    assert Product.objects.get().description == "one\ntwo\r\nthree"


def test_a_sku_counts_once_in_any_case():
    report = importing.run(csv_file(row(sku="abc-1"), row(sku="ABC-1"), row(sku="Abc-1"), row(sku="ABC-2")))
    assert [str(bad) for bad in report.bad_rows] == [
        "line 3: sku: ABC-1 stands on line 2 already",
        "line 4: sku: Abc-1 stands on line 2 already",
    ]
    assert set(Product.objects.values_list("sku", flat=True)) == {"abc-1", "ABC-2"}


def test_a_bad_row_takes_no_sku():
    report = importing.run(csv_file(row(price="x"), row(name="The right one")))
    assert (report.created, report.failed, Product.objects.get().name) == (1, 1, "The right one")


def test_the_report_keeps_the_first_thousand_bad_rows_and_counts_all():
    report = importing.run(csv_file(*(["x"] for _ in range(1500))))
    assert (report.failed, len(report.bad_rows), report.bad_rows[-1].line) == (1500, 1000, 1001)


def test_values_are_read_exactly():
    text = 'Zwölf 💻, "quoted"\n\tand more '
    specs = {"ram": "16GB", "💻": [1, 2.5, True, None, {"größe": "13″"}], "big": 2**63 - 1}
    cells = row(
        sku=" abc/1.2_3-X ", name=" Ünï 💻 ", description=text, brand="", condition="GOOD", price="0",
        rental_price="", inventory_count="2147483647", is_rentable="FALSE", image_url="",
        specifications=json.dumps(specs),
    )  # fmt: skip
    assert importing.run(csv_file(cells)).failed == 0
    product = Product.objects.get()
    assert (product.sku, product.name, product.description) == ("abc/1.2_3-X", "Ünï 💻", text)
    assert (str(product.price), product.rental_price, product.brand) == ("0.00", None, None)
    assert (product.condition, product.is_rentable, product.inventory_count) == ("good", False, 2_147_483_647)
    assert product.specifications == specs
    assert product.image_url.startswith("/images/products/")

"""Words: what is a term, and which products a query finds."""

import pytest
from django.utils import timezone

from catalog import search
from catalog.models import SearchTerm
from catalog.tests.factories import ProductFactory
from catalog.tests.shop import make_product


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Café ÜBER straße", ["cafe", "uber", "strasse"]),
        ("Core i5-8350U, 16GB!", ["core", "i5", "8350u", "16gb"]),
        ("a A á", ["a"]),
        ("x" * 50, ["x" * 40]),
        ("\x00 💻 \ud800 _ ' %", []),
        ("日本 ノート", ["日本", "ノート"]),
        ("ﬁne ① Ⅷ", ["fine", "1", "viii"]),
    ],
)
def test_words_of_a_text(text, words):
    assert search.words_of(text) == words


@pytest.mark.django_db
def test_terms_come_from_all_that_describes_a_product():
    product = ProductFactory(
        name="Laptop Pro",
        sku="XPS13-R-2025",
        specifications={"cpu": "i5", "ports": ["USB C", 3], "touch": True, "x": None},
    )
    expected = {"laptop", "pro", "xps13", "r", "2025", "xps13r2025", "dell", "i5", "usb", "c", "3"}
    assert search.terms_of(product) == expected


@pytest.mark.django_db
def test_terms_are_limited_and_the_name_comes_first():
    product = ProductFactory(name="Laptop", specifications={f"k{n}": f"word{n}" for n in range(200)})
    terms = search.terms_of(product)
    assert len(terms) == search.MAX_TERMS
    assert {"laptop", "dell"} <= terms


@pytest.mark.django_db
def test_indexing_again_replaces_the_terms_of_these_products_only(django_assert_max_num_queries):
    one, other = make_product("One", "laptop", "dell", "good", 1), make_product("Other", "laptop", "dell", "good", 1)
    one.name = "Changed"
    with django_assert_max_num_queries(4):
        search.index([one])
    assert {term.term for term in one.search_terms.all()} >= {"changed"}
    assert not one.search_terms.filter(term="dell", product=other).exists()
    assert other.search_terms.filter(term="other").exists()
    assert not SearchTerm.objects.filter(term="one", product=other).exists()


@pytest.mark.django_db
def test_terms_that_a_collation_could_confuse_stand_side_by_side():
    product = ProductFactory(specifications={"a": "𠀀 𠀁 ø o đ d 日本"})
    search.index([product])
    stored = set(product.search_terms.values_list("term", flat=True))
    assert stored == search.terms_of(product) >= {"𠀀", "𠀁", "ø", "o"}


def found_names(api, text):
    return {row["name"] for row in api.get("products", {"search": text}).json()["products"]}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alpha", "Alpha"),
        ("ALPH", "Alpha"),
        ("lpha", ""),
        ("i5", "Alpha"),
        ("8350", "Alpha"),
        ("intel dell", "Alpha"),
        ("dell intel laptop", "Alpha"),
        ("intel hp", ""),
        ("laptop", "Alpha Beta"),
        ("lap", "Alpha Beta"),
        ("  laptop  HP ", "Beta"),
        ("deltas", ""),
        ("d", "Alpha Delta"),
        ("áppl", "Gamma"),
        ("💻", ""),
        ("%", ""),
    ],
)
def test_every_word_of_the_query_must_begin_a_word_of_the_product(api, shop, text, expected):
    assert found_names(api, text) == set(expected.split())


@pytest.mark.django_db
def test_an_archived_product_is_not_found(api, shop):
    shop[0].archived_at = timezone.now()
    shop[0].save()
    assert found_names(api, "laptop") == {"Beta"}
    search.index(shop[:1])
    assert not shop[0].search_terms.exists()
    assert found_names(api, "laptop") == {"Beta"}


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["a b c d e f g h i j k l m n o p q r s t u v w x y z", "laptop " * 28, "a" * 200])
def test_many_words_are_no_burden(api, shop, text):
    assert api.get("products", {"search": text}).status_code == 200


@pytest.mark.django_db
def test_common_and_rare_words_find_the_same_in_every_way_of_asking(api, shop, monkeypatch):
    questions = ("laptop", "laptop dell", "d", "intel laptop", "hp alpha", "refurbished")
    before = [found_names(api, text) for text in questions]
    monkeypatch.setattr("catalog.search.matching.COMMON", 0)
    assert [found_names(api, text) for text in questions] == before


@pytest.mark.django_db
def test_common_words_are_counted_up_to_a_limit_that_is_told(api, shop, monkeypatch):
    monkeypatch.setattr("catalog.search.matching.COMMON", 0)
    assert "capped" not in api.get("products", {"search": "laptop"}).json()["pagination"]
    for module in ("matching", "listing"):
        monkeypatch.setattr(f"catalog.search.{module}.MAX_COUNT", 1)
    for query in ({"search": "laptop"}, {"search": "laptop", "price_min": 1}):
        assert api.get("products", query).json()["pagination"] == {
            "total": 1, "page": 1, "per_page": 24, "total_pages": 1, "capped": True,
        }  # fmt: skip

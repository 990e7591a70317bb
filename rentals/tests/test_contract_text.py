"""The contract says everything, the same way each time, and no one slips a line into it."""

import copy
import hashlib
import json
from decimal import Decimal

import pytest
from django.conf import settings
from django.template import TemplateDoesNotExist
from django.utils import translation

from rentals.contracts.lines import HEADING, blocks, cells, fact, kind_of, tidy
from rentals.contracts.terms import BadTerms, check_terms
from rentals.contracts.text import TEMPLATES, VERSION, choose_template, has_template, render_text
from rentals.rules.packs.rules import FEE_KINDS, FORMULAS
from rentals.tests.factories import example_terms

FOLDER = settings.BASE_DIR / "templates" / "documents" / "contract"
# Published words never change: contracts that were written with them could not be proven any more. Write a new
# version in a folder of its own, and add its sums here.
PUBLISHED = {
    "1/en/general.txt": "5cf0cf72ebc0732f71b9d8522815edcf11a550cd",
    "1/en/parts/consent.txt": "d133c04f4cb2e4db4d5af96ed1d2d00f30be7620",
    "1/en/parts/early_cash_price_less_payments.txt": "757bd602898325bff8b90e900349f0eb5184c072",
    "1/en/parts/early_prorated_cash_price.txt": "f8204e0735990d540d6e0e5029b713b12706be2f",
    "1/en/parts/early_remaining_scheduled.txt": "778264ff0b63f4024a232e09c695f4e1ea44b9e9",
    "1/en/parts/late_fee.txt": "b69debcda4e6bdf1a87979e2a44ff82102d3961c",
    "1/en/parts/late_greater_of.txt": "99bac502c16d418eb03161921423ffeef5793e50",
    "1/en/parts/late_lesser_of.txt": "c28d4a381edb1a908f71e52474670e648d70ede8",
    "1/en/parts/late_none.txt": "8aa4d6182111f9894fc1de29a6cb7863a606679c",
    "1/en/us.txt": "4454b3e985c4d7407a4c5b218ce04032d8aaea65",
}


def facts_in(text):
    """Label and value of every fact."""
    return [fact(line) for line in text.splitlines() if kind_of(line) == "fact"]


def test_it_begins_with_its_title_and_names_parties_and_product():
    text = render_text(example_terms())
    assert text.startswith("RENT-TO-OWN AGREEMENT\n")
    facts = dict(facts_in(text))
    assert facts["Contract"] == "RTO-000007"
    assert facts["Shop"] == "GigGatek"
    assert facts["Address of the shop"] == "1 Harbor Drive, Oakland, CA 94607, US"
    assert facts["Customer"] == "John Doe"
    assert facts["Product"] == "Refurbished Gaming PC"
    assert (facts["SKU"], facts["Condition"], facts["Serial number"]) == ("GPC-R-2025", "Excellent", "SN-4711-A")
    assert facts["Delivered to"] == "John Doe, 123 Main St, San Francisco, CA 94107, US"
    assert facts["Governing place"] == "CA, US"
    assert facts["Consent version"] == "1"


def test_it_says_what_renting_costs():
    facts = dict(facts_in(render_text(example_terms())))
    assert facts["Monthly rate"] == "$49.99"
    assert facts["Term"] == "12 months, from April 1, 2025 to April 1, 2026"
    assert facts["Total of all payments"] == "$599.88"
    assert facts["Cash price"] == "$499.99"
    assert facts["Cost of renting"] == "$99.89"


def test_it_lists_each_payment_with_its_day_its_amount_and_the_price_after_it():
    terms = example_terms()
    text = render_text(terms)
    rows = [cells(line) for line in text.splitlines() if kind_of(line) == "row"]
    assert rows[0] == ["No.", "Due date", "Amount", "To own it then"]
    assert rows[1] == ["1", "April 1, 2025", "$49.99", "$550.00"]
    assert rows[-1] == ["12", "March 1, 2026", "$49.99", "$0.00"]
    assert [int(row[0]) for row in rows[1:]] == list(range(1, 13))
    assert [row[3] for row in rows[1:]] == [f"${payment['price_after']}" for payment in terms["payments"]]
    assert "due each month on day 1, in a shorter month on its last day" in text


def test_it_has_every_section():
    headings = [line for line in render_text(example_terms()).splitlines() if HEADING.match(line)]
    assert headings == [
        "1. THE PARTIES",
        "2. THE PRODUCT",
        "3. WHAT IT COSTS",
        "4. PAYMENTS",
        "5. EARLY PURCHASE",
        "6. LATE PAYMENT",
        "7. RETURN AT ANY TIME",
        "8. MAINTENANCE, LOSS AND DAMAGE",
        "9. WHEN IT IS YOURS",
        "10. LAW",
        "11. ELECTRONIC SIGNATURE",
    ]


def test_early_purchase_is_in_the_words_of_its_formula_with_its_source():
    text = render_text(example_terms())
    assert (
        "- Up to and including July 1, 2025: the price is the cash price plus the payments that are past due, "
        in text
    )
    assert "- After that: the price is the cash price multiplied by the number of payments" in text
    assert ("Source", "Cal. Civ. Code § 1812.632 (early purchase)") in facts_in(text)
    assert ("Source", "Cal. Civ. Code § 1812.626 (late payment fee)") in facts_in(text)


@pytest.mark.parametrize("formula", sorted(FORMULAS))
def test_every_formula_of_the_packs_has_words(formula):
    rule = {**example_terms()["early_purchase"][1], "formula": formula, "minimum_payments": 1}
    line = next(line for line in render_text(example_terms(early_purchase=[rule])).splitlines() if line[:2] == "- ")
    assert line.startswith("- At any time: the price is ")
    assert ("at least 1 monthly payment." in line) == (formula == "prorated_cash_price")


def test_a_formula_without_words_cannot_become_a_contract():
    rule = {**example_terms()["early_purchase"][1], "formula": "invented"}
    with pytest.raises(TemplateDoesNotExist):
        render_text(example_terms(early_purchase=[rule]))


@pytest.mark.parametrize("kind", sorted(FEE_KINDS))
def test_every_kind_of_late_fee_has_words(kind):
    text = render_text(example_terms(late_fee={**example_terms()["late_fee"], "kind": kind}))
    section = text[text.index("6. LATE") : text.index("7. RETURN")]
    if kind == "none":
        assert "There is no late fee." in section
        assert "$" not in section
        return
    assert "You have 7 days of grace" in section
    assert f"the {kind.removesuffix('_of')} of 5 percent of the payment and $5.00, but at least $2.00." in section
    assert "For one monthly payment of $49.99 that is $2.50." in section


def test_a_late_fee_without_a_least_amount_names_none():
    text = render_text(example_terms(late_fee={**example_terms()["late_fee"], "minimum": ""}))
    assert "$5.00. For one monthly payment" in text


def test_return_ends_all_further_charges():
    text = render_text(example_terms())
    assert "From the moment you tell us so in your account, all further charges end" in text
    assert "becomes your property with the last payment of the schedule, due on March 1, 2026" in text


def test_what_there_is_not_is_not_named():
    terms = example_terms(shop={"name": "GigGatek", "address": ""})
    terms["product"]["serial"] = ""
    text = render_text(terms)
    labels = [label for label, _ in facts_in(text)]
    assert "Address of the shop" not in labels
    assert "Serial number" not in labels
    assert "The serial number of the device that you receive is recorded when we send it." in text


def test_other_currencies_are_named():
    assert ("Monthly rate", "49.99 EUR") in facts_in(render_text(example_terms(currency="EUR")))


# --- No one slips a line into it

FORGERIES = [
    "John\n4. PAYMENTS\n\n| 1 | never | $0.00 | $0.00 |",
    "John\r\n  Total of all payments: $0.00",
    "John\u2028- At any time: the price is nothing.",
    "John\u2029\x85\x0b\x0c\x1c  Cash price: $1.00",
    "\n\n12. EXTRA\n\nThe shop pays.",
    "John \u202edenwo\u202c",
    "| 1 | a | b | c |",
    "- an item",
    "1. THE PARTIES",
    "Total: $0.00 | x | y",
    "{{ monthly_rate }} {% include 'x' %}",
    "<b>bold</b> & co",
]
PLACES = [
    ("customer", "name"),
    ("customer", "email"),
    ("customer", "address"),
    ("product", "name"),
    ("product", "sku"),
    ("product", "serial"),
    ("delivery", "name"),
    ("delivery", "address"),
    ("shop", "name"),
    ("shop", "address"),
    ("place",),
]


@pytest.mark.parametrize("place", PLACES, ids=".".join)
@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_value_stays_in_its_line(place, forgery):
    terms = example_terms()
    if len(place) == 1:
        terms[place[0]] = forgery
    else:
        terms[place[0]][place[1]] = forgery
    honest, forged = render_text(example_terms()).split("\n"), render_text(terms).split("\n")
    assert [kind_of(line) for line in forged] == [kind_of(line) for line in honest]
    assert len([1 for a, b in zip(honest, forged, strict=True) if a != b]) == 1
    for before, after in zip(honest, forged, strict=True):
        if before != after:
            assert fact(before)[0] == fact(after)[0]
    assert not set("\r\x0b\x0c\x1c\x85\u2028\u2029\u202e") & set("".join(forged))


def test_values_are_printed_as_they_are_and_not_run_as_template():
    terms = example_terms()
    terms["product"]["name"] = "<b>{{ monthly_rate }}</b> & co"
    assert ("Product", "<b>{{ monthly_rate }}</b> & co") in facts_in(render_text(terms))


# --- The same terms, the same text


def test_neither_the_order_of_keys_nor_the_language_of_the_thread_changes_it():
    terms = example_terms()
    text = render_text(terms)
    assert render_text(json.loads(json.dumps(terms, sort_keys=True))) == text
    with translation.override("de"):
        assert render_text(terms) == text
        assert "April 1, 2025" in text


def test_rendering_changes_nothing_in_the_terms():
    terms = example_terms()
    before = copy.deepcopy(terms)
    render_text(terms)
    assert terms == before


def paths(value, path=()):
    """Every place in the terms."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield (*path, key)
            yield from paths(item, (*path, key))
    elif isinstance(value, list):
        yield from paths(value[0], (*path, 0))


def holder(terms, path):
    """What holds the last key of the path."""
    for key in path[:-1]:
        terms = terms[key]
    return terms


@pytest.mark.parametrize("path", list(paths(example_terms())), ids=lambda path: ".".join(map(str, path)))
def test_a_missing_an_unknown_and_a_mistyped_key_are_refused(path):
    missing, unknown, mistyped = example_terms(), example_terms(), example_terms()
    del holder(missing, path)[path[-1]]
    holder(unknown, path)["surplus"] = "1"
    holder(mistyped, path)[path[-1]] = Decimal("1.0")
    for terms in (missing, unknown, mistyped):
        with pytest.raises(BadTerms):
            check_terms(terms)
        with pytest.raises(BadTerms):
            render_text(terms)


def test_true_is_no_number_and_an_empty_schedule_is_none():
    with pytest.raises(BadTerms, match="total_months"):
        check_terms(example_terms(total_months=True))
    with pytest.raises(BadTerms, match="payments"):
        check_terms(example_terms(payments=[]))


def test_all_that_terms_hold_is_printed():
    """What the text does not say was not agreed to: each text value of the terms is found in it."""
    text = render_text(example_terms())
    unsaid = {"template", "rental_id", "currency", "pack.code", "early_purchase", "late_fee.kind"}
    terms = example_terms()
    for path in paths(terms):
        name, value = ".".join(map(str, path)), holder(terms, path)[path[-1]]
        if isinstance(value, str) and not any(name.startswith(one) for one in unsaid) and not value[:4].isdigit():
            assert value in text, name


# --- Templates


@pytest.mark.parametrize(
    ("language", "places", "found"),
    [
        ("en", ("us-ny", "us"), ("en", "us")),
        ("en", ("default", "US"), ("en", "us")),
        ("en", ("default", "FR"), ("en", "general")),
        ("en", (), ("en", "general")),
        ("de", ("us-ny", "us"), ("en", "us")),
        ("EN", ("us",), ("en", "us")),
        ("en", ("../../emails/welcome", "parts/late_none", ""), ("en", "general")),
    ],
)
def test_a_place_falls_back_to_the_general_words_and_a_language_to_english(language, places, found):
    template = choose_template(language=language, places=places)
    assert (template["language"], template["jurisdiction"]) == found
    assert template["version"] == VERSION


def test_an_unknown_version_has_no_template():
    with pytest.raises(TemplateDoesNotExist):
        choose_template(version="0")
    assert not has_template({"version": "0", "language": "en", "jurisdiction": "us"})
    with pytest.raises(TemplateDoesNotExist):
        render_text(example_terms(template={"version": "1", "language": "en", "jurisdiction": "../en/us"}))


def test_the_general_words_name_no_law_of_the_united_states():
    terms = example_terms(template={"version": "1", "language": "en", "jurisdiction": "general"})
    text = render_text(terms)
    assert "U.S.C." not in text
    assert "rental-purchase" not in text
    assert "U.S.C." in render_text(example_terms())


def test_published_words_never_change():
    files = sorted(path for path in FOLDER.rglob("*") if path.is_file())
    found = {str(path.relative_to(FOLDER)): hashlib.sha256(path.read_bytes()).hexdigest()[:40] for path in files}
    assert found == PUBLISHED


def test_templates_leave_nothing_unfilled():
    for jurisdiction in ("general", "us"):
        text = render_text(example_terms(template={"version": "1", "language": "en", "jurisdiction": jurisdiction}))
        assert "{" not in text
        assert "  \n" not in text
        assert "\n\n\n" not in text
    assert TEMPLATES.autoescape is False


# --- Lines


def test_tidy_joins_paragraphs_and_leaves_lines_that_stand_alone():
    rough = "\nTITLE\n\n\none\ntwo  \n\n1. HEAD\nthree\n  A: b\n  C: d\n- x\n- y\n| a | b |\nfour\n\n\n"
    assert tidy(rough) == "TITLE\n\none two\n\n1. HEAD\nthree\n  A: b\n  C: d\n- x\n- y\n| a | b |\nfour\n"


def test_blocks_keep_every_line():
    text = render_text(example_terms())
    assert [line for block in blocks(text) for line in block.lines] == [line for line in text.split("\n") if line]

"""Rule packs: which holds where and when, what an operator may change, and that no mistake in a file goes unseen."""

import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as unhurried
from hypothesis import strategies as st

from rentals.rules.packs import InvalidPack, UnknownPack, as_json, from_json, load_packs, pack_for, pack_named
from rentals.rules.packs.loading import OURS
from rentals.rules.packs.rules import (
    CASH_PRICE_LESS_PAYMENTS,
    PRORATED_CASH_PRICE,
    REMAINING_SCHEDULED,
    BuyoutRule,
    LateFeeRule,
    RulePack,
)

TODAY = date(2025, 4, 1)
TEXAS = """
code = "us-tx"
name = "Texas"
countries = ["US"]
states = ["TX", "Texas"]

[[versions]]
version = 2
effective_from = 2026-01-01
sources = ["A newer law"]
[[versions.buyout]]
formula = "cash_price_less_payments"
within_months = 2
credited_percent = 62.5
add_past_due = false
[[versions.buyout]]
formula = "prorated_cash_price"
minimum_payments = 2
[versions.late_fee]
kind = "greater_of"
grace_days = 3
percent = 7.5
amount = 4

[[versions]]
version = 1
effective_from = 2025-03-01
sources = ["A law", "Another"]
[[versions.buyout]]
formula = "remaining_scheduled"
[versions.late_fee]
kind = "none"
"""


@pytest.fixture
def folder(tmp_path, settings):
    """The operator's folder of packs."""
    settings.RULE_PACKS_DIR = tmp_path / "packs"
    settings.RULE_PACKS_DIR.mkdir()
    return settings.RULE_PACKS_DIR


def put(folder, text, name="us-tx"):
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")


def code_for(country, state, on=TODAY):
    return pack_for(country=country, state=state, on=on).code


@pytest.mark.parametrize(
    ("country", "state", "code"),
    [
        ("US", "NY", "us-ny"),
        ("us", " new  york ", "us-ny"),
        ("United States", "N.Y.", "us-ny"),
        ("U.S.A.", "California", "us-ca"),
        ("US", "Ohio", "us-oh"),
        ("US", "CT", "us-ct"),
        ("US", "TX", "default"),
        ("US", "", "default"),
        ("US", "York", "default"),
        ("CA", "CA", "default"),
        ("AU", "NY", "default"),
        ("", "NY", "default"),
        ("", "", "default"),
    ],
)
def test_the_address_names_the_pack(country, state, code):
    assert code_for(country, state) == code


def test_our_packs_cite_their_law():
    cited = {code: found.versions[-1].source for code, found in load_packs().by_code.items()}
    assert set(cited) == {"default", "us-ny", "us-ca", "us-oh", "us-ct"}
    sections = {"us-ny": ["504", "501"], "us-ca": ["1812.632", "1812.626"], "us-oh": ["1351.06"], "us-ct": ["42-243"]}
    for code, numbers in sections.items():
        assert all(f"§ {number}" in cited[code] for number in numbers), cited[code]


def test_new_york_and_california_as_written():
    assert pack_named("us-ny", 1).buyout == (BuyoutRule(PRORATED_CASH_PRICE, minimum_payments=1),)
    assert pack_named("us-ca", 1).buyout == (
        BuyoutRule(CASH_PRICE_LESS_PAYMENTS, within_months=3, credited_percent=Decimal(100), add_past_due=True),
        BuyoutRule(PRORATED_CASH_PRICE),
    )


def test_the_version_in_force_on_the_day(folder):
    put(folder, TEXAS)
    found = {
        day: pack_for(country="US", state="TX", on=date.fromisoformat(day))
        for day in ("2025-02-28", "2025-03-01", "2025-12-31", "2026-01-01")
    }
    assert [(pack.code, pack.version) for pack in found.values()] == [
        ("default", 1),
        ("us-tx", 1),
        ("us-tx", 1),
        ("us-tx", 2),
    ]
    assert found["2026-01-01"] == RulePack(
        code="us-tx",
        name="Texas",
        version=2,
        effective_from=date(2026, 1, 1),
        sources=("A newer law",),
        buyout=(
            BuyoutRule(CASH_PRICE_LESS_PAYMENTS, within_months=2, credited_percent=Decimal("62.5")),
            BuyoutRule(PRORATED_CASH_PRICE, minimum_payments=2),
        ),
        late_fee=LateFeeRule("greater_of", 3, Decimal("7.5"), Decimal(4)),
    )


def test_a_pack_that_was_replaced_is_still_found_by_its_version(folder):
    put(folder, TEXAS)
    assert pack_named("us-tx", 1).buyout == (BuyoutRule(REMAINING_SCHEDULED),)
    for code, version in (("us-tx", 3), ("us-nowhere", 1)):
        with pytest.raises(UnknownPack, match=code):
            pack_named(code, version)


def test_an_operators_file_stands_in_for_ours_of_the_same_code(folder):
    ours = (OURS / "us-ct.toml").read_text()
    put(folder, ours.replace("grace_days = 5", "grace_days = 9"), "us-ct")
    assert pack_for(country="US", state="CT", on=TODAY).late_fee.grace_days == 9
    assert pack_for(country="US", state="NY", on=TODAY).late_fee.grace_days == 7


def test_an_operators_default_holds_for_every_day(folder):
    text = (OURS / "default.toml").read_text().replace("2000-01-01", "2025-06-01")
    put(folder, text.replace('kind = "none"', 'kind = "none"\ngrace_days = 4'), "default")
    assert pack_for(country="FR", state="", on=TODAY).late_fee.grace_days == 4


def test_a_country_holds_where_no_state_does(folder):
    put(folder, TEXAS.replace("us-tx", "us").replace('states = ["TX", "Texas"]', ""), "us")
    assert [code_for("US", state) for state in ("NY", "TX", "")] == ["us-ny", "us", "us"]
    assert code_for("FR", "TX") == "default"


def test_without_a_folder_of_the_operator_ours_are_read(settings):
    for nothing in (None, ""):
        settings.RULE_PACKS_DIR = nothing
        assert code_for("US", "OH") == "us-oh"


@pytest.mark.parametrize("code", ["default", "us-ny", "us-ca", "us-oh", "us-ct"])
def test_a_frozen_copy_comes_back_as_it_was(code):
    pack = pack_named(code, 1)
    frozen = json.dumps(as_json(pack))
    assert from_json(json.loads(frozen)) == pack


parts = st.decimals(min_value="0", max_value="100", places=2)
rules = st.sampled_from(
    [
        BuyoutRule(REMAINING_SCHEDULED),
        BuyoutRule(PRORATED_CASH_PRICE, minimum_payments=3),
        BuyoutRule(CASH_PRICE_LESS_PAYMENTS, credited_percent=Decimal("33.25"), add_past_due=True),
    ]
)
fees = st.one_of(
    st.builds(LateFeeRule, grace_days=st.integers(0, 365)),
    st.builds(LateFeeRule, st.sampled_from(["greater_of", "lesser_of"]), st.integers(0, 365), parts, parts, parts),
)


@unhurried(deadline=None)
@given(
    buyout=st.tuples(rules, rules, st.integers(1, 120)).map(
        lambda drawn: (replace(drawn[0], within_months=drawn[2]), drawn[1])
    ),
    fee=fees,
    on=st.dates(),
    version=st.integers(1, 100_000),
)
def test_any_pack_survives_being_frozen(buyout, fee, on, version):
    pack = RulePack("x", "Ö", version, on, ("§ 1", "§ 2"), buyout, fee)
    assert from_json(json.loads(json.dumps(as_json(pack)))) == pack


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["1e999999", "NaN"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@unhurried(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_a_copy_that_was_tampered_with_is_refused_or_read_and_never_breaks(data):
    frozen = as_json(pack_named("us-ca", 1))
    place = data.draw(st.sampled_from([frozen, frozen["late_fee"], *frozen["buyout"]]))
    key = data.draw(st.sampled_from([*place, "another"]))
    place[key] = data.draw(JSON)
    try:
        again = from_json(frozen)
    except InvalidPack as error:
        assert str(error).startswith("rule pack: ")
    else:
        assert from_json(as_json(again)) == again


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ('code = "us-tx"', 'code = "tx"', "must be the name of the file"),
        ('code = "us-tx"', 'code = "US TX"', "code must be up to 20 small letters"),
        ('name = "Texas"', "", "name is missing"),
        ('name = "Texas"', "name = 5", "name must be a text"),
        ('countries = ["US"]', "", "states need countries"),
        ('countries = ["US"]', "countries = []", "countries must be a list"),
        ('countries = ["US"]\nstates = ["TX", "Texas"]', "", "every pack needs countries"),
        ('"TX"', '"N.Y."', "both cover us ny"),
        ("version = 2", "version = 1", "version 1 must come into force after"),
        ("2026-01-01", "2025-03-01", "version 2 must come into force after"),
        ("version = 2", "version = 0", "versions 1: version must be a whole number"),
        ("version = 2", "version = true", "version must be a whole number"),
        ("effective_from = 2026-01-01", "effective_from = 2026-01-01T10:00:00", "effective_from must be a day"),
        ("effective_from = 2026-01-01", 'effective_from = "soon"', "effective_from Invalid isoformat"),
        ('sources = ["A newer law"]', "sources = []", "sources must be a list"),
        ('sources = ["A newer law"]', 'sources = [" "]', "sources must be a text"),
        ('"cash_price_less_payments"', '"a_guess"', "buyout 1: formula must be one of"),
        ('"cash_price_less_payments"', '["a_guess"]', "buyout 1: formula must be one of"),
        ("credited_percent = 62.5", "", "credited_percent is missing"),
        ("credited_percent = 62.5", "credited_percent = 101", "credited_percent must be a number from 0 to 100"),
        ("credited_percent = 62.5", "credited_percent = nan", "credited_percent must be a number"),
        ("credited_percent = 62.5", "credited_percent = 0.125", "at most two decimals"),
        ("credited_percent = 62.5", "credited_percent = true", "credited_percent must be a number"),
        ("add_past_due = false", "add_past_due = 0", "add_past_due must be true or false"),
        ("within_months = 2", "", "every buyout rule but the last needs"),
        ("minimum_payments = 2", "minimum_payments = 2\nwithin_months = 9", "every buyout rule but the last needs"),
        ("minimum_payments = 2", "minimum_payments = 2\ncredited_percent = 9", "unknown key credited_percent"),
        ('kind = "greater_of"', 'kind = "none"', "unknown key amount, percent"),
        ('kind = "greater_of"', 'kind = "most"', "late_fee: kind must be one of"),
        ("grace_days = 3", "grace = 3", "late_fee: unknown key grace"),
        ("grace_days = 3", "grace_days = -3", "grace_days must be a whole number"),
        ("amount = 4", "amount = -4", "amount must be a number"),
        ("amount = 4", "", "amount is missing"),
        ("[versions.late_fee]", "[[versions.late_fee]]", "late_fee: must be a table"),
        ('name = "Texas"', 'name = "Texas"\nauthor = "me"', "unknown key author"),
        ('name = "Texas"', "name = ", "Invalid value"),
    ],
)
def test_a_mistake_in_a_file_is_named(folder, right, wrong, says):
    assert right in TEXAS
    put(folder, TEXAS.replace(right, wrong, 1))
    with pytest.raises(InvalidPack, match=says) as error:
        load_packs(folder)
    assert "us-tx" in str(error.value)


def test_the_months_of_buyout_rules_must_grow(folder):
    rule = '[[versions.buyout]]\nformula = "remaining_scheduled"\nwithin_months = 2\n'
    put(folder, TEXAS.replace("[[versions.buyout]]", rule + "[[versions.buyout]]", 1))
    with pytest.raises(InvalidPack, match="longer within_months"):
        load_packs(folder)


def test_a_file_that_is_no_text_is_named(folder):
    (folder / "us-tx.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InvalidPack, match="us-tx"):
        load_packs(folder)


def test_a_folder_that_is_not_there_is_named(settings, tmp_path):
    settings.RULE_PACKS_DIR = str(tmp_path / "nowhere")
    with pytest.raises(InvalidPack, match="nowhere"):
        pack_for(country="US", state="NY", on=TODAY)


def test_the_example_of_the_docs_is_a_pack(folder):
    text = (Path(__file__).parents[2] / "docs" / "rentals.md").read_text(encoding="utf-8")
    put(folder, text.split("```toml")[1].split("```")[0])
    pack = pack_for(country="United States", state="Texas", on=date(2026, 1, 1))
    assert (pack.code, len(pack.buyout), pack.late_fee.minimum) == ("us-tx", 2, Decimal("2.00"))


def test_versions_are_read_in_any_order(folder):
    put(folder, TEXAS)
    versions = load_packs(folder).by_code["us-tx"].versions
    assert [pack.version for pack in versions] == [1, 2]
    assert load_packs(folder).by_code["us-tx"].in_force(versions[0].effective_from - timedelta(days=1)) is None

"""From a table (TOML or JSON) to checked rules and back. Everything unknown, missing or out of bounds is refused."""

from collections.abc import Callable
from dataclasses import fields
from decimal import Decimal
from itertools import pairwise
from typing import Any

from rentals.rules.packs.rules import (
    FEE_KINDS,
    FORMULAS,
    NO_FEE,
    BuyoutRule,
    InvalidPack,
    Jurisdiction,
    LateFeeRule,
    RulePack,
    plain,
)
from rentals.rules.packs.tables import Table, day, flag, number, one_of, slug, text, texts, whole

NOWHERE: tuple[str, ...] = ()
PERCENT = number(Decimal(100))
AMOUNT = number(Decimal(10000))
# How each parameter of a formula is read; `rules.FORMULAS` says which formula has which.
PARAMETERS: dict[str, Callable[[Any], Any]] = {
    "minimum_payments": whole(0, 12),
    "credited_percent": PERCENT,
    "add_past_due": flag,
}


def buyout_rule(table: Table) -> BuyoutRule:
    """One formula; only its own parameters may stand beside it, and all of them must."""
    formula = table.take("formula", one_of(frozenset(FORMULAS)))
    within = table.take("within_months", whole(1, 120), None)
    parameters = {name: table.take(name, PARAMETERS[name]) for name in sorted(FORMULAS[formula])}
    table.finish()
    return BuyoutRule(formula=formula, within_months=within, **parameters)


def buyout_rules(tables: list[Table]) -> tuple[BuyoutRule, ...]:
    """The formulas in the order they are tried: each ends later than the one before, only the last has no end."""
    rules = tuple(buyout_rule(table) for table in tables)
    ends = [rule.within_months for rule in rules]
    limits = [end for end in ends[:-1] if end is not None]
    if ends[-1] is not None or len(limits) != len(ends) - 1 or limits != sorted(set(limits)):
        raise InvalidPack(f"{tables[-1].where}: every buyout rule but the last needs a longer within_months.")
    return rules


def late_fee_rule(table: Table) -> LateFeeRule:
    """The rule of the late fee; without a fee nothing but the grace days may stand there."""
    kind = table.take("kind", one_of(FEE_KINDS))
    grace_days = table.take("grace_days", whole(0, 365), 0)
    if kind == NO_FEE:
        rule = LateFeeRule(grace_days=grace_days)
    else:
        rule = LateFeeRule(
            kind=kind,
            grace_days=grace_days,
            percent=table.take("percent", PERCENT),
            amount=table.take("amount", AMOUNT),
            minimum=table.take("minimum", AMOUNT, Decimal(0)),
        )
    table.finish()
    return rule


def rule_pack(table: Table, *, code: str, name: str) -> RulePack:
    pack = RulePack(
        code=code,
        name=name,
        version=table.take("version", whole(1, 100_000)),
        effective_from=table.take("effective_from", day),
        sources=table.take("sources", texts),
        buyout=buyout_rules(table.tables("buyout")),
        late_fee=late_fee_rule(Table(table.take("late_fee", lambda data: data), f"{table.where}: late_fee")),
    )
    table.finish()
    return pack


def jurisdiction(data: Any, *, where: str) -> Jurisdiction:
    """A whole file. `where` (its name) stands in front of every error."""
    table = Table(data, where)
    code, name = table.take("code", slug), table.take("name", text)
    countries = frozenset(map(plain, table.take("countries", texts, NOWHERE)))
    states = frozenset(map(plain, table.take("states", texts, NOWHERE)))
    packs = sorted((rule_pack(entry, code=code, name=name) for entry in table.tables("versions")), key=_version)
    table.finish()
    if states and not countries:
        raise InvalidPack(f"{where}: states need countries.")
    for before, after in pairwise(packs):
        if before.version == after.version or before.effective_from >= after.effective_from:
            raise InvalidPack(f"{where}: version {after.version} must come into force after the one before.")
    return Jurisdiction(code=code, countries=countries, states=states, versions=tuple(packs))


def _version(pack: RulePack) -> int:
    return pack.version


def as_json(pack: RulePack) -> dict[str, Any]:
    """The pack as plain JSON (numbers as their digits in text), for a contract that freezes its rules."""
    return {
        "code": pack.code,
        "name": pack.name,
        "version": pack.version,
        "effective_from": pack.effective_from.isoformat(),
        "sources": list(pack.sources),
        "buyout": [_rule_json(rule, {"formula", "within_months", *FORMULAS[rule.formula]}) for rule in pack.buyout],
        "late_fee": _rule_json(pack.late_fee, _fee_keys(pack.late_fee)),
    }


def from_json(data: Any) -> RulePack:
    """The pack that `as_json` wrote. InvalidPack when it is anything else."""
    table = Table(data, "rule pack")
    return rule_pack(table, code=table.take("code", slug), name=table.take("name", text))


def _fee_keys(rule: LateFeeRule) -> set[str]:
    return {"kind", "grace_days"} if rule.kind == NO_FEE else {field.name for field in fields(rule)}


def _rule_json(rule: BuyoutRule | LateFeeRule, keys: set[str]) -> dict[str, Any]:
    values = {field.name: getattr(rule, field.name) for field in fields(rule) if field.name in keys}
    return {
        key: str(value) if isinstance(value, Decimal) else value for key, value in values.items() if value is not None
    }

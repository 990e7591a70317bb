"""The rules know dates, amounts and packs: no database, no clock, no other room."""

import ast
import sys
from pathlib import Path

import pytest

RULES = Path(__file__).parents[1] / "rules"
# Where packs lie is a setting.
ALLOWED = {"packs/loading.py": {"django.conf"}}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module


@pytest.mark.parametrize("name", sorted(str(path.relative_to(RULES)) for path in RULES.rglob("*.py")))
def test_a_rule_imports_the_standard_library_money_and_rules(name):
    others = {
        module
        for module in imported(RULES / name)
        if module.split(".")[0] not in sys.stdlib_module_names
        and module != "core.money"
        and not module.startswith("rentals.rules")
    }
    assert others == ALLOWED.get(name, set())

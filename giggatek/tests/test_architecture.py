"""The house rules that a machine can check: one direction, few late imports, true settings docs."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["core", "accounts", "catalog", "payments", "orders", "rentals", "events", "storesync", "notifications"]
APPS = [app for app in ORDER if (ROOT / app).is_dir()]
# core/testing holds the client for tests, which signs in, and the people: it may look to the right.
TEST_FOLDERS = {"tests", "testing"}
# How many test modules of payments pay for what the apps to the right sell. They may become fewer, never more.
PAYMENTS_TESTS_LOOKING_UP = 29


def modules(app):
    """The production files of an app."""
    return [path for path in (ROOT / app).rglob("*.py") if not TEST_FOLDERS & set(path.relative_to(ROOT).parts)]


def imports(tree):
    """(module, node, late) of each import; late means inside a function."""
    late_nodes = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node, id(node) in late_nodes) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or "", node, id(node) in late_nodes


def forbidden(app, source):
    """Imports of an app's source that look to the right."""
    right = {"giggatek", *ORDER[ORDER.index(app) + 1 :]}
    return [module for module, _, _ in imports(ast.parse(source)) if module.split(".")[0] in right]


@pytest.mark.parametrize("app", APPS)
def test_an_app_imports_only_what_stands_to_its_left(app):
    wrong = {
        str(path.relative_to(ROOT)): found for path in modules(app) if (found := forbidden(app, path.read_text()))
    }
    assert wrong == {}


def test_the_direction_test_can_fail():
    assert forbidden("catalog", "from orders.models import Order") == ["orders.models"]
    assert forbidden("orders", "def f():\n    import notifications") == ["notifications"]
    assert forbidden("orders", "from payments import refunds") == []


def looking_up(app):
    """The test modules of an app that import what stands to its right."""
    paths = (ROOT / app).rglob("tests/**/*.py")
    return sorted(str(path.relative_to(ROOT)) for path in paths if forbidden(app, path.read_text()))


@pytest.mark.parametrize("app", [app for app in APPS if app != "payments"])
def test_the_tests_of_an_app_import_only_what_stands_to_its_left(app):
    assert looking_up(app) == []


def test_no_more_tests_of_payments_look_up():
    assert len(looking_up("payments")) <= PAYMENTS_TESTS_LOOKING_UP


@pytest.mark.parametrize("app", [*APPS, "giggatek"])
def test_an_app_imports_late_in_one_place_at_most(app):
    places = {
        (str(path.relative_to(ROOT)), function.name)
        for path in modules(app)
        for function in ast.walk(ast.parse(path.read_text()))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        if any(isinstance(node, ast.Import | ast.ImportFrom) for node in ast.walk(function))
    }
    assert len(places) <= 1, places


@pytest.mark.parametrize("app", [*APPS, "giggatek"])
def test_a_late_import_has_its_reason_beside_it(app):
    for path in modules(app):
        source = path.read_text()
        lines = source.splitlines()
        for module, node, late in imports(ast.parse(source)):
            assert not late or "#" in lines[node.lineno - 1], (
                f"{path}:{node.lineno} imports {module} late, unexplained"
            )


# What `core` and `payments` must not know: the things that the apps above them sell.
NOUNS = re.compile(r"order|rental|ticket|installment|contract", re.IGNORECASE)
NOT_NOUNS = re.compile(
    r"""
    order_by | ordering | _border | \bborder        # of rows, and of a page
    | \b(in|the|their|that|whatever|any|and|same|opposite|lock|right)\ order\b   # one after the other
    | the\ contract\b | (a\ mail|or)\ (a\ )?contract\b | ContractSchema | CONTRACT_STATUS   # the API's contract
    | stop_payment_order                           # a reason of the banks
    """,
    re.VERBOSE | re.IGNORECASE,
)
# Words of single modules: examples of names, where a widget or line stands, and Django's recorder of migrations.
EXAMPLES = {
    "core/admin/dashboard.py": ["order"],
    "core/admin/sidebar.py": ["order"],
    "core/api/schema.py": ["orders_cancel", "OrderShape", "Order"],
    "core/clock/registry.py": ["recorder", "MigrationRecorder"],
}


def nouns_in(path, source):
    """Lines that name what an upper app sells."""
    for example in EXAMPLES.get(path, []):
        source = re.sub(rf"\b{example}\b", "", source)
    return [line.strip() for line in source.splitlines() if NOUNS.search(NOT_NOUNS.sub("", line))]


@pytest.mark.parametrize("app", ["core", "payments"])
def test_what_is_sold_is_named_by_its_own_app_alone(app):
    paths = [path for path in modules(app) if "migrations" not in path.parts]
    sources = {str(path.relative_to(ROOT)): path.read_text() for path in paths}
    assert {path: found for path, source in sources.items() if (found := nouns_in(path, source))} == {}


def test_the_test_of_nouns_can_fail():
    assert nouns_in("payments/x.py", "rows.order_by('pk')  # in the order of the contract's rows") == []
    assert nouns_in("payments/x.py", "order_id = 1") == ["order_id = 1"]
    assert nouns_in("payments/x.py", "class Account:\n    RENTAL_INCOME = 1") == ["RENTAL_INCOME = 1"]
    assert nouns_in("core/signals.py", "rental_paid = Signal()") == ["rental_paid = Signal()"]


def names_in_settings():
    """Every environment variable that the settings read."""
    source = "".join(path.read_text() for path in (ROOT / "giggatek" / "settings").glob("*.py"))
    return set(re.findall(r'env(?:\.\w+)?\(\s*"([A-Z_]+)"', source))


def test_the_example_names_every_setting_and_no_other():
    example = (ROOT / ".env.example").read_text()
    named = set(re.findall(r"^#? ?([A-Z][A-Z_]+)=", example, re.MULTILINE))
    others = {
        "PORT",
        "HOST",
        "MYSQL_PASSWORD",
        "MYSQL_ROOT_PASSWORD",
        "WEB_CONCURRENCY",
        "WEB_WORKERS",
        "WEB_THREADS",
    }
    assert named - others == names_in_settings()

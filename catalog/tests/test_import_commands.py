"""The commands import_products and export_products, as a shell sees them."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from catalog import importing
from catalog.management.commands import import_products
from catalog.models import Product
from catalog.tests.factories import BrandFactory, ProductFactory
from catalog.tests.shop import GOOD, csv_file, laptops, row

pytestmark = pytest.mark.django_db


class Terminal(io.StringIO):
    """A standard error that a person looks at."""

    def isatty(self):
        return True


@pytest.fixture
def saved_file(tmp_path):
    def save(*rows):
        path = tmp_path / "products.csv"
        path.write_bytes(csv_file(*rows).getvalue())
        return path

    return save


def run(name, *arguments, **options):
    """What the command prints, and the CommandError it ends with or None."""
    out, ended = io.StringIO(), None
    try:
        call_command(name, *map(str, arguments), stdout=out, **options)
    except CommandError as error:
        ended = error
    return out.getvalue(), ended


def test_a_good_file_goes_in_and_a_second_time_says_that_nothing_changed(saved_file):
    path = saved_file(*laptops(30))
    assert run("import_products", path) == ("created 30, updated 0, unchanged 0, failed 0\n", None)
    said, ended = run("import_products", path)
    assert ended is None
    assert said.splitlines() == [
        "created 0, updated 0, unchanged 30, failed 0",
        "Nothing changed: the catalogue agrees with the file.",
    ]


def test_bad_rows_are_listed_and_the_exit_code_tells(saved_file):
    said, ended = run("import_products", saved_file(row(), row(sku="B", name=""), row(sku="C", price="1.999")))
    assert said.splitlines() == [
        "line 3: name: is missing",
        "line 4: price: Ensure that there are no more than 2 decimal places.",
        "created 1, updated 0, unchanged 0, failed 2",
    ]
    assert (str(ended), ended.returncode) == ("Not everything was imported: 2 of 3 rows are bad.", 1)
    assert Product.objects.get().sku == GOOD["sku"]


def test_all_or_nothing_says_that_it_was_nothing(saved_file):
    _, ended = run("import_products", saved_file(row(), row(sku="B", name="")), "--all-or-nothing")
    assert (str(ended), ended.returncode) == ("Nothing was imported: 1 of 2 rows are bad.", 1)
    assert not Product.objects.exists()


def test_a_dry_run_says_so(saved_file):
    said, ended = run("import_products", saved_file(row()), "--dry-run")
    assert said.endswith("created 1, updated 0, unchanged 0, failed 0\nDry run: nothing was written.\n")
    assert ended is None and not Product.objects.exists()
    said, ended = run("import_products", saved_file(row(), row(sku="B", name="")), "--dry-run")
    assert "Dry run: nothing was written." in said and ended.returncode == 1


def test_kept_stock_and_archived_products_are_told(saved_file):
    ProductFactory(sku=GOOD["sku"], inventory_count=1, archived_at=timezone.now())
    said, _ = run("import_products", saved_file(row()))
    assert "1 counts of stock differ from the file's and were kept (--set-stock takes the file's)." in said
    assert "1 of the products are archived and stay so." in said
    run("import_products", saved_file(row()), "--set-stock")
    assert Product.objects.get().inventory_count == 5


@pytest.mark.parametrize(
    ("name", "reason"), [("none.csv", "No such file or directory."), (".", "Is a directory."), ("empty", "is empty.")]
)
def test_a_file_that_cannot_be_read_is_one_line(tmp_path, name, reason):
    (tmp_path / "empty").touch()
    said, ended = run("import_products", tmp_path / name)
    assert (said, ended.returncode) == ("", 2)
    assert str(ended).startswith(str(tmp_path)) and str(ended).endswith(reason)


@pytest.mark.parametrize("size", ["0", "-1", "x"])
def test_a_batch_has_at_least_one_row(saved_file, size):
    with pytest.raises(CommandError, match="not a number of at least 1"):
        call_command("import_products", str(saved_file(row())), f"--batch-size={size}")


def test_an_interrupt_says_how_to_go_on(saved_file, monkeypatch):
    def interrupted(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(importing, "run", interrupted)
    _, ended = run("import_products", saved_file(row()))
    assert (ended.returncode, "Run it again" in str(ended)) == (130, True)


def test_a_terminal_shows_a_bar_and_bad_rows_stand_clear_of_it(saved_file, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr(import_products.sys, "stderr", terminal)
    run("import_products", saved_file(*laptops(5)))
    assert "100%  5 rows" in terminal.getvalue()
    *_, last, after = terminal.getvalue().split("\r")
    assert (last.strip(), after) == ("", "")


def test_a_pipe_shows_no_bar():
    bar, rows = io.StringIO(), io.StringIO()
    progress = import_products.ConsoleProgress(bad_rows=rows, terminal=bar)
    progress.advanced(10, 0.5)
    progress.refused(importing.BadRow(3, "name: is missing"))
    assert (bar.getvalue(), rows.getvalue()) == ("", "line 3: name: is missing\n")


def test_what_is_exported_is_what_was_imported(saved_file, tmp_path):
    path = saved_file(*laptops(25), row(description='Zwölf 💻,\n"quoted"'))
    run("import_products", path)
    said, _ = run("export_products", tmp_path / "out.csv")
    assert said == f"exported 26 products to {tmp_path / 'out.csv'}\n"
    assert (tmp_path / "out.csv").read_bytes() == path.read_bytes()
    assert sorted(file.name for file in tmp_path.iterdir()) == ["out.csv", "products.csv"]


def test_importing_an_export_changes_nothing(tmp_path):
    ProductFactory.create_batch(3)
    ProductFactory(brand=None, rental_price=None, is_rentable=False, image_url="", specifications={}, description="")
    ProductFactory(brand=BrandFactory(name="Hewlett-Packard", slug="hp"), name="ünï 💻", specifications={"a": [1.5]})
    importing.run(csv_file(row(brand="电脑", category="手机")))
    before = list(Product.objects.values())
    run("export_products", tmp_path / "out.csv")
    said, ended = run("import_products", tmp_path / "out.csv", "--set-stock")
    assert said.startswith("created 0, updated 0, unchanged 6, failed 0") and ended is None
    assert list(Product.objects.values()) == before


@pytest.mark.parametrize("target", [(), ("-",)])
def test_without_a_file_the_export_goes_to_the_standard_output(target):
    ProductFactory(sku="HERE")
    ProductFactory(sku="GONE", archived_at=timezone.now())
    said, _ = run("export_products", *target)
    assert said.startswith("sku,name,description,") and "HERE" in said and "GONE" not in said
    assert "GONE" in run("export_products", *target, "--all")[0]


def test_an_export_reads_page_by_page(monkeypatch, django_assert_num_queries):
    monkeypatch.setattr("catalog.importing.exporting.PAGE", 2)
    ProductFactory.create_batch(5)
    with django_assert_num_queries(4):
        said, _ = run("export_products")
    assert len(said.splitlines()) == 6


def test_an_export_that_fails_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    target = tmp_path / "out.csv"
    target.write_text("yesterday's")

    def full(products, file):
        file.write("half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(importing, "write_products", full)
    _, ended = run("export_products", target)
    assert str(ended) == f"{target}: No space left on device."
    assert [file.read_text() for file in tmp_path.iterdir()] == ["yesterday's"]


def test_a_folder_that_is_not_there_is_one_line(tmp_path):
    assert str(run("export_products", tmp_path / "no" / "out.csv")[1]).endswith("No such file or directory.")

"""Files that are no product list: one clear error, and nothing is written."""

import io
import os

import pytest

from catalog import importing
from catalog.models import Category, Product
from catalog.tests.shop import COLUMNS, as_line, csv_file, row

pytestmark = pytest.mark.django_db

GOOD = csv_file(row()).getvalue()
CUT = tuple(name for name in COLUMNS if name not in ("price", "brand"))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"\n\r\n\n", "The file is empty."),
        (GOOD.decode().encode("utf-16"), "not a CSV file in UTF-8"),
        (GOOD.decode().encode("utf-16-le"), "not a CSV file in UTF-8"),
        (GOOD.decode().encode("utf-32"), "not a CSV file in UTF-8"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "not a CSV file in UTF-8"),
        (b"PK\x03\x04" + bytes(range(256)) * 50, "not a CSV file in UTF-8"),
        (b"\x00" * 3_000_000, "not a CSV file in UTF-8"),
        (as_line(CUT), "must name the columns: missing brand, price."),
        (as_line((*COLUMNS, "colour", "size")), "must name the columns: unknown colour, size."),
        (as_line((*COLUMNS, "\x1b[31m")), "unknown ?[31m."),
        (as_line((*COLUMNS, "price")), "must name the columns: repeated price."),
        (as_line(("sku", "Name", *COLUMNS[2:])), "missing name; unknown Name."),
        (b";".join(name.encode() for name in COLUMNS) + b"\n", "missing sku, name"),
        (as_line(row()), "missing sku, name"),
    ],
    ids=range(16),
)
def test_a_file_that_is_no_product_list_is_one_error(content, reason):
    with pytest.raises(importing.UnreadableFile) as caught:
        importing.run(io.BytesIO(content))
    assert reason in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert not Product.objects.exists() and not Category.objects.exists()


def test_a_header_alone_is_an_empty_list():
    assert importing.run(csv_file()).summary == "created 0, updated 0, unchanged 0, failed 0"


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + GOOD,
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"\r\n", b"\r"),
        GOOD.rstrip(),
        b"\n\n" + GOOD + b"\r\n\r\n",
        as_line(reversed(COLUMNS)) + as_line(reversed(row())),
        as_line(f" {name} " for name in COLUMNS) + as_line(row()),
    ],
    ids=["BOM", "LF", "CR", "no last line end", "empty lines", "other order", "spaces"],
)
def test_what_programs_do_to_a_csv_file_does_no_harm(content):
    assert importing.run(io.BytesIO(content)).summary == "created 1, updated 0, unchanged 0, failed 0"
    assert Product.objects.get().sku == "APP-0001-E"


def test_the_file_stays_open_and_a_pipe_is_read_too():
    file = csv_file(row())
    importing.run(file)
    assert not file.closed
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as end:
        end.write(csv_file(row(sku="PIPED")).getvalue())
    with os.fdopen(reading, "rb") as pipe:
        assert importing.run(pipe).created == 1

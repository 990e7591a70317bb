"""A large file needs no more memory than a small one."""

import io
import tracemalloc

import pytest
from django.db import connection

from catalog import importing
from catalog.importing import Options
from catalog.tests.shop import COLUMNS, as_line, csv_file, laptops, row

pytestmark = pytest.mark.django_db

FEW, MANY = 2_000, 8_000
MIB = 1024 * 1024


class Generated(io.RawIOBase):
    """A file that is written while it is read, so that the test does not hold it either."""

    def __init__(self, line, rows):
        self.lines = (line(number) for number in range(rows))
        self.rest = as_line(COLUMNS)

    def readable(self):
        return True

    def readinto(self, buffer):
        while len(self.rest) < len(buffer) and (line := next(self.lines, None)):
            self.rest += line
        part, self.rest = self.rest[: len(buffer)], self.rest[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)


def peak_memory(line, rows):
    """The most memory, in MiB, that Python held while it judged so many rows, and the report."""
    tracemalloc.start()
    try:
        report = importing.run(io.BufferedReader(Generated(line, rows)), options=Options(dry_run=True))
        return tracemalloc.get_traced_memory()[1] / MIB, report
    finally:
        tracemalloc.stop()


TEMPLATE = as_line(row(sku="SKU-NUMBER"))


def good_line(number):
    return TEMPLATE.replace(b"NUMBER", b"%07d" % number)


def bad_line(number):
    return b"%07d,too,short\n" % number


def test_good_rows_do_not_pile_up():
    small, _ = peak_memory(good_line, FEW)
    large, report = peak_memory(good_line, MANY)
    assert report.created == MANY
    assert large < small + 1


def test_bad_rows_do_not_pile_up():
    small, _ = peak_memory(bad_line, FEW)
    large, report = peak_memory(bad_line, MANY)
    assert (report.failed, len(report.bad_rows)) == (MANY, 1000)
    assert large < small + 1


def test_a_file_without_a_line_end_is_not_read_whole():
    def endless(number):
        return b"x" * MIB

    peak, report = peak_memory(endless, 100)
    assert report.failed == 1
    assert peak < 40


def test_debug_does_not_keep_every_query(settings):
    settings.DEBUG = True
    importing.run(csv_file(*laptops(100)), options=Options(batch_size=10))
    assert len(connection.queries_log) == 0

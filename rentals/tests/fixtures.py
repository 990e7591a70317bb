"""Contracts without their pages, as laying these out takes longer than all the rest of a test."""

from unittest import mock

import pytest

PDFS = ("contract_pdf", "signed_pdf", "ownership_pdf")


def one_line(*, number, **facts):
    """In place of the pages."""
    return f"%PDF-1.4 without pages, of {number} as {' and '.join(sorted(facts))}".encode()


def without_pdfs():
    return mock.patch.multiple("rentals.contracts.services", **dict.fromkeys(PDFS, one_line))


@pytest.fixture(autouse=True)
def paperless(request):
    """Contracts have no pages, but in tests that are marked `pdf`."""
    if request.node.get_closest_marker("pdf"):
        yield
    else:
        with without_pdfs():
            yield

"""Contracts without their pages."""

from unittest import mock

PDFS = ("contract_pdf", "signed_pdf", "ownership_pdf")


def without_pdfs():
    """A patch: contracts are kept with one line for a PDF, as laying out its pages takes longer than all the rest."""
    return mock.patch.multiple("rentals.contracts.services", **dict.fromkeys(PDFS, one_line))


def one_line(*, number, **facts):
    """In place of the pages."""
    return f"%PDF-1.4 without pages, of {number} as {' and '.join(sorted(facts))}".encode()

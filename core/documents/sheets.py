"""Tables as CSV files, which spreadsheets open without running what strangers typed."""

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes

# The `responses` of an endpoint that answers with one.
CSV = {(200, "text/csv"): OpenApiTypes.STR}
# A cell that begins so is a formula to some spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection
FORMULA = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")  # and their full-width twins

Cell = str | int | Decimal | None


def csv_file(rows: Iterable[Sequence[Cell]], *, name: str) -> HttpResponse:
    """The rows as a file to keep, called `name`; the first are the names of the columns."""
    text = StringIO()
    csv.writer(text).writerows([shown(cell) for cell in row] for row in rows)
    answer = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def shown(cell: Cell) -> str:
    """A cell; a text that would be a formula stands behind an apostrophe, a number is left as it is."""
    if isinstance(cell, str):
        return f"'{cell}" if cell.lstrip(" \u00a0").startswith(FORMULA) else cell
    return "" if cell is None else f"{cell:f}" if isinstance(cell, Decimal) else str(cell)

"""How an invoice or credit note looks on paper. The same frozen data gives the same bytes."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import dateformat, translation
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Flowable, KeepTogether, Paragraph, Spacer, Table

from core.documents.pages import BODY_WIDTH, FIGURE, LABEL, MUTED, PROSE, RULE, TITLE, VALUE, Sheet, build
from core.documents.tables import facts_table, grid
from core.documents.typeface import BOLD, markup
from core.text import money

HEADS = {"invoice": "Invoice", "credit_note": "Credit note"}
# How the money came, in words; a gateway that is not named here is a card.
MEANS = {"manual": "Taken by hand", "sandbox": "Test card"}
NAME = ParagraphStyle("name", VALUE, fontName=BOLD, fontSize=9.2, leading=13)
SUM = ParagraphStyle("sum", FIGURE, fontName=BOLD, fontSize=10.5, leading=14)
SUM_LABEL = ParagraphStyle("sum_label", SUM, alignment=0)
SMALL = ParagraphStyle("small", PROSE, fontSize=8.2, leading=11.6, textColor=MUTED)
ITEM_WIDTH, QUANTITY_WIDTH = 208, 34
FIGURE_WIDTH = (BODY_WIDTH - ITEM_WIDTH - QUANTITY_WIDTH) / 3
TOTALS_WIDTHS = [1.5 * FIGURE_WIDTH, 1.2 * FIGURE_WIDTH]
PLAIN = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]


def invoice_pdf(*, data: dict[str, Any], digest: str) -> bytes:
    """The PDF of an invoice's or credit note's frozen data; `digest` is the data's SHA-256."""
    head = HEADS[data["kind"]]
    sheet = Sheet(
        title=head,
        shop=data["seller"]["name"],
        number=data["number"],
        made_at=datetime.fromisoformat(data["issued_at"]),
        digest=digest,
        digest_of="data",
    )
    story = [
        Paragraph(markup(head.upper()), TITLE),
        parties(data),
        facts_table(facts(data)),
        Spacer(1, 6),
        lines_table(data),
        KeepTogether([totals_table(data), Spacer(1, 14), Paragraph(markup(closing(data)), SMALL)]),
    ]
    return build(sheet=sheet, story=story)


def parties(data: dict[str, Any]) -> Table:
    """Who sells beside who buys."""
    seller, buyer = data["seller"], data["buyer"]
    left = party("From", seller["name"], seller["address"].split(", "))
    right = party("To", buyer["name"], [*buyer["address"], buyer["email"]])
    return Table([[left, right]], colWidths=[BODY_WIDTH / 2] * 2, style=PLAIN, spaceAfter=12)


def party(label: str, name: str, lines: Sequence[str]) -> list[Flowable]:
    """One of the two, as on an envelope."""
    return [
        Paragraph(label, LABEL),
        Paragraph(markup(name), NAME),
        *(Paragraph(markup(line), VALUE) for line in lines if line and line != name),
    ]


def facts(data: dict[str, Any]) -> list[tuple[str, str]]:
    """What it is about, beside the labels."""
    payment, corrects = data["payment"], data.get("corrects")
    means = f"{MEANS.get(payment['gateway'], 'Card')}, {payment['reference']}"
    facts = [("Number", data["number"]), ("Date", day(data["issued_at"])), ("For", data["title"])]
    if corrects is None:
        return [*facts, ("Paid on", day(payment["settled_at"])), ("Paid by", means)]
    corrected = f"Invoice {corrects['number']} of {day(corrects['issued_at'])}"
    return [*facts, ("Corrects", corrected), ("Reason", data["reason"]), ("Paid back by", means)]


def lines_table(data: dict[str, Any]) -> Table:
    """The lines, with a column for the tax."""
    amounts = [
        [
            "\n".join(part for part in (line["text"], line["detail"]) if part),
            str(line["quantity"]),
            *(shown(line[key], data) for key in ("price", "tax", "amount")),
        ]
        for line in data["lines"]
    ]
    widths = [ITEM_WIDTH, QUANTITY_WIDTH, *[FIGURE_WIDTH] * 3]
    return grid([["Item", "Qty", "Price", "Tax", "Amount"], *amounts], widths=widths, texts=1)


def totals_table(data: dict[str, Any]) -> Table:
    """The sums at the right edge, the total in bold."""
    parts = [("Subtotal", data["subtotal"]), ("Shipping", data["shipping"]), ("Tax", data["tax"])]
    rows = [[Paragraph(label, LABEL), Paragraph(shown(amount, data), FIGURE)] for label, amount in parts]
    label = "Total paid" if data["kind"] == "invoice" else "Total paid back"
    rows.append([Paragraph(label, SUM_LABEL), Paragraph(shown(data["total"], data), SUM)])
    return Table(
        rows,
        colWidths=TOTALS_WIDTHS,
        hAlign="RIGHT",
        style=[
            ("TOPPADDING", (0, 0), (-1, -1), 2.6),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.6),
            ("LINEABOVE", (0, -1), (-1, -1), 0.6, RULE),
        ],
    )


def closing(data: dict[str, Any]) -> str:
    """The last words."""
    if data["kind"] == "invoice":
        return "This invoice is paid. Amounts in the tax column come on top of the amount beside them."
    return f"This credit note takes back what invoice {data['corrects']['number']} asked for, as far as it goes."


def shown(amount: str, data: dict[str, Any]) -> str:
    """An amount as people read it."""
    return money(Decimal(amount), data["currency"])


def day(moment: str) -> str:
    """A frozen moment as a day in UTC."""
    with translation.override("en"):
        return dateformat.format(datetime.fromisoformat(moment), "F j, Y")

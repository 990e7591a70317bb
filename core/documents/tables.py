"""Tables of documents: labels beside values, and rows of figures."""

from collections.abc import Sequence

from reportlab.lib.colors import white as WHITE
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, Table

from core.documents.pages import ACCENT, BODY_WIDTH, FIGURE, LABEL, RULE, TINT, VALUE
from core.documents.typeface import BOLD, markup

LABEL_WIDTH, NUMBER_WIDTH = 128, 40
CLOSE = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("TOPPADDING", (0, 0), (-1, -1), 3.2)]


def facts_table(facts: Sequence[tuple[str, str]]) -> Table:
    """Labels beside their values; long values wrap."""
    rows = [[Paragraph(markup(label), LABEL), Paragraph(markup(value), VALUE)] for label, value in facts]
    return Table(
        rows,
        colWidths=[LABEL_WIDTH, BODY_WIDTH - LABEL_WIDTH],
        splitInRow=1,
        style=[*CLOSE, ("BOTTOMPADDING", (0, 0), (-1, -1), 3.2), ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE)],
        spaceBefore=2,
        spaceAfter=8,
    )


def grid(rows: Sequence[Sequence[str]], *, widths: Sequence[float] = (), texts: int = 2) -> Table:
    """A table with a head that is repeated on each page; the columns after the first `texts` hold amounts.

    Without `widths` (in points) the first column is narrow and the others are alike. A line break in a cell stays.
    """
    styles = [*[VALUE] * texts, *[FIGURE] * (len(rows[0]) - texts)]
    others = len(styles) - 1
    head = [
        Paragraph(f'<font name="{BOLD}" color="white">{markup(c)}</font>', s)
        for c, s in zip(rows[0], styles, strict=True)
    ]
    return Table(
        [head, *([_cell(c, s) for c, s in zip(row, styles, strict=True)] for row in rows[1:])],
        colWidths=widths or [NUMBER_WIDTH, *[(BODY_WIDTH - NUMBER_WIDTH) / others] * others],
        repeatRows=1,
        style=[
            *CLOSE,
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.2),
            ("TOPPADDING", (0, 0), (-1, -1), 2.2),
            ("BACKGROUND", (0, 0), (-1, 0), ACCENT),
            ("ROWBACKGROUNDS", (0, 1), (-1, -1), [WHITE, TINT]),
            ("LINEBELOW", (0, -1), (-1, -1), 0.6, ACCENT),
        ],
        spaceBefore=2,
        spaceAfter=8,
    )


def _cell(text: str, style: ParagraphStyle) -> Paragraph:
    return Paragraph("<br/>".join(markup(line) for line in text.split("\n")), style)

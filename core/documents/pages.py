"""Pages of documents: paper, header and footer, styles. The same input gives the same bytes, in every process."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import md5
from io import BytesIO
from threading import Lock
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_CENTER, TA_RIGHT
from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate

from core.documents import typeface
from core.documents.typeface import BOLD, REGULAR, printable

INK, MUTED, ACCENT = HexColor("#1b2330"), HexColor("#5b6675"), HexColor("#0b5c66")
RULE, TINT = HexColor("#d5dbe1"), HexColor("#f3f6f8")
WIDTH, HEIGHT = LETTER
SIDE, TOP, BOTTOM = 0.95 * inch, 1.05 * inch, 0.95 * inch
BODY_WIDTH = WIDTH - 2 * SIDE

PROSE = ParagraphStyle("prose", fontName=REGULAR, fontSize=9.2, leading=13.4, textColor=INK, spaceAfter=6)
TITLE = ParagraphStyle("title", PROSE, fontName=BOLD, fontSize=21, leading=26, textColor=ACCENT, spaceAfter=8)
HEADING = ParagraphStyle(
    "heading", PROSE, fontName=BOLD, fontSize=10.2, textColor=ACCENT, spaceBefore=11, spaceAfter=4, keepWithNext=1
)
ITEM = ParagraphStyle("item", PROSE, leftIndent=13, bulletIndent=3, spaceAfter=4)
LABEL = ParagraphStyle("label", PROSE, fontSize=8.4, leading=11.4, textColor=MUTED, spaceAfter=0)
VALUE = ParagraphStyle("value", LABEL, textColor=INK)
FIGURE = ParagraphStyle("figure", VALUE, alignment=TA_RIGHT)
CENTERED = ParagraphStyle("centered", PROSE, alignment=TA_CENTER)

# A font of the PDF library serves one document at a time, it says, and ours are loaded once for the process.
ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on every page, and what the file says of itself.

    `made_at` is the file's date; `digest` the SHA-256 of what the document was made from (`digest_of` names that),
    of which the footer shows the start; `note` stands in the footer, too; `framed` draws a border around each page.
    """

    title: str
    shop: str
    number: str
    made_at: datetime
    digest: str
    note: str = ""
    framed: bool = False
    digest_of: str = "text"


def build(*, sheet: Sheet, story: Sequence[Flowable]) -> bytes:
    """The PDF of `story` on `sheet`."""
    typeface.load()
    output = BytesIO()
    frame = Frame(SIDE, BOTTOM, BODY_WIDTH, HEIGHT - TOP - BOTTOM, 0, 0, 0, 0)
    document = BaseDocTemplate(
        output,
        pagesize=LETTER,
        invariant=1,
        initialFontName=REGULAR,
        lang="en",
        displayDocTitle=1,
        title=f"{sheet.title} {sheet.number}",
        author=sheet.shop,
        subject=f"SHA-256 of the {sheet.digest_of}: {sheet.digest}",
        creator=sheet.shop,
        producer=sheet.shop,
    )
    document.addPageTemplates(PageTemplate(frames=[frame]))
    with ONE_AT_A_TIME:
        document.build(list(story), canvasmaker=_canvas_for(sheet))
    return output.getvalue()


def _canvas_for(sheet: Sheet) -> Callable[..., Canvas]:
    def make(*args: Any, **kwargs: Any) -> Canvas:
        return SheetCanvas(*args, sheet=sheet, **kwargs)

    return make


class SheetCanvas(Canvas):
    """A canvas that draws header and footer at the end, when the number of pages is known."""

    def __init__(self, *args: Any, sheet: Sheet, **kwargs: Any) -> None:
        """As the library calls it, with the sheet besides."""
        super().__init__(*args, **kwargs)
        self.sheet = sheet
        self.kept: list[dict[str, Any]] = []
        # The library would put the clock, or a variable of the environment, into the file's id and dates.
        self._doc.signature = md5(sheet.digest.encode(), usedforsecurity=False)
        stamp = sheet.made_at.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
        self.setDateFormatter(lambda *_: stamp)

    def showPage(self) -> None:
        """Keep the page for later."""
        self.kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Draw what surrounds each page, and finish."""
        for page, state in enumerate(self.kept, start=1):
            self.__dict__.update(state)
            draw_surroundings(self, self.sheet, page=page, pages=len(self.kept))
            super().showPage()
        super().save()


def draw_surroundings(canvas: Canvas, sheet: Sheet, *, page: int, pages: int) -> None:
    """Header, footer and border of one page."""
    canvas.saveState()
    if sheet.framed:
        _draw_border(canvas)
    else:
        _draw_header(canvas, sheet)
    canvas.setStrokeColor(RULE)
    canvas.line(SIDE, 0.72 * inch, WIDTH - SIDE, 0.72 * inch)
    canvas.setFont(REGULAR, 7.2)
    canvas.setFillColor(MUTED)
    canvas.drawString(SIDE, 0.55 * inch, f"{sheet.number}  ·  {sheet.digest_of} SHA-256 {sheet.digest[:16]}…")
    canvas.drawCentredString(WIDTH / 2 + 0.6 * inch, 0.55 * inch, sheet.note)
    canvas.drawRightString(WIDTH - SIDE, 0.55 * inch, f"Page {page} of {pages}")
    canvas.restoreState()


def _draw_header(canvas: Canvas, sheet: Sheet) -> None:
    top = HEIGHT - 0.62 * inch
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT - 0.14 * inch, WIDTH, 0.14 * inch, stroke=0, fill=1)
    canvas.setFont(BOLD, 11.5)
    canvas.drawString(SIDE, top, printable(sheet.shop)[:60])
    canvas.setFont(REGULAR, 8)
    canvas.setFillColor(MUTED)
    canvas.drawRightString(WIDTH - SIDE, top, f"{sheet.title} {sheet.number}")
    canvas.setStrokeColor(RULE)
    canvas.line(SIDE, top - 0.11 * inch, WIDTH - SIDE, top - 0.11 * inch)


def _draw_border(canvas: Canvas) -> None:
    canvas.setStrokeColor(ACCENT)
    for inset, width in ((0.38 * inch, 2.2), (0.45 * inch, 0.6)):
        canvas.setLineWidth(width)
        canvas.rect(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset)
    canvas.setLineWidth(1)

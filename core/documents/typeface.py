"""The typeface of documents, shipped with the templates, and what to print for what it does not have."""

import unicodedata
from functools import lru_cache
from xml.sax.saxutils import escape

from django.conf import settings
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

REGULAR, BOLD = "DejaVuSans", "DejaVuSans-Bold"
FOLDER = settings.BASE_DIR / "templates" / "documents" / "fonts"
# Written from right to left: the glyphs are there, but without their shapes and order a name would be another one.
RIGHT_TO_LEFT = frozenset({"R", "AL", "AN"})
INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})


@lru_cache(maxsize=1)
def load() -> frozenset[int]:
    """Make the fonts known to the PDF library, once; the code points that can be printed."""
    fonts = [TTFont(name, str(FOLDER / f"{name}.ttf"), shapable=False) for name in (REGULAR, BOLD)]
    for font in fonts:
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return frozenset(fonts[0].face.charToGlyph) & frozenset(fonts[1].face.charToGlyph)


def printable(text: str) -> str:
    """`text` with the code point, such as [U+5C71], of every character that cannot be printed: none is lost."""
    glyphs = load()
    return "".join(c if _has(c, glyphs) else f"[U+{ord(c):04X}]" for c in unicodedata.normalize("NFC", text))


def markup(text: str) -> str:
    """`text`, printable and escaped, for a paragraph of the PDF library."""
    return escape(printable(text))


def _has(character: str, glyphs: frozenset[int]) -> bool:
    return (
        ord(character) in glyphs
        and unicodedata.category(character) not in INVISIBLE
        and unicodedata.bidirectional(character) not in RIGHT_TO_LEFT
    )

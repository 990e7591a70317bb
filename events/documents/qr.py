"""A ticket's code as a QR code."""

from io import BytesIO

import segno

# Read from a scratched screen, too: 15 % of it may be lost, and four modules around it are white.
CORRECTION, BORDER, SCALE = "m", 4, 8


def qr_png(text: str) -> bytes:
    """A PNG of the QR code that says `text`; the same bytes each time."""
    output = BytesIO()
    segno.make(text, error=CORRECTION, micro=False).save(output, kind="png", scale=SCALE, border=BORDER)
    return output.getvalue()

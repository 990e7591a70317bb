"""Pictures of products that have no photograph: flat SVG drawings, made from text alone.

`draw` is pure: the same arguments give the same picture, on every machine. The shapes are data, one
template per device under `devices/`; `frame.svg` holds what all pictures share. The drawings use
presentation attributes only (no styles, scripts, fonts or links), so that any Content-Security-Policy
and any SVG renderer accepts them.
"""

import re
from functools import cache
from pathlib import Path
from string import Template

from catalog.demo.pictures.colours import colours
from catalog.demo.pictures.labels import columns, escape, label, shorten

ROOT = Path(__file__).parent
DEVICES = frozenset(path.stem for path in ROOT.glob("devices/*.svg"))
UNKNOWN = "box"
ALIASES = {
    "notebook": "laptop",
    "ultrabook": "laptop",
    "workstation": "laptop",
    "computer": "desktop",
    "pc": "desktop",
    "smartphone": "phone",
    "mobile": "phone",
    "display": "monitor",
    "gaming": "console",
    "headphone": "headphones",
    "audio": "headphones",
    "watch": "smartwatch",
    "wearable": "smartwatch",
}
TITLE_COLUMNS = 120
BRAND_COLUMNS = 28
NAME_COLUMNS = 36
# The largest sizes at which the widest allowed text still stays inside the frame.
NAME_SIZES = ((22, 40), (28, 34), (NAME_COLUMNS, 28))


def draw(*, category: str, brand: str, name: str, accent_seed: str) -> str:
    """Return an 800x600 SVG document that shows a device of this category over its brand and name.

    Any text is accepted: it is escaped and shortened, and what XML cannot hold is left out. A category
    without a drawing gets a parcel. The colours depend on `accent_seed` (the SKU) alone.
    """
    palette = colours(accent_seed)
    short = shorten(label(name, brand=brand), NAME_COLUMNS)
    return _template("frame").substitute(
        palette,
        device=_template(f"devices/{device_for(category)}").substitute(palette),
        title=escape(shorten(label(f"{brand} {label(name, brand=brand)}"), TITLE_COLUMNS)),
        brand=escape(shorten(label(brand).upper(), BRAND_COLUMNS)),
        name=escape(short),
        name_size=next(size for limit, size in NAME_SIZES if columns(short) <= limit),
    )


def device_for(category: str) -> str:
    """Return the name of the drawing for a category, singular or plural; of "gaming-laptops" the last word."""
    noun = re.split(r"[\s_-]+", category.strip().lower())[-1]
    for candidate in (noun, noun.removesuffix("s"), noun.removesuffix("es")):
        device = ALIASES.get(candidate, candidate)
        if device in DEVICES:
            return device
    return UNKNOWN


@cache
def _template(stem: str) -> Template:
    return Template((ROOT / f"{stem}.svg").read_text(encoding="utf-8"))

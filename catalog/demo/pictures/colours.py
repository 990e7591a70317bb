"""Colours for pictures, derived from a seed.

Only the hue comes from the seed; lightness and chroma are chosen here, in OKLCH, where equal numbers look
equally light. So every seed gives a picture of the same calm contrast.
"""

from collections.abc import Sequence
from hashlib import sha256
from math import cos, radians, sin

# body, its shade, its edge
FINISHES = (
    {"body": "#e6e9ef", "shade": "#c9cfda", "edge": "#a3acbc"},
    {"body": "#565e6d", "shade": "#414855", "edge": "#2d333e"},
    {"body": "#e9e2d8", "shade": "#d2c8ba", "edge": "#aea393"},
)
INK = {"bezel": "#1b202a", "bezel_light": "#363d4b"}
# At this lightness the hues between orange and green are brown and olive: no seed gets one of them.
FIRST_HUE, HUE_RANGE = 140, 285
SECOND_HUE_STEPS = (40, 60, 300, 320)


def colours(seed: str) -> dict[str, str | int]:
    """Return the values which the templates name: colours as #rrggbb, percentages, and a prefix for ids."""
    digest = sha256(seed.encode("utf-8", "surrogatepass")).digest()
    hue = FIRST_HUE + int.from_bytes(digest[:2]) * HUE_RANGE / 65536
    second = hue + SECOND_HUE_STEPS[digest[2] % len(SECOND_HUE_STEPS)]
    return {
        **INK,
        **FINISHES[digest[3] % len(FINISHES)],
        **_tones(hue, second),
        "uid": f"p{digest.hex()[:8]}",
        "tilt": digest[4] % 101,
        "glow_x": 15 + digest[5] % 71,
        "glow_y": 10 + digest[6] % 61,
    }


def _tones(hue: float, second: float) -> dict[str, str]:
    return {
        "paper": oklch(0.975, 0.012, hue),
        "paper_deep": oklch(0.925, 0.035, hue),
        "halo": oklch(0.885, 0.055, hue),
        "shadow": oklch(0.70, 0.06, hue),
        "accent": oklch(0.62, 0.15, hue),
        "accent_deep": oklch(0.45, 0.12, hue),
        "accent_light": oklch(0.82, 0.10, hue),
        "second": oklch(0.74, 0.14, second),
        "glow": oklch(0.93, 0.07, second),
        "text": oklch(0.27, 0.03, hue),
    }


def oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return a colour of OKLCH (0..1, 0..0.4, degrees) as #rrggbb; what sRGB cannot show is clipped.

    The figures are those of Björn Ottosson's Oklab, https://bottosson.github.io/posts/oklab/
    """
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return _hex(
        (
            4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
        )
    )


def _hex(linear_rgb: Sequence[float]) -> str:
    return "#" + "".join(f"{round(255 * _gamma(min(max(part, 0.0), 1.0))):02x}" for part in linear_rgb)


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055

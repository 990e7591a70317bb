"""Pictures: well-formed and closed in themselves for any text, steady for one SKU, different for two."""

import re
from xml.etree import ElementTree

import pytest

from catalog.demo.pictures import DEVICES, TITLE_COLUMNS, device_for, draw
from catalog.demo.pictures.colours import oklch
from catalog.demo.pictures.labels import columns, label, shorten

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = [
    "<script>alert(1)</script>",
    '"><image href="https://example.com/x.png"/>',
    "]]> & <!-- <![CDATA[",
    "$title ${name} $$ $unknown",
    "NUL \x00 and \x1b[31m and \x85",
    "lone \ud800 surrogate \udfff \ufffe\uffff",
    "emoji 💻👩🏽‍💻 and 日本語のノートパソコン",
    "\u202egnitalunis",
    "x" * 500,
    "word " * 100,
    "電" * 500,
    "",
    " \n\t ",
]


def picture(**changes: str) -> str:
    arguments = {"category": "laptop", "brand": "Dell", "name": "XPS 13", "accent_seed": "DEL-XPS13-9310-E"}
    return draw(**{**arguments, **changes})


def parse(svg: str) -> ElementTree.Element:
    """Read the picture as a browser would get it: as UTF-8 bytes."""
    return ElementTree.fromstring(svg.encode("utf-8"))


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in parse(svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("category", sorted(DEVICES))
def test_each_category_has_its_own_well_formed_picture(category: str) -> None:
    svg = picture(category=category)
    root = parse(svg)
    assert root.tag == f"{SVG}svg"
    assert (root.get("width"), root.get("height"), root.get("viewBox")) == ("800", "600", "0 0 800 600")
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "Dell XPS 13"
    assert "$" not in svg
    assert all(svg != picture(category=other) for other in DEVICES - {category})


@pytest.mark.parametrize("category", sorted(DEVICES))
def test_every_reference_leads_to_a_definition_in_the_picture(category: str) -> None:
    svg = picture(category=category)
    defined = {element.get("id") for element in parse(svg).iter()}
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= defined
    assert svg.count("http") == 1, "nothing but the name space points outside"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_stays_text(text: str) -> None:
    harmless = [element.tag for element in parse(picture()).iter()]
    root = parse(picture(brand=text, name=text, accent_seed=text))
    assert [element.tag for element in root.iter()] == harmless
    assert columns(root.findtext(f"{SVG}title") or "") <= TITLE_COLUMNS
    assert parse(picture(category=text)).tag == f"{SVG}svg"


def test_text_is_kept_where_it_is_harmless() -> None:
    assert texts(picture(brand="Bang & Olufsen", name='21" <Wide> 💻')) == ["BANG & OLUFSEN", '21" <Wide> 💻']
    assert texts(picture(name="a\x00b\ud800c\u202ed  e\n f")) == ["DELL", "abcd e f"]


def test_same_arguments_give_the_same_picture() -> None:
    assert picture() == picture()


def test_different_seeds_give_different_pictures() -> None:
    assert len({picture(accent_seed=f"SKU-{number}") for number in range(200)}) == 200


@pytest.mark.parametrize(
    ("category", "device"),
    [
        ("laptop", "laptop"),
        (" Laptops ", "laptop"),
        ("workstation", "laptop"),
        ("gaming-pc", "desktop"),
        ("Sport_Watches", "smartwatch"),
        ("smartwatches", "smartwatch"),
        ("laptop-accessories", "box"),
        ("../frame", "box"),
        ("", "box"),
    ],
)
def test_category_chooses_the_device(category: str, device: str) -> None:
    assert device_for(category) == device


def test_label_leaves_out_what_the_picture_says_already() -> None:
    assert label("Refurbished Dell XPS 13", brand="dell") == "XPS 13"
    assert label("Refurbished", brand="Dell") == "Refurbished"
    assert label("Dell", brand="Dell") == "Dell"
    assert label("Della Valle", brand="Dell") == "Della Valle"


def test_long_text_ends_at_a_word_with_an_ellipsis() -> None:
    assert shorten("ThinkPad X1 Carbon Gen 9", 24) == "ThinkPad X1 Carbon Gen 9"
    assert shorten("ThinkPad X1 Carbon Gen 9 (2021)", 24) == "ThinkPad X1 Carbon Gen…"
    assert shorten("x" * 30, 10) == "x" * 9 + "…"
    assert shorten("電" * 30, 10) == "電" * 4 + "…"
    assert shorten("W" * 30, 10) == "W" * 4 + "…"


def test_colours_are_those_of_the_published_conversion() -> None:
    assert (oklch(1, 0, 0), oklch(0, 0, 0)) == ("#ffffff", "#000000")
    assert oklch(0.627955, 0.257683, 29.2339) == "#ff0000"
    assert oklch(0.452014, 0.313214, 264.052) == "#0000ff"

"""Categories and brands by name: two spellings with one slug are one, and a new one is made."""

import unicodedata

from django.utils.text import slugify

from catalog.models import Brand, Category

MAX_SLUG = 100


def slug_of(name: str) -> str:
    """The ASCII slug of any name: "Café Bar" is `cafe-bar`; letters beyond ASCII stand as their code points."""
    plain = unicodedata.normalize("NFKD", name)
    spelled = "".join(f"-{ord(char):x}-" if char.isalnum() and not char.isascii() else char for char in plain)
    return (slugify(spelled) or "-".join(f"{ord(char):x}" for char in name))[:MAX_SLUG].strip("-")


def category_named(name: str) -> Category:
    """The category of this name or slug, made when it is new."""
    category, _ = Category.objects.get_or_create(slug=slug_of(name), defaults={"name": display_name(name)})
    return category


def brand_named(name: str) -> Brand:
    """The brand of this name or slug, made when it is new."""
    brand, _ = Brand.objects.get_or_create(slug=slug_of(name), defaults={"name": name})
    return brand


def display_name(name: str) -> str:
    """A category's name for people: a bare slug such as `gaming-laptop` becomes "Gaming laptop"."""
    return name.replace("-", " ").capitalize() if name == slug_of(name) else name

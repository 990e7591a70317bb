"""Where a reference (`device:3`) of a movement leads, or of who has a device: each app registers its own pages."""

from django.urls import reverse
from django.utils.safestring import SafeString

from core.admin.badges import link

# The name of the page by the kind of the thing.
pages: dict[str, str] = {}


def register(**owned: str) -> None:
    """Add an app's pages, by kind."""
    pages.update(owned)


def reference_link(reference: str) -> SafeString | str:
    """`device:5` as "Device #5", leading to its page where its kind has one."""
    kind, _, number = reference.partition(":")
    text = f"{kind.capitalize()} #{number}" if number else reference
    return link(reverse(pages[kind], args=[number]), text) if number.isdecimal() and kind in pages else text

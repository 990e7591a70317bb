"""In whose name a mail speaks: that of the face where it was caused."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from events.api.face import EVENTS


@dataclass(frozen=True)
class Brand:
    """What stands at the head and the foot of a mail, and who sends it.

    `dark` and `dark_label` are for readers whose screens are dark: the colour, and text upon it.
    """

    name: str
    tagline: Promise
    site_url: str
    sender: str
    colour: str
    dark: str
    dark_label: str

    @property
    def initial(self) -> str:
        """The letter of its mark."""
        return self.name[:1]


def brand_of(face: str) -> Brand:
    """The brand of this face; the shop's for one that has no other."""
    return the_box_office() if face == EVENTS.name else the_shop()


def the_shop() -> Brand:
    return Brand(
        name="GigGatek",
        tagline=gettext_lazy("refurbished technology, to buy or to rent until it is yours"),
        site_url=settings.SITE_URL,
        sender=settings.DEFAULT_FROM_EMAIL,
        colour="#0f766e",
        dark="#5eead4",
        dark_label="#06302b",
    )


def the_box_office() -> Brand:
    """Who sells tickets to events, by its settings."""
    return Brand(
        name=settings.EVENTS_BRAND_NAME,
        tagline=gettext_lazy("tickets to events"),
        site_url=settings.EVENTS_FRONTEND_URL,
        sender=settings.EVENTS_FROM_EMAIL or settings.DEFAULT_FROM_EMAIL,
        colour="#6d28d9",
        dark="#c4b5fd",
        dark_label="#2e1065",
    )

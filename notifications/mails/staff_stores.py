"""The mail to those who work here about the hub's shops."""

from typing import TypedDict

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from notifications.mails.base import Values
from notifications.mails.staff import StaffMail, admin_page
from storesync.signals import trouble_found
from storesync.troubles import Kind

HEADLINES = {
    Kind.BLOCKED: gettext_noop("An order cannot become a sale"),
    Kind.OVERSOLD: gettext_noop("Two shops sold the same piece"),
    Kind.UNREADABLE: gettext_noop("A shop's webhook cannot be acted on"),
    Kind.BROKEN: gettext_noop("Credentials were refused"),
    Kind.HOOKS: gettext_noop("A shop's webhooks do not come"),
}


class StoreTrouble(StaffMail):
    """Something about a shop of the hub needs a person: an order, a webhook, credentials."""

    kind = "staff_store_trouble"
    required = False
    signal = trouble_found

    class Context(TypedDict):
        headline: str
        about: str
        message: str
        admin_url: str

    def __init__(self, *, about: Model, kind: str, message: str, occurrence: str) -> None:
        super().__init__(about, event=f"{kind}:{about._meta.model_name}:{about.pk}:{occurrence}")
        self.about, self.trouble, self.message = about, Kind(kind), message

    def context(self) -> Context:
        return {
            "headline": _(HEADLINES[self.trouble]),
            "about": str(self.about),
            "message": self.message[:500],
            "admin_url": self.admin_url,
        }

    @classmethod
    def example(cls) -> Context:
        return {
            "headline": _(HEADLINES[Kind.BLOCKED]),
            "about": "Shopify mystore.myshopify.com #1001",
            "message": "The ERP does not have CABLE-C.",
            "admin_url": admin_page("storesync_storeorder", 9),
        }

    @classmethod
    def variants(cls) -> dict[str, Values]:
        broken = {"about": "Shopify mystore.myshopify.com", "message": "It refused the credentials."}
        return {"store_broken": {"headline": _(HEADLINES[Kind.BROKEN]), **broken}}

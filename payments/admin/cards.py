"""Saved cards: whose they are and what their owners know them by."""

from django.contrib import admin

from core.admin.base import ReadOnlyAdmin
from payments.models import SavedCard


@admin.register(SavedCard)
class SavedCardAdmin(ReadOnlyAdmin):
    """What a customer asks about on the telephone; the tokens that charge the cards are not shown."""

    list_display = ["card", "user", "expires", "is_default", "gateway", "created_at", "removed_at"]
    list_select_related = ["user"]
    list_filter = ["gateway", "brand", "created_at"]
    search_fields = ["user__email", "=last4"]
    search_help_text = "E-mail or last four digits"
    fields = ["user", "brand", "last4", "expires", "is_default", "gateway", "created_at", "removed_at"]
    readonly_fields = ["expires", "is_default"]

    @admin.display(description="Card", ordering="last4")
    def card(self, card: SavedCard) -> str:
        """Its brand and last four digits."""
        return str(card)

    @admin.display(description="Expires", ordering="exp_year")
    def expires(self, card: SavedCard) -> str:
        """Its last month, as it stands on the card."""
        return f"{card.exp_month:02d}/{card.exp_year % 100:02d}"

    @admin.display(description="Default", boolean=True)
    def is_default(self, card: SavedCard) -> bool:
        """Whether its owner pays with it unless they say otherwise."""
        return card.is_default

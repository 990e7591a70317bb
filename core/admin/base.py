"""Bases of the admin pages: what stands in the database is shown, verbs change it."""

from typing import Any

from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class ShopAdmin(ModelAdmin):
    """A page that may be edited as far as the role allows."""

    list_per_page = 50
    compressed_fields = False
    warn_unsaved_form = True
    show_full_result_count = False


class ReadOnly:
    """Rows that are shown and never edited by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody adds a row by hand."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes a row by hand."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody deletes a row by hand."""
        return False


class ReadOnlyAdmin(ReadOnly, ShopAdmin):
    """A page of rows that only the shop itself writes."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows of another table below their subject, to read."""

    extra = 0
    can_delete = False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of its columns, so that those which no form could edit are shown too."""
        return list(self.fields or [])

"""Bases of the admin pages: what stands in the database is shown, verbs change it."""

from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldDoesNotExist
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline


class ShopAdmin(ModelAdmin):
    """A page that may be edited as far as the role allows."""

    list_per_page = 50
    compressed_fields = False
    warn_unsaved_form = True
    show_full_result_count = False

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """The list; it offers to show all rows only where it does not show them already."""
        listed = super().get_changelist_instance(request)
        if not (listed.query or listed.has_active_filters):
            listed.full_result_count = listed.result_count
        return listed

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Only by the columns that the page filters by.

        Django allows every column of the row, so that whoever may see a list could guess what it does not
        show, a password's hash or a mailed token, letter by letter (`?password__startswith=`).
        """
        try:
            column = self.opts.get_field(lookup.partition("__")[0]).name
        except FieldDoesNotExist:
            return super().lookup_allowed(lookup, value, request)
        return column in self.filtered_columns() and super().lookup_allowed(lookup, value, request)

    def filtered_columns(self) -> set[str]:
        """The columns of this row that `list_filter` names."""
        named = (entry[0] if isinstance(entry, tuple) else entry for entry in self.list_filter)
        return {name.partition("__")[0] for name in named if isinstance(name, str)}


class ReadOnly:
    """Rows that are shown and never edited by hand."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(ReadOnly, ShopAdmin):
    """A page of rows that only the shop itself writes."""


class ReadOnlyInline(ReadOnly, TabularInline):
    """Rows of another table below their subject, to read."""

    extra = 0
    can_delete = False
    hide_title = True  # the columns say it already

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of its columns, so that those which no form could edit are shown too."""
        return list(self.fields or [])

"""Bases of the admin pages: what stands in the database is shown, verbs change it."""

from collections.abc import Sequence
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey
from django.forms import ModelChoiceField
from django.http import HttpRequest
from unfold.admin import ModelAdmin, TabularInline

LONGEST_KEY = 18


class KeySelect(AutocompleteSelect):
    """A row that is searched for. A form that was sent with what is no key is shown again, without it."""

    def optgroups(self, name: str, value: Sequence[str], attrs: dict[str, Any] | None = None) -> list[Any]:
        keys = [key for key in value if not key or (key.isdecimal() and len(key) <= LONGEST_KEY)]
        return list(super().optgroups(name, keys, attrs))


class SearchedRows:
    """A page or an inline whose `autocomplete_fields` bear whatever is sent for them."""

    admin_site: Any
    autocomplete_fields: Sequence[str]

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: Any, **kwargs: Any
    ) -> ModelChoiceField:
        if db_field.name in self.autocomplete_fields:
            kwargs["widget"] = KeySelect(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]


class ShopAdmin(SearchedRows, ModelAdmin):
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

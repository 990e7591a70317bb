"""What the pages of the store sync share: columns, and a filter by shop."""

from typing import Any

from django.contrib import admin
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from accounts.models import User
from core.admin.badges import badge, link, page_of
from storesync.models import Connection

OWNER = "owner__operator"


class Columns:
    """For rows with a `connection` and a status, as far as they have them."""

    @admin.display(description="Store", ordering="connection")
    def store(self, row: Any) -> SafeString:
        return page_of(row.connection, row.connection.address.removeprefix("https://"))

    @admin.display(description="User")
    def user_name(self, row: Any) -> str:
        return name_of(row.owner if hasattr(row, "owner") else row.connection.owner)

    @admin.display(description="Status", ordering="status")
    def status_label(self, row: Any) -> SafeString:
        return badge(row.status, row.get_status_display())


def story_link(connection: Connection, sku: str) -> SafeString:
    """To the story of a SKU, as the ERP calls it."""
    query = urlencode([("user", name_of(connection.owner)), ("sku", sku)])
    return link(f"{reverse('admin:storesync_stockcache_story')}?{query}", sku)


def name_of(user: User) -> str:
    """The name under which somebody uses the hub."""
    return str(getattr(user, "operator", user))

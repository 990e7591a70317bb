"""Connected shops with what is wrong with them, their runs, and the ERPs behind them. No page shows a secret."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.contrib.filters.admin import AutocompleteSelectFilter, ChoicesDropdownFilter, RangeDateTimeFilter

from accounts.models import User
from core.admin.badges import badge, link, page_of
from core.admin.base import ReadOnlyAdmin, ReadOnlyInline
from core.admin.steps import ReadOnlyStepsAdmin, Step
from core.tasks import enqueue
from storesync import connections, syncing
from storesync.admin.columns import OWNER, Columns
from storesync.health import health_of, with_figures
from storesync.hooks import make_hooks
from storesync.models import Connection, ConnectionStatusChange, ErpConfig, SyncRun

Status = Connection.Status
MAY = "storesync.change_connection"


def pause(connection: Connection, *, by: User) -> str:
    """Raises ConnectionNotFound."""
    connections.pause(user=connection.owner, connection_id=connection.pk, by=by)
    return "The store is paused: it gets no stock, and its orders wait."


def resume(connection: Connection, *, by: User) -> str:
    """Raises ConnectionNotFound, ConnectionBroken."""
    connections.resume(user=connection.owner, connection_id=connection.pk, by=by)
    return "The store is synced again."


def sync_now(connection: Connection, *, by: User) -> str:
    """Ask for a run over the shops of its user, who share an ERP."""
    syncing.ask(user=connection.owner)
    return "A worker syncs all stores of this user now."


def renew_hooks(connection: Connection, *, by: User) -> str:
    """Have a worker make what is missing."""
    enqueue(make_hooks, connection_id=connection.pk)
    return "A worker makes the webhooks that are missing."


def is_kept(connection: Connection) -> bool:
    return connection.status not in (Status.BROKEN, Status.REMOVED)


STEPS = [
    Step(
        name="sync-now",
        label="Sync now",
        icon="sync",
        variant="primary",
        permission=MAY,
        offered=is_kept,
        run=sync_now,
    ),
    Step(
        name="renew-hooks", label="Renew webhooks", icon="webhook", permission=MAY, offered=is_kept, run=renew_hooks
    ),
    Step(
        name="pause",
        label="Pause",
        icon="pause",
        permission=MAY,
        offered=lambda connection: connection.status == Status.ACTIVE,
        run=pause,
        question="The store gets no more stock until it is resumed, and its orders wait.",
    ),
    Step(
        name="resume",
        label="Resume",
        icon="play_arrow",
        permission=MAY,
        offered=lambda connection: connection.status == Status.PAUSED,
        run=resume,
    ),
]


class HistoryInline(ReadOnlyInline):
    """Its steps."""

    model = ConnectionStatusChange
    fields = ["status", "notes", "created_at", "actor"]


@admin.register(Connection)
class ConnectionAdmin(Columns, ReadOnlyStepsAdmin):
    """Shops, and how they stand."""

    steps = STEPS
    inlines = [HistoryInline]
    list_display = [
        *("shop", "user_name", "health_label", "last_sync_at"),
        *("product_count", "order_count", "waiting", "errors"),
    ]
    list_display_links = ["shop"]
    list_filter = [("status", ChoicesDropdownFilter), ("platform", ChoicesDropdownFilter)]
    list_filter_submit = True
    search_fields = ["id__exact", "address", "owner__operator__username"]
    search_help_text = "Number, address or user"
    fieldsets = [
        (None, {"fields": [("address", "platform", "user_name"), ("status_label", "problems")]}),
        ("Figures", {"fields": [("product_count", "order_count"), ("waiting", "errors"), "elsewhere"]}),
        ("Sync", {"fields": [("last_run", "last_sync_at"), ("last_delivery_at", "hooks_checked_at"), "cursor"]}),
        ("Settings", {"fields": [("buffer", "max_listed", "price_sync"), ("locations_label", "sku_prefix")]}),
        ("Access", {"fields": [("scopes_label", "expires_at", "created_at")]}),
    ]
    readonly_fields = [
        *("user_name", "status_label", "problems", "product_count", "order_count", "waiting", "errors"),
        *("elsewhere", "locations_label", "last_run", "last_sync_at", "last_delivery_at", "hooks_checked_at"),
        *("cursor", "scopes_label", "expires_at"),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        return with_figures(super().get_queryset(request).select_related(OWNER))

    @admin.display(description="Store", ordering="address")
    def shop(self, connection: Connection) -> SafeString:
        soft = format_html('<span class="gg-soft gg-block">{}</span>', connection.get_platform_display())
        return format_html("{}{}", connection.address.removeprefix("https://"), soft)

    @admin.display(description="Health", ordering="status")
    def health_label(self, connection: Connection) -> SafeString:
        word = health_of(connection)["status"]
        return badge(word, word.capitalize())

    @admin.display(description="Scopes")
    def scopes_label(self, connection: Connection) -> str:
        """With blanks, so that a narrow screen breaks it."""
        return connection.scopes.replace(",", ", ")

    @admin.display(description="Problems", empty_value="None")
    def problems(self, connection: Connection) -> SafeString | None:
        said = [(sentence,) for sentence in health_of(connection)["problems"]]
        return format_html_join("", '<span class="gg-block">{}</span>', said) or None

    @admin.display(description="Products", ordering="product_count")
    def product_count(self, connection: Any) -> int:
        return int(connection.product_count)

    @admin.display(description="Sales", ordering="order_count")
    def order_count(self, connection: Any) -> int:
        return int(connection.order_count)

    @admin.display(description="Waiting", ordering="waiting")
    def waiting(self, connection: Any) -> int:
        return int(connection.waiting)

    @admin.display(description="Need a person", ordering="errors")
    def errors(self, connection: Any) -> int:
        return int(connection.errors)

    @admin.display(description="Locations that get stock", empty_value="Its only or first one")
    def locations_label(self, connection: Connection) -> str | None:
        return ", ".join(map(str, connection.locations)) or None

    @admin.display(description="Last run", empty_value="None yet")
    def last_run(self, connection: Connection) -> SafeString | None:
        run = connection.runs.first()
        if run is None:
            return None
        said = run.error or ("Without an error" if run.finished_at else run.progress)
        return format_html("{} {}", page_of(run, f"#{run.pk}"), said)

    @admin.display(description="More")
    def elsewhere(self, connection: Connection) -> SafeString:
        pages = {"Orders": "storeorder", "Mappings": "skumapping", "Stock": "stockcache", "Runs": "syncrun"}
        query = f"?connection__id__exact={connection.pk}"
        rows = (
            (link(f"{reverse(f'admin:storesync_{name}_changelist')}{query}", text),) for text, name in pages.items()
        )
        return format_html_join(" · ", "{}", rows)


@admin.register(SyncRun)
class SyncRunAdmin(Columns, ReadOnlyAdmin):
    """Runs with their figures, the newest first."""

    list_display = [
        *("number", "store", "started_at", "duration", "read", "written", "rescued"),
        *("calls", "errors", "error_label"),
    ]
    list_display_links = ["number"]
    list_select_related = ["connection"]
    list_filter = [("connection", AutocompleteSelectFilter), ("started_at", RangeDateTimeFilter)]
    list_filter_submit = True
    fields = [
        ("store", "started_at", "duration"),
        ("read", "written", "rescued"),
        ("calls", "throttled", "errors"),
        "error",
    ]
    readonly_fields = ["store", "started_at", "duration"]

    @admin.display(description="Run", ordering="id")
    def number(self, run: SyncRun) -> str:
        return f"#{run.pk}"

    @admin.display(description="Took")
    def duration(self, run: SyncRun) -> str:
        if run.finished_at is None:
            parts = run.progress.split(": ")
            return format_html_join("", '<span class="gg-block gg-nowrap">{}</span>', ((part,) for part in parts))
        return f"{(run.finished_at - run.started_at).total_seconds():.1f} s"

    @admin.display(description="Error")
    def error_label(self, run: SyncRun) -> str:
        return run.error[:80]


@admin.register(ErpConfig)
class ErpConfigAdmin(Columns, ReadOnlyAdmin):
    """The ERPs, without their tokens."""

    list_display = ["address", "user_name", "location_id", "currency", "state", "read_at", "item_count"]
    list_select_related = [OWNER]
    search_fields = ["address", "owner__operator__username"]
    search_help_text = "Address or user"
    fields = [
        ("address", "user_name", "state"),
        ("location_id", "contact_id", "currency"),
        ("read_at", "item_count", "created_at"),
    ]
    readonly_fields = ["user_name", "state", "read_at", "item_count", "created_at"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ErpConfig]:
        return super().get_queryset(request).annotate(item_count=Count("items"))

    @admin.display(description="Answers", ordering="refused_at")
    def state(self, erp: ErpConfig) -> SafeString:
        return badge("broken", "Refuses the token") if erp.refused_at else badge("ok", "Yes")

    @admin.display(description="Items", ordering="item_count")
    def item_count(self, erp: Any) -> int:
        return int(erp.item_count)

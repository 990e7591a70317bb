"""What the hub answers."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import UtcDateTimeField
from core.api.shapes import Shape
from storesync.health import health_of
from storesync.models import Platform, TraceEvent
from storesync.troubles import Kind


class MomentField(UtcDateTimeField):
    """A moment with milliseconds, as the contract has it: `2026-01-05T10:30:00.000Z`."""

    def to_representation(self, value: datetime) -> str:
        """The moment."""
        return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


class StockField(serializers.DecimalField):
    """Pieces in stock, of which the ERP may have parts; a JSON number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=22, decimal_places=4, coerce_to_string=False, **kwargs)


class OperatorShape(Shape):
    """A user of the hub."""

    id = serializers.IntegerField(source="user_id")
    username = serializers.CharField(help_text="As it was registered.")


class HubSignInShape(Shape):
    """A token, and whose it is."""

    token = serializers.CharField(source="access", help_text="For the Authorization header, good for 8 hours.")
    user = OperatorShape(source="session.user.operator", help_text="Who signed in.")


class SuccessShape(Shape):
    """It was done."""

    success = serializers.BooleanField(help_text="true.")


class ConnectedShape(SuccessShape):
    """The shop is connected."""

    id = serializers.IntegerField()


class AskedShape(Shape):
    """Where the user goes next."""

    authUrl = serializers.CharField(help_text="The page on which the merchant consents, at the shop.")


class SaidShape(SuccessShape):
    """It was done, in a sentence."""

    message = serializers.CharField()


class ReceivedShape(Shape):
    """It came."""

    received = serializers.BooleanField(help_text="true.")


class HealthShape(Shape):
    """How a shop stands."""

    status = serializers.ChoiceField(choices=["ok", "attention", "paused", "broken"], help_text="In a word.")
    problems = serializers.ListField(child=serializers.CharField(), help_text="What is wrong, in sentences.")


class ConnectionShape(Shape):
    """A connected shop and how it stands."""

    id = serializers.IntegerField()
    platform = serializers.ChoiceField(choices=Platform.values, help_text="Where it runs.")
    storeUrl = serializers.CharField(source="address", help_text="Its host, or its address.")
    lastSync = MomentField(source="last_sync_at", allow_null=True, help_text="When it was last synced; null: never.")
    syncEnabled = serializers.BooleanField(source="is_enabled", help_text="Whether it is synced now.")
    productCount = serializers.IntegerField(source="product_count", help_text="How many SKUs it has stock of.")
    orderCount = serializers.IntegerField(source="order_count", help_text="How many orders became sales.")
    health = serializers.SerializerMethodField(help_text="How it stands.")
    waiting = serializers.IntegerField(help_text="How many orders are on their way into the ERP.")
    errors = serializers.IntegerField(  # type: ignore[assignment]  # ours beside the contract's
        help_text="How many orders and webhooks need a person."
    )

    @extend_schema_field(HealthShape)
    def get_health(self, connection: Any) -> dict[str, Any]:
        return HealthShape.of(health_of(connection))


class PulledShape(Shape):
    """Orders were pulled."""

    message = serializers.CharField()
    count = serializers.IntegerField(help_text="How many of them were not known before.")


class TroubleShape(Shape):
    """What needs a person."""

    id = serializers.CharField(help_text="What to replay or dismiss.")
    connectionId = serializers.IntegerField(
        source="connection_id", allow_null=True, help_text="The shop; null: it is about the ERP."
    )
    orderId = serializers.CharField(
        source="order_id", allow_null=True, help_text="The shop's id of the order; null: it is about none."
    )
    kind = serializers.ChoiceField(choices=Kind.values, help_text="What is wrong, in a word.")
    message = serializers.CharField(help_text="What is wrong, in sentences.")
    attempts = serializers.IntegerField(help_text="How often it was tried.")
    createdAt = MomentField(source="created_at", help_text="Since when it is known.")


class RunShape(Shape):
    """A run over a shop, and its figures."""

    id = serializers.IntegerField()
    connectionId = serializers.IntegerField(source="connection_id", help_text="The shop.")
    started = MomentField(source="started_at", help_text="When it began.")
    finished = MomentField(source="finished_at", allow_null=True, help_text="When it ended; null: not yet.")
    read = serializers.IntegerField(help_text="How many levels of stock were read.")
    written = serializers.IntegerField(help_text="How many of them were written.")
    calls = serializers.IntegerField(help_text="How often the shop was called.")
    throttled = serializers.IntegerField(help_text="How many of the calls it put off.")
    rescued = serializers.IntegerField(help_text="How many orders no webhook had told of.")
    errors = serializers.IntegerField(  # type: ignore[assignment]  # the contract's key
        help_text="How many things failed."
    )
    error = serializers.CharField(allow_blank=True, help_text="What failed last.")


class ConnectionSettingsShape(ConnectionShape):
    """A connected shop, how it stands, and how it is synced."""

    buffer = serializers.IntegerField(help_text="How many pieces of each SKU are held back.")
    maxListed = serializers.IntegerField(
        source="max_listed", allow_null=True, help_text="How many it shows at most; null: as many as there are."
    )
    locations = serializers.ListField(child=serializers.CharField(), help_text="Its locations that get stock.")
    priceSync = serializers.BooleanField(source="price_sync", help_text="Whether it gets the ERP's prices, too.")


class ChannelShape(Shape):
    """A SKU's stock in a shop."""

    connectionId = serializers.IntegerField(source="pk", help_text="The shop.")
    store = serializers.CharField(source="address", help_text="Where it is.")
    location = serializers.CharField(source="cell__location", help_text="Blank where a shop has one stock.")
    seen = serializers.IntegerField(source="cell__seen", allow_null=True, help_text="What the shop had, read last.")
    wanted = serializers.IntegerField(source="cell__wanted", allow_null=True, help_text="What it should list.")
    written = serializers.IntegerField(source="cell__written", allow_null=True, help_text="What we wrote last.")
    acknowledged = MomentField(
        source="cell__acknowledged_at", allow_null=True, help_text="When the shop confirmed it."
    )
    rule = serializers.CharField(source="cell__rule", help_text="What decided on the wanted figure.")


class EventShape(Shape):
    """Something that happened to a SKU."""

    at = MomentField(help_text="When.")
    kind = serializers.ChoiceField(choices=TraceEvent.Kind.values, help_text="What.")
    source = serializers.CharField(help_text="Who did it.")  # type: ignore[assignment]  # the contract's key
    connectionId = serializers.IntegerField(source="connection_id", allow_null=True, help_text="In which shop.")
    orderId = serializers.CharField(
        source="order_id", help_text="The shop's id of the order that caused it, or blank."
    )
    before = serializers.IntegerField(allow_null=True, help_text="How many pieces there were.")
    after = serializers.IntegerField(allow_null=True, help_text="How many there are.")
    rule = serializers.CharField(help_text="What decided on the figure.")
    write = serializers.IntegerField(allow_null=True, help_text="What was to be written to the shop.")
    ack = MomentField(allow_null=True, help_text="When the shop confirmed it.")


class TraceShape(Shape):
    """Why the stock of a SKU is what it is."""

    sku = serializers.CharField(help_text="As the ERP calls it.")
    erp = StockField(
        allow_null=True, help_text="What the ERP has; null where it knows nothing, or has the SKU twice."
    )
    channels = ChannelShape(many=True, help_text="The shops that have it.")
    events = EventShape(many=True, help_text="The newest 200, the newest first.")

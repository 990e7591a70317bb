"""What the calls of the hub read."""

import re
from typing import Any

from django.core.validators import RegexValidator
from rest_framework import serializers

from accounts.api.fields import LineField, NewPasswordField, PasswordField
from accounts.passwords import LETTER_AND_DIGIT
from core.api.converters import MAX_ID
from core.api.fields import BooleanField, IdField, IntegerField, OneOfField, TextField
from core.api.inputs import OpenInput, QueryInput
from storesync.values import MAX_TEXT

USERNAME_LENGTH = 150
MOST_PIECES = 1_000_000
MOST_LOCATIONS = 200
KEY_LENGTH, ADDRESS_LENGTH = 4096, 2000
DIGITS = 20
BEARER = re.compile(r"bearer(\s+|$)", re.IGNORECASE)


class UsernameField(LineField):
    """The name of a new user: no e-mail address."""

    default_error_messages = {"address": "A username has no @."}

    def to_internal_value(self, data: Any) -> str:
        """The name, trimmed."""
        name = super().to_internal_value(data)
        if "@" in name:
            self.fail("address")
        return name


class ForeignIdField(LineField):
    """The id of something elsewhere, which came as a text or a whole number; it goes on as a text."""

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(str(data) if type(data) is int else data)


class RegistrationInput(OpenInput):
    """A new user."""

    example = {"username": "admin", "password": "password123"}

    username = UsernameField(max_length=USERNAME_LENGTH, help_text="Unique whatever its case.")
    password = NewPasswordField(rules=LETTER_AND_DIGIT)


class SignInInput(OpenInput):
    """A sign-in."""

    example = {"username": "admin", "password": "password123"}

    username = TextField(max_length=USERNAME_LENGTH, help_text="The name, in any case.")
    password = PasswordField()


class SettingsInput(OpenInput):
    """How a shop is synced; what is absent stays."""

    example = {"syncEnabled": True, "buffer": 1, "maxListed": 50, "locations": ["655441491"], "priceSync": False}

    syncEnabled = BooleanField(source="enabled", required=False, help_text="false pauses it.")
    buffer = IntegerField(
        required=False, min_value=0, max_value=MOST_PIECES, help_text="How many pieces of each SKU are held back."
    )
    maxListed = IntegerField(
        source="max_listed", required=False, allow_null=True, min_value=0, max_value=MOST_PIECES,
        help_text="How many the shop shows at most; null: as many as there are.",
    )  # fmt: skip
    locations = serializers.ListField(
        child=ForeignIdField(max_length=100), required=False, max_length=MOST_LOCATIONS,
        help_text="The ids of its locations that get stock; none: the shop's only or first one.",
    )  # fmt: skip
    priceSync = BooleanField(source="price_sync", required=False, help_text="Whether it gets the ERP's prices, too.")


class KeyField(TextField):
    """A token or key as it travels in a header: one word of printable ASCII."""

    default_error_messages = {"word": "It has letters, digits and signs only."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(write_only=True, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The key, trimmed."""
        key = super().to_internal_value(data)
        if not (key.isascii() and key.isprintable()):
            self.fail("word")
        return key


class TokenField(KeyField):
    """The same, with or without the word that stands before it in the header."""

    def to_internal_value(self, data: Any) -> str:
        """The token alone."""
        token = BEARER.sub("", super().to_internal_value(data), count=1)
        if not token or " " in token:
            self.fail("word")
        return token


class NumberField(IntegerField):
    """An id of the ERP, which came as a number or as its digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(min_value=1, max_value=MAX_ID, **kwargs)

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        is_text = isinstance(data, str) and data.isascii() and data.isdigit() and len(data) < DIGITS
        return super().to_internal_value(int(data) if is_text else data)


class ProkipInput(OpenInput):
    """The user's ERP."""

    example = {"token": "Bearer xyz", "locationId": "1"}

    token = TokenField(max_length=KEY_LENGTH, help_text="Its token; a leading `Bearer ` is dropped.")
    locationId = NumberField(source="location_id", help_text="The location whose stock counts, as number or text.")
    contactId = NumberField(source="contact_id", required=False, help_text="Whom its sales name as the buyer.")
    apiUrl = TextField(
        source="address", required=False, max_length=ADDRESS_LENGTH, help_text="Where it is, if not at Prokip's own."
    )
    currency = TextField(
        required=False,
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Three capitals, such as NGN.")],
        max_length=3,
        help_text="Of its books, as `NGN`; unless it is given, that of the first order that is booked.",
    )


class StoreInput(OpenInput):
    """A Shopify shop."""

    example = {"storeUrl": "mystore"}

    storeUrl = TextField(source="store_url", max_length=ADDRESS_LENGTH, help_text="The shop's name or address.")


class WooCommerceInput(OpenInput):
    """A WooCommerce shop and its keys."""

    example = {"storeUrl": "https://mystore.com", "consumerKey": "ck_1", "consumerSecret": "cs_1"}

    storeUrl = TextField(source="store_url", max_length=ADDRESS_LENGTH, help_text="The shop's address.")
    consumerKey = KeyField(source="consumer_key", max_length=KEY_LENGTH, help_text="Its key for us.")
    consumerSecret = KeyField(source="consumer_secret", max_length=KEY_LENGTH, help_text="The secret beside it.")


class WhichInput(OpenInput):
    """Which shop is meant."""

    example = {"connectionId": 1}

    connectionId = IdField(source="connection_id", required=False, help_text="Without it, all of the user's.")


class SkuField(TextField):
    """A SKU to the letter, blanks included."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_TEXT, trim_whitespace=False, **kwargs)


class StoreQuery(QueryInput):
    """The shop that is meant."""

    connectionId = serializers.IntegerField(
        source="connection_id", min_value=1, max_value=MAX_ID, help_text="The shop."
    )


class StoresQuery(QueryInput):
    """The shops that are meant."""

    connectionId = serializers.IntegerField(
        source="connection_id", min_value=1, max_value=MAX_ID, required=False, help_text="Without it, all shops."
    )


class ShopInput(OpenInput):
    """The shop that is meant."""

    example: dict[str, Any] = {"connectionId": 1}

    connectionId = IdField(source="connection_id", help_text="The shop.")


class UnmapInput(ShopInput):
    """A mapping that ends."""

    example = {"connectionId": 1, "storeSku": "phone-a"}

    storeSku = SkuField(source="store_sku", help_text="The SKU as the shop calls it.")


class MapInput(UnmapInput):
    """A SKU that is called otherwise in a shop."""

    example = {"connectionId": 1, "storeSku": "phone-a", "prokipSku": "PHONE-A"}

    prokipSku = SkuField(source="erp_sku", help_text="The SKU as the ERP calls it.")


class PushInput(ShopInput):
    """Products that go from one side to the other."""

    example = {"method": "push", "connectionId": 1, "dryRun": True}

    method = OneOfField(choices=["push", "pull"], help_text="From the ERP to the shop, or the other way.")
    dryRun = BooleanField(source="dry_run", default=False, help_text="Whether it is only counted.")


class TraceQuery(StoresQuery):
    """The SKU that is asked about."""

    sku = SkuField(help_text="As the ERP calls it, to the letter.")

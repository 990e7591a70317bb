"""Serializer fields about people."""

import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail

from accounts import emails, passwords
from core.api.fields import TextField

LINE_BREAKERS = frozenset({"Cc", "Zl", "Zp"})


class LineField(TextField):
    """One line of text: no line breaks or other control characters, which could forge a mail's header."""

    default_error_messages = {"line": "Control characters and line breaks are not allowed."}

    def to_internal_value(self, data: Any) -> str:
        """The text, trimmed."""
        text = super().to_internal_value(data)
        if any(unicodedata.category(character) in LINE_BREAKERS for character in text):
            self.fail("line")
        return text


@extend_schema_field(OpenApiTypes.EMAIL)
class EmailField(TextField):
    """An e-mail address, in the one spelling under which it is stored."""

    default_error_messages = {"email": "Enter a valid email address."}

    def to_internal_value(self, data: Any) -> str:
        """The normalized address."""
        text = super().to_internal_value(data)
        if len(text) > emails.MAX_LENGTH:
            self.fail("email")
        try:
            address = emails.normalize(text)
        except ValidationError:
            self.fail("email")
        if not emails.has_mailbox(address):
            self.fail("email")
        return address


class PasswordField(TextField):
    """A password as it is typed to sign in: not trimmed, never shown."""

    def __init__(self, **kwargs: Any) -> None:
        options = {"write_only": True, "trim_whitespace": False, "max_length": passwords.MAX_LENGTH, **kwargs}
        super().__init__(**options)


class NewPasswordField(PasswordField):
    """A password that keeps the rules of its face."""

    def __init__(self, *, rules: tuple[passwords.Rule, ...] = passwords.SHOP_RULES, **kwargs: Any) -> None:
        self.rules = rules
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The password; a 400 names every rule that it misses."""
        password = super().to_internal_value(data)
        if lacking := passwords.missed(password, self.rules):
            raise serializers.ValidationError([ErrorDetail(rule.message, rule.code) for rule in lacking])
        return password

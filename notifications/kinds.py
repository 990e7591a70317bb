"""The kinds of mail. Each has three templates, templates/emails/<kind>.{subject.txt,txt,html}."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Kind:
    """A kind of mail and the context that its templates need: exactly these keys, no fewer and no more."""

    name: str
    needs: frozenset[str] = field(default_factory=frozenset)


ORDER = frozenset({"order_id", "order_url"})
SECRET_LINK = frozenset({"name", "link", "valid_for"})

ALL_KINDS = (
    Kind("welcome", SECRET_LINK | {"shop_url"}),
    Kind("verify_email", SECRET_LINK),
    Kind("password_reset", SECRET_LINK),
    Kind("password_changed", frozenset({"name", "email", "reset_url"})),
    Kind("order_confirmation", ORDER | {"lines", "amounts", "total", "address", "shipping_method"}),
    Kind("order_status", ORDER | {"status", "label", "note"}),
    Kind("order_shipped", ORDER | {"lines", "address", "tracking_number", "carrier", "shipping_method"}),
)
KINDS = {kind.name: kind for kind in ALL_KINDS}

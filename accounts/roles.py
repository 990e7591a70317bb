"""Who may do what. A role is a row's value; what it allows stands here and nowhere else."""

from django.db import models


class Role(models.TextChoices):
    """The three kinds of account."""

    CUSTOMER = "customer", "Customer"
    MANAGER = "manager", "Manager"
    ADMIN = "admin", "Admin"


STAFF_ROLES = frozenset({Role.MANAGER, Role.ADMIN})

# What a manager may do in the back office, by app; an admin may do everything.
MANAGER_APPS: dict[str, frozenset[str]] = {
    "catalog": frozenset({"view", "add", "change", "delete"}),
    "orders": frozenset({"view", "change"}),
    "payments": frozenset({"view"}),
    "rentals": frozenset({"view", "change"}),
    "events": frozenset({"view", "add", "change"}),
    "storesync": frozenset({"view", "change"}),
    "notifications": frozenset({"view", "change"}),
    "accounts": frozenset({"view"}),
}
# Where a manager may do less than in the rest of the app: prices of shipping, taxes, grades and terms are an admin's.
MANAGER_MODELS: dict[str, frozenset[str]] = {
    "orders.shippingmethod": frozenset({"view"}),
    "orders.taxrate": frozenset({"view"}),
    "catalog.gradeprice": frozenset({"view"}),
    "catalog.rentalterm": frozenset({"view"}),
    "accounts.session": frozenset(),
    "payments.webhookevent": frozenset(),
    "events.payout": frozenset({"view"}),
    "storesync.delivery": frozenset(),
}


def role_allows(role: str, permission: str) -> bool:
    """Whether `role` has the Django permission `app.verb_model`."""
    if role == Role.ADMIN:
        return True
    app, _, name = permission.partition(".")
    verb, _, model = name.partition("_")
    allowed = MANAGER_MODELS.get(f"{app}.{model}", MANAGER_APPS.get(app, frozenset()))
    return role == Role.MANAGER and verb in allowed


def role_sees_app(role: str, app: str) -> bool:
    """Whether `role` finds the app in the back office at all."""
    return role == Role.ADMIN or (role == Role.MANAGER and app in MANAGER_APPS)

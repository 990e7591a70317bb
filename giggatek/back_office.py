"""How the back office looks and what stands in its side bar."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse_lazy

# Teal on cool greys; unfold asks for each shade.
TEAL = {
    "50": "#f0fdfa",
    "100": "#ccfbf1",
    "200": "#99f6e4",
    "300": "#5eead4",
    "400": "#2dd4bf",
    "500": "#14b8a6",
    "600": "#0f766e",
    "700": "#115e59",
    "800": "#134e4a",
    "900": "#123f3c",
    "950": "#042f2e",
}


def asset(name: str) -> Any:
    """The address of a file in static/giggatek, found when it is needed."""
    return lambda request: static(f"giggatek/{name}")


def entry(
    title: str, icon: str, model: str, page: str = "changelist", *, without: Sequence[str] = ()
) -> dict[str, Any]:
    """A line of the side bar that leads to a model's list, for those who may see it.

    `without` names pages below that list which have lines of their own.
    """
    app, name = model.split(".")
    link, others = reverse_lazy(f"admin:{app}_{name}_{page}"), [reverse_lazy(f"admin:{other}") for other in without]

    def may_see(request: HttpRequest) -> bool:
        return bool(request.user.has_perm(f"{app}.view_{name}"))

    def is_open(request: HttpRequest) -> bool:
        return request.path.startswith(str(link)) and not request.path.startswith(tuple(map(str, others)))

    return {"title": title, "icon": icon, "link": link, "permission": may_see, "active": is_open}


LISTS_OF_RENTALS = ("rentals_rental_late", "rentals_installment_changelist")
SIDEBAR: list[dict[str, Any]] = [
    {"items": [{"title": "Dashboard", "icon": "space_dashboard", "link": reverse_lazy("admin:index")}]},
    {
        "title": "Sales",
        "separator": True,
        "items": [
            entry("Orders", "receipt_long", "orders.order"),
            entry("Payments", "credit_card", "payments.payment"),
            entry("Refunds", "currency_exchange", "payments.refund"),
            entry("Disputes", "gavel", "payments.dispute"),
            entry("Invoices", "request_quote", "payments.invoice"),
        ],
    },
    {
        "title": "Books",
        "separator": True,
        "items": [
            entry("Accounts", "account_balance", "payments.ledgerentry", page="accounts"),
            entry("Entries", "menu_book", "payments.ledgerentry", without=("payments_ledgerentry_accounts",)),
            entry("Day closings", "event_available", "payments.dayclosing"),
        ],
    },
    {
        "title": "Rentals",
        "separator": True,
        "items": [
            entry("Rentals", "event_repeat", "rentals.rental", without=LISTS_OF_RENTALS),
            entry("Late", "running_with_errors", "rentals.rental", page="late"),
            entry("Due this week", "calendar_month", "rentals.installment"),
            entry("Contracts", "contract", "rentals.contract"),
            entry("Charges", "credit_score", "rentals.chargeattempt"),
        ],
    },
    {
        "title": "Catalogue",
        "separator": True,
        "items": [
            entry("Products", "devices", "catalog.product"),
            entry("Devices", "barcode", "catalog.device"),
            entry("Categories", "category", "catalog.category"),
            entry("Brands", "sell", "catalog.brand"),
            entry("Grade prices", "stars", "catalog.gradeprice"),
        ],
    },
    {
        "title": "Customers",
        "separator": True,
        "items": [
            entry("Customers", "group", "accounts.user"),
            entry("Saved cards", "wallet", "payments.savedcard"),
            entry("Sessions", "key", "accounts.session"),
        ],
    },
    {
        "title": "Mail",
        "separator": True,
        "items": [
            entry("Outbox", "outgoing_mail", "notifications.email"),
            entry("Stopped addresses", "mail_off", "notifications.suppression"),
        ],
    },
    {
        "title": "Settings",
        "separator": True,
        "items": [
            entry("Shipping methods", "local_shipping", "orders.shippingmethod"),
            entry("Tax rates", "percent", "orders.taxrate"),
            entry("Webhook events", "webhook", "payments.webhookevent"),
            entry("Chores", "event_repeat", "core.chorerun"),
            entry("Background tasks", "schedule", "django_tasks_database.dbtaskresult"),
        ],
    },
]

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": "GigGatek",
    "SITE_HEADER": "GigGatek",
    "SITE_SUBHEADER": "Back office",
    "SITE_URL": "/api/docs",
    "SITE_LOGO": {"light": asset("logo.svg"), "dark": asset("logo-dark.svg")},
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "sizes": "any", "href": asset("mark.svg")},
    ],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "BORDER_RADIUS": "8px",
    "COLORS": {"primary": TEAL},
    "STYLES": [asset("admin.css")],
    "LOGIN": {"image": asset("login.svg")},
    "DASHBOARD_CALLBACK": "notifications.admin.dashboard.page",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": SIDEBAR},
}

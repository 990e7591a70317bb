"""How the back office looks."""

from typing import Any

from django.templatetags.static import static

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
    "DASHBOARD_CALLBACK": "core.admin.dashboard.page",
    "SIDEBAR": {"show_search": False, "show_all_applications": False, "navigation": "core.admin.sidebar.navigation"},
}

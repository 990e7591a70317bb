"""The short addresses of the back office, with and without a slash, behind the staff login."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import URLPattern, path, re_path, reverse

from accounts.admin.own_password import change_own_password

PAGES = {
    "products": "catalog_product_changelist",
    "orders": "orders_order_changelist",
    "rentals": "rentals_rental_changelist",
    "events": "events_event_changelist",
    "customers": "accounts_user_changelist",
    "settings": "orders_shippingmethod_changelist",
    "reports": "index",
}


def lead(short: str, page: str) -> URLPattern:
    """The address `short`, which leads staff to the admin's `page`."""

    def go(request: HttpRequest) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse(f"admin:{page}"))

    return re_path(rf"^{short}/?$", admin.site.admin_view(go))


urlpatterns: list[URLPattern] = [
    *(lead(short, page) for short, page in PAGES.items()),
    path("password_change/", admin.site.admin_view(change_own_password)),
]

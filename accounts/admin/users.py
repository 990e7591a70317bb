"""Customers and staff: managers read, admins edit."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString
from unfold.decorators import display

from accounts.admin.forms import UserForm
from accounts.models import Address, User
from accounts.roles import Role
from accounts.sessions.tokens import end_others
from core.admin.badges import link
from core.admin.base import ReadOnlyInline, ShopAdmin

ROLE_COLOURS = {Role.CUSTOMER: "default", Role.MANAGER: "info", Role.ADMIN: "primary"}
EDITED = ("first_name", "last_name", "phone", "language", "role", "is_active")


class AddressInline(ReadOnlyInline):
    """The address book, without what the customer deleted."""

    model = Address
    fk_name = "user"
    fields = ["name", "street_address", "city", "state", "zip_code", "country", "phone", "address_type", "is_default"]
    tab = True
    hide_title = True

    def get_queryset(self, request: HttpRequest) -> QuerySet[Address]:
        """What the customer still sees."""
        return super().get_queryset(request).filter(deleted_at=None)

    def name(self, address: Address) -> str:
        """To whom things are sent."""
        return f"{address.first_name} {address.last_name}"


@admin.register(User)
class UserAdmin(ShopAdmin):
    """People with an account. They register by themselves, and they stay: an account is closed, not deleted."""

    form = UserForm
    # Apps to the right add what they know of a customer (`show_with_customer`).
    inlines = [AddressInline]
    list_display = ["person", "role_label", "open_label", "phone", "date_joined", "last_login"]
    list_filter = ["role", "is_active", "date_joined"]
    search_fields = ["email", "first_name", "last_name", "phone"]
    search_help_text = "E-mail, name or phone"
    fieldsets = [
        (None, {"fields": [("first_name", "last_name"), ("email", "phone"), ("role", "is_active")]}),
        ("Account", {"fields": [("date_joined", "last_login"), ("email_verified_at", "language")]}),
    ]
    readonly_fields = ["email", "date_joined", "last_login", "email_verified_at"]

    @display(description="Customer", ordering="email", header=True)
    def person(self, user: User) -> list[str]:
        return [str(user), user.email]

    @display(description="Role", ordering="role", label=ROLE_COLOURS)
    def role_label(self, user: User) -> tuple[str, str]:
        return user.role, user.get_role_display()

    @display(description="Account", ordering="is_active", label={"open": "success", "closed": "danger"})
    def open_label(self, user: User) -> tuple[str, str]:
        return ("open", "Open") if user.is_active else ("closed", "Closed")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """People register by themselves; an admin then gives them a role."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed, so that its orders keep their customer."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """One's own role and account are read-only."""
        own = ["role", "is_active"] if obj is not None and obj.pk == request.user.pk else []
        return [*self.readonly_fields, *own]

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Write what was edited and no more; whoever lost a role or the account is signed out everywhere."""
        edited = [name for name in EDITED if name in form.changed_data]
        if edited:
            obj.save(update_fields=edited)
        if {"role", "is_active"} & set(edited):
            end_others(user=obj)


def show_with_customer(inline: type[ReadOnlyInline]) -> None:
    """Show `inline` on the page of each customer: how an app to the right adds its rows."""
    UserAdmin.inlines.append(inline)


def customer_link(user: User) -> SafeString:
    """The customer's name, leading to their page."""
    return link(reverse("admin:accounts_user_change", args=[user.pk]), user)

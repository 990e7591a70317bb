"""How staff change their own password in the back office: with all that a new password brings."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.hashers import make_password
from django.contrib.auth.views import PasswordChangeView
from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy
from unfold.forms import AdminOwnPasswordChangeForm

from accounts.models import User
from accounts.services import store_password


class OwnPasswordForm(AdminOwnPasswordChangeForm):
    """Django's form, which stores the password as the API does: open sessions end, and a mail tells of it."""

    def save(self, commit: bool = True) -> User:
        with transaction.atomic():
            store_password(user=self.user, password_hash=make_password(self.cleaned_data["new_password1"]))
        return self.user


def change_own_password(request: HttpRequest, **_: Any) -> HttpResponseBase:
    """The page; the visitor stays signed in here."""
    view = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse_lazy("admin:password_change_done"),
        template_name="registration/password_change_form.html",
        extra_context=admin.site.each_context(request),
    )
    return view(request)

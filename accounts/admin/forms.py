"""The form in which an admin edits a user."""

from typing import Any

from django import forms

from accounts.models import User
from accounts.roles import Role


class UserForm(forms.ModelForm):
    """Name, phone, language of mails, role and whether the account is open. The last active admin stays one."""

    class Meta:
        model = User
        fields = ["first_name", "last_name", "phone", "language", "role", "is_active"]

    def clean(self) -> dict[str, Any]:
        """Refuse what would leave the shop without an admin; the rows stay locked until all is saved."""
        cleaned = super().clean() or {}
        if self.takes_admin(cleaned) and not self.other_admins():
            raise forms.ValidationError("This is the last active admin. Make another person an admin first.")
        return cleaned

    def takes_admin(self, cleaned: dict[str, Any]) -> bool:
        """Whether an active admin would cease to be one."""
        was = self.initial.get("role") == Role.ADMIN and self.initial.get("is_active")
        return bool(was) and not (cleaned.get("role") == Role.ADMIN and cleaned.get("is_active"))

    def other_admins(self) -> list[User]:
        """The other active admins, as they are now and not when the page was opened."""
        admins = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True).order_by("pk")
        return [admin for admin in admins if admin.pk != self.instance.pk]

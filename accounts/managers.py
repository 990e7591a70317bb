"""Ways to find and make users."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager

from accounts.emails import normalize, spelled
from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models import User


class UserManager(BaseUserManager["User"]):
    """Users by e-mail."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user with this e-mail, however it is typed."""
        return self.get(email=spelled(username or ""))

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A customer, unless `role` says otherwise; without a password nobody can sign in."""
        user = self.model(email=normalize(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An admin, as `manage.py createsuperuser` makes one."""
        return self.create_user(email, password, **{**fields, "role": Role.ADMIN})

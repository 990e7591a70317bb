"""The back office: one site, for managers and admins."""

from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class BackOffice(UnfoldAdminSite):
    """The admin behind the staff login. A second factor (django-otp) would be asked for in `has_permission`."""

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether the visitor is active staff."""
        user = request.user
        return bool(user.is_active and getattr(user, "is_staff", False))

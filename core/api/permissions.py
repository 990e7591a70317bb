"""Who may call an endpoint. Which rows they see is decided by `visible_to(user)`."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class IsStaff(BasePermission):
    """Managers and admins."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the user works here."""
        return bool(request.user and request.user.is_authenticated and request.user.is_staff)


class IsAdmin(BasePermission):
    """Admins only."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the user may do everything."""
        return bool(request.user and request.user.is_authenticated and request.user.is_admin)


class StaffWrites(IsStaff):
    """All read, staff write."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the method only reads, or the user works here."""
        return request.method in ("GET", "HEAD", "OPTIONS") or super().has_permission(request, view)

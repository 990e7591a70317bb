"""Who reads figures."""

from typing import Any

from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from events.models import OrganizerMember


class IsPartner(IsAuthenticated):
    """Owners and managers of an organizer. Scanners stand at the gates, and see no money."""

    message = "Only owners and managers of an organizer may do this."

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the user is one."""
        members = OrganizerMember.objects.filter(role__in=OrganizerMember.MANAGING)
        return super().has_permission(request, view) and members.filter(user=request.user.pk or 0).exists()

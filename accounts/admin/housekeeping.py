"""What other packages put into the back office and staff do not need, or need in its looks."""

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django_tasks_db.models import DBTaskResult

from core.admin.base import ReadOnlyAdmin

# Roles stand in accounts.roles; groups would be a second truth.
admin.site.unregister(Group)
admin.site.unregister(DBTaskResult)


@admin.register(DBTaskResult)
class TaskAdmin(ReadOnlyAdmin):
    """The background work and what became of it, for admins. Arguments are not shown: they may hold secrets."""

    list_display = ["task_path", "status", "enqueued_at", "started_at", "finished_at"]
    list_filter = ["status"]
    fields = ["task_path", "status", "queue_name", "enqueued_at", "started_at", "finished_at", "traceback"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Only admins look after the machine."""
        return request.user.has_perm("django_tasks_database.view_dbtaskresult")

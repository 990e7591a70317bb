"""The worker's turn, in a test."""

from django_tasks_db.models import DBTaskResult


def run_tasks() -> None:
    """A worker that runs all tasks, and those that they lead to."""
    while tasks := list(DBTaskResult.objects.ready().order_by("enqueued_at", "pk")):
        DBTaskResult.objects.filter(pk__in=[task.pk for task in tasks]).delete()
        for waiting in tasks:
            waiting.task.call(*waiting.task_result.args, **waiting.task_result.kwargs)

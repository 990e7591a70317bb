"""Background work: one way to hand it over."""

from functools import partial
from typing import Any

from django.db import transaction
from django_tasks.base import Task
from django_tasks_db import DatabaseBackend


def enqueue(task: Task[..., Any], **kwargs: Any) -> None:
    """Run `task` in a worker once this transaction is committed, never when it is rolled back.

    Tasks in the database are rows of the transaction. Another queue gets the task after the commit; what
    is lost between the two is found by the commands that sweep (`send_emails`, `settle_refunds`).
    """
    if isinstance(task.get_backend(), DatabaseBackend):
        task.enqueue(**kwargs)
    else:
        transaction.on_commit(partial(task.enqueue, **kwargs))

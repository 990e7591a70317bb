"""Is it alive, and can it serve? For load balancers and people in a hurry."""

import uuid
from collections.abc import Callable
from contextlib import suppress

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django_tasks import default_task_backend
from django_tasks.exceptions import TaskResultDoesNotExist

from core.api.faces import face_of
from core.clock.registry import overdue_chores


class ChoresOverdue(Exception):
    """Names them."""


@csrf_exempt
@never_cache
def alive(request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers."""
    return JsonResponse(face_of(request).form.answer({"status": "ok"}, "OK"))


@csrf_exempt
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when database, cache and queue all answer, else 503; each one is named.

    Chores that are overdue, or cannot be looked at, are named as well, with 200: this server can serve, and taking it
    out of a load balancer would mend nothing.
    """
    results = {name: probe(check) for name, check in CHECKS.items()}
    if not all(result == "ok" for result in results.values()):
        return JsonResponse({"status": "unavailable", **results}, status=503)
    chores = probe(check_chores)
    return JsonResponse({"status": "ok", **results, **({} if chores == "ok" else {"chores": chores})})


def probe(check: Callable[[], None]) -> str:
    """`ok`, or the kind of failure; the message stays in the log, since it may name hosts."""
    try:
        check()
    except ChoresOverdue as error:
        return str(error)
    except Exception as error:  # an edge: whatever is broken, the answer says so
        return f"failed: {type(error).__name__}"
    return "ok"


def check_database() -> None:
    """The database answers and its tables are those of this code."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise RuntimeError("migrations are missing")


def check_cache() -> None:
    """The cache gives back what it was given."""
    key, value = f"health:{uuid.uuid4()}", "here"
    cache.set(key, value, timeout=10)
    if cache.get(key) != value:
        raise RuntimeError("the cache forgets")
    cache.delete(key)


def check_queue() -> None:
    """The queue of background work can be reached."""
    with suppress(TaskResultDoesNotExist):
        default_task_backend.get_result(str(uuid.uuid4()))


def check_chores() -> None:
    """Every chore succeeded when it should have."""
    if late := overdue_chores(now=timezone.now()):
        raise ChoresOverdue(f"overdue: {', '.join(late)}")


CHECKS = {"database": check_database, "cache": check_cache, "queue": check_queue}

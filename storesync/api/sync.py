"""Running the sync, and what needs a person after it."""

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.sessions.authentication import user_of
from core.api.schema import errors
from core.api.shapes import MessageShape
from core.api.views import ApiView
from storesync import syncing, troubles
from storesync.api.shapes import PulledShape, RunShape, SuccessShape, TroubleShape
from storesync.models import Connection, SyncRun

MOST_RUNS = 200


class SyncView(ApiView):
    """POST: a run."""

    @extend_schema(request=None, responses={200: MessageShape})
    def post(self, request: Request) -> Response:
        """Have all shops synced, and whatever waits tried at once; while a run goes on, one more follows."""
        syncing.ask(user=user_of(request))
        return self.answer({"message": "Sync initiated for all stores"})


class PullView(ApiView):
    """POST: a pull."""

    @extend_schema(request=None, responses={200: PulledShape})
    def post(self, request: Request) -> Response:
        """Pull the orders that changed, for at most 25 seconds; the rest comes after that."""
        count = syncing.pull_now(user=user_of(request))
        return self.answer(PulledShape.of({"message": "Orders pulled successfully", "count": count}))


class TroublesView(ApiView):
    """GET: what needs a person."""

    @extend_schema(responses={200: TroubleShape(many=True)})
    def get(self, request: Request) -> Response:
        """List what needs a person, newest first; of each kind the newest 500."""
        return Response(TroubleShape.all(troubles.troubles_of(user_of(request))))


class ReplayView(ApiView):
    """POST: another try."""

    @extend_schema(request=None, responses={200: SuccessShape, **errors(404)})
    def post(self, request: Request, trouble: str) -> Response:
        """Try it again; 400 where only connecting again helps. What was sold meanwhile is not sold again."""
        troubles.replay(user=user_of(request), trouble_id=trouble)
        return self.answer(SuccessShape.of({"success": True}))


class DismissView(ApiView):
    """POST: no more of it."""

    @extend_schema(request=None, responses={200: SuccessShape, **errors(404)})
    def post(self, request: Request, trouble: str) -> Response:
        """Leave it as it is and list it no more; 400 where only connecting again helps."""
        troubles.dismiss(user=user_of(request), trouble_id=trouble)
        return self.answer(SuccessShape.of({"success": True}))


class RunsView(ApiView):
    """GET: past runs."""

    @extend_schema(responses={200: RunShape(many=True)})
    def get(self, request: Request) -> Response:
        """List the newest 200 runs, newest first."""
        mine = SyncRun.objects.filter(connection__in=Connection.objects.visible_to(self.user))
        return Response(RunShape.all(mine[:MOST_RUNS]))

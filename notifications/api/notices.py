"""The news in the app."""

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.pagination import paginate
from core.api.schema import errors
from core.api.serializers import EmptyBody
from core.api.views import ApiView
from core.errors import InvalidInput
from notifications.api import answers
from notifications.api.serializers import notice_json
from notifications.in_app import notices
from notifications.models import Notice

UNREAD = {"true": True, "false": False}
LIST_PARAMETERS = [
    OpenApiParameter("unread", bool, description="`true`: only those that were not read yet."),
    OpenApiParameter("page", int),
    OpenApiParameter("per_page", int),
]


class Notices(ApiView):
    """The user's own notices."""

    @extend_schema(parameters=LIST_PARAMETERS, responses={200: answers.NoticeListAnswer, **errors(400)})
    def get(self, request: Request) -> Response:
        """A page of them, newest first, and how many are unread in all."""
        found = Notice.objects.visible_to(self.user)
        page = paginate(request, found.unread() if wants_unread(request) else found)
        return Response(
            {
                "notifications": [notice_json(notice) for notice in page.items],
                "unread_count": notices.unread_count(self.user),
                "pagination": page.meta,
            }
        )


def wants_unread(request: Request) -> bool:
    """Whether only the unread ones are asked for. Raises InvalidInput for what is neither true nor false."""
    asked = request.query_params.get("unread", "false").lower()
    if asked not in UNREAD:
        message = "unread: true or false."
        raise InvalidInput(message, details={"unread": [message]})
    return UNREAD[asked]


class ReadNotice(ApiView):
    """PUT, PATCH: one notice was read."""

    @extend_schema(request=EmptyBody, responses={200: answers.ReadNoticeAnswer})
    def put(self, request: Request, notice_id: int) -> Response:
        """Mark it as read; it may have been before, and then keeps its moment."""
        self.validated(EmptyBody)
        notice = notices.mark_read(user=self.user, notice_id=notice_id)
        return Response(
            {
                "message": "Notification marked as read",
                "notification": notice_json(notice),
                "unread_count": notices.unread_count(self.user),
            }
        )

    @extend_schema(request=EmptyBody, responses={200: answers.ReadNoticeAnswer})
    def patch(self, request: Request, notice_id: int) -> Response:
        """As PUT."""
        return self.put(request, notice_id)


class ReadAllNotices(ApiView):
    """PUT, POST: all notices were read."""

    @extend_schema(request=EmptyBody, responses={200: answers.AllReadAnswer})
    def put(self, request: Request) -> Response:
        """Mark every notice of the user as read, and say how many were not."""
        self.validated(EmptyBody)
        updated = notices.mark_all_read(user=self.user)
        return Response(
            {
                "message": "All notifications marked as read",
                "updated": updated,
                "unread_count": notices.unread_count(self.user),
            }
        )

    @extend_schema(request=EmptyBody, responses={200: answers.AllReadAnswer})
    def post(self, request: Request) -> Response:
        """As PUT."""
        return self.put(request)

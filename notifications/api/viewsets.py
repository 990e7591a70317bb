"""Notices in the app, and the user's own mails."""

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.idempotency import idempotent
from core.api.inputs import EmptyInput
from core.api.throttles import UserThrottle
from core.api.views import ApiView
from core.api.viewsets import ResourceViewSet
from notifications.api import shapes
from notifications.api.inputs import NoticeListInput
from notifications.in_app import notices
from notifications.models import Email, Notice
from notifications.models.notice import NoticeQuerySet
from notifications.outbox.resending import EmailNotFound, resend


class ResendThrottle(UserThrottle):
    setting = "API_THROTTLE_RESEND"


class NoticeViewSet(ResourceViewSet):
    """The user's own notices, whatever their role."""

    not_found = notices.NoticeNotFound

    @property
    def own(self) -> NoticeQuerySet:
        """The user's notices at the face that is asked."""
        return Notice.objects.visible_to(self.user, face=self.face.name)

    @property
    def unread_count(self) -> int:
        return notices.unread_count(self.user, face=self.face.name)

    @extend_schema(parameters=[NoticeListInput], responses={200: shapes.NoticePageShape})
    def list(self, request: Request) -> Response:
        """List the user's notices, newest first, and count the unread ones."""
        found = self.own
        page = self.page("notifications", found.unread() if self.query(NoticeListInput).get("unread") else found)
        return Response(shapes.NoticePageShape.of({**page, "unread_count": self.unread_count}))

    @extend_schema(request=EmptyInput, responses={200: shapes.ReadNoticeShape})
    @action(detail=True, methods=["put", "patch"])
    def read(self, request: Request, pk: int) -> Response:
        """Mark a notice as read; reading it again keeps the first moment."""
        self.validated(EmptyInput)
        notice = self.find(self.own)
        notices.mark_read(notice)
        return Response(
            shapes.ReadNoticeShape.of(
                {
                    "message": "Notification marked as read",
                    "notification": notice,
                    "unread_count": self.unread_count,
                }
            )
        )

    @extend_schema(request=EmptyInput, responses={200: shapes.AllReadShape})
    @action(detail=False, methods=["put", "post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark every notice of the user as read, and say how many were not."""
        self.validated(EmptyInput)
        updated = notices.mark_all_read(user=self.user, face=self.face.name)
        return Response(
            shapes.AllReadShape.of(
                {
                    "message": "All notifications marked as read",
                    "updated": updated,
                    "unread_count": self.unread_count,
                }
            )
        )


class EmailViewSet(ResourceViewSet):
    """The mails that were written to the user."""

    not_found = EmailNotFound

    @extend_schema(responses={200: shapes.EmailPageShape})
    def list(self, request: Request) -> Response:
        """List the user's mails, newest first, without their texts."""
        return Response(shapes.EmailPageShape.of(self.page("emails", Email.objects.filter(user=self.user))))

    @extend_schema(request=EmptyInput, responses={202: shapes.ResentEmailShape})
    @action(detail=True, methods=["post"], throttle_classes=[*ApiView.throttle_classes, ResendThrottle])
    @idempotent(one_transaction=True)
    def resend(self, request: Request, pk: int) -> Response:
        """Send the mail to the same address again: 202, also when it is on its way already. A few an hour."""
        self.validated(EmptyInput)
        email = resend(email=self.find(Email.objects.filter(user=self.user)), by=self.user)
        answer = {"message": "The e-mail is on its way", "email": email}
        return Response(shapes.ResentEmailShape.of(answer), status=202)

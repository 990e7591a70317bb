"""Notices as the clients of the box office read them."""

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import UtcDateTimeField
from core.api.inputs import NoInput
from core.api.pagination import PageShape
from core.api.shapes import Shape
from core.api.viewsets import ResourceViewSet, Router
from notifications.api.inputs import NoticeListInput
from notifications.in_app import notices
from notifications.models import Notice
from notifications.models.notice import NoticeQuerySet


class BoxOfficeNoticeShape(Shape):
    """A notice."""

    id = serializers.IntegerField()
    type = serializers.CharField(source="kind", help_text="The kind of mail that it goes with.")
    title = serializers.CharField(help_text="The mail's subject.")
    message = serializers.CharField(source="body", allow_blank=True, help_text="What happened, in a line.")
    link = serializers.CharField(allow_blank=True, help_text="The page that it is about.")
    is_read = serializers.SerializerMethodField(help_text="Whether it was read.")
    read = serializers.SerializerMethodField(help_text="The same as `is_read`.")
    read_at = UtcDateTimeField(allow_null=True, help_text="When it was first read, UTC.")
    created_at = UtcDateTimeField()

    def get_is_read(self, notice: Notice) -> bool:
        return notice.read_at is not None

    def get_read(self, notice: Notice) -> bool:
        return notice.read_at is not None


class BoxOfficeNoticePageShape(PageShape):
    """A page of notices, newest first."""

    notifications = BoxOfficeNoticeShape(many=True, help_text="The notices of this page.")


class UpdatedShape(Shape):
    """How many notices were read by this."""

    updated = serializers.IntegerField(help_text="How many were unread before.")


class BoxOfficeNoticeViewSet(ResourceViewSet):
    """The user's own notices."""

    not_found = notices.NoticeNotFound

    @property
    def own(self) -> NoticeQuerySet:
        """The user's notices at this face."""
        return Notice.objects.visible_to(self.user, face=self.face.name)

    @extend_schema(parameters=[NoticeListInput], responses={200: BoxOfficeNoticePageShape})
    def list(self, request: Request) -> Response:
        """List the user's notices, newest first."""
        unread = self.query(NoticeListInput).get("unread")
        return self.answer_page(BoxOfficeNoticePageShape, self.own.unread() if unread else self.own)

    @extend_schema(request=NoInput, responses={200: BoxOfficeNoticeShape})
    @action(detail=True, methods=["put", "patch"])
    def read(self, request: Request, pk: int) -> Response:
        """Mark a notice as read; reading it again keeps the first moment."""
        self.validated(NoInput)
        notice = self.find(self.own)
        notices.mark_read(notice)
        return self.answer(BoxOfficeNoticeShape.of(notice))

    @extend_schema(request=NoInput, responses={200: UpdatedShape})
    @action(detail=False, methods=["put", "post"], url_path="read-all")
    def read_all(self, request: Request) -> Response:
        """Mark every notice as read, and say how many were not."""
        self.validated(NoInput)
        updated = notices.mark_all_read(user=self.user, face=self.face.name)
        return self.answer(UpdatedShape.of({"updated": updated}))


router = Router()
router.register("notifications", BoxOfficeNoticeViewSet, basename="notifications")
urlpatterns: list[URLPattern | URLResolver] = [path("", include(router.urls))]

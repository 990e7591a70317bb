"""The shapes of the answers, for the OpenAPI document; `notifications.serializers` makes them."""

from rest_framework import serializers

from core.api.pagination import PaginationShape as PaginationAnswer
from core.api.schema import MessageBody
from notifications.models import Channel, Email


class KindAnswer(serializers.Serializer):
    """The shape of `kind_json`."""

    kind = serializers.CharField()
    group = serializers.CharField()
    group_label = serializers.CharField()
    channels = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))
    required = serializers.ListField(  # type: ignore[assignment]  # the key's name; DRF keeps it elsewhere
        child=serializers.ChoiceField(choices=Channel.choices)
    )


class PreferencesAnswer(serializers.Serializer):
    """The shape of `preferences_json`."""

    preferences = serializers.DictField(child=serializers.DictField(child=serializers.BooleanField()))
    kinds = KindAnswer(many=True)


class ChangedPreferencesAnswer(MessageBody, PreferencesAnswer):
    """The preferences after a change."""


class NoticeAnswer(serializers.Serializer):
    """The shape of `notice_json`."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    message = serializers.CharField(allow_blank=True)
    link = serializers.CharField(allow_null=True)
    read = serializers.BooleanField()
    read_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()


class NoticeListAnswer(serializers.Serializer):
    """A page of notices, and how many are unread on all pages together."""

    notifications = NoticeAnswer(many=True)
    unread_count = serializers.IntegerField()
    pagination = PaginationAnswer()


class ReadNoticeAnswer(MessageBody):
    """A notice that was read."""

    notification = NoticeAnswer()
    unread_count = serializers.IntegerField()


class AllReadAnswer(MessageBody):
    """How many notices were read by this."""

    updated = serializers.IntegerField()
    unread_count = serializers.IntegerField()


class EmailAnswer(serializers.Serializer):
    """The shape of `email_json`."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    subject = serializers.CharField(allow_blank=True)
    recipient = serializers.CharField()
    status = serializers.ChoiceField(choices=Email.Status.choices)
    created_at = serializers.DateTimeField()
    sent_at = serializers.DateTimeField(allow_null=True)


class EmailListAnswer(serializers.Serializer):
    """A page of the user's mails."""

    emails = EmailAnswer(many=True)
    pagination = PaginationAnswer()


class ResentEmailAnswer(MessageBody):
    """A mail that is on its way."""

    email = EmailAnswer()

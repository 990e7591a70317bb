"""The shapes of what is answered about notices, preferences and mails."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.fields import BlankIsNullField, UtcDateTimeField
from core.api.pagination import PageShape
from core.api.shapes import MessageShape, Shape
from notifications.mails.base import Mail
from notifications.models import Channel, Email, Notice

CHANNELS = serializers.ListField(child=serializers.ChoiceField(choices=Channel.choices))


class KindShape(Shape):
    """A kind of mail for a page of settings, in the user's language."""

    kind = serializers.CharField(help_text="Its name.")
    group = serializers.CharField(source="group.name", help_text="The kinds that belong together on the page.")
    group_label = serializers.CharField(source="group.label", help_text="What the group is called.")
    channels = serializers.SerializerMethodField(help_text="The ways in which it comes.")
    required = serializers.SerializerMethodField(  # type: ignore[assignment]  # the key's name; DRF keeps it elsewhere
        help_text="Those that cannot be switched off."
    )

    @extend_schema_field(CHANNELS)
    def get_channels(self, mail: type[Mail]) -> list[str]:
        return [channel.value for channel in sorted(mail.channels())]

    @extend_schema_field(CHANNELS)
    def get_required(self, mail: type[Mail]) -> list[str]:
        return [channel.value for channel in sorted(mail.channels()) if not mail.can_refuse(channel)]


class MailPreferencesShape(Shape):
    """Every switch of the user, and what each kind is; `preferences` may be sent back as it is."""

    preferences = serializers.DictField(
        child=serializers.DictField(child=serializers.BooleanField()),
        help_text="By kind, then by channel: whether it is on.",
    )
    kinds = KindShape(many=True, help_text="The kinds that may reach the user.")


class ChangedPreferencesShape(MessageShape, MailPreferencesShape):
    """The preferences after a change."""


class NoticeShape(Shape):
    """A notice in the app."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="The kind of mail that it goes with.")
    title = serializers.CharField(help_text="The mail's subject.")
    message = serializers.CharField(source="body", allow_blank=True, help_text="What happened, in a line.")
    link = BlankIsNullField(help_text="The page that it is about.")
    read = serializers.SerializerMethodField(help_text="Whether it was read.")
    read_at = UtcDateTimeField(allow_null=True, help_text="When it was first read, UTC.")
    created_at = UtcDateTimeField()

    def get_read(self, notice: Notice) -> bool:
        return notice.read_at is not None


class NoticePageShape(PageShape):
    """A page of notices, newest first."""

    notifications = NoticeShape(many=True, help_text="The notices of this page.")
    unread_count = serializers.IntegerField(help_text="How many are unread on all pages together.")


class ReadNoticeShape(MessageShape):
    """A notice that was read."""

    notification = NoticeShape(help_text="The notice, as it is now.")
    unread_count = serializers.IntegerField(help_text="How many notices are still unread.")


class AllReadShape(MessageShape):
    """How many notices were read by this."""

    updated = serializers.IntegerField(help_text="How many were unread before.")
    unread_count = serializers.IntegerField(help_text="How many notices are still unread.")


class EmailShape(Shape):
    """One of the user's own mails, without its text: that is in their mail program."""

    id = serializers.IntegerField()
    kind = serializers.CharField(help_text="Its kind, as in the preferences.")
    subject = serializers.CharField(allow_blank=True, help_text="Its subject line.")
    recipient = serializers.CharField(help_text="The address that it went to.")
    status = serializers.ChoiceField(choices=Email.Status.choices)
    created_at = UtcDateTimeField()
    sent_at = UtcDateTimeField(allow_null=True, help_text="When it was handed to the mail server, UTC.")


class EmailPageShape(PageShape):
    """A page of the user's mails, newest first."""

    emails = EmailShape(many=True, help_text="The mails of this page.")


class ResentEmailShape(MessageShape):
    """A mail that is on its way."""

    email = EmailShape(help_text="The mail that is on its way: this one, or a copy.")

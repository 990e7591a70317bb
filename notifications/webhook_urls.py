"""Where providers of mail knock, outside the API: they speak their own languages."""

from django.urls import re_path

from notifications.webhooks import tracking_webhook

urlpatterns = [
    re_path(r"^webhooks/mail/(?P<provider>[a-z_]+)/?$", tracking_webhook, name="mail_tracking"),
]

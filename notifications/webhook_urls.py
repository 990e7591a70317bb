"""Where providers of mail knock, outside the API: they speak their own languages."""

from django.urls import path

from notifications.webhooks import TrackingWebhook

urlpatterns = [path("webhooks/mail/<slug:provider>", TrackingWebhook.as_view(), name="mail_tracking")]

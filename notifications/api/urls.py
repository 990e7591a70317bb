"""The addresses of notifications."""

from django.urls import URLPattern, path

from notifications.api import emails, notices, preferences

urlpatterns: list[URLPattern] = []

for prefix in ("notifications", "user/notifications"):
    urlpatterns += [
        path(prefix, notices.Notices.as_view()),
        path(f"{prefix}/read-all", notices.ReadAllNotices.as_view()),
        path(f"{prefix}/<id:notice_id>/read", notices.ReadNotice.as_view()),
        path(f"{prefix}/preferences", preferences.Preferences.as_view()),
        path(f"{prefix}/emails", emails.Emails.as_view()),
        path(f"{prefix}/emails/<id:email_id>/resend", emails.ResendEmail.as_view()),
    ]

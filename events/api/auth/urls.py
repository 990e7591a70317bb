"""The addresses of accounts."""

from django.urls import path

from events.api.auth import google, profile, signing

urlpatterns = [
    path("auth/register", signing.RegisterView.as_view()),
    path("auth/login", signing.LoginView.as_view()),
    path("auth/refresh", signing.RefreshView.as_view()),
    path("auth/logout", signing.LogoutView.as_view()),
    path("auth/me", profile.MeView.as_view()),
    path("auth/profile", profile.ProfileView.as_view()),
    path("auth/change-password", profile.ChangePasswordView.as_view()),
    path("auth/password-reset-request", profile.ResetRequestView.as_view()),
    path("auth/password-reset", profile.PasswordResetView.as_view()),
    path("auth/verify-email", profile.VerifyEmailView.as_view()),
    path("auth/resend-verification", profile.ResendVerificationView.as_view()),
    path("auth/google", signing.GoogleView.as_view()),
    path("auth/google/login", google.GoogleLoginView.as_view()),
    path("auth/google/callback", google.GoogleCallbackView.as_view()),
]

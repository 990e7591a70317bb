"""The addresses of accounts."""

from django.urls import path

from accounts.api import profile, sign_in
from accounts.api.viewsets import AddressViewSet
from core.api.viewsets import Router

router = Router()
router.register("auth/addresses", AddressViewSet, basename="addresses")
aliases = Router()
aliases.register("user/addresses", AddressViewSet, basename="addresses")

urlpatterns = [
    *router.urls,
    *aliases.urls,
    path("auth/register", sign_in.RegisterView.as_view()),
    path("auth/login", sign_in.LoginView.as_view()),
    path("auth/refresh-token", sign_in.RefreshView.as_view()),
    path("auth/logout", sign_in.LogoutView.as_view()),
    path("auth/me", sign_in.MeView.as_view()),
    path("auth/password-reset-request", profile.ResetRequestView.as_view()),
    path("auth/password-reset", profile.PasswordResetView.as_view()),
    path("auth/update-profile", profile.ProfileView.as_view()),
    path("auth/profile", profile.ProfileView.as_view()),
    path("auth/change-password", profile.ChangePasswordView.as_view()),
    path("auth/verify-email", profile.VerifyEmailView.as_view()),
    path("auth/resend-verification", profile.ResendVerificationView.as_view()),
]

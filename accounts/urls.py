"""The addresses of accounts."""

from django.urls import URLPattern, path

from accounts.views import addresses, profile, sessions

urlpatterns: list[URLPattern] = [
    path("auth/register", sessions.RegisterView.as_view()),
    path("auth/login", sessions.LoginView.as_view()),
    path("auth/refresh-token", sessions.RefreshView.as_view()),
    path("auth/logout", sessions.LogoutView.as_view()),
    path("auth/me", sessions.MeView.as_view()),
    path("auth/password-reset-request", profile.ResetRequestView.as_view()),
    path("auth/password-reset", profile.PasswordResetView.as_view()),
    path("auth/update-profile", profile.ProfileView.as_view()),
    path("auth/profile", profile.ProfileView.as_view()),
    path("auth/change-password", profile.ChangePasswordView.as_view()),
    path("auth/verify-email", profile.VerifyEmailView.as_view()),
    path("auth/resend-verification", profile.ResendVerificationView.as_view()),
]

for prefix in ("auth", "user"):
    urlpatterns += [
        path(f"{prefix}/addresses", addresses.AddressListView.as_view()),
        path(f"{prefix}/addresses/<id:address_id>", addresses.AddressView.as_view()),
        path(f"{prefix}/addresses/<id:address_id>/default", addresses.DefaultAddressView.as_view()),
    ]

"""The calls of the hub, below its mount."""

from django.urls import path

from storesync.api import auth

urlpatterns = [
    path("auth/register", auth.RegisterView.as_view()),
    path("auth/login", auth.LoginView.as_view()),
    path("auth/logout", auth.LogoutView.as_view()),
]

"""The addresses of pictures."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

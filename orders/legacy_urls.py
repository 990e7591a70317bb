"""The addresses that the first clients use."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []

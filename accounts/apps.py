"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, sessions and addresses."""

    name = "accounts"

"""The store sync app."""

from django.apps import AppConfig


class StoreSyncConfig(AppConfig):
    name = "storesync"
    verbose_name = "Stores"

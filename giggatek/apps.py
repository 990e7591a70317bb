"""Which site is the admin."""

from django.contrib.admin.apps import AdminConfig as DjangoAdminConfig


class AdminConfig(DjangoAdminConfig):
    """Django's admin, with the back office as its site."""

    default_site = "core.admin.site.BackOffice"

"""The ASGI application, for servers that speak it."""

import os

from django.core.asgi import get_asgi_application

from core.text.secrets import refuse_default_secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giggatek.settings")

refuse_default_secrets()
application = get_asgi_application()

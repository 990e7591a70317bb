"""The ASGI application, for servers that speak it."""

import os

from django.core.asgi import get_asgi_application

from core.text.secrets import refuse_default_secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giggatek.settings")

from core.web.bodies import limited  # it reads the settings, which are named only now

application = limited(get_asgi_application())
refuse_default_secrets()

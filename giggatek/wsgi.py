"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from core.text.secrets import refuse_default_secrets

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giggatek.settings")

application = get_wsgi_application()
refuse_default_secrets()

"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from giggatek.starting import get_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giggatek.settings")

application = get_wsgi_application()
get_ready()

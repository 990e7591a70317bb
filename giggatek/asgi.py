"""The ASGI application: notices in real time by Socket.IO, and the API that the WSGI server serves as well."""

import os

import socketio
from django.core.asgi import get_asgi_application

from giggatek.starting import get_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giggatek.settings")

django_application = get_asgi_application()
get_ready()

# What follows needs the apps, which are ready only now.
from core.web.bodies import limited  # noqa: E402
from notifications.in_app.realtime.server import create_server  # noqa: E402

application = socketio.ASGIApp(create_server(), limited(django_application), socketio_path="socket.io")

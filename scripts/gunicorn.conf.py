"""How gunicorn serves the store, in the demo and in production; the environment may say otherwise."""

import os
from pathlib import Path

wsgi_app = "giggatek.wsgi:application"
bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
timeout = 60
# Long lists of filters are longer than gunicorn's default allows.
limit_request_line = 8190
graceful_timeout = 10
# Heartbeats are written to a file: in memory they cannot block on a slow disk.
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None
# Long-lived workers are renewed, not all at once.
max_requests = 10_000
max_requests_jitter = 1_000
# The project's own request log has the lines; a socket to steer gunicorn has no use.
accesslog = None
control_socket_disable = True

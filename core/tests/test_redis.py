"""With Redis, a limit counts for all processes together."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.testing.servers import redis_server

ROOT = Path(__file__).resolve().parents[2]
KNOCK = """
import django
django.setup()
from django.test import Client
print(*[Client(SERVER_NAME="localhost").get("/api/orders").status_code for _ in range({times})])
"""


def knock(times, url):
    """The statuses that a process of its own gets."""
    env = {**os.environ, "TESTING": "true", "REDIS_URL": url, "API_THROTTLE_ANON": "3/min"}
    env["DJANGO_SETTINGS_MODULE"] = "giggatek.settings"
    done = subprocess.run(
        [sys.executable, "-c", KNOCK.format(times=times)],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()[-1].split()


@pytest.fixture
def redis(tmp_path):
    with redis_server(tmp_path) as url:
        yield url


def test_the_limit_holds_across_processes(redis):
    assert knock(2, redis) == ["401", "401"]
    assert knock(2, redis) == ["401", "429"]

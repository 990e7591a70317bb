"""A start with secrets that anybody can read is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from core.text.secrets import complaints
from giggatek.settings.base import DEFAULT_ENCRYPTION_KEY, DEFAULT_SECRET
from giggatek.settings.events import DEFAULT_TICKET_SIGNING_KEY

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "SECRET_KEY": "s" * 50,
    "JWT_SECRET_KEY": "j" * 50,
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "TICKET_SIGNING_KEYS": Fernet.generate_key().decode(),
}
DEMO_KEYS = [DEFAULT_ENCRYPTION_KEY, DEFAULT_TICKET_SIGNING_KEY]


def start(**environment):
    """Load the application as a server does, with nothing else in the environment."""
    env = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "giggatek.settings",
        "TESTING": "false",
        **environment,
    }
    return subprocess.run(
        [sys.executable, "-c", "import giggatek.wsgi"], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


def test_a_production_start_without_secrets_is_refused():
    result = start()
    assert result.returncode != 0
    for name in SECRETS:
        assert f"{name} must be set" in result.stderr


@pytest.fixture
def production(settings):
    """The settings of a start with real secrets; a test takes one of them away."""
    settings.DEFAULT_SECRETS_ALLOWED = False
    for name, value in SECRETS.items():
        setattr(settings, name, value.split(",") if name.endswith("_KEYS") else value)
    assert complaints() == []
    return settings


@pytest.mark.parametrize("name", ["SECRET_KEY", "JWT_SECRET_KEY"])
@pytest.mark.parametrize("value", ["short", DEFAULT_SECRET])
def test_a_short_secret_and_that_of_the_demo_are_refused(production, name, value):
    setattr(production, name, value)
    (complaint,) = complaints()
    assert complaint.startswith(f"{name} must be set")


@pytest.mark.parametrize("name", ["ENCRYPTION_KEYS", "TICKET_SIGNING_KEYS"])
@pytest.mark.parametrize(
    "keys",
    [[], ["short"], DEMO_KEYS, [Fernet.generate_key().decode(), "x"]],
)
def test_no_key_a_malformed_one_and_that_of_the_demo_are_refused(production, name, keys):
    setattr(production, name, keys)
    (complaint,) = complaints()
    assert complaint.startswith(f"{name} must be")


@pytest.mark.parametrize("environment", [SECRETS, {"DEMO": "true"}, {"DEBUG": "true"}])
def test_real_secrets_the_demo_and_a_developer_start(environment):
    result = start(**environment)
    assert result.returncode == 0, result.stderr


def test_commands_that_sign_nothing_run_without_secrets():
    command = [sys.executable, "manage.py", "check"]
    env = {"PATH": os.environ["PATH"], "TESTING": "false"}
    assert subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False).returncode == 0
    deploy = subprocess.run([*command, "--deploy"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert "core.E001" in deploy.stderr

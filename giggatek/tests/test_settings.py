"""A start with secrets that anybody can read is refused."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from giggatek.settings.base import DEFAULT_ENCRYPTION_KEY
from giggatek.settings.events import DEFAULT_TICKET_SIGNING_KEY

ROOT = Path(__file__).resolve().parents[2]
SECRETS = {
    "SECRET_KEY": "s" * 50,
    "JWT_SECRET_KEY": "j" * 50,
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "TICKET_SIGNING_KEYS": Fernet.generate_key().decode(),
}


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


@pytest.mark.parametrize("missing", SECRETS)
def test_a_production_start_without_a_secret_is_refused(missing):
    result = start(**{name: value for name, value in SECRETS.items() if name != missing})
    assert result.returncode != 0
    assert f"{missing} must be set" in result.stderr


def test_a_short_secret_is_refused():
    assert "SECRET_KEY must be set" in start(**{**SECRETS, "SECRET_KEY": "short"}).stderr


@pytest.mark.parametrize("keys", ["", "short", DEFAULT_ENCRYPTION_KEY, f"{Fernet.generate_key().decode()},short"])
def test_no_key_a_malformed_one_and_that_of_the_demo_are_refused(keys):
    assert "ENCRYPTION_KEYS must be" in start(**{**SECRETS, "ENCRYPTION_KEYS": keys}).stderr


@pytest.mark.parametrize("keys", ["", "short", DEFAULT_TICKET_SIGNING_KEY, f"{Fernet.generate_key().decode()},short"])
def test_tickets_are_signed_with_keys_of_ones_own(keys):
    assert "TICKET_SIGNING_KEYS must be" in start(**{**SECRETS, "TICKET_SIGNING_KEYS": keys}).stderr


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

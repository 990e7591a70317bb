"""What the set-up says on a machine where it cannot go on."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A fresh folder with only what the set-up reads."""
    shutil.copytree(ROOT / "scripts", tmp_path / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt", "Makefile"):
        shutil.copy(ROOT / name, tmp_path)
    return tmp_path


def fake_python(folder: Path, version: str, *, venvs: bool) -> Path:
    """A program that answers the set-up's questions as a Python of that version would."""
    path = folder / "python-that-is-fake"
    suitable, makes_venvs = int(version < "3.11"), int(not venvs)
    path.write_text(
        f'#!/bin/sh\ncase "$2" in\n*exit*) exit {suitable} ;;\n*ensurepip*) exit {makes_venvs} ;;\n'
        f"*) echo {version} ;;\nesac\n"
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def set_up(clone: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the set-up where it may not install anything by itself."""
    return subprocess.run(
        ["bash", "scripts/setup.sh", "run"],
        cwd=clone,
        env={"PATH": os.environ["PATH"], "NO_APT": "1", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_old_python_gets_one_line_that_names_it(clone: Path) -> None:
    result = set_up(clone, PYTHON=str(fake_python(clone, "3.10.4", venvs=True)))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "needs Python 3.11 or newer" in result.stderr and "3.10.4" in result.stderr
    assert not (clone / ".venv").exists()


def test_missing_venv_package_gets_one_line_that_names_it(clone: Path) -> None:
    result = set_up(clone, PYTHON=str(fake_python(clone, "3.12", venvs=False)))
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1
    assert "sudo apt-get install python3.12-venv" in result.stderr


@pytest.mark.parametrize(
    ("url", "reason"),
    [("mysql://root@127.0.0.1:9/shop", "127.0.0.1:9, which refuses"), ("sqlite:///var/shop.sqlite3", "")],
)
def test_mysql_that_does_not_answer_is_a_failure(url: str, reason: str) -> None:
    result = subprocess.run(
        [sys.executable, "scripts/check_database.py"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert result.returncode == (1 if reason else 0)
    assert reason in result.stderr and result.stderr.count("\n") == result.returncode

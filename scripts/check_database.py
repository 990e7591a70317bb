"""Says in one line why the database that was asked for (DATABASE_URL) cannot be used, and exits with 1."""

import importlib
import sys
from pathlib import Path
from typing import Any

import environ


def asked_for() -> dict[str, Any]:
    """The database of the environment or of `.env`, as Django's settings would read it."""
    env = environ.Env()
    env.read_env(Path(__file__).resolve().parent.parent / ".env")
    database: dict[str, Any] = env.db("DATABASE_URL", default="sqlite:///var/giggatek.sqlite3")
    return database


def trouble(database: dict[str, Any]) -> str:
    """What is wrong with a MySQL database, or an empty string; other engines are not asked."""
    if not database["ENGINE"].endswith("mysql"):
        return ""
    try:
        driver = importlib.import_module("MySQLdb")
    except ImportError:
        return "DATABASE_URL asks for MySQL, but mysqlclient is not installed (see the line on MySQL above)"
    host, port = database["HOST"] or "localhost", int(database["PORT"] or 3306)
    account = {"user": database["USER"], "password": database["PASSWORD"]}
    try:
        driver.connect(host=host, port=port, connect_timeout=5, **account).close()
    except driver.Error as error:
        return f"DATABASE_URL asks for MySQL at {host}:{port}, which refuses: {error.args[-1]}"
    return ""


if __name__ == "__main__":
    problem = trouble(asked_for())
    sys.exit(f"error: {problem}" if problem else 0)

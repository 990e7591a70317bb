"""Run every module of this folder that has `run()`, or only those named on the command line."""

import importlib
import os
import pkgutil
import sys
from pathlib import Path

import django

from giggatek.starting import get_ready

FOLDER = Path(__file__).parent


def main(names: list[str]) -> None:
    """Prepare Django for throwaway data, then run."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "giggatek.settings")
    os.environ.setdefault("TESTING", "true")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    get_ready()  # as a server does before its first request
    for found in sorted(module.name for module in pkgutil.iter_modules([str(FOLDER)])):
        if found != "__main__" and (not names or found in names):
            module = importlib.import_module(f"bench.{found}")
            if hasattr(module, "run"):
                module.run()


main(sys.argv[1:])

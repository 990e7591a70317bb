"""Real bodies of the platforms, and whether a stand-in's have their form."""

import json
from pathlib import Path

FOLDER = Path(__file__).parent / "payloads"


def recorded(name):
    return json.loads((FOLDER / name).read_text())


def recorded_bytes(name):
    """A body to the byte."""
    return (FOLDER / name).read_bytes()


def kinds(value):
    """The types that a value may stand for: null fits all, 0 and 0.0 are one."""
    return {"number"} if isinstance(value, int | float) and not isinstance(value, bool) else {type(value).__name__}


def unlike(ours, theirs, path=""):
    """Where ours lacks a key of theirs, or has another type there. Lists are compared by their first element."""
    if ours is None or theirs is None:
        return []
    if kinds(ours) != kinds(theirs):
        return [f"{path}: {kinds(ours)} instead of {kinds(theirs)}"]
    if isinstance(theirs, dict):
        lacking = [f"{path}.{name} is missing" for name in theirs if name not in ours]
        both = [name for name in theirs if name in ours]
        return lacking + [found for name in both for found in unlike(ours[name], theirs[name], f"{path}.{name}")]
    if isinstance(theirs, list) and theirs and ours:
        return unlike(ours[0], theirs[0], f"{path}[]")
    return []

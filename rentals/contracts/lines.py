"""The kinds of lines in a contract's text. Text and PDF agree on them here, and nothing else decides the layout."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

HEADING = re.compile(r"[1-9][0-9]?\. [A-Z]")


@dataclass(frozen=True, slots=True)
class Block:
    """Neighbouring lines of one kind: heading, fact, row, item or prose. A heading and prose have one line each."""

    kind: str
    lines: tuple[str, ...]


def kind_of(line: str) -> str:
    """What a line is, by how it begins; an empty one is "empty"."""
    if not line:
        return "empty"
    for kind, start in (("fact", "  "), ("row", "| "), ("item", "- ")):
        if line.startswith(start):
            return kind
    return "heading" if HEADING.match(line) else "prose"


def fact(line: str) -> tuple[str, str]:
    """Label and value of a fact's line. The label is the template's, so the first colon is its end."""
    label, _, value = line.strip().partition(": ")
    return label, value


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip("| ").split(" | ")]


def blocks(text: str) -> Iterator[Block]:
    for kind, group in groupby(text.split("\n"), key=kind_of):
        lines = tuple(group)
        if kind in ("heading", "prose"):
            yield from (Block(kind, (line,)) for line in lines)
        elif kind != "empty":
            yield Block(kind, lines)


def tidy(text: str) -> str:
    """The text as it is kept: each paragraph on one line, no blanks at line ends, no two empty lines together."""
    lines: list[str] = []
    for line in (line.rstrip() for line in text.strip().split("\n")):
        if lines and kind_of(line) == kind_of(lines[-1]) == "prose":
            lines[-1] += f" {line}"
        elif line or (lines and lines[-1]):
            lines.append(line)
    return "\n".join(lines) + "\n"

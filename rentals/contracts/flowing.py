"""Blocks of a contract's text as pieces of a page: headings, facts, tables, items, prose."""

from collections.abc import Callable

from reportlab.platypus import Flowable, Paragraph

from core.documents.pages import HEADING, ITEM, PROSE, TITLE
from core.documents.tables import facts_table, grid
from core.documents.typeface import markup
from rentals.contracts.lines import Block, blocks, cells, fact


def story_of(text: str) -> list[Flowable]:
    """The whole text of a contract; its first line is the title."""
    title, _, rest = text.partition("\n")
    return [
        Paragraph(markup(title), TITLE),
        *(piece for block in blocks(rest) for piece in PIECES[block.kind](block)),
    ]


def _heading(block: Block) -> list[Flowable]:
    return [Paragraph(markup(block.lines[0]), HEADING)]


def _prose(block: Block) -> list[Flowable]:
    return [Paragraph(markup(block.lines[0]), PROSE)]


def _items(block: Block) -> list[Flowable]:
    return [Paragraph(markup(line[2:]), ITEM, bulletText="•") for line in block.lines]


def _facts(block: Block) -> list[Flowable]:
    return [facts_table([fact(line) for line in block.lines])]


def _rows(block: Block) -> list[Flowable]:
    return [grid([cells(line) for line in block.lines])]


PIECES: dict[str, Callable[[Block], list[Flowable]]] = {
    "heading": _heading,
    "prose": _prose,
    "item": _items,
    "fact": _facts,
    "row": _rows,
}

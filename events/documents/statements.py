"""A statement on paper and as a table."""

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.conf import settings
from django.utils.dateformat import format as formatted
from reportlab.platypus import Flowable, KeepTogether, Paragraph

from core.documents.pages import BODY_WIDTH, HEADING, PROSE, TITLE, Sheet, build
from core.documents.sheets import Cell
from core.documents.tables import facts_table, grid
from core.documents.typeface import markup
from core.text import money
from events.models.order import CURRENCY
from events.money.statements import EventStatement, Statement

COLUMNS = ("gross", "fees", "refunds", "paid_out", "balance")
HEADS = ("Gross", "Fees", "Refunds", "Paid out", "Balance")
DATE_WIDTH = 72
NOTE = (
    "Gross less fees, refunds and what was paid out is the balance. Days are those of Lagos. All of it is summed "
    "from the ledger; fees are less by those that were given back with refunded tickets."
)


def day_rows(statement: EventStatement) -> Iterator[tuple[date, dict[str, Decimal]]]:
    """Each day with its amounts, and the balance at its end."""
    so_far = Statement()
    for day, one in statement.days.items():
        so_far += one
        yield day, {**one.amounts, "balance": so_far.amounts["balance"]}


def table(statement: EventStatement) -> Iterator[Sequence[Cell]]:
    """The statement as rows of a file: the days, the payouts with their references, the total."""
    yield ["type", "date", "reference", "currency", *COLUMNS]
    for day, amounts in day_rows(statement):
        yield ["day", day.isoformat(), "", CURRENCY, *(amounts[name] for name in COLUMNS)]
    for payout in statement.payouts:
        day, empty = payout.created_at.date(), [None] * 3
        yield ["payout", day.isoformat(), payout.bank_reference, CURRENCY, *empty, payout.amount, None]
    total = statement.total.amounts
    yield ["total", "", "", CURRENCY, *(total[name] for name in COLUMNS)]


def statement_pdf(statement: EventStatement, *, at: datetime) -> bytes:
    """The statement as it stands at that moment."""
    event, total = statement.event, statement.total.amounts
    rows = [[day_text(day), *(shown(amounts[name]) for name in COLUMNS)] for day, amounts in day_rows(statement)]
    rows.append(["Total", *(shown(total[name]) for name in COLUMNS)])
    digest = hashlib.sha256(repr((event.pk, event.title, rows)).encode()).hexdigest()
    sheet = Sheet(
        title="Statement",
        shop=settings.EVENTS_SELLER_NAME,
        number=f"E-{event.pk}",
        made_at=at,
        digest=digest,
        digest_of="figures",
    )
    return build(sheet=sheet, story=list(story(statement, rows, at)))


def story(statement: EventStatement, rows: list[list[str]], at: datetime) -> Iterator[Flowable]:
    """What stands on the sheet."""
    event = statement.event
    facts = [
        ("Organizer", event.organizer.name),
        ("Event", event.title),
        ("Begins", formatted(event.local_start, "j F Y, H:i")),
        ("Status", event.get_status_display()),
        ("As of", formatted(at, "j F Y, H:i") + " UTC"),
        ("Balance", shown(statement.total.amounts["balance"])),
    ]
    yield Paragraph(markup("STATEMENT"), TITLE)
    yield facts_table(facts)
    widths = [DATE_WIDTH, *[(BODY_WIDTH - DATE_WIDTH) / len(HEADS)] * len(HEADS)]
    yield grid([["Day", *HEADS], *rows], widths=widths, texts=1)
    if statement.payouts:
        paid = [[day_text(one.created_at), one.bank_reference, shown(one.amount)] for one in statement.payouts]
        table = grid(
            [["Day", "Bank's reference", "Amount"], *paid], widths=[DATE_WIDTH, 260, BODY_WIDTH - DATE_WIDTH - 260]
        )
        yield KeepTogether([Paragraph("Paid out", HEADING), table])
    yield Paragraph(markup(NOTE), PROSE)


def day_text(day: date) -> str:
    return formatted(day, "j M Y")


def shown(amount: Decimal) -> str:
    return money(amount, CURRENCY)

"""A folder in which a person can look at every mail: each kind and variant, in each language, light and dark."""

from collections.abc import Iterator
from dataclasses import dataclass
from inspect import getdoc
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation

from accounts.languages import NAMES
from notifications.mails.base import MAILS
from notifications.mails.rendering import Rendered, render

DARK = "@media (prefers-color-scheme: dark)"
# What stands there instead, so that the page decides and not the machine.
SCHEMES = {"light": "@media not all", "dark": "@media all"}


@dataclass(frozen=True)
class Shown:
    """A mail to look at: its name, which is its kind's or its variant's, and what it says in one language."""

    name: str
    language: str
    mail: Rendered


def shown_mails() -> Iterator[Shown]:
    for language in NAMES:
        with translation.override(language):
            for kind, mail in MAILS.items():
                for name, (context, face) in mail.examples().items():
                    yield Shown(name, language, render(kind=kind, face=face, context=context))


def markdown_table() -> str:
    """The mails for docs/notifications.md: what each is about, and whether its reader may switch it off."""
    rows = [
        [
            mail.kind,
            mail.group.name,
            "must" if mail.required else "may",
            "yes" if mail.in_app else "no",
            (getdoc(mail) or "").splitlines()[0],
        ]
        for mail in MAILS.values()
    ]
    head = [["mail", "group", "sent", "in the app", "about"], ["---"] * 5]
    return "\n".join(f"| {' | '.join(row)} |" for row in head + rows)


def write_preview(folder: Path) -> int:
    """Write index.html and the mails into the folder, which is made; how many mails there are.

    A mail is <language>/<name>.<light or dark>.html and <language>/<name>.txt. What stood there is overwritten.
    """
    subjects: dict[str, dict[str, str]] = {language: {} for language in NAMES}
    for shown in shown_mails():
        place = folder / shown.language
        place.mkdir(parents=True, exist_ok=True)
        subjects[shown.language][shown.name] = shown.mail.subject
        (place / f"{shown.name}.txt").write_text(f"{shown.mail.subject}\n\n{shown.mail.text}", encoding="utf-8")
        for scheme, condition in SCHEMES.items():
            html = shown.mail.html.replace(DARK, condition)
            (place / f"{shown.name}.{scheme}.html").write_text(html, encoding="utf-8")
    names = sorted(subjects["en"])
    page = render_to_string("notifications/preview.html", {"names": names, "languages": NAMES, "subjects": subjects})
    (folder / "index.html").write_text(page, encoding="utf-8")
    return sum(map(len, subjects.values()))

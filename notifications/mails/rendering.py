"""Templates to text. A variable that is missing is an error here, never a hole in a mail."""

from dataclasses import dataclass

from core.text import clean, one_line
from core.text.templating import MissingVariable, engine, fill
from notifications.mails.base import MAILS, Values
from notifications.mails.brands import brand_of

SUBJECT_LENGTH = 200


@dataclass(frozen=True)
class Rendered:
    subject: str
    text: str
    html: str


PLAIN, HTML = engine(autoescape=False), engine(autoescape=True)


def render(*, kind: str, face: str, context: Values, unsubscribe_url: str = "") -> Rendered:
    """The mail of `kind` in the name of `face`; raises MissingVariable, or what the template raises."""
    keys = MAILS[kind].context_keys()
    if set(context) != keys:
        raise MissingVariable(f"{kind}: {sorted(set(context) ^ keys)}")
    values = {**clean(dict(context)), **frame(face), "unsubscribe_url": unsubscribe_url}
    return Rendered(
        subject=one_line(fill(PLAIN, f"emails/{kind}.subject.txt", values))[:SUBJECT_LENGTH],
        text=fill(PLAIN, f"emails/{kind}.txt", values).strip() + "\n",
        html=fill(HTML, f"emails/{kind}.html", values),
    )


def frame(face: str) -> dict[str, object]:
    """What head and foot of the mails of `face` print, beside their own context."""
    brand = brand_of(face)
    return {"brand": brand, "site_url": brand.site_url}

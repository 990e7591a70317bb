"""Templates to text. A variable that is missing is an error here, never a hole in a mail."""

from dataclasses import dataclass
from typing import Any, NoReturn

from django.conf import settings
from django.template import Context, Engine

from notifications.formatting import clean, one_line
from notifications.kinds import KINDS

# Stands in the stored text where the secret belongs, which is put in at the moment of sending.
SECRET_MARK = "hidden-until-sent"
SUBJECT_LENGTH = 200


class MissingVariable(Exception):
    """A template asks for what its context does not have, or the context is not the one of its kind."""


class Refusal(str):
    """A text that cannot be written: Django fills in an unknown variable's name, and that raises."""

    def __mod__(self, variable: Any) -> NoReturn:
        raise MissingVariable(str(variable))


class StrictContext(Context):
    """A context that raises also where Django would quietly go on, as in `if` and `for`."""

    def __getitem__(self, key: Any) -> Any:
        try:
            return super().__getitem__(key)
        except KeyError as error:
            raise MissingVariable(str(key)) from error


@dataclass(frozen=True)
class Rendered:
    """A mail's texts."""

    subject: str
    text: str
    html: str


def engine(*, autoescape: bool) -> Engine:
    """An engine of our own, so that mails depend on no request and the strictness on no setting."""
    return Engine(dirs=[str(settings.BASE_DIR / "templates")], autoescape=autoescape, string_if_invalid=Refusal("%s"))


PLAIN, HTML = engine(autoescape=False), engine(autoescape=True)


def render(*, kind: str, context: dict[str, Any]) -> Rendered:
    """The mail of `kind`; raises MissingVariable, or what the template raises."""
    needs = KINDS[kind].needs
    if set(context) != needs:
        raise MissingVariable(f"{kind}: {sorted(set(context) ^ needs)}")
    values = {**clean(context), "site_url": settings.SITE_URL}
    return Rendered(
        subject=one_line(_fill(PLAIN, f"emails/{kind}.subject.txt", values))[:SUBJECT_LENGTH],
        text=_fill(PLAIN, f"emails/{kind}.txt", values).strip() + "\n",
        html=_fill(HTML, f"emails/{kind}.html", values),
    )


def _fill(templates: Engine, name: str, values: dict[str, Any]) -> str:
    return templates.get_template(name).render(StrictContext(values, autoescape=templates.autoescape))

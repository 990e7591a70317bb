"""Templates to text, strictly: a variable that is missing is an error, never a hole in a mail or a contract."""

from typing import Any, NoReturn

from django.conf import settings
from django.template import Context, Engine


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


def engine(*, autoescape: bool) -> Engine:
    """An engine of our own, so that a text depends on no request and the strictness on no setting.

    Its templates know the translation tags without loading them.
    """
    return Engine(
        dirs=[str(settings.BASE_DIR / "templates")],
        autoescape=autoescape,
        string_if_invalid=Refusal("%s"),
        builtins=["django.templatetags.i18n"],
    )


def fill(templates: Engine, name: str, values: dict[str, Any]) -> str:
    """The template `name` with `values`. Raises MissingVariable, TemplateDoesNotExist."""
    return templates.get_template(name).render(StrictContext(values, autoescape=templates.autoescape))

"""The contract's text: frozen terms put into the words of a versioned template.

Templates are `templates/documents/contract/<version>/<language>/<jurisdiction>.txt`. A version that was published
never changes, or old contracts could not be written again for their proof: other words are a new version.

The text has kinds of lines (see `lines`), and what a customer or a product is called stands only in one of them,
behind a label, where it can forge none of the others.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django.template import Engine, TemplateDoesNotExist
from django.utils import translation

from core.text import clean, money
from core.text.templating import engine, fill
from rentals.contracts.lines import tidy
from rentals.contracts.terms import AMOUNTS, DAYS, ContractTerms, TemplateTerms, check_terms

TITLE = "RENT-TO-OWN AGREEMENT"
# What new contracts are written with.
VERSION = "1"
LANGUAGE = "en"
GENERAL = "general"
TEMPLATES: Engine = engine(autoescape=False)
# What may stand in a template's path; everything else would be no template of ours.
NAME = re.compile(r"[a-z0-9-]{1,20}")


def choose_template(
    *, language: str = LANGUAGE, places: tuple[str, ...] = (), version: str = VERSION
) -> TemplateTerms:
    """The template for a customer: that of the first of `places` that has one, else the general one, else English.

    `places` are codes such as "us-ny", "us", the closest first. TemplateDoesNotExist for an unknown version.
    """
    for spoken in dict.fromkeys((language.lower(), LANGUAGE)):
        for place in (*places, GENERAL):
            template = TemplateTerms(version=version, language=spoken, jurisdiction=place.lower())
            if has_template(template):
                return template
    raise TemplateDoesNotExist(f"contract {version}")


def has_template(template: TemplateTerms) -> bool:
    try:
        TEMPLATES.get_template(_path(template))
    except TemplateDoesNotExist:
        return False
    return True


def render_text(terms: ContractTerms) -> str:
    """The contract's text, the same for the same terms.

    Raises BadTerms, TemplateDoesNotExist, and MissingVariable when a template asks for what terms do not have.
    """
    check_terms(terms)
    template = terms["template"]
    with translation.override(template["language"]):
        return tidy(fill(TEMPLATES, _path(template), _shown(terms, terms["currency"])))


def _path(template: TemplateTerms) -> str:
    parts = (template["version"], template["language"], template["jurisdiction"])
    if not all(NAME.fullmatch(part) for part in parts):
        raise TemplateDoesNotExist(" ".join(parts))
    return "documents/contract/{}/{}/{}.txt".format(*parts)


def _shown(value: Any, currency: str, key: str = "") -> Any:
    """The terms as the template prints them: amounts with their currency, days as dates, texts on one line."""
    if isinstance(value, dict):
        return {name: _shown(item, currency, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_shown(item, currency) for item in value]
    if key in AMOUNTS:
        return money(Decimal(value), currency) if value else ""
    if key in DAYS:
        return date.fromisoformat(value) if value else ""
    return clean(value)

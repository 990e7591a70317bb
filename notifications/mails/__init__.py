"""What the shop's mails say: one class each, in a module for each domain.

A new mail is a class here, three templates (templates/emails/<kind>.{subject.txt,txt,html}) and their translations.
"""

from importlib import import_module
from pkgutil import iter_modules


def autodiscover() -> None:
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")

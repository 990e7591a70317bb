"""Every text of the mails is translated, and the compiled file is up to date."""

import ast
import gettext
import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

FOLDER = Path(settings.BASE_DIR, "locale", "es", "LC_MESSAGES")
TEMPLATES = [
    *Path(settings.BASE_DIR, "templates", "emails").rglob("*.*"),
    *Path(settings.BASE_DIR, "notifications", "templates").rglob("unsubscribe.html"),
]
CODE = [file for file in Path(settings.BASE_DIR, "notifications").rglob("*.py") if "tests" not in file.parts]
MARKERS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
BLOCK = re.compile(r"{% blocktranslate[^%]*%}(.*?)(?:{% plural %}(.*?))?{% endblocktranslate %}", re.DOTALL)
PLACE = re.compile(r"%\(\w+\)s|{\w*}")


@pytest.fixture(scope="module")
def catalogue():
    with (FOLDER / "django.po").open("rb") as file:
        return read_po(file, locale="es")


def words_of_templates():
    for file in TEMPLATES:
        text = file.read_text()
        yield from re.findall(r'{% translate "([^"]+)"', text)
        yield from re.findall(r'_\("([^"]+)"\)', text)
        for one, many in BLOCK.findall(text):
            for part in filter(None, (one, many)):
                yield re.sub(r"{{ (\w+) }}", r"%(\1)s", part.replace("%", "%%"))


def words_of_code():
    for file in CODE:
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in MARKERS:
                (argument,) = node.args
                if isinstance(argument, ast.Constant):
                    yield argument.value


def forms(message):
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    ids = message.id if isinstance(message.id, tuple) else (message.id,)
    return ids, texts


def test_every_text_of_the_mails_is_translated_and_nothing_else_is(catalogue):
    asked = {*words_of_templates(), *words_of_code()}
    known = {text for message in catalogue if message.id for text in forms(message)[0]}
    assert len(asked) > 200
    assert asked == known
    assert [message.id for message in catalogue if message.id and (message.fuzzy or not all(forms(message)[1]))] == []
    assert not catalogue.obsolete


def test_a_translation_has_the_places_and_the_markup_of_its_text(catalogue):
    for message in catalogue:
        if message.id:
            ids, texts = forms(message)
            for text in texts:
                assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(ids[0])), message.id
                assert sorted(re.findall(r"<[^>]+>", text)) == sorted(re.findall(r"<[^>]+>", ids[0])), message.id


def test_the_compiled_file_says_what_the_other_says(catalogue):
    """After a change: pybabel compile -d locale -D django"""
    with (FOLDER / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)._catalog
    written = {}
    for message in catalogue:
        ids, texts = forms(message)
        if len(ids) > 1:
            written.update({(ids[0], number): text for number, text in enumerate(texts)})
        elif ids[0]:
            written[ids[0]] = texts[0]
    assert {key: text for key, text in compiled.items() if key} == written

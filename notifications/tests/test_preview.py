"""Every mail can be looked at, and looks right on a telephone, too."""

import shutil
from html import escape

import pytest
from django.core.management import call_command

from accounts.languages import NAMES
from notifications.examples import EXAMPLES, VARIANTS
from notifications.preview import SCHEMES, shown_mails

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# The texts of what sticks out of each mail to the right; the mails stand beside each other as wide as a telephone.
TOO_WIDE = """() => [...document.querySelectorAll("iframe")].map(frame =>
    [...frame.contentDocument.querySelectorAll("body *")]
        .filter(box => box.getBoundingClientRect().right > 390.5)
        .map(box => box.textContent.trim().slice(0, 60)))"""


def test_the_command_writes_every_mail_in_every_language(tmp_path, capsys):
    call_command("preview_emails", out=tmp_path)
    page = (tmp_path / "index.html").read_text()
    assert f"{len(NAMES) * (len(EXAMPLES) + len(VARIANTS))} mails" in capsys.readouterr().out
    for kind in EXAMPLES:
        assert f'href="#{kind}"' in page
        for language in NAMES:
            texts = {scheme: (tmp_path / language / f"{kind}.{scheme}.html").read_text() for scheme in SCHEMES}
            assert "prefers-color-scheme" not in "".join(texts.values())
            assert f'<html lang="{language}"' in texts["light"]
            assert texts["light"].replace("@media not all", "@media all") == texts["dark"]
    assert "Confirmación del pedido #12" in (tmp_path / "es" / "order_confirmation.txt").read_text()
    assert "Payment Receipt for Rental #7" in page


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_no_mail_is_wider_than_a_telephone():
    from playwright.sync_api import sync_playwright

    shown = {f"{one.language} {one.name}": one.mail.html for one in shown_mails()}
    shown["a page that is too wide"] = "<p style='width:800px'>Too wide</p>"
    frames = "".join(
        f'<iframe width="390" style="border:0" srcdoc="{escape(html)}"></iframe>' for html in shown.values()
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("".join(frames))
        wide = dict(zip(shown, page.evaluate(TOO_WIDE), strict=True))
        browser.close()
    assert wide.pop("a page that is too wide") == ["Too wide"]
    assert {name: found for name, found in wide.items() if found} == {}

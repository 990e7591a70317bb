"""Every mail can be looked at, and looks right on a telephone, too."""

import os
import shutil
from html import escape

import pytest
from django.core.management import CommandError, call_command
from playwright.sync_api import sync_playwright

from accounts.languages import NAMES
from notifications.mails.base import MAILS
from notifications.mails.preview import SCHEMES, shown_mails
from notifications.tests.factories import EXAMPLES

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# All mails stand beside each other on one page, as wide as a telephone. What sticks out of each to the right:
TOO_WIDE = """() => [...document.querySelectorAll("iframe")].map(frame =>
    [...frame.contentDocument.querySelectorAll("body *")]
        .filter(box => box.getBoundingClientRect().right > 390.5)
        .map(box => box.textContent.trim().slice(0, 60)))"""
# What is hard to read in each: text with a contrast below 4.5 (WCAG 2.2, 1.4.3) to what is behind it.
TOO_PALE = """() => {
    const parts = colour => colour.match(/[\\d.]+/g).map(Number);
    const linear = part => part / 255 <= 0.03928 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4;
    const light = ([r, g, b]) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b) + 0.05;
    const style = box => box.ownerDocument.defaultView.getComputedStyle(box);
    const behind = box => !box ? [255, 255, 255]
        : parts(style(box).backgroundColor)[3] === 0 ? behind(box.parentElement) : parts(style(box).backgroundColor);
    const contrast = box => light(parts(style(box).color)) / light(behind(box));
    const says = box => [...box.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    return [...document.querySelectorAll("iframe")].map(frame =>
        [...frame.contentDocument.querySelectorAll("body *")]
            .filter(box => says(box) && box.offsetParent && contrast(box) < 4.5 && contrast(box) > 1 / 4.5)
            .map(box => box.textContent.trim().slice(0, 60)))
}"""
BAD = "a page that is too wide and too pale"


@pytest.fixture(scope="module")
def measured():
    """What is wrong with which mail, by what is measured; the browser is gone by then."""
    if CHROMIUM is None:
        if os.environ.get("REQUIRE_SERVERS"):
            pytest.fail("there is no Chromium, and it may not be skipped here")
        pytest.skip("there is no Chromium on this machine")
    shown = {f"{one.language} {one.name}": one.mail.html for one in shown_mails()}
    shown[BAD] = "<body style='background:#777'><p style='width:800px; color:#888'>Bad</p>"
    frames = (f'<iframe width="390" style="border:0" srcdoc="{escape(html)}"></iframe>' for html in shown.values())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page()
        page.set_content("".join(frames))
        found = {"width": page.evaluate(TOO_WIDE)}
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)
            found[scheme] = page.evaluate(TOO_PALE)
        browser.close()
    return {what: dict(zip(shown, boxes, strict=True)) for what, boxes in found.items()}


def test_the_command_writes_every_mail_in_every_language(tmp_path, capsys):
    call_command("preview_emails", out=tmp_path)
    page = (tmp_path / "index.html").read_text()
    assert f"{len(NAMES) * len(EXAMPLES)} mails" in capsys.readouterr().out
    for kind in MAILS:
        assert f'href="#{kind}"' in page
        for language in NAMES:
            texts = {scheme: (tmp_path / language / f"{kind}.{scheme}.html").read_text() for scheme in SCHEMES}
            assert "prefers-color-scheme" not in "".join(texts.values())
            assert f'<html lang="{language}"' in texts["light"]
            assert texts["light"].replace("@media not all", "@media all") == texts["dark"]
    assert "Confirmación del pedido #12" in (tmp_path / "es" / "order_confirmation.txt").read_text()
    assert "Payment Receipt for Rental #7" in page


def test_a_folder_that_cannot_be_written_is_told_in_one_line(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("preview_emails", out=tmp_path / "file")


@pytest.mark.parametrize("what", ["width", *SCHEMES])
def test_every_mail_fits_a_telephone_and_can_be_read(measured, what):
    wrong = {name: boxes for name, boxes in measured[what].items() if boxes}
    assert wrong == {BAD: ["Bad"]}

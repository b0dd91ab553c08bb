"""Axe finds nothing wrong with any page, in any language, wide or narrow, and nobody has to scroll sideways."""

import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.browser.merchant import LANGUAGES, NARROW, PATIENCE, WIDE, Merchant, Street
from tests.browser.pages import pages


def faults(merchant: Merchant) -> list[str]:
    """What axe finds in the panel's page as it stands: the rule, and where."""
    # Axe asks of its page to run a script, which a frame does as well.
    found = Axe().run(merchant.frame).response["violations"]  # type: ignore[arg-type]
    return [f"{one['id']}: {json.dumps([node['target'] for node in one['nodes']])}" for one in found]


@pytest.mark.parametrize("language", LANGUAGES)
def test_axe_finds_nothing_on_any_page(running: Street, language: str) -> None:
    running.speaks(language)
    found = {}
    merchant = running.merchant()
    for name, path in pages(running).items():
        merchant.open(path)
        expect(merchant.panel.locator("h1"), name).to_be_visible(timeout=PATIENCE)
        expect(merchant.panel.locator("html")).to_have_attribute("lang", language)
        for size in (WIDE, NARROW):
            merchant.resize(size)
            found[f"{name} {size[0]}"] = faults(merchant) + merchant.overflows()
    assert {page: said for page, said in found.items() if said} == {}


def test_axe_would_find_what_is_wrong(running: Street) -> None:
    """A control: an unnamed button and grey on white are seen."""
    merchant = running.merchant()
    merchant.open()
    expect(merchant.panel.locator("h1")).to_be_visible(timeout=PATIENCE)
    merchant.frame.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<button></button><p id=\"grey\">Grey</p>');"
        "document.getElementById('grey').style.color = '#ccc'"
    )
    assert {fault.partition(":")[0] for fault in faults(merchant)} >= {"button-name", "color-contrast"}

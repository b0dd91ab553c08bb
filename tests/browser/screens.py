"""`make screens`: a picture of every page of the panel, in every language, wide and narrow, into docs/screens/.

One shop is filled, and looked at before its merchant says yes to tagging, and after it has lived with the app for a
while. What is in a picture besides its page is left out: Shopify's admin is not ours to show.
"""

import argparse
import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from plugin.config import ROOT
from tests.browser.filled import lived_in, sample
from tests.browser.merchant import LANGUAGES, NARROW, PATIENCE, WIDE, Merchant, Street, street
from tests.browser.pages import pages
from tests.browser.png import small

SCREENS = ROOT / "docs" / "screens"
TALLEST = {WIDE[0]: 1800, NARROW[0]: 2400}  # pixels: what lies below is more of the same


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.browser.screens", description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="pages whose name has this in it")
    parser.add_argument("--languages", nargs="+", default=LANGUAGES, choices=LANGUAGES)
    parser.add_argument("--into", type=Path, default=SCREENS)
    args = parser.parse_args()
    args.into.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        place = Path(folder)
        with street(playwright, place, history=sample(place)) as shop:
            shop.merchant().install()
            shop.journey.imported()
            pictures(shop, {"first-run": ""}, args)
            shop.tagging_on()
            lived_in(shop)
            later = {name: path for name, path in pages(shop).items() if name != "first-run"}
            pictures(shop, later, args)


def pictures(shop: Street, wanted: dict[str, str], args: argparse.Namespace) -> None:
    """Makes those of these pages (name -> path)."""
    desk = shop.browser.new_page()
    for language in args.languages:
        shop.speaks(language)
        for size in (WIDE, NARROW):
            merchant = shop.merchant(size=size, locale=language)
            for name, path in wanted.items():
                if args.only in name:
                    target = args.into / f"{name}-{language}-{size[0]}.png"
                    target.write_bytes(small(picture(merchant.open(path), size), page=desk))
                    print(f"{target.name}  {target.stat().st_size:,} bytes", flush=True)  # noqa: T201 -- a command


def picture(merchant: Merchant, size: tuple[int, int]) -> bytes:
    """What is in the frame, as tall as the page is."""
    expect(merchant.panel.locator("h1")).to_be_visible(timeout=PATIENCE)
    merchant.resize(size)
    merchant.page.wait_for_timeout(500)  # names come from Shopify a moment after the page
    tall = merchant.frame.evaluate("document.body.scrollHeight")
    around = size[1] - merchant.frame.evaluate("window.innerHeight")
    merchant.resize((size[0], min(tall, TALLEST[size[0]]) + around))
    return merchant.page.locator("iframe#app").screenshot(animations="disabled")


if __name__ == "__main__":
    main()

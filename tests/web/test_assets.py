"""Styles and scripts of the pages: small, packed, and fetched once."""

import gzip
import re

from plugin.web.assets import FOLDER
from tests.web.conftest import Pages

BUDGET = 60_000  # bytes that a first look at the panel may take


def linked(html: str) -> list[str]:
    """The addresses of our own files that a page names."""
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', html)


def test_a_first_look_takes_less_than_60_kb(bakery: Pages) -> None:
    """The page and every file it names, as they are sent; App Bridge, which every app loads, is Shopify's."""
    unpacks = {"Accept-Encoding": "gzip"}
    page = bakery.document().request
    answer = bakery.browser.get(page.full_path, headers=unpacks)
    assert answer.headers["Content-Encoding"] == "gzip"
    html = gzip.decompress(answer.data).decode()
    sizes = {"the page": len(answer.data)}
    sizes |= {url: len(bakery.browser.get(url, headers=unpacks).data) for url in linked(html)}
    assert len(sizes) > 3
    assert sum(sizes.values()) < BUDGET, sizes


def test_a_file_is_kept_until_it_changes(bakery: Pages) -> None:
    """Its address holds a mark of its content; asked for without that it is asked for again each time."""
    for url in linked(bakery.document().text):
        assert re.search(r"\?v=[0-9a-f]{12}$", url)
        kept = bakery.browser.get(url)
        assert kept.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert kept.data == (FOLDER / url.removeprefix("/static/").partition("?")[0]).read_bytes()
        for other in (url.partition("?")[0], f"{url}0"):
            assert bakery.browser.get(other).headers["Cache-Control"] == "no-cache"
        same = bakery.browser.get(url, headers={"If-None-Match": kept.headers["ETag"]})
        assert same.status_code == 304


def test_who_cannot_unpack_is_sent_it_plain(bakery: Pages) -> None:
    page = bakery.document()
    assert "Content-Encoding" not in page.headers
    packed = bakery.browser.get(page.request.full_path, headers={"Accept-Encoding": "gzip"})
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert len(packed.data) < len(page.data)


def test_nothing_but_the_files_of_the_folder_is_served(bakery: Pages) -> None:
    for path in ("../panel.py", "%2e%2e/panel.py", "/etc/passwd", "", "polaris"):
        assert bakery.browser.get(f"/static/{path}").status_code in (308, 404), path


def test_pages_outside_the_admin_do_not_look_like_shopify(bakery: Pages) -> None:
    """Its tokens' licence asks for that."""
    for page in (bakery.browser.get("/"), bakery.browser.get("/croissants"), bakery.browser.get("/status")):
        assert [url.partition("?")[0] for url in linked(page.text)] == ["/static/public.css"]
    assert "polaris" in bakery.document().text

"""A merchant at a browser: Shopify's admin at its real address, with the app in its frame."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import Browser, Frame, FrameLocator, Page, Playwright, expect

from tests.browser.front import ADMIN, APP, Front
from tests.journeys.app import until
from tests.journeys.journey import Journey, journey
from tests.journeys.shopify import SHOP
from tests.material import MaterialError

PUBLIC = f"https://{APP}"
LANGUAGES = ("en", "fr", "nl")
WIDE, NARROW = (1280, 900), (390, 844)  # of the panel, in pixels; the admin around it has room of its own
AROUND = 208  # the admin's menu, beside the frame where there is room
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--ignore-certificate-errors"),
)
OVERFLOWING = """() => {
  const { scrollWidth, clientWidth } = document.documentElement;
  if (scrollWidth <= clientWidth) return [];
  const wide = [...document.body.querySelectorAll("*")].filter(
    (one) => one.getBoundingClientRect().right > clientWidth && !one.closest(".scroll, .unseen"),
  );
  if (!wide.length) return [`${scrollWidth} pixels`];
  return wide.map((one) => `${one.tagName} ${one.className} ${one.textContent.trim().slice(0, 40)}`).slice(0, 5);
}"""
PATIENCE = 30_000  # ms; the machine may be busy with something else


class Merchant:
    """One page of one browser context, what its console said, and every host that its pages asked."""

    def __init__(self, browser: Browser, *, size: tuple[int, int] = WIDE, locale: str = "en") -> None:
        self._context = browser.new_context(ignore_https_errors=True, reduced_motion="reduce", locale=locale)
        self._context.set_default_timeout(PATIENCE)
        self.page: Page = self._context.new_page()
        self.resize(size)
        self.console: list[str] = []
        self.hosts: set[str] = set()
        self._context.on("request", lambda asked: self.hosts.add(urlsplit(asked.url).netloc))
        self.page.on("console", lambda said: self.console.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.console.append(f"exception: {error}"))

    def close(self) -> None:
        """Leaves."""
        self._context.close()

    def resize(self, size: tuple[int, int]) -> None:
        """Gives the panel so much room."""
        self.page.set_viewport_size({"width": size[0] + (AROUND if size[0] > 640 else 0), "height": size[1]})

    def open(self, path: str = "", **query: str) -> "Merchant":
        """The app's page at `path` (without a slash before it), as a click in Shopify's own menu opens it."""
        asked = f"?{urlencode(query)}" if query else ""
        self.page.goto(f"https://{ADMIN}/_simulator/{SHOP}/admin/{path}".rstrip("/") + asked)
        return self

    def install(self) -> None:
        """Says yes on Shopify's own page, which then opens the app."""
        self.open()
        self.page.get_by_role("button").click()
        expect(self.panel.locator("h1")).to_be_visible(timeout=PATIENCE)

    @property
    def panel(self) -> FrameLocator:
        """What is in the frame, to find things in."""
        return self.page.frame_locator("iframe#app")

    @property
    def frame(self) -> Frame:
        """The frame itself, to run scripts in."""
        for one in self.page.frames:
            if one.url.startswith(PUBLIC):
                return one
        raise AssertionError(f"there is no frame, but {self.page.url}: {self.page.inner_text('body')}")

    def follow(self, path: str) -> None:
        """Clicks a link to the page at that path in Shopify's menu beside the panel, or in the panel."""
        self.frame.evaluate(
            "path => [...document.querySelectorAll('a')].find((link) => new URL(link.href).pathname === path).click()",
            path,
        )

    def tab_to(self, words: str) -> None:
        """Goes by the keyboard to what is called so."""
        told = "document.hasFocus() ? document.activeElement.ariaLabel || document.activeElement.innerText : ''"
        for _ in range(60):
            self.page.keyboard.press("Tab")
            if self.frame.evaluate(told) == words:
                return
        raise AssertionError(f"the keyboard does not lead to {words!r}")

    def sees(self, words: str) -> None:
        """Waits until the panel says so."""
        expect(self.panel.locator("body")).to_contain_text(words, timeout=PATIENCE)

    def is_at(self, path: str) -> None:
        """Waits until the panel shows the page at that path (with a slash before it)."""
        self.frame.wait_for_url(lambda url: url.partition("?")[0] == f"{PUBLIC}{path}", timeout=PATIENCE)
        expect(self.panel.locator("h1")).to_be_visible(timeout=PATIENCE)

    def overflows(self) -> list[str]:
        """What makes one scroll sideways to see all of the page."""
        found: list[str] = self.frame.evaluate(OVERFLOWING)
        return found

    def cookies(self) -> list[object]:
        """All that the browser keeps, of anybody."""
        return list(self._context.cookies())


class Street:
    """A shop with the app, the names both are known by, and a browser."""

    def __init__(self, playwright: Playwright, folder: Path, made: Journey) -> None:
        self.journey = made
        self.shopify, self.app = made.shopify, made.app
        self.front = Front(folder, app=made.app.address, simulator=made.shopify.address)
        everywhere = f"--host-resolver-rules=MAP * 127.0.0.1:{self.front.port}"
        try:
            self.browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, everywhere])
        except BaseException:
            self.front.close()
            raise
        self._merchants: list[Merchant] = []

    def close(self) -> None:
        """Ends what is its own."""
        self.browser.close()
        self.front.close()

    def merchant(self, *, size: tuple[int, int] = WIDE, locale: str = "en", alone: bool = True) -> Merchant:
        """Somebody who has just sat down; who sat there before has left, or with alone=False looks on beside them."""
        if alone:
            while self._merchants:
                self._merchants.pop().close()
        self._merchants.append(Merchant(self.browser, size=size, locale=locale))
        return self._merchants[-1]

    def tagging(self) -> None:
        """All of it, until the tags of the history are written."""
        self.merchant().install()
        self.tagging_on()

    def tagging_on(self) -> None:
        """Says yes where the app is installed already, and waits until the tags are written."""
        self.journey.imported()
        assert self.journey.accept().status_code == 302
        self.journey.settled()

    def speaks(self, language: str) -> None:
        """The shop's own language becomes this one, and the app has heard of it."""
        self.shopify.send(f"{SHOP}/shop", locale=language)
        self.heard()

    def heard(self) -> None:
        """Waits until the app has heard of all that happened at the shop."""
        until("the app to hear of it", self._has_heard)

    def _has_heard(self) -> bool:
        # Shopify is asked first: what it has sent by then must have gone all the way.
        return not self.shopify.read("")["webhooks"]["pending"] and not self.app.status()["deliveries"]["waiting"]


@contextmanager
def street(playwright: Playwright, folder: Path, *, history: Path | None = None, zone: str = "UTC") -> Iterator[Street]:
    """The app behind its public name, as in production but for the Shopify it calls; nothing is installed yet."""
    with journey(folder, history=history, zone=zone, public_url=PUBLIC) as made:
        opened = Street(playwright, folder, made)
        try:
            yield opened
        finally:
            opened.close()


def chromium() -> str:
    """Where Chromium is; MaterialError when it is not installed."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        raise MaterialError("there is no Chromium: apt-get install chromium")
    return found

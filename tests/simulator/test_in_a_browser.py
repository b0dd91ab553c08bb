"""The admin's frame and the stand-in for App Bridge, in a real browser around a small app."""

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask, redirect, request
from werkzeug.wrappers import Response

from plugin.simulator import session_tokens
from plugin.simulator.run import simulate
from plugin.simulator.wsgi import HttpServer
from tests.material import MaterialError, require
from tests.simulator.conftest import BAKERY

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--disable-extensions"),
    *("--disable-background-networking", "--disable-component-update", "--remote-debugging-port=0"),
)

HEAD = '<!doctype html><meta name="shopify-api-key" content="simulated-key"><script src="{bridge}"></script>'
HOME = """
    <s-app-nav><s-link href="/privacy">Privacy</s-link></s-app-nav>
    <script>
      (async () => {
        const answer = await fetch("/data", { method: "POST", body: new URLSearchParams({ a: 1 }) });
        shopify.toast.show("Saved");
        const scopes = await shopify.scopes.query();
        location.href = "/privacy?" + new URLSearchParams({ shop: shopify.config.shop, said: await answer.text(),
          granted: scopes.granted[0], hidden: document.querySelector("s-app-nav").hidden });
      })();
    </script>"""


class App:
    """An app of two pages that sends a document without a session token to its bounce page, and keeps what it saw."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], str, str | None]] = []
        self.arrived = threading.Event()
        self.tokens: list[str] = []  # that came with a page, each once
        self.another = threading.Event()  # a second one came
        flask = Flask("app_in_a_frame")
        for rule, view in (("/", self._page), ("/privacy", self._page), ("/bounce", self._bounce)):
            flask.add_url_rule(rule, rule, view)
        flask.add_url_rule("/data", "data", self._data, methods=["POST"])
        self.http = HttpServer(("127.0.0.1", 0), flask)
        self.address = f"http://127.0.0.1:{self.http.server_address[1]}"
        self.simulated = simulate(shop=BAKERY, history=None, app_url=self.address)
        self.shop = self.simulated.world.shops[BAKERY]
        self.shop.installed, self.shop.scopes = True, self.simulated.world.scopes
        self.bridge = f"{self.simulated.address}/_simulator/app-bridge.js"

    def close(self) -> None:
        self.simulated.close()
        self.http.close()

    def good(self, token: str) -> bool:
        """Whether Shopify would take this session token."""
        return session_tokens.read(token, self.simulated.world, self.shop) is not None

    def paths(self) -> list[str]:
        return [path for path, *_ in self.seen]

    def _note(self) -> None:
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        self.seen.append((request.path, request.args.to_dict(), bearer, request.headers.get("Accept-Language")))

    def _page(self) -> Response | str:
        self._note()
        query = request.args.to_dict()
        if "id_token" not in query:
            return redirect("/bounce?" + urlencode({"shopify-reload": f"{request.path}?{urlencode(query)}"}))
        self.tokens += [token for token in (query["id_token"],) if token not in self.tokens]
        if len(self.tokens) > 1:
            self.another.set()
        if request.path != "/":
            self.arrived.set()
        return HEAD.replace("{bridge}", self.bridge) + (HOME if request.path == "/" else "")

    def _bounce(self) -> str:
        self._note()
        return f'<script data-api-key="simulated-key" src="{self.bridge}"></script>'

    def _data(self) -> Any:
        self._note()
        if self.paths().count("/data") == 1:
            return "again", 401, {"X-Shopify-Retry-Invalid-Session-Request": "1"}
        return f"got {request.form['a']}"


def chromium() -> str:
    """The command of a browser."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if found := shutil.which(name):
            return found
    raise MaterialError("There is no Chromium: apt-get install chromium.")


@pytest.fixture
def app() -> Iterator[App]:
    require(chromium)
    made = App()
    yield made
    made.close()


def browse(address: str, folder: Path, until: threading.Event) -> None:
    """Look at a page until something has happened, 30 seconds at most."""
    command = [chromium(), *FLAGS, f"--user-data-dir={folder}", address]
    browser = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True, cwd=folder
    )
    try:
        until.wait(30)
    finally:
        os.killpg(browser.pid, signal.SIGKILL)
        browser.wait(10)


def test_a_framed_app_gets_tokens_repeats_once_and_comes_back_from_its_bounce_page(app: App, tmp_path: Path) -> None:
    browse(f"{app.simulated.address}/_simulator/{BAKERY}/admin?locale=fr", tmp_path, app.arrived)
    assert app.paths() == ["/", "/data", "/data", "/privacy", "/bounce", "/privacy"]
    home, first, second, link, _, reloaded = app.seen
    assert app.good(home[1]["id_token"])
    assert app.good(first[2])
    assert app.good(second[2])
    assert first[2] != second[2]
    assert (first[3], link[2]) == ("fr", "")
    assert (link[1]["said"], link[1]["hidden"], link[1]["shop"]) == ("got 1", "true", BAKERY)
    assert link[1]["granted"] in app.simulated.world.scopes
    assert app.good(reloaded[1]["id_token"])
    assert reloaded[1]["said"] == "got 1"


def test_an_app_opened_outside_the_admin_is_sent_back_into_it(app: App, tmp_path: Path) -> None:
    token = session_tokens.mint(app.simulated.world, app.shop)
    browse(f"{app.address}/?shop={BAKERY}&id_token={token}", tmp_path, app.another)
    # Which of its pages comes first then is a race: only the admin's frame has a token that is another one.
    first, second = app.tokens[:2]
    assert first == token
    assert app.good(second)

"""In development every call to a shop reaches the simulated one; otherwise nothing is rewritten."""

import socket
import threading
from collections.abc import Callable, Iterator

import httpx
import pytest
import requests

from plugin.errors import Retry
from plugin.shopify.exchange import exchange
from plugin.shopify.oauth import trade_code
from plugin.shopify.refresh import refresh
from plugin.shopify.transport import browser_url, httpx_transport, session
from tests.shopify.scripted import SHOP, Reply, Script

SIMULATOR = "http://127.0.0.1:9292"


@pytest.mark.parametrize(
    ("url", "goes_to"),
    [
        (f"https://{SHOP}/admin/oauth/authorize?a=1&b=%2F", f"{SIMULATOR}/{SHOP}/admin/oauth/authorize?a=1&b=%2F"),
        (f"https://{SHOP}", f"{SIMULATOR}/{SHOP}"),
        (
            "https://admin.shopify.com/store/annas-bakery/apps/key",
            f"{SIMULATOR}/admin.shopify.com/store/annas-bakery/apps/key",
        ),
        ("https://admin.shopify.com.evil.example/", "https://admin.shopify.com.evil.example/"),
        ("https://example.com/annas.myshopify.com/", "https://example.com/annas.myshopify.com/"),
        (f"http://127.0.0.1:9292/upload?{SHOP}", f"http://127.0.0.1:9292/upload?{SHOP}"),
    ],
)
def test_only_addresses_of_shops_and_of_their_admin_go_to_the_simulator(url: str, goes_to: str) -> None:
    assert browser_url(SIMULATOR, url) == goes_to
    assert browser_url(SIMULATOR + "/", url) == goes_to


def test_without_a_simulator_addresses_stay_as_they_are() -> None:
    assert browser_url(None, f"https://{SHOP}/admin") == f"https://{SHOP}/admin"


def test_a_session_keeps_its_connection_alive_and_no_cookies(script: Script, calls: requests.Session) -> None:
    script.always = Reply(body=b"{}", headers=(("Set-Cookie", "kept=no"),))
    for _ in range(3):
        calls.post(f"https://{SHOP}/admin/x?y=1", data=b"{}", timeout=5)
    assert {call.path for call in script.calls} == {f"/{SHOP}/admin/x?y=1"}
    assert len({call.port for call in script.calls}) == 1
    assert len(calls.cookies) == 0


def test_an_httpx_client_reaches_the_simulator_too(script: Script) -> None:
    script.always = Reply(body=b"{}")
    with httpx.Client(transport=httpx_transport(script.address)) as client:
        client.post(f"https://{SHOP}/admin/oauth/access_token", json={})
    assert script.calls[0].path == f"/{SHOP}/admin/oauth/access_token"
    assert script.calls[0].headers["Host"] == script.address.removeprefix("http://")


def test_a_session_for_the_real_shopify_leaves_addresses_alone() -> None:
    with session() as made:
        adapter = made.get_adapter(f"https://{SHOP}/")
        assert type(adapter) is requests.adapters.HTTPAdapter


@pytest.fixture
def tunnels(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What was asked of the machine's proxy, which leads nowhere."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def refuse() -> None:
            while True:
                try:
                    caller, _ = proxy.accept()
                except OSError:
                    return
                with caller:
                    asked.append(caller.recv(4096).decode().partition(" HTTP")[0])
                    caller.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

        for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
            monkeypatch.delenv(name.lower(), raising=False)
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        thread = threading.Thread(target=refuse)
        thread.start()
        yield asked
        proxy.shutdown(socket.SHUT_RDWR)
        thread.join()


def by_session_token() -> object:
    return exchange("token", shop=SHOP, api_key="key", secret="secret", simulator=None)


def by_refresh_token() -> object:
    return refresh("token", shop=SHOP, api_key="key", secret="secret", simulator=None, now=1)


def by_code() -> object:
    with session() as made:
        return trade_code(made, shop=SHOP, api_key="key", secret="secret", code="code", now=1)


@pytest.mark.parametrize("tokens", [by_session_token, by_refresh_token, by_code])
def test_every_call_for_tokens_goes_through_the_proxy_of_the_machine(
    tunnels: list[str], tokens: Callable[[], object]
) -> None:
    with pytest.raises(Retry):
        tokens()
    assert set(tunnels) == {f"CONNECT {SHOP}:443"}

"""How calls travel: pooled connections to Shopify, or, in development, to the simulated one."""

from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpx
import requests
from requests.adapters import HTTPAdapter

POOL = 16  # connections kept alive; more threads than this never call one shop at a time


def browser_url(simulator: str | None, url: str) -> str:
    """Where a call or a browser really goes: the simulator's address in development, else `url` itself."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    shopifys = host == "admin.shopify.com" or host.endswith(".myshopify.com")
    if not simulator or parts.scheme != "https" or not shopifys:
        return url
    return f"{simulator.rstrip('/')}/{url.removeprefix('https://')}"


def session(simulator: str | None = None) -> requests.Session:
    """A session with connections kept alive; it keeps no cookies and repeats nothing: the callers know what is safe."""
    made = requests.Session()
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = ToSimulator(simulator) if simulator else HTTPAdapter(pool_connections=POOL, pool_maxsize=POOL)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    made.trust_env = not simulator  # a proxy of the machine cannot reach a simulator on the loopback
    return made


def httpx_transport(simulator: str | None = None) -> httpx.BaseTransport | None:
    """The same for libraries that speak httpx: `httpx.Client(transport=httpx_transport(simulator))`.

    None without a simulator: httpx goes through the machine's proxy only when it makes its transport itself.
    """
    return ToSimulatorHttpx(simulator) if simulator else None


class ToSimulator(HTTPAdapter):
    """Sends every https://SHOP.myshopify.com/PATH to SIMULATOR/SHOP.myshopify.com/PATH, for it has one address only."""

    def __init__(self, simulator: str) -> None:
        super().__init__(pool_connections=POOL, pool_maxsize=POOL)
        self._simulator = simulator

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = browser_url(self._simulator, request.url or "")
        return super().send(request, *args, **kwargs)


class ToSimulatorHttpx(httpx.HTTPTransport):
    """The same redirection below an httpx client."""

    def __init__(self, simulator: str) -> None:
        super().__init__()
        self._simulator = simulator

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        target = httpx.URL(browser_url(self._simulator, str(request.url)))
        if target != request.url:
            request.url = target
            request.headers["Host"] = target.netloc.decode("ascii")
        return super().handle_request(request)

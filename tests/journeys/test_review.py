"""What a reviewer meets at the served app: prompt answers under load, and a log without secrets."""

import json
import re
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from http.client import HTTPResponse
from itertools import count, islice
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from plugin.shopify.signature import body_digest
from tests.journeys.app import SECRET
from tests.journeys.journey import Journey
from tests.journeys.shopify import SHOP
from tests.session_tokens import wrong_tokens

SENDERS, EACH = 16, 100
LIMIT = 5.0  # seconds; Shopify counts a later answer as a failure


class Load:
    """Many who send at once; what each was answered, and how long it took."""

    def __init__(self, bakery: Journey) -> None:
        self.bakery = bakery
        self.answers: list[tuple[str, int, float]] = []
        self._numbers = count(9_000_000_000)

    def deliveries(self) -> None:
        """Orders of Shopify's, and now and then one that is not."""
        with requests.Session() as web:
            for number in islice(self._numbers, EACH):
                secret, kind = (SECRET, "delivery") if number % 10 else ("guessed", "forgery")
                self._ask(kind, partial(web.post, f"{self.bakery.app.address}/webhooks", **order(number, secret)))

    def pages(self) -> None:
        """A merchant who looks at the panel meanwhile."""
        for _ in range(EACH // 4):
            self._ask("page", self.bakery.panel)

    def _ask(self, kind: str, ask: Callable[[], requests.Response]) -> None:
        began = time.monotonic()
        status = ask().status_code
        self.answers.append((kind, status, time.monotonic() - began))


def order(number: int, secret: str) -> dict[str, Any]:
    """An order of a new customer, signed with that secret."""
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    row = {"id": number, "currency": "EUR", "total_price": "1.00", "processed_at": at, "updated_at": at}
    body = json.dumps(row).encode()
    headers = {
        "X-Shopify-Topic": "orders/create",
        "X-Shopify-Shop-Domain": SHOP,
        "X-Shopify-Webhook-Id": str(number),
        "X-Shopify-Hmac-Sha256": body_digest(body, secret),
    }
    return {"data": body, "headers": headers, "timeout": 30, "allow_redirects": False}


def test_every_delivery_is_answered_in_time_while_all_else_goes_on(open_bakery: Journey) -> None:
    before = open_bakery.settled()["orders"]
    load = Load(open_bakery)
    threads = [threading.Thread(target=load.deliveries) for _ in range(SENDERS)]
    threads.append(threading.Thread(target=load.pages))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answered = Counter((kind, status) for kind, status, _ in load.answers)
    assert answered == {
        ("delivery", 200): SENDERS * EACH * 9 // 10,
        ("forgery", 401): SENDERS * EACH // 10,
        ("page", 200): EACH // 4,
    }
    assert max(seconds for _, _, seconds in load.answers) < LIMIT
    assert open_bakery.settled()["orders"] - before == answered["delivery", 200]


def test_the_log_of_both_ways_in_tells_no_secret(open_bakery: Journey) -> None:
    """Neither what was accepted nor what was refused; nor does `check`."""
    app, shopify = open_bakery.app, open_bakery.shopify
    secrets = {app.environment[name] for name in ("SHOPIFY_API_SECRET", "SECRET_KEY", "ENCRYPTION_KEYS")}
    shopify.send(f"{SHOP}/uninstall")
    open_bakery.is_gone()
    assert open_bakery.install_from_shopify().ok
    for token in {shopify.send(f"{SHOP}/session_token")["id_token"], *wrong_tokens().values()}:
        secrets.add(token)
        page = app.get(f"/?shop={SHOP}&embedded=1&id_token={token}")
        assert page.status_code in (200, 302)
        form = app.post("/tagging", data={"shown": "many"}, headers={"Authorization": f"Bearer {token}"})
        assert form.status_code in (400, 401)
    query = urlsplit(shopify.read(f"{SHOP}/app_url?path=/")["url"]).query
    assert app.get(f"/auth/callback?{query}&code=a-secret-code&state=a-secret-state").status_code == 400
    secrets |= {value for name, value in parse_qsl(query) if name in ("id_token", "hmac", "session")}
    checked = app.command("check")
    written = app.log() + checked.stdout + checked.stderr
    assert "The app can run." in written
    assert "Regulars serves" in written
    assert not [secret for secret in {"a-secret-code", "a-secret-state", *secrets} - {""} if secret in written]
    assert not re.search(r"shp[a-z]{2}_\w+|gAAAA[\w-]+|eyJ[\w-]{10,}", written)


def test_a_refused_form_leaves_the_connection_to_the_next_request(open_bakery: Journey) -> None:
    """Even when its body comes late: a proxy in front would make a failure of it."""
    where = urlsplit(open_bakery.app.address)
    head = "{} HTTP/1.1\r\nHost: app\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n"
    for path in ("/tagging", "/croissants"):
        with socket.create_connection((where.hostname, where.port or 80), 30) as one:
            one.sendall(head.format(f"POST {path}", 7).encode())
            time.sleep(0.05)
            one.sendall(b"shown=1")
            assert read(one) in (401, 404)
            one.sendall(head.format("GET /healthz", 0).encode())
            assert read(one) == 200


def read(connection: socket.socket) -> int:
    """The status of one answer, whose body is read to its end."""
    answer = HTTPResponse(connection)
    answer.begin()
    answer.read()
    return answer.status

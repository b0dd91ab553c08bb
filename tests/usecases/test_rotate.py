"""Keys and client secrets are changed without a shop noticing; what could not be done is said."""

import json
import logging
from collections.abc import Iterator

import pytest
from cryptography.fernet import Fernet

from plugin import cli
from plugin.db import shops
from plugin.db.shops import Credentials
from plugin.shopify.tokens import TokenBox
from plugin.usecases.erased import Erased
from tests.connected import Connected, connected
from tests.session_tokens import ANNA, OAK, SECRET

NEW_SECRET = "simulated-new-secret"


@pytest.fixture
def bakery(given: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Connected]:
    with connected(given) as made:
        for name, value in made.given.items():
            monkeypatch.setenv(name.upper(), value)
        yield made


@pytest.fixture
def new_secret(bakery: Connected, monkeypatch: pytest.MonkeyPatch) -> str:
    """The developer has asked Shopify for another secret, and told the app."""
    bakery.send("secret/rotate", secret=NEW_SECRET)
    monkeypatch.setenv("SHOPIFY_API_SECRET", NEW_SECRET)
    monkeypatch.setenv("SHOPIFY_OLD_API_SECRET", SECRET)
    return NEW_SECRET


class Said:
    """What a command printed, and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        capsys.readouterr()
        root = logging.getLogger()
        before = root.handlers[:]
        self.code = cli.main(["rotate"])
        root.handlers[:] = before  # the command's own would write to a terminal that is gone
        printed = capsys.readouterr()
        self.out, self.err = " ".join(printed.out.split()), " ".join(printed.err.split())


def another_shop(bakery: Connected, **given: str | int | None) -> int:
    with bakery.services.database.write() as tx:
        shop = shops.know(tx, OAK)
        box = bakery.services.box
        sealed = {name: box.encrypt(one) if isinstance(one, str) else one for name, one in given.items()}
        kept = {"token": None, "token_expires_at": None, "refresh_token": None, "refresh_expires_at": None, **sealed}
        shops.install(tx, shop, given=Credentials(**kept), scopes="read_orders", now=1)
    return shop


def test_a_new_key_takes_over_and_the_old_one_may_go(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pair, key = bakery.pair, Fernet.generate_key().decode()
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{key},{bakery.given['encryption_keys']}")
    said = Said(capsys)
    assert (said.code, said.err) == (0, "")
    assert "1 shop encrypted with the newest key, 0 were so already" in said.out
    access, box = bakery.access, TokenBox([key])
    assert (box.decrypt(access.token or ""), box.decrypt(access.refresh_token or "")) == pair
    assert bakery.counts == {"exchanges": 1}
    again = Said(capsys)
    assert again.code == 0
    assert "0 shops encrypted with the newest key, 1 were so already" in again.out
    assert bakery.access == access


def test_the_erased_are_known_with_a_new_key_also_at_a_shop_that_left(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Else an old key that was dropped would let them come back."""
    services, gone, key = bakery.services, another_shop(bakery), Fernet.generate_key().decode()
    with services.database.write() as tx:
        shops.leave(tx, gone, now=2)
        for shop in (bakery.shop, gone):
            Erased(services, shop).add(tx, ["Customer/7"])
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{key},{bakery.given['encryption_keys']}")
    said = Said(capsys)
    assert "2 shops encrypted with the newest key" in said.out, said.err
    services.box = TokenBox([key])
    with services.database.read() as tx:
        for shop in (bakery.shop, gone):
            assert Erased(services, shop).among(tx, ["Customer/7", "Customer/8"]) == {"Customer/7"}


def test_a_token_whose_key_is_gone_is_named_and_the_others_go_on(
    bakery: Connected, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = TokenBox([Fernet.generate_key().decode()]).encrypt("shpat_lost")
    with bakery.services.database.write() as tx:
        shop = shops.know(tx, OAK)
        shops.install(tx, shop, given=Credentials(stranger, None, None, None), scopes="", now=1)
    monkeypatch.setenv("ENCRYPTION_KEYS", f"{Fernet.generate_key().decode()},{bakery.given['encryption_keys']}")
    said = Said(capsys)
    assert said.code == 1
    assert "1 shop encrypted" in said.out
    assert f"{OAK}: what is kept was encrypted with a key that ENCRYPTION_KEYS does not list" in said.err
    assert said.err.count(OAK) == 1


def test_a_new_client_secret_renews_every_token_so_that_the_old_one_may_be_revoked(
    bakery: Connected, new_secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = Said(capsys)
    assert (said.code, said.err) == (0, "")
    assert "1 shop renewed with the new client secret, 0 were so already" in said.out
    assert bakery.counts["refreshes"] == 1
    bakery.send("secret/revoke")
    assert bakery.call() == "Anna's Bakery"
    again = Said(capsys)
    assert again.code == 0
    assert "0 shops renewed with the new client secret, 1 were so already" in again.out
    assert bakery.counts["refreshes"] == 1


def test_without_an_old_client_secret_nothing_is_renewed(bakery: Connected, capsys: pytest.CaptureFixture[str]) -> None:
    said = Said(capsys)
    assert said.code == 0
    assert "No SHOPIFY_OLD_API_SECRET is set" in said.out
    assert bakery.counts == {"exchanges": 1}


def test_a_shop_that_could_not_be_renewed_fails_the_command_in_words_until_it_is(
    bakery: Connected, new_secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bakery.send("knobs", token_status=520)
    said = Said(capsys)
    assert said.code == 1
    assert f"{ANNA}: Shopify answered 520 while renewing tokens" in said.err
    assert "Run it again" in said.err
    assert bakery.known.reconnect is None
    bakery.send("knobs", token_status=0)
    assert Said(capsys).code == 0


def test_a_dead_pair_fails_once_and_then_waits_for_the_merchant(
    bakery: Connected, new_secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bakery.at_shopify.renewals.clear()
    said = Said(capsys)
    assert said.code == 1
    assert f"{ANNA}: Shopify no longer accepts" in said.err
    again = Said(capsys)
    assert again.code == 0
    assert f"{ANNA} waits for its merchant" in again.out


def test_a_token_that_cannot_be_renewed_is_named_and_goes_on_serving(
    bakery: Connected, new_secret: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shop = another_shop(bakery, token="shpat_for_ever")
    said = Said(capsys)
    assert said.code == 1
    assert "1 shop renewed" in said.out
    assert f"{OAK}: there is no refresh token" in said.err
    with bakery.services.database.read() as tx:
        assert shops.get(tx, shop).reconnect is None


def test_nothing_secret_is_printed(bakery: Connected, new_secret: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = bakery.pair
    said = Said(capsys)
    for secret in (*before, *bakery.pair, SECRET, NEW_SECRET, bakery.given["encryption_keys"]):
        assert secret not in json.dumps([said.out, said.err])

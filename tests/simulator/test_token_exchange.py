"""Tokens for a session token and for a refresh token, over HTTP: how they rotate, end and die."""

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
import requests

from tests.simulator.conftest import BAKERY, Running

EXCHANGE = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
    "requested_token_type": "urn:shopify:params:oauth:token-type:offline-access-token",
    "expiring": "1",
}
ONLINE = {"requested_token_type": "urn:shopify:params:oauth:token-type:online-access-token"}
DEAD = (
    401,
    {"error": "invalid_request", "error_description": "This request requires an active refresh_token"},
)


def id_token(running: Running, **wish: Any) -> str:
    answer = running.post(f"/_simulator/{BAKERY}/session_token", **wish)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id_token"])


def call(running: Running, **sent: str) -> tuple[int, dict[str, Any]]:
    given = {"client_id": "simulated-key", "client_secret": "simulated-secret"} | sent
    url = f"{running.server.address}/{BAKERY}/admin/oauth/access_token"
    answer = requests.post(url, data=given, timeout=10)
    return answer.status_code, answer.json()


def exchange(running: Running, token: str | None = None, **changes: str) -> tuple[int, dict[str, Any]]:
    return call(running, **{**EXCHANGE, "subject_token": token or id_token(running), **changes})


def refresh(running: Running, token: str, **changes: str) -> tuple[int, dict[str, Any]]:
    return call(running, grant_type="refresh_token", refresh_token=token, **changes)


def api(running: Running, token: str) -> int:
    url = f"{running.server.address}/{BAKERY}/admin/api/2026-10/graphql.json"
    headers = {"X-Shopify-Access-Token": token}
    return requests.post(url, json={"query": "{ shop { name } }"}, headers=headers, timeout=10).status_code


def counts(running: Running) -> dict[str, int]:
    shop = running.get("/_simulator/").json()["shops"][BAKERY]
    return {name: count for name, count in shop["token_calls"].items() if count}


def test_a_session_token_buys_an_expiring_token_and_a_refresh_token(running: Running) -> None:
    status, said = exchange(running)
    assert status == 200
    assert api(running, said["access_token"]) == 200
    assert said.pop("access_token").startswith("shpat_")
    assert said.pop("refresh_token").startswith("shprt_")
    assert said == {
        "scope": "write_customers,read_orders,read_customer_merge,read_products",
        "expires_in": 3600,
        "refresh_token_expires_in": 7776000,
    }
    assert counts(running) == {"exchanges": 1}


def test_the_scopes_of_a_token_are_those_the_merchant_granted(running: Running) -> None:
    running.shop.scopes = ("read_orders",)
    assert exchange(running)[1]["scope"] == "read_orders"


def test_an_online_token_names_its_user(running: Running) -> None:
    said = exchange(running, id_token(running, user=77), **ONLINE)[1]
    assert api(running, said["access_token"]) == 200
    assert (said["expires_in"], said["associated_user"]["id"]) == (86399, 77)
    assert said["associated_user_scope"] == said["scope"]
    assert "refresh_token" not in said


def test_a_token_that_never_ends_is_given_and_refused_by_the_api(running: Running) -> None:
    said = exchange(running, expiring="0")[1]
    assert set(said) == {"access_token", "scope"}
    assert api(running, said["access_token"]) == 403


@pytest.mark.parametrize(
    "wish",
    [
        {"seconds": -75},
        {"seconds": 30},
        {"claims": {"exp": None}},
        {"claims": {"nbf": None}},
        {"claims": {"aud": "another-app"}},
        {"claims": {"dest": "https://oaks-attic.myshopify.com"}},
        {"claims": {"iss": "https://oaks-attic.myshopify.com/admin"}},
        {"claims": {"sub": None}},
        {"header": {"alg": "none"}},
        {"header": {"alg": "HS512"}},
        {"secret": "another-secret"},
    ],
    ids=str,
)
def test_a_session_token_that_is_not_right_buys_nothing(running: Running, wish: dict[str, Any]) -> None:
    assert exchange(running, id_token(running, **wish)) == (
        400,
        {
            "error": "invalid_subject_token",
            "error_description": "Token exchange cannot be performed due to an invalid subject token.",
        },
    )


@pytest.mark.parametrize("token", ["", "a.b.c", "x", "e30.e30.", "W10.W10."])
def test_what_is_no_session_token_buys_nothing(running: Running, token: str) -> None:
    assert exchange(running, subject_token=token)[1]["error"] == "invalid_subject_token"


def test_ten_seconds_too_late_are_forgiven(running: Running) -> None:
    assert exchange(running, id_token(running, seconds=-65))[0] == 200


def test_a_shop_without_the_app_has_no_token_to_give(running: Running) -> None:
    running.post(f"/_simulator/{BAKERY}/uninstall")
    assert exchange(running) == (
        400,
        {"error": "app_not_installed", "error_description": "The application is not installed on this shop."},
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"subject_token_type": "jwt"}, "invalid_request"),
        ({"requested_token_type": "any"}, "invalid_request"),
    ],
)
def test_an_exchange_that_is_not_asked_for_rightly_is_refused(
    running: Running, change: dict[str, str], error: str
) -> None:
    status, said = exchange(running, **change)
    assert (status, said["error"]) == (400, error)


def test_a_refresh_hands_out_a_new_pair_and_the_old_refresh_token_dies(running: Running) -> None:
    """The old access token lives on until its own end."""
    old = exchange(running)[1]
    status, new = refresh(running, old["refresh_token"])
    assert status == 200
    assert set(new) == set(old)
    assert new["access_token"] != old["access_token"]
    assert refresh(running, old["refresh_token"]) == DEAD
    assert (api(running, old["access_token"]), api(running, new["access_token"])) == (200, 200)
    assert refresh(running, new["refresh_token"])[0] == 200
    assert counts(running) == {"exchanges": 1, "refreshes": 2, "refused_refreshes": 1}


def test_of_two_refreshes_at_once_one_is_refused(running: Running) -> None:
    token = exchange(running)[1]["refresh_token"]
    running.post("/_simulator/knobs", token_delay=0.05)
    with ThreadPoolExecutor(2) as two:
        said = [one.result() for one in [two.submit(refresh, running, token) for _ in range(2)]]
    assert sorted(status for status, _ in said) == [200, 401]
    assert counts(running)["refreshes"] == 1


def test_a_refresh_may_be_repeated_until_the_new_pair_is_used_when_the_knob_says_so(running: Running) -> None:
    token = exchange(running)[1]["refresh_token"]
    running.post("/_simulator/knobs", reuse_refresh=True)
    first, second = refresh(running, token)[1], refresh(running, token)[1]
    assert first == second
    assert api(running, first["access_token"]) == 200
    assert refresh(running, token) == DEAD
    assert counts(running) == {"exchanges": 1, "refreshes": 1, "repeated_refreshes": 1, "refused_refreshes": 1}


def test_a_new_exchange_ends_earlier_refresh_tokens_at_once(running: Running) -> None:
    old = exchange(running)[1]
    exchange(running)
    assert refresh(running, old["refresh_token"]) == DEAD
    assert api(running, old["access_token"]) == 200


def test_old_access_tokens_end_after_their_grace_when_a_knob_names_one(running: Running) -> None:
    running.post("/_simulator/knobs", old_token_grace=0)
    old = exchange(running)[1]
    new = refresh(running, old["refresh_token"])[1]
    assert (api(running, old["access_token"]), api(running, new["access_token"])) == (401, 200)


def test_tokens_live_as_long_as_the_knobs_say(running: Running) -> None:
    running.post("/_simulator/knobs", token_life=1, refresh_life=1)
    said = exchange(running)[1]
    assert (said["expires_in"], said["refresh_token_expires_in"]) == (1, 1)
    assert api(running, said["access_token"]) == 200
    time.sleep(1.01)
    assert api(running, said["access_token"]) == 401
    assert refresh(running, said["refresh_token"]) == DEAD


def test_the_token_address_fails_as_often_as_it_was_told_to(running: Running) -> None:
    """Nothing rotates meanwhile."""
    token = exchange(running)[1]["refresh_token"]
    running.post("/_simulator/knobs", token_status=520, token_failures=2)
    assert [refresh(running, token)[0] for _ in range(3)] == [520, 520, 200]


def test_refreshes_are_refused_with_the_error_a_knob_names(running: Running) -> None:
    """An exchange is not."""
    token = exchange(running)[1]["refresh_token"]
    running.post("/_simulator/knobs", refresh_error="invalid_grant")
    status, said = refresh(running, token)
    assert (status, said["error"]) == (400, "invalid_grant")
    assert exchange(running)[0] == 200
    assert counts(running) == {"exchanges": 2, "refused_refreshes": 1}


def test_a_lost_answer_has_rotated_the_pair_all_the_same(running: Running) -> None:
    token = exchange(running)[1]["refresh_token"]
    running.post("/_simulator/knobs", lose_tokens=1)
    with pytest.raises(requests.ConnectionError):
        refresh(running, token)
    assert refresh(running, token) == DEAD
    assert exchange(running)[0] == 200


def test_revoking_ends_access_and_refresh_tokens_alike(running: Running) -> None:
    said = exchange(running)[1]
    running.post(f"/_simulator/revoke/{BAKERY}")
    assert api(running, said["access_token"]) == 401
    assert refresh(running, said["refresh_token"]) == DEAD


def test_revoking_can_spare_the_refresh_token(running: Running) -> None:
    said = exchange(running)[1]
    running.post(f"/_simulator/revoke/{BAKERY}", refresh_tokens=False)
    assert api(running, said["access_token"]) == 401
    assert refresh(running, said["refresh_token"])[0] == 200


def test_uninstalling_ends_every_token(running: Running) -> None:
    said = exchange(running)[1]
    running.post(f"/_simulator/{BAKERY}/uninstall")
    assert api(running, said["access_token"]) == 401
    assert refresh(running, said["refresh_token"]) == DEAD


def test_both_secrets_buy_tokens_until_the_old_one_is_revoked(running: Running) -> None:
    """Tokens die with the secret that minted them; a refresh with the new secret saves them."""
    left, saved = exchange(running)[1], exchange(running)[1]
    said = running.post("/_simulator/secret/rotate", secret="simulated-newer").json()
    assert said == {"secret": "simulated-newer", "old_secret": "simulated-secret"}
    assert running.post("/_simulator/secret/rotate").status_code == 409
    new = refresh(running, saved["refresh_token"], client_secret="simulated-newer")[1]
    assert api(running, left["access_token"]) == 200
    assert running.post("/_simulator/secret/revoke").json() == {"revoked": 2}
    assert (api(running, left["access_token"]), api(running, new["access_token"])) == (401, 200)
    assert refresh(running, new["refresh_token"])[1]["error"] == "invalid_client"
    assert refresh(running, new["refresh_token"], client_secret="simulated-newer")[0] == 200
    assert running.post("/_simulator/secret/revoke").status_code == 409


@pytest.mark.filterwarnings("ignore:The HMAC key")  # a simulated secret is short
def test_shopify_signs_with_the_oldest_secret_and_takes_a_session_token_of_either(running: Running) -> None:
    running.post("/_simulator/secret/rotate", secret="simulated-newer")
    assert signed_with(id_token(running), "simulated-secret")
    assert exchange(running, id_token(running, secret="simulated-newer"))[0] == 200
    running.post("/_simulator/secret/revoke")
    assert signed_with(id_token(running), "simulated-newer")
    revoked = id_token(running, secret="simulated-secret")
    assert exchange(running, revoked, client_secret="simulated-newer")[1]["error"] == "invalid_subject_token"


def signed_with(token: str, secret: str) -> bool:
    """By another library than the simulator's own hand."""
    return bool(jwt.decode(token, secret, algorithms=["HS256"], audience="simulated-key"))


@pytest.mark.parametrize("wish", [{"colour": "red"}, {"claims": 3}, {"user": "anna"}, {"seconds": "soon"}])
def test_an_impossible_session_token_is_refused_in_words(running: Running, wish: dict[str, Any]) -> None:
    answer = running.post(f"/_simulator/{BAKERY}/session_token", **wish)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_a_secret_that_could_be_real_is_not_taken(running: Running) -> None:
    assert running.post("/_simulator/secret/rotate", secret="shpss_1").status_code == 400

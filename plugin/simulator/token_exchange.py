"""The address where an app gets its access tokens: for a code, for a session token, for a refresh token."""

import time
from collections.abc import Callable
from typing import Any, NamedTuple, NoReturn

from flask import Blueprint, Response, request

from plugin.simulator import access, session_tokens
from plugin.simulator.access import Grant
from plugin.simulator.calendar import wall_ms
from plugin.simulator.people import person
from plugin.simulator.simulation import answer, here, json_body, refuse, shop_named, wanted_failure
from plugin.simulator.state import Shop, World
from plugin.simulator.wsgi import LOST

bp = Blueprint("token_exchange", __name__)

ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 -- a name, no token
OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"


class Call(NamedTuple):
    """One request for a token, from an app that has proved who it is."""

    world: World
    shop: Shop
    sent: dict[str, Any]

    @property
    def secret(self) -> str:
        """Of the app's secrets, the one it came with."""
        return str(self.sent["client_secret"])

    @property
    def expiring(self) -> bool:
        """Whether a token that ends is wanted."""
        return str(self.sent.get("expiring", "0")) == "1"


@bp.post("/<domain>/admin/oauth/access_token")
def access_token(domain: str) -> Response:
    """A token for whatever the `grant_type` says the app brings; without one it brings a code."""
    world, shop = here().world, shop_named(domain)
    if failure := wanted_failure("token"):
        refuse(failure, {"errors": f"Simulated answer {failure}"})
    sent: dict[str, Any] = json_body() if request.mimetype == "application/json" else request.form.to_dict()
    if sent.get("client_id") != world.api_key or sent.get("client_secret") not in world.secrets:
        _refuse(400, "invalid_client", "The client credentials are not valid")
    exchange = _EXCHANGES.get(str(sent.get("grant_type") or "authorization_code"))
    if exchange is None:
        _refuse(400, "unsupported_grant_type", "This grant_type is not supported")
    time.sleep(world.knobs.token_delay)
    with world.lock:
        said = exchange(Call(world, shop, sent))
        if world.knobs.lose_tokens > 0:
            world.knobs.lose_tokens -= 1
            request.environ[LOST] = True
    return answer(said)


def _by_code(call: Call) -> dict[str, Any]:
    authorization = access.take_code(call.shop, str(call.sent.get("code", "")))
    if authorization is None:
        _refuse(400, "invalid_request", "The authorization code was not found or was already used")
    call.shop.token_calls["codes"] += 1
    return _offline(call, authorization.scopes, expiring=call.expiring)


def _by_session_token(call: Call) -> dict[str, Any]:
    sent, shop = call.sent, call.shop
    wanted = sent.get("requested_token_type") or OFFLINE
    if sent.get("subject_token_type") != ID_TOKEN or wanted not in {OFFLINE, ONLINE}:
        _refuse(400, "invalid_request", "subject_token_type or requested_token_type is not supported")
    claims = session_tokens.read(str(sent.get("subject_token", "")), call.world, shop)
    if claims is None:
        words = "Token exchange cannot be performed due to an invalid subject token."
        _refuse(400, "invalid_subject_token", words)
    if not shop.installed:
        _refuse(400, "app_not_installed", "The application is not installed on this shop.")
    shop.token_calls["exchanges"] += 1
    scopes = shop.scopes or access.without_implied(call.world.scopes)
    if wanted == ONLINE:
        return _online(call, scopes, user=int(claims["sub"]))
    return _offline(call, scopes, expiring=call.expiring)


def _by_refresh_token(call: Call) -> dict[str, Any]:
    shop, brought = call.shop, str(call.sent.get("refresh_token", ""))
    if error := call.world.knobs.refresh_error:
        shop.token_calls["refused_refreshes"] += 1
        _refuse(400, error, "Simulated refusal of the refresh token")
    renewal = access.renewal_of(shop, brought)
    if renewal is not None and renewal.replaced_by is None:
        shop.token_calls["refreshes"] += 1
        said = _offline(call, shop.scopes or access.without_implied(call.world.scopes), expiring=True)
        renewal.replaced_by = said["access_token"]
        shop.renewals[brought] = renewal
        return said
    token = renewal.replaced_by if renewal is not None else None
    before: Grant | None = shop.tokens.get(token or "")
    if token is None or before is None or before.used or not call.world.knobs.reuse_refresh:
        shop.token_calls["refused_refreshes"] += 1
        _refuse(401, "invalid_request", "This request requires an active refresh_token")
    shop.token_calls["repeated_refreshes"] += 1
    return _said(token, before)


# A further way to a token is one function here: a call -> the JSON answer.
_EXCHANGES: dict[str, Callable[[Call], dict[str, Any]]] = {
    "authorization_code": _by_code,
    "urn:ietf:params:oauth:grant-type:token-exchange": _by_session_token,
    "refresh_token": _by_refresh_token,
}


def _offline(call: Call, scopes: tuple[str, ...], *, expiring: bool) -> dict[str, Any]:
    knobs = call.world.knobs
    token, grant = access.new_token(
        call.shop,
        scopes,
        expiring=expiring,
        secret=call.secret,
        life=knobs.token_life,
        refresh_life=knobs.refresh_life,
    )
    if expiring and knobs.old_token_grace >= 0:
        access.shorten(call.shop, knobs.old_token_grace, but=token)
    return _said(token, grant)


def _online(call: Call, scopes: tuple[str, ...], *, user: int) -> dict[str, Any]:
    token, grant = access.new_online_token(call.shop, scopes, user=user, secret=call.secret)
    who = person(user)
    associated = {"id": user, "first_name": who.first, "last_name": who.last, "email": who.email}
    associated |= {"email_verified": True, "account_owner": True, "locale": call.shop.locale, "collaborator": False}
    return {**_said(token, grant), "associated_user_scope": ",".join(scopes), "associated_user": associated}


def _said(token: str, grant: Grant) -> dict[str, Any]:
    said: dict[str, Any] = {"access_token": token, "scope": ",".join(grant.scopes)}
    if grant.expires_at is not None:
        said["expires_in"] = _seconds_to(grant.expires_at)
    if grant.refresh_expires_at is not None:
        said["refresh_token"] = grant.refresh_token
        said["refresh_token_expires_in"] = _seconds_to(grant.refresh_expires_at)
    return said


def _seconds_to(moment: int) -> int:
    return round((moment - wall_ms()) / 1000)


def _refuse(status: int, error: str, words: str) -> NoReturn:
    refuse(status, {"error": error, "error_description": words})

"""The app's life by hand: its secrets and scopes, its tokens, session tokens right and wrong, and leaving a shop."""

import secrets
from typing import Any

from flask import Blueprint, Response

from plugin.simulator import access, installation, session_tokens
from plugin.simulator.simulation import answer, here, json_body, refuse, shop_named

bp = Blueprint("app_control", __name__, url_prefix="/_simulator")


@bp.post("/secret/rotate")
def rotate_secret() -> Response:
    """The app gets a new secret, {"secret": "simulated-..."} or a made-up one; the old one lasts until revoked."""
    world, wish = here().world, json_body()
    new = wish.get("secret") or f"simulated-{secrets.token_hex(8)}"
    if not isinstance(new, str) or not new.startswith("simulated-"):
        refuse(400, {"error": "the secret must begin with 'simulated-'"})
    with world.lock:
        if world.old_secret is not None:
            refuse(409, {"error": "revoke the old secret first: an app has two at most"})
        world.old_secret, world.secret = world.secret, new
    return answer({"secret": world.secret, "old_secret": world.old_secret})


@bp.post("/secret/revoke")
def revoke_old_secret() -> Response:
    """The old secret ends, and with it every token that was minted with it, at every shop."""
    world = here().world
    with world.lock:
        old, world.old_secret = world.old_secret, None
        if old is None:
            refuse(409, {"error": "there is no old secret"})
        return answer({"revoked": sum(access.kill_minted_with(shop, old) for shop in world.shops.values())})


@bp.post("/app")
def deploy() -> Response:
    """The developer deploys other {"scopes": [...], "optional_scopes": [...]}: shops are asked when they open it."""
    world, wish = here().world, json_body()
    if not wish or not all(name in {"scopes", "optional_scopes"} and _is_list(value) for name, value in wish.items()):
        refuse(400, {"error": "send scopes and/or optional_scopes, each a list of strings"})
    with world.lock:
        world.scopes = tuple(wish.get("scopes", world.scopes))
        world.optional_scopes = tuple(wish.get("optional_scopes", world.optional_scopes))
    return answer({"scopes": world.scopes, "optional_scopes": world.optional_scopes})


@bp.get("/<domain>/scopes")
def scopes(domain: str) -> Response:
    """What the app may do at the shop, and what it asks for."""
    world, shop = here().world, shop_named(domain)
    return answer({"granted": shop.scopes, "required": world.scopes, "optional": world.optional_scopes})


@bp.post("/<domain>/scopes")
def change_scopes(domain: str) -> Response:
    """The merchant changes what the app may do, {"grant": [...], "revoke": [...]} or {"scopes": all of them}."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    if not wish or not all(name in {"grant", "revoke", "scopes"} and _is_list(value) for name, value in wish.items()):
        refuse(400, {"error": "send scopes, or grant and/or revoke, each a list of strings"})
    with world.lock:
        held = [*wish.get("scopes", shop.scopes), *wish.get("grant", ())]
        installation.set_scopes(world, shop, [scope for scope in held if scope not in wish.get("revoke", ())])
    return scopes(domain)


@bp.post("/revoke/<domain>")
def revoke(domain: str) -> Response:
    """Every token of the shop stops working, {"refresh_tokens": false} spares those; the app stays installed."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    with world.lock:
        revoked = len(shop.tokens)
        shop.tokens.clear()
        if wish.get("refresh_tokens", True):
            shop.renewals.clear()
    return answer({"revoked": revoked})


@bp.post("/<domain>/uninstall")
def uninstall(domain: str) -> Response:
    """The merchant removes the app; {"delay": seconds} brings app/uninstalled later, say after a new installation."""
    world, shop, wish = here().world, shop_named(domain), json_body()
    delay = wish.get("delay", 0)
    if isinstance(delay, bool) or not isinstance(delay, int | float):
        refuse(400, {"error": "delay must be a number of seconds"})
    with world.lock, here().sender.late(delay):
        installation.uninstall(world, shop)
    return answer({"installed": False})


@bp.post("/<domain>/session_token")
def session_token(domain: str) -> Response:
    """A fresh session token: {"user": id, "claims": {...}, "header": {...}, "secret": "..."}, all optional.

    `claims` and `header` replace what is right, null leaves it out: {"claims": {"exp": 0, "jti": null}}, {"header":
    {"alg": "none"}}. `seconds` moves exp, nbf and iat: {"seconds": -75} is a token that ended a quarter minute ago.
    """
    world, shop, wish = here().world, shop_named(domain), json_body()
    unknown = set(wish) - {"user", "claims", "header", "secret", "seconds"}
    if unknown:
        refuse(400, {"error": f"{min(unknown)} is nothing that a session token is made from"})
    try:
        token = session_tokens.mint(
            world,
            shop,
            user=int(wish.get("user", 1)),
            claims=session_tokens.moved(float(wish.get("seconds", 0))) | (wish.get("claims") or {}),
            header=wish.get("header"),
            secret=wish.get("secret"),
        )
    except (TypeError, ValueError, AttributeError) as error:
        refuse(400, {"error": str(error)})
    return answer({"id_token": token})


@bp.post("/<domain>/direct_api")
def direct_api(domain: str) -> Response:
    """A token with which the admin carries out what the app's pages ask of the Admin API, for {"user": id}.

    403 when the app is not installed, or its configuration does not ask for direct access.
    """
    world, shop, wish = here().world, shop_named(domain), json_body()
    if not shop.installed or not world.direct_api:
        refuse(403, {"error": "the app has no direct access to the Admin API"})
    with world.lock:
        token, _ = access.new_online_token(
            shop, shop.scopes, user=int(wish.get("user", 1)), secret=world.signing_secret
        )
    return answer({"token": token})


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)

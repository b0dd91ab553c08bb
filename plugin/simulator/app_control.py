"""Being the app's developer by hand: its secrets, and session tokens right and wrong."""

import secrets

from flask import Blueprint, Response

from plugin.simulator import access, session_tokens
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

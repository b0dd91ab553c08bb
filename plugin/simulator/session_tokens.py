"""Session tokens: the proof, a minute long, that a user of a shop's admin has the app open. JWTs, written by hand."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from plugin.simulator.state import Shop, World

LIFE = 60  # seconds
LEEWAY = 10  # seconds that clocks may differ
_HASHES: dict[str, Callable[..., Any]] = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def mint(
    world: World,
    shop: Shop,
    *,
    user: int = 1,
    claims: Mapping[str, Any] | None = None,
    header: Mapping[str, Any] | None = None,
    secret: str | None = None,
) -> str:
    """A token for this user of the shop; what `claims` and `header` name replaces what is right, None leaves it out."""
    top = _changed({"alg": "HS256", "typ": "JWT"}, header)
    body = _changed(_claims(world, shop, user), claims)
    signed = ".".join(_pack(json.dumps(part, separators=(",", ":")).encode()) for part in (top, body))
    digest = _HASHES.get(str(top.get("alg")))
    key = world.signing_secret if secret is None else secret
    signature = b"" if digest is None else hmac.new(key.encode(), signed.encode(), digest).digest()
    return f"{signed}.{_pack(signature)}"


def read(token: str, world: World, shop: Shop) -> dict[str, Any] | None:
    """The claims of a token that is good for this shop now; None for any other."""
    try:
        first, second, third = token.split(".")
        header, claims, signature = json.loads(_unpack(first)), json.loads(_unpack(second)), _unpack(third)
    except ValueError:
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict) or header.get("alg") != "HS256":
        return None
    message = f"{first}.{second}".encode()
    ours = [hmac.new(secret.encode(), message, hashlib.sha256).digest() for secret in world.secrets]
    if not any(hmac.compare_digest(signature, one) for one in ours):
        return None
    return claims if _fits(claims, world, shop, time.time()) else None


def moved(seconds: float) -> dict[str, int]:
    """The moments of a token that was made `seconds` from now."""
    made = int(time.time() + seconds)
    return {"exp": made + LIFE, "nbf": made, "iat": made}


def session_of(world: World, shop: Shop, user: int) -> str:
    """The id of a user's session with the app."""
    return hashlib.sha256(f"{world.api_key}/{shop.domain}/{user}".encode()).hexdigest()


def _claims(world: World, shop: Shop, user: int) -> dict[str, Any]:
    token = str(uuid.uuid4())
    return {
        "iss": f"https://{shop.domain}/admin",
        "dest": f"https://{shop.domain}",
        "aud": world.api_key,
        "sub": str(user),
        **moved(0),
        "jti": token,
        "sid": session_of(world, shop, user),
        "sig": hashlib.sha256(token.encode()).hexdigest(),
    }


def _fits(claims: dict[str, Any], world: World, shop: Shop, now: float) -> bool:
    exp, nbf = claims.get("exp"), claims.get("nbf")
    return (
        isinstance(exp, int | float)
        and isinstance(nbf, int | float)
        and nbf - LEEWAY <= now < exp + LEEWAY
        and claims.get("aud") == world.api_key
        and claims.get("dest") == f"https://{shop.domain}"
        and claims.get("iss") == f"https://{shop.domain}/admin"
        and bool(claims.get("sub"))
    )


def _changed(right: dict[str, Any], wish: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: value for name, value in {**right, **(wish or {})}.items() if value is not None}


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))

"""Session tokens as Shopify's admin makes them, right and wrong."""

import time
import uuid
from typing import Any

import jwt

KEY, SECRET = "simulated-key", "simulated-secret"
ANNA, OAK = "annas-bakery.myshopify.com", "oak-ltd.myshopify.com"


def session_token(domain: str = ANNA, *, secret: str | None = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    """A token of that shop's admin; `claims` replace what is right, None leaves it out."""
    now = int(time.time())
    right = {
        "iss": f"https://{domain}/admin",
        "dest": f"https://{domain}",
        "aud": KEY,
        "sub": "42",
        "exp": now + 60,
        "nbf": now,
        "iat": now,
        "jti": str(uuid.uuid4()),
        "sid": "a-session",
    }
    made = {name: value for name, value in (right | claims).items() if value is not None}
    return jwt.encode(made, secret, algorithm=algorithm)


def wrong_tokens() -> dict[str, str]:
    """What is wrong -> a token that Anna's Bakery must not be opened with."""
    now = int(time.time())
    return {
        "no token": "",
        "no jwt": "not.a.token",
        "no exp": session_token(exp=None),
        "expired": session_token(exp=now - 30, nbf=now - 90, iat=now - 90),
        "not valid yet": session_token(nbf=now + 60, iat=now + 60, exp=now + 120),
        "another app": session_token(aud="another-key"),
        "many apps": session_token(aud=[KEY, "another-key"]),
        "another issuer": session_token(iss=f"https://{OAK}/admin"),
        "an issuer that looks alike": session_token(iss=f"https://{ANNA}.example.com/admin"),
        "no algorithm": session_token(secret=None, algorithm="none"),
        "another algorithm": session_token(algorithm="HS512"),
        "another secret": session_token(secret="simulated-other-secret"),
        "no shop": session_token("example.com"),
        "a newline after the shop": session_token(dest=f"https://{ANNA}\n", iss=f"https://{ANNA}\n/admin"),
        "http": session_token(dest=f"http://{ANNA}"),
        **{
            f"no {name}": session_token(**{name: None})
            for name in ("nbf", "iat", "aud", "iss", "dest", "sub", "jti", "sid")
        },
        "an empty person": session_token(sub=""),
    }

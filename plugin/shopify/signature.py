"""Shopify's signatures: over a webhook's raw body, and over the query of an OAuth request."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode


def body_digest(raw: bytes, secret: str) -> str:
    """What `X-Shopify-Hmac-Sha256` must say for these bytes, in base64."""
    return b64encode(hmac.digest(secret.encode(), raw, "sha256")).decode()


def query_digest(params: Mapping[str, str], secret: str) -> str:
    """What the `hmac` parameter must say for these decoded parameters, in hex.

    Keys and values are percent-encoded again, as Shopify's JavaScript and Ruby libraries do.
    """
    signed = sorted((key, value) for key, value in params.items() if key not in ("hmac", "signature"))
    text = urlencode(signed, quote_via=quote, safe="")
    return hmac.new(secret.encode(), text.encode(), "sha256").hexdigest()


class Verifier:
    """Says whether a body was signed with one of the app's secrets: the current one, or an old one not yet revoked."""

    def __init__(self, secrets: Sequence[str]) -> None:
        # A copy of a keyed hash costs less than keying it again, and this runs for every delivery.
        self._keyed = [hmac.new(secret.encode(), digestmod="sha256") for secret in secrets if secret]

    def accepts(self, raw: bytes, signature: str) -> bool:
        """True when `signature` is the base64 digest of `raw`; compared in constant time."""
        given = signature.encode(errors="replace")
        for keyed in self._keyed:
            mac = keyed.copy()
            mac.update(raw)
            if hmac.compare_digest(b64encode(mac.digest()), given):
                return True
        return False

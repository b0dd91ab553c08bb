"""How Shopify signs the query of a page it sends the merchant to."""

import base64
import hashlib
import hmac
from urllib.parse import quote, urlencode


def query_digest(query: dict[str, str], secret: str) -> str:
    """The `hmac` parameter: all others sorted by name and percent-encoded, HMAC-SHA256 in hex."""
    pairs = sorted((name, value) for name, value in query.items() if name not in {"hmac", "signature"})
    message = urlencode(pairs, quote_via=quote, safe="")
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def signed(query: dict[str, str], secret: str) -> str:
    """The query string with its `hmac`."""
    return urlencode({**query, "hmac": query_digest(query, secret)})


def host_of(domain: str) -> str:
    """The `host` parameter: where the admin of this shop lies, base64 without padding."""
    handle = domain.removesuffix(".myshopify.com")
    return base64.b64encode(f"admin.shopify.com/store/{handle}".encode()).decode().rstrip("=")

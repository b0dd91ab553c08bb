"""The headers of every page: who may frame it, which scripts may run, and that nobody keeps a copy."""

import secrets
from typing import Any, NamedTuple

from flask import Flask, Response, g, request

from plugin.config import Settings
from plugin.errors import GiveUp
from plugin.shopify.oauth import shop_domain

CDN = "https://cdn.shopify.com"


class Bridge(NamedTuple):
    """What a page needs to load App Bridge, Shopify's script that signs its requests and asks the Admin API."""

    key: str
    src: str
    version: str  # of the Admin API


def belongs_to(domain: str) -> None:
    """The current answer is a page of that shop's panel: its admin may frame it, and App Bridge is loaded."""
    g.framed_by = domain


def register(app: Flask, settings: Settings) -> None:
    """Gives every HTML answer its headers, and templates `bridge` (None outside the panel) and `nonce`."""
    simulator = settings.simulator_in_browsers
    bridge = Bridge(
        key=settings.shopify_api_key,
        src=f"{simulator}/_simulator/app-bridge.js" if simulator else f"{CDN}/shopifycloud/app-bridge.js",
        version=settings.app.api_version,
    )

    @app.before_request
    def begin() -> None:
        # Without this the admin would show a blank frame instead of the words of a refusal.
        g.framed_by = _named() if request.args.get("embedded") == "1" else None
        g.nonce = secrets.token_urlsafe(16)
        # A refusal that leaves the form unread costs the connection, and whatever is sent on it next.
        request.get_data()

    @app.context_processor
    def context() -> dict[str, Any]:
        return {"bridge": bridge if g.framed_by else None, "nonce": g.nonce}

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Content-Type-Options"] = "nosniff"
        if response.mimetype == "text/html":
            response.headers["Content-Security-Policy"] = policy(g.framed_by, nonce=g.nonce, simulator=simulator)
            # Addresses may carry a session token, and pages are one shop's.
            response.headers["Referrer-Policy"] = "strict-origin"
            response.headers["Cache-Control"] = "no-store"
            if g.framed_by:
                response.headers["Link"] = (
                    f'<{simulator or CDN}>; rel="preconnect", '
                    f'<{bridge.src}>; rel="preload"; as="script"; nonce="{g.nonce}"'
                )
        return response


def _named() -> str | None:
    """The shop that the address names, verified or not: a page that knows no visitor tells nothing of it."""
    try:
        return shop_domain(request.args.get("shop", ""))
    except GiveUp:
        return None


def policy(domain: str | None, *, nonce: str, simulator: str | None) -> str:
    """The content security policy of a page of that shop, or of nobody's."""
    framers = f"https://{domain} https://admin.shopify.com" if domain else "'none'"
    shopify = f"{CDN} https://*.shopify.com https://*.shopifysvc.com"
    if simulator:
        framers += f" {simulator}" if domain else ""
        shopify += f" {simulator}"
    return "; ".join(
        (
            f"frame-ancestors {framers}",
            "default-src 'none'",
            # App Bridge may load parts of itself: whom it loads is trusted with it.
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            # App Bridge writes styles of its own into the page.
            "style-src 'self' 'unsafe-inline'",
            f"img-src 'self' data: {CDN}",
            f"connect-src 'self' {shopify}" if domain else "connect-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
        )
    )

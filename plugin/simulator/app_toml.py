"""Reads an app's configuration file as Shopify does at deployment, and makes the world that app meets."""

import tomllib
from pathlib import Path
from typing import Any

from plugin.simulator.state import Knobs, World

API_KEY = "simulated-key"
SECRET = "simulated-secret"  # noqa: S105 -- opens nothing outside the simulator


class AppTomlError(ValueError):
    """An app.toml that the simulator cannot follow; the words name the key."""


def world_of(
    path: Path,
    *,
    api_key: str | None = None,
    secret: str | None = None,
    old_secret: str | None = None,
    app_url: str | None = None,
    app_address: str | None = None,
    knobs: Knobs | None = None,
) -> World:
    """The world of the app that `path` describes, without shops.

    `app_url` replaces application_url, in redirect_urls too (as Shopify's CLI does in development); `app_address` is
    where webhooks are sent when the app is not reached at its URL from here. Raises AppTomlError or OSError.
    """
    try:
        toml = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise AppTomlError(f"{path.name}: {error}") from error
    declared = _required(toml, "application_url").rstrip("/")
    url = (app_url or declared).rstrip("/")
    subscriptions, uri = _subscriptions(toml.get("webhooks", {}).get("subscriptions", []))
    asked = toml.get("access_scopes", {})
    return World(
        api_key=api_key or _simulated(toml.get("client_id", "")) or API_KEY,
        secret=secret or SECRET,
        old_secret=old_secret,
        app_url=url,
        app_name=toml.get("name", "The app"),
        app_handle=toml.get("handle", ""),
        scopes=tuple(s.strip() for s in asked.get("scopes", "").split(",") if s.strip()),
        optional_scopes=tuple(asked.get("optional_scopes", ())),
        direct_api=_direct_api(toml.get("access", {}).get("admin", {})),
        api_version=_required(toml.get("webhooks", {}), "api_version"),
        redirect_urls=tuple(_moved(it, declared, url) for it in toml.get("auth", {}).get("redirect_urls", [])),
        subscriptions=subscriptions,
        webhooks_uri=f"{(app_address or url).rstrip('/')}{uri}" if uri.startswith("/") else uri,
        knobs=knobs or Knobs(),
    )


def _direct_api(admin: dict[str, Any]) -> bool:
    if admin.get("direct_api_mode", "online") != "online":
        raise AppTomlError("app.toml: of access.admin.direct_api_mode only online is simulated")
    return admin.get("embedded_app_direct_api_access") is True


def _simulated(client_id: str) -> str:
    return client_id if client_id.startswith("simulated-") else ""


def _required(table: dict[str, Any], key: str) -> str:
    value = table.get(key)
    if not isinstance(value, str) or not value:
        raise AppTomlError(f"app.toml: {key} is missing")
    return value


def _moved(redirect_url: str, declared: str, url: str) -> str:
    return url + redirect_url.removeprefix(declared) if redirect_url.startswith(declared) else redirect_url


def _subscriptions(tables: list[dict[str, Any]]) -> tuple[dict[str, tuple[str, ...] | None], str]:
    """Topic -> include_fields, and the one address all of them have."""
    found: dict[str, tuple[str, ...] | None] = {}
    uris: set[str] = set()
    for table in tables:
        unknown = set(table) - {"topics", "compliance_topics", "uri", "include_fields"}
        if unknown:
            raise AppTomlError(f"app.toml: webhooks.subscriptions.{min(unknown)} is not simulated")
        uris.add(_required(table, "uri").rstrip("/"))
        fields = table.get("include_fields")
        for topic in [*table.get("topics", ()), *table.get("compliance_topics", ())]:
            if topic in found:
                raise AppTomlError(f"app.toml: {topic} is subscribed twice")
            found[topic] = None if fields is None else tuple(fields)
    if len(uris) > 1:
        raise AppTomlError("app.toml: the simulator sends all webhooks to one uri")
    return found, uris.pop() if uris else "/webhooks"

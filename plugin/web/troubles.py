"""Troubles in words, at the head of every page of the panel."""

from flask import Flask, g

from plugin.core.troubles import Trouble
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.show_troubles import lacking_scopes, show_troubles


def register(app: Flask, services: Services) -> None:
    """Gives templates `troubles()`, `looked_at()`, which is their shop, and `lacking()`, scopes to grant."""

    def told() -> tuple[Trouble, ...]:
        return show_troubles(services, g.visitor.shop) if "visitor" in g else ()

    def looked_at() -> Shop | None:
        return g.visitor.shop if "visitor" in g else None

    def lacking(*, optional: bool = False) -> tuple[str, ...]:
        return lacking_scopes(services, g.visitor.shop, optional=optional)

    app.context_processor(lambda: {"troubles": told, "looked_at": looked_at, "lacking": lacking})

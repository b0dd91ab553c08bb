"""Troubles in words, at the head of every page of the panel."""

from flask import Flask, g

from plugin.core.troubles import Trouble
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.show_troubles import show_troubles


def register(app: Flask, services: Services) -> None:
    """Gives templates `troubles()` and `looked_at()`, the visitor's shop."""

    def told() -> tuple[Trouble, ...]:
        return show_troubles(services, g.visitor.shop) if "visitor" in g else ()

    def looked_at() -> Shop | None:
        return g.visitor.shop if "visitor" in g else None

    app.context_processor(lambda: {"troubles": told, "looked_at": looked_at})

"""The panel's first page: the first run as long as the merchant has not decided, the overview from then on."""

from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from plugin.core.reconciling import sentence
from plugin.services import Services
from plugin.usecases.show_first_run import is_first_run
from plugin.usecases.show_home import MANY, SOON, put_away_older_orders, show_home
from plugin.web.first_run import render_first_run
from plugin.web.install import way_in
from plugin.web.overview import drawn
from plugin.web.panel import panel, visitor
from plugin.web.words import WORDS


def pages(services: Services) -> Blueprint:
    """GET /, POST /older-orders/put-away."""
    blueprint = panel(services, "home", strangers=way_in(services))

    @blueprint.get("/")
    def page() -> ResponseReturnValue:
        shop = visitor().shop
        if is_first_run(shop):
            return render_first_run(services, shop.shop)
        home = show_home(services, shop.shop)
        mended = sentence(home.compared.mended, WORDS) if home.compared else ""
        return render_template(
            "pages/home.html",
            home=home,
            mended=mended,
            charts=drawn(home),
            many=MANY,
            # As the list of customers is asked.
            until=date.fromordinal(home.today + SOON - 1).isoformat(),
        )

    @blueprint.post("/older-orders/put-away")
    def put_away() -> ResponseReturnValue:
        put_away_older_orders(services, visitor().shop.shop, number=request.form.get("number", ""))
        return redirect(url_for("home.page"), 303)

    return blueprint

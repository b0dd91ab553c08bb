"""The panel's list of customers: who is what, how sure that is, and whose tag is left alone."""

from datetime import date
from typing import Any, NamedTuple

from flask import Blueprint, Response, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale, gettext

from plugin.db.customers_listed import Sort
from plugin.services import Services
from plugin.usecases.export_customers import as_csv
from plugin.usecases.show_customers import CHOSEN, FALLING, Shown, show_customers
from plugin.web.asked import asked, kept, written
from plugin.web.panel import panel, visitor
from plugin.web.words import WORDS

SEPARATORS = {"fr": ";", "nl": ";"}  # as spreadsheets of that language expect; else a comma


class Head(NamedTuple):
    """A column's head: its words, its class, and the address that sorts by it, with the order it has now."""

    words: str
    look: str = ""
    address: str = ""
    order: str = ""  # ascending | descending, as ARIA says it; "" when the page is in another order


def pages(services: Services) -> Blueprint:
    """GET /customers; filters, order and place stand in the address. GET /customers.csv, with the same filters."""
    blueprint = panel(services, "customers")

    @blueprint.get("/customers")
    def page() -> ResponseReturnValue:
        wish = asked(request.args)
        seen = show_customers(services, visitor().shop.shop, wish)
        filters = kept(request.args)
        order = {name: request.args[name] for name in ("sort", "order") if request.args.get(name)}
        return render_template(
            "pages/customers.html",
            seen=seen,
            wanted=wish.wanted,
            number=request.args.get("number", "").strip(),
            filters=filters,
            tens=[(str(one), gettext("%(tens)s of 10", tens=one)) for one in range(11)],
            order=order,
            heads=_heads(seen, filters, one=wish.number is not None),
            back=_address(filters | order, written(seen.page.back)),
            onward=_address(filters | order, written(seen.page.onward)),
        )

    @blueprint.get("/customers.csv")
    def export() -> ResponseReturnValue:
        separator = SEPARATORS.get(str(get_locale()), ",")
        wanted, shop = asked(request.args).wanted, visitor().shop
        found = as_csv(services, shop.shop, wanted=wanted, words=WORDS, separator=separator)
        name = f"regulars-customers-{date.fromordinal(services.today(shop))}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        # The words of the page's language are looked up while it is sent.
        return Response(stream_with_context(found), content_type="text/csv; charset=utf-8", headers=headers)

    return blueprint


def _address(given: dict[str, str], place: str) -> str:
    values: dict[str, Any] = {**given, "at": place}
    return url_for("customers.page", **values) if place else ""


def _heads(seen: Shown, filters: dict[str, str], *, one: bool) -> list[Head]:
    def head(sort: Sort, words: str, look: str = "") -> Head:
        if one or seen.sort not in CHOSEN or (sort is Sort.LAPSE and filters.get("kind") == "buyer"):
            return Head(words, look)
        here = seen.sort is sort
        falling = not seen.falling if here else sort in FALLING
        values: dict[str, Any] = {**filters, "sort": sort.value, "order": "down" if falling else "up"}
        order = ("descending" if seen.falling else "ascending") if here else ""
        return Head(words, look, url_for("customers.page", **values), order)

    return [
        Head(gettext("Customer")),
        Head(gettext("Kind")),
        head(Sort.CERTAINTY, gettext("Certainty")),
        Head(gettext("Orders"), "number wide"),
        head(Sort.LAST, gettext("Last order")),
        head(Sort.SINCE, gettext("Since"), "wide"),
        head(Sort.LAPSE, gettext("Lapses"), "wide"),
    ]

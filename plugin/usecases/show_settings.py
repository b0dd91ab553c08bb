"""What the settings page shows: the names of the tags, what the law asked for, and what the shop has granted."""

from typing import NamedTuple

from plugin.db import imports, privacy, shops, tagging
from plugin.db.shops import Shop
from plugin.services import Services
from plugin.usecases.install import may
from plugin.usecases.show_first_run import MANY, carried_names

REQUESTS = 100  # the newest, which are counted


class Asked(NamedTuple):
    """What was asked for under the law, of the newest requests; `due` is UTC milliseconds."""

    open: int
    due: int | None  # when the first of those must be carried out
    answers: int  # that can be downloaded
    erased: int  # customers


class Settings(NamedTuple):
    """All of the page."""

    shop: Shop
    read: bool  # whether the order history is, so that names can be settled
    carried: list[tuple[str, int]]  # our names with how many carried each before us, while they may still be settled
    tagged: int  # how many carry our tag while tagging is off, up to MANY + 1
    asked: Asked
    granted: list[tuple[str, bool]]  # every scope the app asks for, and whether we have it
    optional: list[tuple[str, bool]]  # likewise those that it can do without

    @property
    def settled(self) -> bool:
        """Whether the names stand, because tags are written or taken off under them."""
        return self.shop.tagging or self.shop.removing is not None


def show_settings(services: Services, shop: int) -> Settings:
    """Reads what the page shows."""
    app = services.settings.app
    with services.database.read() as tx:
        known = shops.get(tx, shop)
        last = imports.last(tx, shop)
        read = last is not None and last.stage == "done"
        return Settings(
            shop=known,
            read=read,
            carried=carried_names(tx, known) if read else [],
            tagged=0 if known.tagging else tagging.count_tagged(tx, shop, at_most=MANY + 1),
            asked=_asked(privacy.listed(tx, shop, at_most=REQUESTS)),
            granted=[(scope, may(known, scope)) for scope in app.scopes],
            optional=[(scope, may(known, scope)) for scope in app.optional_scopes],
        )


def _asked(requests: list[privacy.Request]) -> Asked:
    due = [one.due_at for one in requests if one.done_at is None]
    return Asked(
        open=len(due),
        due=min(due, default=None),
        answers=sum(one.has_answer for one in requests),
        erased=sum(one.done_at is not None and one.topic == "customers/redact" for one in requests),
    )

"""What a merchant sees of the law: requests, what became of them, and who must not be classified."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.explain import day_words
from plugin.core.moments import day_of
from plugin.core.retention import ANSWERS
from plugin.db import objections, privacy, shops
from plugin.db.privacy import Request
from plugin.services import Services

DAY = 24 * 3600 * 1000  # ms
MOST_SHOWN = 100
SORTS = {
    "customers/data_request": ("A customer asks what is kept", "A customer asked what is kept"),
    "customers/redact": ("A customer is to be erased", "A customer was erased"),
    "shop/redact": ("The shop is to be erased", "The shop was to be erased"),
}  # while it is carried out, and afterwards


class Shown(NamedTuple):
    """A request with its days in words."""

    request: Request
    sort: str
    came: str
    due: str
    done: str | None
    until: str | None  # how long the answer can be downloaded; None: it cannot
    downloaded: str | None


class Privacy(NamedTuple):
    """All of the page; lists hold the first hundred."""

    requests: list[Shown]
    objecting: list[str]
    opted_out: list[str]


def show_privacy(services: Services, shop: int) -> Privacy:
    """Reads what the page shows; customers are named by number."""
    with services.database.read() as tx:
        zone = ZoneInfo(shops.get(tx, shop).zone)
        requests = privacy.listed(tx, shop)
        objecting = objections.objecting(tx, shop, at_most=MOST_SHOWN)
        opted_out = objections.opted_out(tx, shop, at_most=MOST_SHOWN)
    return Privacy([_shown(one, zone) for one in requests], _numbers(objecting), _numbers(opted_out))


def take_answer(services: Services, shop: int, webhook_id: str) -> bytes | None:
    """The answer to a data request, which counts as handed over then; None when there is none any more."""
    with services.database.write() as tx:
        answer = privacy.answer(tx, shop, webhook_id)
        if answer is not None:
            privacy.downloaded(tx, shop, webhook_id, now=services.now())
    return answer


def _shown(one: Request, zone: ZoneInfo) -> Shown:
    until = one.done_at + (ANSWERS.days or 0) * DAY if one.has_answer and one.done_at is not None else None
    days = (one.received_at, one.due_at, one.done_at, until, one.downloaded_at)
    came, due, done, ends, downloaded = (None if at is None else day_words(day_of(at, zone)) for at in days)
    return Shown(one, SORTS[one.topic][done is not None], came or "", due or "", done, ends, downloaded)


def _numbers(keys: list[str]) -> list[str]:
    return [key.rpartition("/")[2] for key in keys]

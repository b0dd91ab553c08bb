"""What a merchant sees of the law: requests, what became of them, and who must not be classified."""

from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.moments import day_of
from plugin.core.retention import ANSWERS
from plugin.core.words import ENGLISH, N_, Words
from plugin.db import objections, privacy, shops
from plugin.db.privacy import Request
from plugin.services import Services

DAY = 24 * 3600 * 1000  # ms
MOST_SHOWN = 100
SORTS = {
    "customers/data_request": (N_("A customer asks what is kept"), N_("A customer asked what is kept")),
    "customers/redact": (N_("A customer is to be erased"), N_("A customer was erased")),
    "shop/redact": (N_("The shop is to be erased"), N_("The shop was to be erased")),
}  # while it is carried out, and afterwards


class Shown(NamedTuple):
    """A request with its days in words, and what is to be said of how it ended."""

    request: Request
    sort: str
    came: str
    due: str
    done: str | None
    until: str | None  # how long the answer can be downloaded; None: it cannot
    downloaded: str | None
    note: str


class Privacy(NamedTuple):
    """All of the page; lists hold the first hundred."""

    requests: list[Shown]
    objecting: list[str]
    opted_out: list[str]


def show_privacy(services: Services, shop: int, words: Words = ENGLISH) -> Privacy:
    """Reads what the page shows; customers are named by number."""
    with services.database.read() as tx:
        zone = ZoneInfo(shops.get(tx, shop).zone)
        requests = privacy.listed(tx, shop)
        objecting = objections.objecting(tx, shop, at_most=MOST_SHOWN)
        opted_out = objections.opted_out(tx, shop, at_most=MOST_SHOWN)
    return Privacy([_shown(one, zone, words) for one in requests], _numbers(objecting), _numbers(opted_out))


def take_answer(services: Services, shop: int, webhook_id: str) -> bytes | None:
    """The answer to a data request, which counts as handed over then; None when there is none any more."""
    with services.database.write() as tx:
        answer = privacy.answer(tx, shop, webhook_id)
        if answer is not None:
            privacy.downloaded(tx, shop, webhook_id, now=services.now())
    return answer


def _shown(one: Request, zone: ZoneInfo, words: Words) -> Shown:
    until = one.done_at + (ANSWERS.days or 0) * DAY if one.has_answer and one.done_at is not None else None
    days = (one.received_at, one.due_at, one.done_at, until, one.downloaded_at)
    came, due, done, ends, downloaded = (None if at is None else words.day(day_of(at, zone)) for at in days)
    sort, note = words.say(SORTS[one.topic][done is not None]), words.say(one.note) if one.note else ""
    return Shown(one, sort, came or "", due or "", done, ends, downloaded, note)


def _numbers(keys: list[str]) -> list[str]:
    return [key.rpartition("/")[2] for key in keys]

"""What the panel's page of one customer shows: the verdict, what it rests on, and how it stands with their tag."""

from collections import Counter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from plugin.core.explain import Evidence, explain, shared
from plugin.core.model import Model, Rules
from plugin.core.orders import Ignored
from plugin.core.subscriptions import renewed_last, subscribed
from plugin.core.tag_state import TagState, tag_state
from plugin.core.turns import turns
from plugin.core.verdict import Verdict, combine, judge
from plugin.core.words import Words
from plugin.db import earlier, one_customer, orders, shops, subscriptions
from plugin.db.engine import Tx
from plugin.db.one_customer import Kept
from plugin.db.orders import Listed
from plugin.db.shops import Shop
from plugin.errors import GiveUp
from plugin.services import Services
from plugin.usecases.erased import Erased
from plugin.usecases.judge import COMPANY
from plugin.usecases.plan_sync import split
from plugin.usecases.show_past import Past, Spot, show_past

FEW = 20  # companies of a person, or people of a company, that are named


class Unknown(GiveUp):
    """Nothing is kept of this customer; perhaps because they were erased."""

    def __init__(self, *, erased: bool) -> None:
        super().__init__("Nothing is kept of this customer.")
        self.erased = erased


class Reasons(NamedTuple):
    """What a verdict rests on."""

    evidence: Evidence
    ignored: list[tuple[Ignored, int]]  # why so many orders do not count
    deciding: str | None  # the company location whose orders decide instead of their own
    model: Model
    rules: Rules


class Shown(NamedTuple):
    """A customer for their merchant."""

    shop: Shop
    customer: str
    kept: Kept
    today: int
    reasons: Reasons | None  # None: they must not be classified
    related: list[str]  # the companies a person ordered for, or who ordered for a company; up to FEW + 1
    tag: TagState | None  # companies have no tags
    ours: list[str]
    found: list[str]  # tags with our names that are the merchant's own
    past: Past


def show_customer(services: Services, shop: int, customer: str, *, before: Spot, words: Words) -> Shown:
    """The page, with what happened before that place; Unknown when nothing is kept of them."""
    with services.database.read() as tx:
        known = shops.get(tx, shop)
    today = services.today(known)
    with services.database.read() as tx:
        kept = one_customer.kept(tx, shop, customer)
        if kept is None:
            raise Unknown(erased=customer in Erased(services, shop).among(tx, [customer]))
        listed = orders.listed(tx, shop, customer)
        shut = kept.objects or kept.sale_opt_out or kept.merged_into is not None
        company = customer.startswith(COMPANY)
        places = [] if company else orders.locations_of(tx, shop, [customer]).get(customer, [])
        reasons = None if shut else _reasons(tx, known, customer, listed, places=places, today=today, words=words)
        past = show_past(
            tx,
            shop,
            customer,
            kept=kept,
            orders=listed,
            turns=turns(reasons.evidence.occasions, today) if reasons and not reasons.deciding else (),
            zone=ZoneInfo(known.zone),
            before=before,
        )
        related = sorted(orders.people_of(tx, shop, [customer])) if company else sorted(places)
        return Shown(
            shop=known,
            customer=customer,
            kept=kept,
            today=today,
            reasons=reasons,
            related=related[: FEW + 1],
            tag=None if company else _tag(known, kept),
            ours=sorted(split(kept.tags_ours)),
            found=sorted(split(kept.tags_found)),
            past=past,
        )


def _reasons(
    tx: Tx, shop: Shop, customer: str, listed: list[Listed], *, places: list[str], today: int, words: Words
) -> Reasons:
    model, rules = shops.judging(tx, shop.shop)
    evidence = explain(
        [(one.id, one.name, one.judged) for one in listed],
        model,
        rules,
        today,
        company=customer.startswith(COMPANY),
        earlier=earlier.of_customers(tx, shop.shop, [customer]).get(customer),
        words=words,
    )
    state = subscriptions.of_customers(tx, shop.shop, [customer]).get(customer)
    if state is not None:
        renewed = renewed_last(one.judged for one in listed)
        evidence = subscribed(evidence, state, model, today, renewed=renewed, words=words)
    ignored = Counter(note.ignored for note in evidence.ignored).most_common()
    deciding = None
    if places:
        elsewhere = _elsewhere(tx, shop.shop, places, model, rules, today)
        verdict = combine(evidence.verdict, list(elsewhere.values()))
        deciding = next((key for key, one in elsewhere.items() if _same(one, verdict)), None)
        if _same(evidence.verdict, verdict):
            deciding = None
        else:
            evidence = shared(evidence, verdict, model, today, words)
    return Reasons(evidence, ignored, deciding, model, rules)


def _elsewhere(tx: Tx, shop: int, places: list[str], model: Model, rules: Rules, today: int) -> dict[str, Verdict]:
    found = orders.of_customers(tx, shop, places)
    return {key: judge(own, model, rules, today, company=True) for key, own in found.items()}


def _same(one: Verdict, other: Verdict) -> bool:
    """Whether it is the verdict that decides; only since when it holds may be another one's."""
    return one._replace(since=None, lapsed=False) == other._replace(since=None, lapsed=False)


def _tag(shop: Shop, kept: Kept) -> TagState:
    return tag_state(
        kept.kind,
        kept.kind_at_shop,
        held=kept.held,
        vetoed=kept.veto is not None,
        to_look=kept.look_at is not None,
        leaving=shop.removing is not None,
        tagging=shop.tagging,
        paused=shop.paused_at is not None,
        halted=shop.halted_at is not None,
    )

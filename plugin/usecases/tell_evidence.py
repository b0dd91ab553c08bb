"""The evidence behind one customer's verdict, as a JSON object."""

from datetime import date

from plugin.core.plain import Plain, plain
from plugin.core.verdict import Kind
from plugin.core.words import Words
from plugin.services import Services
from plugin.usecases.show_customer import show_customer
from plugin.usecases.show_past import NOW


def tell_evidence(services: Services, shop: int, customer: str, *, words: Words) -> Plain:
    """What the page of the customer shows of it; `evidence` is null for who must not be classified, and
    `marked_by_hand` a kind that is the merchant's own word. Unknown when nothing is kept of them."""
    seen = show_customer(services, shop, customer, before=NOW, words=words)
    told = seen.reasons
    return {
        "customer": customer,
        "as_of": date.fromordinal(seen.today).isoformat(),
        "marked_by_hand": None if seen.kept.override is None else Kind(seen.kept.override).name.lower(),
        "decided_by_orders_of": customer if told is None or told.deciding is None else told.deciding,
        "evidence": None if told is None else plain(told.evidence, told.model, told.rules),
    }

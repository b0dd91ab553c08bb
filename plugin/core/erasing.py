"""What may still be kept of a fact when some of those it is about were erased."""

from collections.abc import Iterator

from plugin.core.facts import (
    ConsentSeen,
    CustomerDeleted,
    CustomersMerged,
    CustomerTouched,
    Fact,
    OrderDeleted,
    OrderSeen,
    PrivacyAsked,
)


def order_key(order: int) -> str:
    """How an order is called where customers and orders stand together."""
    return f"Order/{order}"


def keys_of(fact: Fact) -> Iterator[str]:
    """The customers and orders that a fact is about; requests about them are always heard."""
    match fact:
        case OrderSeen(order=order, customer=customer, ordered_by=person):
            yield order_key(order)
            yield from (key for key in (customer, person) if key is not None)
        case OrderDeleted(order=order):
            yield order_key(order)
        case CustomersMerged(kept=kept, gone=gone):
            yield from (kept, gone)
        case CustomerDeleted(customer=customer) | CustomerTouched(customer=customer) | ConsentSeen(customer=customer):
            yield customer
        case _:
            return


def without(fact: Fact, erased: frozenset[str]) -> Fact | None:
    """The fact as far as it may be kept; None: not at all."""
    if erased.isdisjoint(keys_of(fact)):
        return fact
    if isinstance(fact, OrderSeen) and fact.ordered_by in erased:
        # A company keeps its order, without the person who placed it.
        if fact.customer not in erased and order_key(fact.order) not in erased:
            return fact._replace(ordered_by=None)
    elif isinstance(fact, CustomersMerged) and fact.gone not in erased:
        # They turn out to be the one who was erased.
        return PrivacyAsked("customers/redact", fact.gone, ())
    return None

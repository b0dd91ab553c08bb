"""`regulars undo`: what undoing a part of the ledger would do, doing it, and lifting it."""

import argparse
from collections.abc import Iterator

from plugin.core.causes import ZONE
from plugin.core.undo_words import counted_words, left_words
from plugin.services import Services
from plugin.usecases.objections import customer_named
from plugin.usecases.undo import LATEST, begin_undo, lift_undo, lift_undo_of, preview_undo, stop_undo
from plugin.usecases.undo_spans import NUMBERED, list_undos, named_span

SOON = "a running app begins within a minute"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What `regulars undo` can be asked."""
    parser.add_argument("shop", help="the shop's myshopify.com domain")
    what = parser.add_mutually_exclusive_group()
    for name, words in (
        ("import", "that import"), ("reconciliation", "that reconciliation"), ("rules", "the change to those rules"),
        ("model", "what the shop taught in that model"),
    ):  # fmt: skip
        what.add_argument(f"--{name}", type=int, metavar="NUMBER", help=f"every tag change that came of {words}")
    what.add_argument("--zone", action="store_true", help="every tag change that came of another time zone")
    what.add_argument("--day", metavar="YYYY-MM-DD", help="every tag change of that day, in the shop's time zone")
    what.add_argument("--customer", metavar="NUMBER", help="every tag change of that customer")
    what.add_argument("--stop", type=int, metavar="UNDO", help="have that undo end where it is, keeping what it did")
    what.add_argument("--lift", type=int, metavar="UNDO", help="have what that undo took back written again")
    what.add_argument("--lift-customer", metavar="NUMBER", help="have that customer's tag written again")
    parser.add_argument(
        "--yes", nargs="?", type=int, const=LATEST, metavar="ENTRY", help="do it, up to the entry that was shown"
    )


def undo(services: Services, shop: int, given: argparse.Namespace) -> Iterator[str]:
    """Does what was asked; the lines to print."""
    if given.stop is not None:
        stop_undo(services, shop, given.stop)
        yield f"Undo {given.stop} ends where it is, once whom it has begun with is finished."
        return
    if given.lift is not None:
        lift_undo(services, shop, given.lift)
        yield f"Undo {given.lift} is lifted; {SOON} to write what customers are."
        return
    if given.lift_customer:
        lift_undo_of(services, shop, customer_named(given.lift_customer))
        yield f"The customer is free again; {SOON} to write what they are."
        return
    named = _named(given)
    if named is None:
        yield from _listed(services, shop)
        return
    span = named_span(services, shop, *named)
    seen = preview_undo(services, shop, span._replace(upto=given.yes or LATEST))
    yield counted_words(seen.shown)
    yield from left_words(seen.left)
    if given.yes is not None:
        yield f"This is undo {begin_undo(services, shop, seen)}; {SOON}."
    elif seen.shown.customers:
        yield f"Nothing is changed yet. Do exactly this with --yes {seen.span.upto}."


def _named(given: argparse.Namespace) -> tuple[str, str] | None:
    """What was named, and which."""
    if given.zone:
        return ZONE, ""
    names = (*NUMBERED, "day", "customer")
    return next(((name, str(value)) for name in names if (value := getattr(given, name)) is not None), None)


def _listed(services: Services, shop: int) -> Iterator[str]:
    undos = list_undos(services, shop)
    for one in undos:
        yield f"undo {one.number}, {one.words}"
    if not undos:
        yield "Nothing was undone yet. Name an import, a day or a customer; see regulars undo --help."

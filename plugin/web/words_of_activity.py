"""Activity in words: why a tag changed, what was done, and how it went."""

from flask_babel import gettext

from plugin.core import causes
from plugin.core.causes import sort_of
from plugin.web.languages import N_

CAUSES = {
    causes.ORDERS: N_("An order came or changed"),
    causes.LAPSE: N_("They did not come back in time"),
    causes.ZONE: N_("The shop's time zone changed"),
    causes.OBJECTION: N_("Their word on being classified"),
    causes.BY_HAND: N_("You marked them by hand, or lifted that"),
    causes.ADOPTED: N_("You had Regulars take the tag over"),
    causes.ERASURE: N_("Somebody with shared orders was erased"),
}
NUMBERED = {
    "import": (N_("Imports"), N_("Import %(number)s")),
    "rules": (N_("Changes of your rules"), N_("Rules %(number)s")),
    "model": (N_("What your shop taught"), N_("What your shop taught, number %(number)s")),
    "reconciliation": (N_("Comparisons with Shopify"), N_("Comparison %(number)s with Shopify")),
    "undo": (N_("Undos"), N_("Undo %(number)s")),
}  # all of a sort, and one of them
STATES = {
    "done": (N_("Done"), "good"),
    "failed": (N_("Refused by Shopify"), "bad"),
    "unknown": (N_("Answer lost"), "warn"),
    "intended": (N_("Under way"), "info"),
}  # and the tone of its badge
UNTOLD = N_("Not known")
ACTIONS = {"add": N_("Added"), "remove": N_("Removed"), "adopt": N_("Taken over"), "return": N_("Given back to you")}


def cause_words(cause: str) -> str:
    """Why a tag changed, or changes did: a cause of the ledger or a sort of them."""
    sort, _, number = cause.partition(" ")
    if sort in NUMBERED:
        all_of_them, one = NUMBERED[sort]
        return str(gettext(one, number=number) if number else gettext(all_of_them))
    return str(gettext(CAUSES.get(sort, UNTOLD)))


def cause_options(chosen: str) -> list[tuple[str, str]]:
    """What can be asked for: every sort of cause, and the very one that is chosen."""
    options = [("", gettext("Any reason")), *((sort, cause_words(sort)) for sort in causes.SORTS)]
    return options if chosen in {value for value, _ in options} else [*options, (chosen, cause_words(chosen))]


def state_options() -> list[tuple[str, str]]:
    """How a change may have gone."""
    return [("", gettext("Any result")), *((state, gettext(words)) for state, (words, _) in STATES.items())]


def action_options() -> list[tuple[str, str]]:
    """What may have been done."""
    return [("", gettext("Any change")), *((action, gettext(words)) for action, words in ACTIONS.items())]


def state_words(state: str) -> tuple[str, str]:
    """How a change went, and the tone of its badge."""
    words, tone = STATES[state]
    return gettext(words), tone


def action_words(action: str) -> str:
    """What was done with the tag."""
    return str(gettext(ACTIONS[action]))


def undo_of(cause: str) -> tuple[str, str] | None:
    """What to ask the page of undos for to take back all of a cause: (what, which); None when that is no such part."""
    sort, _, number = cause.partition(" ")
    if cause == causes.ZONE:
        return causes.ZONE, ""
    undoable = sort in {"import", "rules", "model", "reconciliation"} and number
    return (sort_of(cause), number) if undoable else None


TOPICS = {
    "orders/create": N_("A new order"),
    "orders/updated": N_("A change of an order"),
    "orders/cancelled": N_("A cancelled order"),
    "orders/delete": N_("A deleted order"),
    "customers/merge": N_("Two customers merged"),
    "customers/delete": N_("A deleted customer"),
    "customer.tags_added": N_("A tag added to a customer"),
    "customer.tags_removed": N_("A tag removed from a customer"),
    "customers_email_marketing_consent/update": N_("A customer's consent to e-mail"),
    "customers_marketing_consent/update": N_("A customer's consent to text messages"),
    "customers/redact": N_("A request to erase a customer"),
    "customers/data_request": N_("A customer's request for their data"),
    "shop/redact": N_("A request to erase the shop"),
    "shop/update": N_("A change of your shop's settings"),
    "app/scopes_update": N_("A change of what Regulars may do"),
    "app/uninstalled": N_("Regulars was uninstalled"),
    "bulk_operations/finish": N_("A long task at Shopify ended"),
}
WHYS = {"night": N_("Every night"), "outage": N_("After an outage"), "asked": N_("You asked for it")}


def topic_words(topic: str) -> str:
    """What a delivery tells of; the topic itself when we know no words for it."""
    return str(gettext(TOPICS[topic])) if topic in TOPICS else topic


def why_words(why: str) -> str:
    """Why there was a comparison."""
    return str(gettext(WHYS[why]))

"""What is told of one customer, in words: why an order counts or not, what holds a tag back, what was written."""

from flask_babel import gettext

from plugin.core.orders import Ignored
from plugin.core.replay import Why
from plugin.core.tag_state import TagState
from plugin.db.one_customer import Written
from plugin.db.shops import Shop
from plugin.web.languages import N_

IGNORED = {
    Ignored.COUNTED: N_("Counts"),
    Ignored.TEST: N_("Does not count: a test order"),
    Ignored.CANCELLED: N_("Does not count: cancelled"),
    Ignored.VOIDED: N_("Does not count: the payment was voided"),
    Ignored.EXPIRED: N_("Does not count: the payment expired"),
    Ignored.REFUNDED: N_("Does not count: fully refunded"),
    Ignored.ZERO: N_("Does not count: nothing was charged for it"),
    Ignored.UNPAID: N_("Does not count: not paid yet"),
    Ignored.DELETED: N_("Does not count: deleted at the shop"),
}
WEIGHED = {
    Why.FIRST: N_("The first purchase"),
    Why.NEW: N_("Something new was bought"),
    Why.SAME: N_("The same products again: counts half"),
    Why.USED_UP: N_("Bought again because it is used up"),
    Why.RENEWAL: N_("Renewed by a subscription"),
    Why.COMEBACK: N_("Came back after a long time: a new beginning"),
    Why.SAME_OCCASION: N_("Too soon after the one before: the same purchase"),
}
_DONE = {
    "add": N_("Tag %(tag)s was added"),
    "remove": N_("Tag %(tag)s was taken off"),
    "adopt": N_("Your tag %(tag)s was taken over"),
    "return": N_("Tag %(tag)s is yours again"),
}
_TRIED = {
    "add": N_("Tag %(tag)s to be added"),
    "remove": N_("Tag %(tag)s to be taken off"),
    "adopt": N_("Your tag %(tag)s to be taken over"),
    "return": N_("Tag %(tag)s to be given back to you"),
}
_TAGGED = {
    TagState.GONE: N_("They are no longer at the shop: nothing is written."),
    TagState.SENT: N_("Their tag is on its way to Shopify in a file."),
    TagState.REFUSED: N_("Shopify refused the tag; a customer may have too many. It is tried again when they change."),
    TagState.LEAVING: N_("Regulars' tags are being taken off everybody."),
    TagState.OFF: N_("Tagging is off: nothing is written."),
    TagState.PAUSED: N_("Tagging waits for your answer on the first page."),
    TagState.HALTED: N_("Tagging is paused: nothing is written until you go on with it."),
    TagState.TO_READ: N_("Their tags are about to be read at Shopify."),
}


def order_words(ignored: int) -> str:
    """Whether an order counts, and why not."""
    return str(gettext(IGNORED[Ignored(ignored)]))


def day_words(why: Why) -> str:
    """Why a purchase day weighs what it does."""
    return str(gettext(WEIGHED[why]))


def written_words(line: Written) -> str:
    """What was done to a tag, or was to be done."""
    words = (_DONE if line.state == "done" else _TRIED)[line.action]
    return str(gettext(words, tag=line.tag))


def tag_words(state: TagState, shop: Shop, kind: int) -> str:
    """How it stands with a tag that nothing of the merchant's own doing holds back."""
    if state in _TAGGED:
        return str(gettext(_TAGGED[state]))
    tag = {1: shop.buyer_tag, 2: shop.client_tag}.get(kind)
    if state is TagState.WAITING:
        told = gettext("They are about to get the tag %(tag)s.", tag=tag) if tag else gettext("Their tag comes off.")
    else:
        told = gettext("They carry the tag %(tag)s.", tag=tag) if tag else gettext("They carry no tag of Regulars.")
    return str(told)

"""Why a customer's kind, and with it their tag, changed: the word that verdicts and ledger carry, and undo asks for."""

ORDERS = "orders"  # a live delivery
LAPSE = "lapse"  # a lapse day passed
ZONE = "zone"  # the shop counts its days in another time zone
OBJECTION = "objection"  # the customer objects, or no longer does
BY_HAND = "hand"  # the merchant marked the customer as a buyer or a client, or no longer does
ADOPTED = "adopted"  # the merchant had us take over a tag that was there before us
ERASURE = "erasure"  # somebody who shared a verdict was erased
UNDO = "undo "  # and its number


def imported(number: int) -> str:
    """The import of that number."""
    return f"import {number}"


def ruled(number: int) -> str:
    """The rules of that number, which everyone was judged by anew."""
    return f"rules {number}"


def learned(number: int) -> str:
    """The model of that number, which everyone was judged by anew."""
    return f"model {number}"


def reconciled(number: int) -> str:
    """The reconciliation of that number."""
    return f"reconciliation {number}"


def undone(number: int) -> str:
    """The undo of that number."""
    return f"{UNDO}{number}"


NUMBERED = ("import", "rules", "model", "reconciliation", "undo")
SORTS = (ORDERS, LAPSE, ZONE, OBJECTION, BY_HAND, ADOPTED, ERASURE, *NUMBERED)


def sort_of(cause: str) -> str:
    """The cause without its number: "import 3" is an "import"."""
    return cause.partition(" ")[0]

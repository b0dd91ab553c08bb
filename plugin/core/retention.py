"""What is kept and for how long: the one place that says so. The clock carries it out; README and panel show it."""

from typing import NamedTuple

from plugin.core.words import ENGLISH, N_, Words


class Keep(NamedTuple):
    """A sort of rows, how long they are kept and why; `until` says what ends it or, of `days`, from when they count."""

    table: str
    what: str
    days: int | None
    until: str
    why: str

    @property
    def how_long(self) -> str:
        """For a person: "7 days", "30 days after they were ready", "until the shop is erased"."""
        return how_long(self, ENGLISH)


def how_long(keep: Keep, words: Words) -> str:
    """The same in other words."""
    if not keep.days:
        return words.say(keep.until)
    time = words.many("%(n)s day", "%(n)s days", keep.days)
    return words.say(keep.until, time=time) if keep.until else time


_PERSON, _SHOP = N_("until customer or shop is erased"), N_("until the shop is erased")

BODIES = Keep("bodies", N_("deliveries that were worked off"), 7, "", N_("to look into what went wrong"))
PARKED = Keep(
    "bodies", N_("deliveries that were set aside"), 30, "", N_("so that a person can look at them and replay them")
)
IDS = Keep("inbox", N_("ids of deliveries"), 30, "", N_("so that one that is sent twice is known"))
REQUESTS = Keep(
    "bodies", N_("deliveries of compliance requests"), None, N_("until carried out"), N_("they name an e-mail address")
)
ORDERS = Keep("orders", N_("orders"), None, _PERSON, N_("verdicts are made of them"))
CUSTOMERS = Keep(
    "customers", N_("verdicts, objections, order counts"), None, _PERSON, N_("they are what the app is for")
)
CONSENTS = Keep("consents", N_("consents"), None, _PERSON, N_("they are to be honoured"))
LEDGER = Keep("ledger", N_("tag changes"), 365, "", N_("to say who set a tag, and when"))
BULKS = Keep("bulks", N_("bulk files of tag changes"), 365, "", N_("as long as the tag changes they carried"))
UNDOS = Keep("undos", N_("what was undone, but for the last"), 365, "", N_("as long as the tag changes it took back"))
IMPORTS = Keep("imports", N_("how imports went, but for the newest"), 90, "", N_("to look into what went wrong"))
PULSE = Keep("pulses", N_("when the app was last alive"), None, N_("until the next minute"), N_("to know of an outage"))
RECONCILED = Keep("reconciliations", N_("what reconciliations mended, but for the newest"), 90, "", N_("to show it"))
STATES = Keep(
    "oauth_states",
    N_("installations under way"),
    1,
    N_("%(time)s after they expired"),
    N_("each is good once, for ten minutes"),
)
ANSWERS = Keep(
    "privacy_requests", N_("answers to data requests"), 30, N_("%(time)s after they were ready"), N_("to be downloaded")
)
AUDIT = Keep("privacy_requests", N_("that a request was carried out"), 1095, "", N_("to prove it; nobody is named"))
MARKS = Keep("erased", N_("marks of erased customers and orders"), None, _SHOP, N_("so that nothing brings them back"))
LEARNT = Keep("models", N_("the numbers a shop has taught us"), None, _SHOP, N_("verdicts are made with them"))
CHOSEN = Keep("rules", N_("what the merchant set"), None, _SHOP, N_("verdicts are made with it"))
FIGURES = Keep(
    "figures", N_("counts and sums over a shop's customers"), None, _SHOP, N_("to show them; nobody is named")
)
DAILY = Keep(
    "daily_figures", N_("how many buyers and clients a shop had, by day"), 400, "", N_("to show them over time")
)
SHOPS = Keep(
    "shops",
    N_("shops, with all the above"),
    30,
    N_("%(time)s after they left"),
    N_("Shopify asks after two days; should it not"),
)

KEPT = (
    BODIES, PARKED, IDS, REQUESTS, ORDERS, CUSTOMERS, CONSENTS, LEDGER, BULKS, UNDOS, IMPORTS, RECONCILED, PULSE,
    STATES, ANSWERS, AUDIT, MARKS, LEARNT, CHOSEN, FIGURES, DAILY, SHOPS,
)  # fmt: skip

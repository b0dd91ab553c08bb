"""What is kept and for how long: the one place that says so. The clock carries it out; README and panel show it."""

from typing import NamedTuple


class Keep(NamedTuple):
    """A sort of rows, how long they are kept and why; no `days`: `until` says what ends it."""

    table: str
    what: str
    days: int | None
    until: str
    why: str

    @property
    def how_long(self) -> str:
        """For a person: "7 days", "30 days after they were ready", "until the shop is erased"."""
        if not self.days:
            return self.until
        return f"{self.days:,} {'day' if self.days == 1 else 'days'} {self.until}".strip()


_PERSON, _SHOP = "until customer or shop is erased", "until the shop is erased"

BODIES = Keep("bodies", "deliveries that were worked off", 7, "", "to look into what went wrong")
PARKED = Keep("bodies", "deliveries that were set aside", 30, "", "so that a person can look at them and replay them")
IDS = Keep("inbox", "ids of deliveries", 30, "", "so that one that is sent twice is known")
REQUESTS = Keep("bodies", "deliveries of compliance requests", None, "until carried out", "they name an e-mail address")
ORDERS = Keep("orders", "orders", None, _PERSON, "verdicts are made of them")
CUSTOMERS = Keep("customers", "verdicts, objections, order counts", None, _PERSON, "they are what the app is for")
CONSENTS = Keep("consents", "consents", None, _PERSON, "they are to be honoured")
LEDGER = Keep("ledger", "tag changes", 365, "", "to say who set a tag, and when")
BULKS = Keep("bulks", "bulk files of tag changes", 365, "", "as long as the tag changes they carried")
UNDOS = Keep("undos", "what was undone, but for the last", 365, "", "as long as the tag changes it took back")
IMPORTS = Keep("imports", "how imports went, but for the newest", 90, "", "to look into what went wrong")
PULSE = Keep("pulses", "when the app was last alive", None, "until the next minute", "to know of an outage")
RECONCILED = Keep("reconciliations", "what reconciliations mended, but for the newest", 90, "", "to show it")
STATES = Keep("oauth_states", "installations under way", 1, "after they expired", "each is good once, for ten minutes")
ANSWERS = Keep("privacy_requests", "answers to data requests", 30, "after they were ready", "to be downloaded")
AUDIT = Keep("privacy_requests", "that a request was carried out", 1095, "", "to prove it; nobody is named")
MARKS = Keep("erased", "marks of erased customers and orders", None, _SHOP, "so that nothing brings them back")
LEARNT = Keep("models", "the numbers a shop has taught us", None, _SHOP, "verdicts are made with them")
CHOSEN = Keep("rules", "what the merchant set", None, _SHOP, "verdicts are made with it")
SHOPS = Keep("shops", "shops, with all the above", 30, "after they left", "Shopify asks after two days; should it not")

KEPT = (
    BODIES, PARKED, IDS, REQUESTS, ORDERS, CUSTOMERS, CONSENTS, LEDGER, BULKS, UNDOS, IMPORTS, RECONCILED, PULSE,
    STATES, ANSWERS, AUDIT, MARKS, LEARNT, CHOSEN, SHOPS,
)  # fmt: skip

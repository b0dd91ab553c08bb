"""Reasons that are kept as English sentences, told apart again: so each can be said in any language.

They are kept as whoever reads a log or the command line wants them. What is ours in one is a text with places, and
every one that may be kept stands here; what somebody else said, such as Shopify, stays in their own words.
"""

import re
from functools import lru_cache
from typing import NamedTuple

from plugin.core.words import N_

ANSWER = "answer"  # the place of what somebody else said
WHY = "why"  # the place of another reason
LONGEST = 2000  # characters of a reason that are looked at

_OF_TAGS = (
    N_("the app stopped before the answer came"),
    N_("the app stopped while the file was sent"),
    N_("the bulk file ended (%(how)s) without a word on this line"),
    N_("the customer has 250 tags, and Shopify allows no more"),
    N_("the customer was read: it was carried out"),
    N_("the customer was read: it was not carried out"),
    N_("it had been taken over, and is the merchant's again"),
    N_("the merchant had Regulars take it over"),
    N_("Shopify did not answer for this customer"),
    N_("Shopify did not say what became of it"),
)
_OF_CALLS = (
    N_("Shopify could not be reached (%(how)s)"),
    N_("Shopify's answer was lost (%(how)s)"),
    N_("Shopify's answer is not JSON"),
    N_("Shopify no longer accepts the access token: open the app from the Shopify admin"),
    N_("Shopify turned the call away (%(status)s)"),
    N_("Shopify answered %(status)s"),
    N_("Shopify answered %(status)s: %(answer)s"),
    N_("Shopify could not read the request (%(status)s): %(answer)s"),
    N_("the shop is frozen, for its bill with Shopify is unpaid (%(status)s): %(answer)s"),
    N_("Shopify forbids this app to call this shop: the app may need to be installed again (%(status)s): %(answer)s"),
    N_("Shopify knows no such shop or API version (%(status)s): %(answer)s"),
    N_("Shopify has locked the shop (%(status)s): %(answer)s"),
    N_("Shopify had an internal error"),
    N_("the request costs too much: %(answer)s"),
    N_("the request costs %(points)s points, the bucket holds %(most)s"),
    N_("the merchant has not granted this access: %(answer)s"),
    N_("the shop is not active: %(answer)s"),
    N_("Shopify refused the request: %(answer)s"),
    N_("Shopify refused the bulk operation: %(answer)s"),
    N_("Shopify cannot start it yet: %(answer)s"),
    N_("the shop knows no bulk operation %(operation)s"),
    N_("the result is no longer there (%(status)s): Shopify keeps it for seven days"),
    N_("%(id)s is not a Shopify id"),
)
_OF_TOKENS = (
    N_("%(shop)s has not installed the app, or left: open the app there once."),
    N_("Shopify no longer accepts the app's tokens for this shop: open the app from the shop's admin to reconnect it."),
    N_(
        "its tokens were encrypted with a key that ENCRYPTION_KEYS does not list:"
        " open the app from the shop's admin to reconnect it."
    ),
    N_("another worker has been renewing the tokens of %(shop)s for long"),
    N_("the tokens of %(shop)s have just become others"),
    N_("Shopify could not be reached to renew the tokens of %(shop)s"),
    N_("Shopify did not renew the tokens of %(shop)s: %(answer)s"),
    N_("Shopify answered %(status)s while renewing tokens"),
    N_("Shopify answered without tokens"),
    N_("%(shop)s: %(why)s"),
)
_OF_HISTORIES = (
    N_("the app is not approved for the history's data: Shopify ended the export (ACCESS_DENIED)."),
    N_("it ended the export early (%(how)s)"),
    N_("it was stopped in the panel"),
    N_("the app was uninstalled"),
    N_("the app was installed anew"),
    N_("%(shop)s left while its history was read."),
    N_("%(shop)s left while its customers were judged."),
    N_("%(shop)s left while it was reconciled."),
    N_("%(shop)s cannot be called: %(why)s"),
    N_(
        "Shopify could not prepare the history, asked %(times)s times: %(why)s. What was read is kept."
        " Have it read again later, in the panel or with `regulars import`."
    ),
    N_("Shopify could not tell what has changed, asked %(times)s times: %(why)s. It is asked again in an hour."),
    N_("Shopify did not show %(gone)s of %(asked)s orders, too many to take them for deleted"),
    N_("lines that could not be read: %(lines)s"),
    N_("the time zone %(zone)s is not known here; update the package tzdata"),
)
_OF_DELIVERIES = (
    N_("%(topic)s: %(why)s"),
    N_("%(error)s: %(why)s"),
    N_("%(why)s - at `%(field)s`"),
    N_("neither `id` nor `admin_graphql_api_id` is given"),
    N_("%(id)s is no id of a %(kind)s"),
    N_("%(id)s is no bulk operation"),
    N_("0 is no customer"),
    N_("%(code)s is no three-letter currency code"),
    N_("%(amount)s is no amount of money"),
    N_("%(amount)s has more decimals than %(currency)s allows"),
    N_("%(moment)s is no moment: a date of ten characters comes first"),
    N_("%(moment)s is no moment: a time of day comes after the date"),
    N_("%(moment)s lies outside the years 1900 to 2199"),
    N_("%(moment)s is no seconds with an offset from UTC"),
    N_("the body is about %(domain)s, the headers name %(shop)s"),
    # What msgspec, which reads the bodies, says most.
    N_("Expected `%(wanted)s`, got `%(found)s`"),
    N_("Object missing required field `%(field)s`"),
    N_("JSON is malformed: %(answer)s"),
    N_("Input data was truncated"),
)
TEXTS = (*_OF_TAGS, *_OF_CALLS, *_OF_TOKENS, *_OF_HISTORIES, *_OF_DELIVERIES)

_PLACE = re.compile(r"%\((\w+)\)s")
_SHAPES = {
    "shop": r"[\w-]+(?:\.[\w-]+)+",
    "topic": r"[\w.]+/\w+",
    "error": r"[A-Z]\w*",
    "status": r"\d{3}",
    "field": r"[^`]+",
    "wanted": r"[^`]+",
    "found": r"[^`]+",
    **dict.fromkeys(("asked", "gone", "lines", "most", "points", "times"), r"[\d,]+"),
}


class Reason(NamedTuple):
    """One of `TEXTS` with what stands at its places."""

    text: str
    values: dict[str, str]


@lru_cache(maxsize=1024)
def parts(kept: str) -> tuple[Reason | str, ...]:
    """What a kept reason says, several where they stand side by side; a str is in the words of somebody else."""
    kept = kept[:LONGEST]
    if (whole := _read(kept)) is not None:
        return (whole,)
    several = [_read(one) for one in kept.split("; ")]
    known = tuple(one for one in several if one is not None)
    return known if len(known) == len(several) else (kept,)


def _read(kept: str) -> Reason | None:
    for text, pattern in _PATTERNS:
        if found := pattern.fullmatch(kept):
            return Reason(text, found.groupdict())
    return None


def _pattern(text: str) -> re.Pattern[str]:
    *words, last = (re.escape(one) for one in _PLACE.split(text)[::2])
    places = _PLACE.findall(text)
    shaped = (f"{before}(?P<{name}>{_SHAPES.get(name, '.+')})" for before, name in zip(words, places, strict=True))
    return re.compile("".join(shaped) + last, re.DOTALL)


# The most of our own words first: what fits one text may fit the places of another as well.
_PATTERNS = [(text, _pattern(text)) for text in sorted(TEXTS, key=lambda one: -len(_PLACE.sub("", one)))]

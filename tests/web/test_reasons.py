"""Reasons that were kept in English are shown in the shop's language; what Shopify said stays as it said it."""

import re

import pytest

from plugin.db import imports, inbox, shops
from plugin.usecases.drain_inbox import drain_inbox
from tests.session_tokens import ANNA
from tests.web.conftest import Pages
from tests.web.customers import bought, customer
from tests.web.test_activity import changed
from tests.web.test_comparisons import compared
from tests.web.test_deliveries import came

ASKED = (
    "Shopify could not tell what has changed, asked 4 times: it ended the export early (TIMEOUT)."
    " It is asked again in an hour."
)
GONE = "Shopify did not show 1,021 of 2,300 orders, too many to take them for deleted"


def speaking(pages: Pages, language: str) -> int:
    shop = pages.shop(ANNA)
    assert shop is not None
    with pages.services.database.write() as tx:
        shops.change(tx, shop.shop, language=language)
    return shop.shop


@pytest.mark.parametrize(
    ("language", "words", "foreign"),
    [
        ("fr", "La réponse de Shopify s’est perdue (ReadTimeout)", "Shopify a refusé la demande\u00a0: "),
        ("nl", "Het antwoord van Shopify ging verloren (ReadTimeout)", "Shopify weigerde het verzoek: "),
    ],
)
def test_why_a_tag_was_not_written(bakery: Pages, language: str, words: str, foreign: str) -> None:
    speaking(bakery, language)
    customer(bakery, "Customer/1", [bought(1, days_ago=3)])
    changed(bakery, 1, state="unknown", reason="Shopify's answer was lost (ReadTimeout)")
    changed(bakery, 2, state="failed", reason="Shopify refused the request: Tag <b> is too long")
    changed(bakery, 3, state="failed", reason="Customer is invalid")
    for path in ("/activity", "/customers/Customer/1"):
        page = bakery.document(path).text
        assert words in page
        assert "was lost" not in page
    page = bakery.document("/activity").text
    assert f'{foreign}<q lang="en">Tag &lt;b&gt; is too long</q>' in page
    assert '<q lang="en">Customer is invalid</q>' in page


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", "orders/delete\u00a0: `int | null` était attendu, `str` est venu – dans `$.id`"),
        ("nl", "orders/delete: `int | null` werd verwacht, `str` kwam – in `$.id`"),
    ],
)
def test_why_a_message_was_set_aside(bakery: Pages, language: str, words: str) -> None:
    """As it comes from reading one."""
    shop = speaking(bakery, language)
    came(bakery, "odd")
    drain_inbox(bakery.services, shop)
    page = bakery.document("/activity/deliveries").text
    assert words in page
    assert "Expected" not in page
    came(bakery, "bug")
    with bakery.services.database.write() as tx:
        inbox.park(tx, shop, "bug", reason="KeyError: 'id'")
    assert re.search(r"KeyError\W*<q lang=\"en\">&#39;id&#39;</q>", bakery.document("/activity/deliveries").text)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fr", ["demandé 4 fois\u00a0: il a terminé", "1\u202f021 commandes sur 2\u202f300", "illisibles\u00a0: 2; "]),
        ("nl", ["4 keer gevraagd: het beëindigde", "1.021 van de 2.300", "te lezen waren: 2; "]),
    ],
)
def test_why_a_comparison_failed_or_left_something_out(bakery: Pages, language: str, words: list[str]) -> None:
    speaking(bakery, language)
    compared(bakery, stage="failed", reason=ASKED)
    compared(bakery, reason=f"lines that could not be read: 2; {GONE}")
    page = bakery.document("/activity/comparisons").text
    for one in words:
        assert one in page
    assert not re.search(r"could not|did not|ended the", page)


def test_why_a_history_was_not_read_is_told_unless_it_is_for_who_runs_the_app(bakery: Pages) -> None:
    shop = speaking(bakery, "nl")

    def told(reason: str) -> str:
        with bakery.services.database.write() as tx:
            imports.progress(tx, shop, 1, stage="failed", reason=reason)
        return bakery.document().text

    assert 'Shopify weigerde de bulkbewerking: <q lang="en">No.</q>' in told("Shopify refused the bulk operation: No.")
    assert "SHOPIFY_API" not in told("Check SHOPIFY_API_SECRET.")

"""The panel's first page says when all was last held against the shop, and what was mended."""

import pytest

from plugin.core.reconciling import Mended
from plugin.db import reconciliations, shops
from tests.web.conftest import Pages

HALF_PAST_TWO = 1_795_570_260_000  # 2026-11-25 01:31 UTC


def compared(pages: Pages, mended: Mended, *, stage: str = "done") -> None:
    shop = pages.connected()
    with pages.services.database.write() as tx:
        shops.change(tx, shop, zone="Europe/Brussels", skipped_at=1)
        number = reconciliations.begin(tx, shop, why="night", since=1, as_of=2, now=3)
        reconciliations.count(tx, shop, number, mended)
        reconciliations.progress(tx, shop, number, stage=stage, finished_at=HALF_PAST_TWO)


@pytest.mark.parametrize(
    ("mended", "words"),
    [
        (Mended(), "Nothing was missing or wrong."),
        (Mended(missing=2, judged=1), "2 orders were missing and 1 customer was not what we thought. It is right now."),
    ],
    ids=["nothing", "something"],
)
def test_the_first_page_says_when_and_what(pages: Pages, mended: Mended, words: str) -> None:
    compared(pages, mended)
    assert f"Last compared with Shopify on 25 Nov 2026, 02:31. {words}" in pages.document().text


def test_before_the_first_time_it_says_nothing(pages: Pages) -> None:
    """Nor when a try failed: that is for whoever runs the app, and stands in its log."""
    compared(pages, Mended(), stage="failed")
    assert "Last compared" not in pages.document().text


def test_a_new_installation_begins_anew(pages: Pages) -> None:
    """What was under way ends, and the import that follows brings in whatever there is."""
    compared(pages, Mended(), stage="asked")
    shop = pages.connected()
    with pages.services.database.write() as tx:
        shops.change(tx, shop, reconciled_to=7, next_reconcile_at=8, reconcile_for="asked")
        shops.leave(tx, shop, now=9)
    pages.document()
    with pages.services.database.read() as tx:
        last = reconciliations.last(tx, shop)
        assert reconciliations.due(tx, shop) == reconciliations.Due(0, None, None)
    assert last is not None
    assert (last.stage, last.reason) == ("failed", "the app was installed anew")

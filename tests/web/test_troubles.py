"""Every page of the panel begins with what keeps Regulars from its work, and what to do about it."""

from typing import Any

import pytest

from plugin.db import imports, shops
from plugin.usecases.accept_tagging import pause_tagging
from tests.web.conftest import Pages

MOMENT = 1_795_570_260_000  # 2026-11-25 01:31 UTC


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"frozen_at": MOMENT}, "It has refused every call since 25 Nov 2026, 01:31"),
        ({"down_at": MOMENT}, "It has not answered Regulars since 25 Nov 2026, 01:31"),
        ({"tagging": True, "paused_at": MOMENT}, "Many customers lost a tag of Regulars at once"),
        ({"tagging": True, "halted_at": MOMENT}, "Nothing is written until you go on"),
    ],
)
def test_a_trouble_is_told_on_every_page_while_it_lasts(bakery: Pages, row: dict[str, Any], words: str) -> None:
    shop = bakery.connected()
    assert words not in bakery.document("/privacy").text
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, **row)
    for path in ("/privacy", "/undo", "/leave"):
        assert words in bakery.document(path).text


def test_an_app_that_is_not_approved_is_told_who_mends_it(bakery: Pages) -> None:
    shop = bakery.connected()
    with bakery.services.database.write() as tx:
        refused = "the merchant has not granted this access: This app is not approved to access the Order object."
        imports.progress(tx, shop, 1, stage="failed", reason=refused)
    page = bakery.document("/privacy").text
    assert "Tell whoever runs Regulars for you" in page
    assert 'action="/import?' in page


def test_a_pause_is_ended_on_any_page(bakery: Pages) -> None:
    shop = bakery.connected()
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, tagging=True)
    pause_tagging(bakery.services, shop)
    assert 'action="/tagging/resume?' in bakery.document("/privacy").text
    assert bakery.fetch("/tagging/resume", method="POST").status_code == 303
    assert "Tagging is paused" not in bakery.document("/privacy").text


def test_another_shops_trouble_is_nobodys_business(bakery: Pages) -> None:
    with bakery.services.database.write() as tx:
        other = shops.find(tx, "oak-ltd.myshopify.com")
        assert other is not None
        shops.change(tx, other.shop, frozen_at=MOMENT, down_at=MOMENT)
    assert "closed your shop" not in bakery.document().text

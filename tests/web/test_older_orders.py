"""The overview tells of an import that was shown 60 days only, until its merchant has seen that."""

from plugin.db import imports
from tests.session_tokens import OAK
from tests.web.conftest import Pages
from tests.web.test_overview import decided

TITLE = "Shopify shows Regulars 60 days of your orders"


def limited(pages: Pages, *, again: bool = False) -> int:
    """Anna's Bakery has 7 older orders that its (second) import knows by number only."""
    shop = decided(pages) if not again else pages.connected()
    with pages.services.database.write() as tx:
        number = imports.begin(tx, shop, now=3)
        imports.progress(tx, shop, number, stage="done", earlier=7)
    return shop


def put_away(pages: Pages, number: int) -> None:
    assert pages.fetch("/older-orders/put-away", method="POST", number=str(number)).status_code == 303


def test_a_limited_import_is_told_on_the_overview_with_what_it_means_and_what_to_do(pages: Pages) -> None:
    decided(pages)
    assert TITLE not in pages.document().text
    limited(pages, again=True)
    page = pages.document().text
    assert '<section class="banner warn"' in page
    assert TITLE in page
    assert "Of 7 older orders it tells whose they are" in page
    assert "may look like a buyer" in page
    assert "ask whoever runs Regulars for you" in page
    assert TITLE not in pages.document("/privacy").text


def test_where_shopify_would_ask_for_it_the_button_stands_beside_the_words(pages: Pages) -> None:
    limited(pages)
    assert 'data-scopes="read_all_orders"' not in pages.document().text
    app = pages.services.settings.app._replace(optional_scopes=("read_all_orders",))
    pages.services.settings.__dict__["app"] = app  # app.toml names none yet
    page = pages.document().text
    assert 'data-scopes="read_all_orders"' in page
    assert "ask whoever runs Regulars for you" not in page


def test_put_away_it_stays_away_until_another_import_is_limited_again(pages: Pages) -> None:
    """Each shop for itself; saying so twice, or about an import of before, changes nothing."""
    limited(pages)
    pages.imported(oak := pages.connected(OAK))
    with pages.services.database.write() as tx:
        imports.progress(tx, oak, 1, earlier=7)
    for _ in range(2):
        put_away(pages, 2)
        assert TITLE not in pages.document().text
    with pages.services.database.read() as tx:
        other = imports.last(tx, oak)
    assert other is not None
    assert other.put_away_at is None
    limited(pages, again=True)
    put_away(pages, 2)
    assert TITLE in pages.document().text
    put_away(pages, 3)
    assert TITLE not in pages.document().text

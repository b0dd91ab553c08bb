"""The list of customers as a file for spreadsheets."""

import csv

import pytest
from werkzeug.test import TestResponse

from plugin.core.verdict import Kind
from plugin.db import merges, overrides, shops
from plugin.usecases import export_customers
from tests.session_tokens import OAK
from tests.web.conftest import Pages
from tests.web.test_customers import known


def file(answer: TestResponse, separator: str = ",") -> list[dict[str, str]]:
    """The lines of the file, by column."""
    assert answer.status_code == 200
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(answer.data.decode("utf-8-sig").splitlines(), delimiter=separator))


def numbers(pages: Pages, **query: str) -> list[str]:
    """Who stands in the file."""
    return [line["Customer number"] for line in file(pages.document("/customers.csv", **query))]


def test_everybody_who_counts_is_in_it_once_however_many_there_are(
    bakery: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Read a few at a time; nobody of another shop."""
    monkeypatch.setattr(export_customers, "AT_ONCE", 7)
    known(bakery, *range(1, 51))
    known(bakery, 99, domain=OAK)
    assert sorted(map(int, numbers(bakery))) == list(range(1, 51))


def test_the_list_s_filters_choose(bakery: Pages) -> None:
    shop = known(bakery, 1, tens=9)
    known(bakery, 2, tens=3, since=739_950, lapse_on=740_500)
    known(bakery, 3, tens=3, kind=Kind.BUYER, lapse_on=None)
    known(bakery, 4, tens=0, kind=Kind.NONE, last_day=None, since=None, lapse_on=None)
    known(bakery, 5, 6)
    with bakery.services.database.write() as tx:
        merges.merge(tx, shop, gone="Customer/5", kept="Customer/1")
        override = overrides.Override(Kind.BUYER, 1, "42")
        assert overrides.mark(tx, shop, "Customer/6", override, today=740_010)
    assert numbers(bakery) == ["1", "2", "3", "6"]
    assert numbers(bakery, kind="buyer") == ["3", "6"]
    assert numbers(bakery, kind="neither") == ["4"]
    assert numbers(bakery, tens_from="4") == ["1", "6"]
    assert numbers(bakery, since_from="2026-11-01") == ["2", "6"]
    assert numbers(bakery, lapse_from="2028-01-01") == ["2"]
    assert numbers(bakery, hand="yes") == ["6"]
    assert numbers(bakery, hand="no") == ["1", "2", "3"]


def test_it_is_a_download_in_the_merchant_s_language(bakery: Pages) -> None:
    """Parted by semicolons, which spreadsheets of that language expect."""
    shop = known(bakery, 1)
    with bakery.services.database.write() as tx:
        shops.change(tx, shop, language="fr")
    answer = bakery.document("/customers.csv")
    (line,) = file(answer, ";")
    assert line["Classement"] == "client"
    assert line["Pourquoi"].startswith("A commandé")
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="regulars-customers-')
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_list_offers_it_with_its_filters(bakery: Pages) -> None:
    known(bakery, 1)
    assert "/customers.csv?kind=client&amp;" in bakery.document("/customers", kind="client").text
    assert "/customers.csv" not in bakery.document("/customers", number="1").text

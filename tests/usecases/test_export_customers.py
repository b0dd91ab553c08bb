"""What the file says of a customer is what their page says."""

from plugin.core.earlier import Earlier
from plugin.core.words import ENGLISH
from plugin.db import earlier
from plugin.db.customers_listed import Wanted
from plugin.usecases.export_customers import as_json, export_customers
from plugin.usecases.rejudge import judge_all
from plugin.usecases.show_customer import show_customer
from plugin.usecases.show_past import NOW
from tests.usecases.conftest import Oak, order

DAYS = {7: ["2020-11-01"], 8: ["2020-09-01", "2020-10-05", "2020-11-09"], 9: ["2019-01-01", "2019-02-01", "2019-03-01"]}


def test_the_sentence_is_that_of_the_customer_s_page(oak: Oak) -> None:
    """Also of orders that are known by number only, one of which came to light since."""
    number = 0
    for customer, days in DAYS.items():
        for day in days:
            number += 1
            oak.receive("orders/create", order(number, customer=customer, day=day))
    oak.drain()
    with oak.services.database.write() as tx:
        first = 737_000  # 29 Oct 2018
        earlier.keep(
            tx, oak.shop, [("Customer/8", Earlier(3, first, 737_700)), ("Customer/7", Earlier(1, first, 737_500))]
        )
    judge_all(oak.services, oak.shop, cause="rules 1")
    found = [line for some in export_customers(oak.services, oak.shop, wanted=Wanted(), words=ENGLISH) for line in some]
    assert [line.customer for line in found] == [7, 8, 9]
    for line in found:
        page = show_customer(oak.services, oak.shop, f"Customer/{line.customer}", before=NOW, words=ENGLISH)
        assert page.reasons is not None
        assert line.sentence == page.reasons.evidence.sentence
    assert "of them before we can look" in found[1].sentence
    assert len("".join(as_json(oak.services, oak.shop, words=ENGLISH)).splitlines()) == 3

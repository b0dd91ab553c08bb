"""Tokens that nobody has needed for weeks are kept alive, and jobs rest while a shop waits for its merchant."""

from collections.abc import Iterator

import pytest

from plugin.db import all_shops, imports
from plugin.errors import Retry
from plugin.jobs import table
from plugin.usecases.renew_token import IDLE, renew_token
from tests.connected import Connected, connected

DAY = 86_400_000


@pytest.fixture
def bakery(given: dict[str, str]) -> Iterator[Connected]:
    with connected(given) as made:
        yield made


def due(bakery: Connected) -> list[int]:
    with bakery.services.database.read() as tx:
        return all_shops.to_renew(tx, before=bakery.services.now() + IDLE)


def test_a_pair_of_a_month_ago_is_renewed_and_not_again(bakery: Connected) -> None:
    assert due(bakery) == []
    bakery.change(refresh_expires_at=bakery.services.now() + 59 * DAY)
    assert due(bakery) == [bakery.shop]
    assert table.run(bakery.services, "renew", bakery.shop) is None
    assert bakery.counts["refreshes"] == 1
    assert due(bakery) == []
    renew_token(bakery.services, bakery.shop)
    assert bakery.counts["refreshes"] == 1


def test_trouble_at_shopify_is_no_reason_to_hurry(bakery: Connected) -> None:
    bakery.change(refresh_expires_at=bakery.services.now() + DAY)
    bakery.send("knobs", token_status=503)
    with pytest.raises(Retry) as trouble:
        renew_token(bakery.services, bakery.shop)
    assert trouble.value.after >= 60
    assert due(bakery) == [bakery.shop]


@pytest.mark.parametrize("job", ["sync", "import", "renew"])
def test_jobs_that_call_a_shop_rest_until_its_merchant_has_reconnected_it(bakery: Connected, job: str) -> None:
    bakery.change(reconnect="dead", refresh_expires_at=bakery.services.now() + DAY)
    assert due(bakery) == []
    before = bakery.counts
    assert table.run(bakery.services, job, bakery.shop) is None
    with bakery.services.database.read() as tx:
        assert imports.last(tx, bakery.shop) is None
    assert bakery.counts == before
    bakery.visit()
    assert ("import", bakery.shop) in bakery.nudged[-2:]
    assert table.run(bakery.services, "import", bakery.shop) is not None


def test_jobs_that_call_nobody_go_on_meanwhile(bakery: Connected) -> None:
    """Deliveries still come, and clients still lapse."""
    bakery.change(reconnect="dead", rejudge=True)
    table.run(bakery.services, "rejudge", bakery.shop)
    assert not bakery.known.rejudge
    assert not any(job.calls for name, job in table.JOBS.items() if name in {"drain", "rejudge", "sweep"})

"""Purchase histories: CDNOW as it is shipped, other people's CSV, and how they become a shop's orders."""

import gzip
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plugin.simulator.app_toml import world_of
from plugin.simulator.history import CDNOW_CUT, HistoryError, Item, Purchase, read
from plugin.simulator.load import FOREIGN_TAGS, load
from plugin.simulator.run import APP_TOML
from plugin.simulator.state import Shop, World

NOW = int(datetime(2026, 11, 21, 15, 30, tzinfo=UTC).timestamp() * 1000)


@pytest.fixture(scope="module")
def cdnow() -> list[Purchase]:
    return read()


@pytest.fixture
def world() -> World:
    world = world_of(APP_TOML)
    world.shops["oak.myshopify.com"] = Shop(1, "oak.myshopify.com", "Oak Ltd")
    world.now = lambda: NOW
    return world


@pytest.fixture
def oak(world: World) -> Shop:
    return world.shops["oak.myshopify.com"]


@pytest.fixture
def csv(tmp_path: Path) -> Callable[[str], Path]:
    """Writes a CSV file."""

    def write(text: str) -> Path:
        path = tmp_path / "history.csv"
        path.write_text(text)
        return path

    return write


def test_cdnow_is_complete(cdnow: list[Purchase]) -> None:
    assert len(cdnow) == 69_659
    assert len({it.customer for it in cdnow}) == 23_570
    assert (cdnow[0].day, cdnow[-1].day) == (date(1997, 1, 1), date(1998, 6, 30))
    assert sum(it.day <= CDNOW_CUT for it in cdnow) == 56_902


def test_sixty_eight_people_have_only_orders_worth_nothing(cdnow: list[Purchase]) -> None:
    paid = {it.customer for it in cdnow if it.items[0].amount}
    assert 23_570 - len(paid) == 68


def test_a_customers_purchases_of_one_day_are_separate_orders(cdnow: list[Purchase]) -> None:
    """Customer 2 came twice on 12 January 1997."""
    twice = [it for it in cdnow if it.customer == "2" and it.day == date(1997, 1, 12)]
    assert [(it.items[0].quantity, it.items[0].amount) for it in twice] == [
        (1, Decimal("12.00")),
        (5, Decimal("77.00")),
    ]


def test_rows_of_the_same_order_become_its_lines(csv: Callable[[str], Path]) -> None:
    path = csv(
        "customer,date,order,product,quantity,amount,discount\n"
        "Anna,2026-03-01,A1,bread,2,9.00,1.00\n"
        "Anna,2026-03-01 14:02:11,A1,cake,1,20,\n"
        "Anna,2026-03-01,A2,bread,1,5.00,0\n"
    )
    assert read(path) == [
        Purchase(
            "Anna",
            date(2026, 3, 1),
            (Item("bread", 2, Decimal("9.00"), Decimal("1.00")), Item("cake", 1, Decimal(20), Decimal(0))),
        ),
        Purchase("Anna", date(2026, 3, 1), (Item("bread", 1, Decimal("5.00"), Decimal(0)),)),
    ]


def test_a_compressed_file_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "history.csv.gz"
    path.write_bytes(gzip.compress(b"customer,date,amount\nOak Ltd,20260301,7\n"))
    assert read(path)[0].customer == "Oak Ltd"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer,date\nAnna,2026-03-01\n", "line 1: column amount is missing"),
        ("customer,date,amount,colour\nAnna,2026-03-01,1,red\n", "line 1: column colour is not known"),
        ("customer,date,amount\nAnna,2026-03-01,1\nAnna,1st of May,1\n", "line 3, column date: '1st of May' is not"),
        ("customer,date,amount\nAnna,2026-03-01,free\n", "line 2, column amount: 'free' is not"),
        ("customer,date,amount\nAnna,2026-03-01,-1\n", "line 2, column amount: '-1' is not"),
        ("customer,date,amount\nAnna,2026-03-01,nan\n", "line 2, column amount: 'nan' is not"),
        ("customer,date,amount,quantity\nAnna,2026-03-01,1,0\n", "line 2, column quantity: '0' is not"),
        ("customer,date,amount,discount\nAnna,2026-03-01,1,x\n", "line 2, column discount: 'x' is not"),
        ("customer,date,amount\n,2026-03-01,1\n", "line 2, column customer: is empty"),
        ("customer,date,amount\n", "there are no rows"),
        ("", "line 1: column customer is missing"),
    ],
)
def test_a_mistake_in_a_file_is_named_by_line_and_column(csv: Callable[[str], Path], text: str, words: str) -> None:
    with pytest.raises(HistoryError, match=words.replace("(", r"\(")):
        read(csv(text))


def test_the_import_ends_today_and_the_rest_is_left(world: World, oak: Shop, cdnow: list[Purchase]) -> None:
    loaded = load(world, oak, cdnow, import_until=CDNOW_CUT)
    zone = ZoneInfo(oak.zone)
    days = {datetime.fromtimestamp(order.processed_at / 1000, zone).date() for order in oak.orders.values()}
    assert max(days) == date(2026, 11, 21)
    assert min(days) == date(2026, 11, 21) - (CDNOW_CUT - date(1997, 1, 1))
    assert (loaded.imported, len(oak.orders), len(oak.customers)) == (56_902, 56_902, 23_570)
    assert len(loaded.rest) == 12_757
    first = datetime.fromtimestamp(loaded.rest[0].at / 1000, zone)
    assert first.date() == date(2026, 11, 22)
    assert max(order.processed_at for order in oak.orders.values()) <= NOW


def test_loading_sends_no_webhooks(world: World, oak: Shop, cdnow: list[Purchase]) -> None:
    sent: list[str] = []
    world.emit = lambda shop, topic, payload: sent.append(topic)
    oak.installed = True
    load(world, oak, cdnow[:100])
    assert (sent, oak.placed) == ([], {})


def test_each_order_falls_on_its_own_day_at_the_same_time_each_run(world: World, oak: Shop) -> None:
    """Also on the days when the clocks change."""
    start = date(2026, 1, 1)
    purchases = [Purchase("Anna", start + timedelta(days=n), (_bread(),)) for n in range(400)]
    loaded = load(world, oak, purchases)
    zone = ZoneInfo(oak.zone)
    fell = [datetime.fromtimestamp(order.processed_at / 1000, zone).date() for order in oak.orders.values()]
    assert fell == [it.day + timedelta(days=loaded.shift) for it in purchases]
    again = Shop(2, "oak-2.myshopify.com", "Oak again")
    load(world, again, purchases)
    assert [o.processed_at for o in again.orders.values()] == [o.processed_at for o in oak.orders.values()]


def test_ids_and_names_look_like_shopifys(world: World, oak: Shop) -> None:
    load(world, oak, [Purchase("Anna", date(2026, 1, 1), (_bread(),))] * 2)
    first, second = oak.orders.values()
    assert (first.name, second.name) == ("#1001", "#1002")
    assert len(str(first.id)) == 13
    assert first.id < second.id


def test_a_purchase_without_product_gets_no_product_id(world: World, oak: Shop) -> None:
    load(world, oak, [Purchase("Anna", date(2026, 1, 1), (Item(None, 3, Decimal("29.33"), Decimal(0)),))])
    (order,) = oak.orders.values()
    (line,) = order.lines
    assert (order.total, line.product, line.quantity, line.price) == (2933, None, 3, 977)


def test_the_same_product_keeps_its_id(world: World, oak: Shop) -> None:
    days = [date(2026, 1, 1), date(2026, 2, 1)]
    load(world, oak, [Purchase("Anna", day, (_bread("bread"), _bread("cake"))) for day in days])
    first, second = ([line.product for line in order.lines] for order in oak.orders.values())
    assert first == second
    assert len(set(first)) == 2


def test_some_customers_carry_tags_of_other_people(world: World, oak: Shop, cdnow: list[Purchase]) -> None:
    load(world, oak, cdnow[:3000])
    tags = {tag for customer in oak.customers.values() for tag in customer.tags}
    assert tags == {tag for _, tag in FOREIGN_TAGS}
    assert any(not customer.tags for customer in oak.customers.values())


def _bread(product: str | None = None) -> Item:
    return Item(product, 1, Decimal("4.50"), Decimal(0))

"""The drain as an ORM suggests it: a session an order, one transaction each, on the very same tables.

The translation, the rule of what counts and the verdict are ours: only the way to the database differs.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from lz4.block import decompress
from sqlalchemy import create_engine, event, select
from sqlalchemy.orm import DeclarativeBase, Session

from plugin.core.facts import OrderSeen
from plugin.core.model import Model, Rules
from plugin.core.moments import day_of
from plugin.core.orders import Judged, why_ignored
from plugin.core.verdict import judge
from plugin.db import inbox, tables
from webhooks.topics import translate


class Base(DeclarativeBase):
    metadata = tables.metadata


class Delivery(Base):
    __table__ = tables.inbox


class Body(Base):
    __table__ = tables.bodies


class Order(Base):
    __table__ = tables.orders


class Customer(Base):
    __table__ = tables.customers


class OrmDrain:
    """Carries out deliveries one by one."""

    def __init__(self, database: Path, *, shop: int, model: Model, rules: Rules, today: int) -> None:
        self.engine = create_engine(f"sqlite:///{database}")
        event.listen(self.engine, "connect", _durable)
        self.shop, self.model, self.rules, self.today = shop, model, rules, today

    def carry_out(self, webhook_ids: Sequence[str]) -> None:
        """Each delivery in a session and a transaction of its own."""
        for webhook_id in webhook_ids:
            with Session(self.engine) as session:
                delivery = session.get_one(Delivery, (self.shop, webhook_id))
                body = session.get_one(Body, (self.shop, delivery.received_at, webhook_id)).body
                for fact in translate(delivery.topic, decompress(body)):
                    if isinstance(fact, OrderSeen) and self._keep(session, fact, triggered_at=delivery.triggered_at):
                        self._judge(session, fact.customer)
                delivery.state = inbox.DONE
                session.commit()

    def close(self) -> None:
        self.engine.dispose()

    def _keep(self, session: Session, fact: OrderSeen, *, triggered_at: int) -> bool:
        """False when a version at least as new is there."""
        order = session.get(Order, (self.shop, fact.order))
        if order is None:
            order = Order(shop=self.shop, id=fact.order)
            session.add(order)
        elif (order.updated_at, order.triggered_at) >= (fact.updated_at, triggered_at):
            return False
        seen: dict[str, Any] = fact._asdict()
        del seen["order"]
        for name, value in seen.items():
            setattr(order, name, value)
        order.day = day_of(fact.processed_at, ZoneInfo("UTC"))
        order.ignored = why_ignored(fact)
        order.triggered_at, order.read, order.deleted = triggered_at, False, False
        session.flush()
        return True

    def _judge(self, session: Session, key: str | None) -> None:
        if key is None:
            return
        own = session.scalars(select(Order).where(Order.shop == self.shop, Order.customer == key)).all()
        verdict = judge(
            [Judged(one.day, one.ignored, one.renewal, one.products) for one in own], self.model, self.rules, self.today
        )
        customer = session.get(Customer, (self.shop, key))
        if customer is None:
            customer = Customer(shop=self.shop, customer=key)
            session.add(customer)
        for name, value in verdict._asdict().items():
            setattr(customer, name, value)
        customer.model, customer.rules = self.model.number, self.rules.number


def _durable(connection: Any, _: Any) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")

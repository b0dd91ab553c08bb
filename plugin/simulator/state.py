"""Everything the simulated Shopify knows: shops with their customers, orders, tokens and running operations."""

import itertools
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from plugin.simulator.people import NOBODY, Person, person


@dataclass(slots=True)
class Customer:
    """A customer of a shop; names are made up, moments are UTC milliseconds of the shop's calendar."""

    id: int
    created_at: int
    updated_at: int
    tags: list[str] = field(default_factory=list)
    locale: str = "en"
    joined: bool = False  # made up by the player, not part of the history
    subscriber: str = "NEVER_SUBSCRIBED"  # GraphQL's productSubscriberStatus
    email_consent: str = "not_subscribed"  # REST spelling; GraphQL says it in capitals
    sms_consent: str = "not_subscribed"
    data_sale_opt_out: bool = False
    redacted: bool = False
    renamed: tuple[str, str] | None = None  # first and last name, by the merchant

    @property
    def person(self) -> Person:
        """Who this is, as far as the shop still knows."""
        who = NOBODY if self.redacted else person(self.id)
        return (
            who if self.renamed is None or self.redacted else who._replace(first=self.renamed[0], last=self.renamed[1])
        )


@dataclass(slots=True)
class Line:
    """One line of an order; money in minor units."""

    id: int
    product: int | None
    quantity: int
    price: int
    discount: int = 0
    gift_card: bool = False
    selling_plan: bool = False
    current_quantity: int | None = None  # None: as ordered


@dataclass(slots=True)
class Refund:
    """Money given back for an order."""

    id: int
    created_at: int
    amount: int
    lines: list[tuple[int, int]] = field(default_factory=list)  # (line id, quantity)


@dataclass(slots=True)
class Order:
    """An order; totals in minor units of the shop's currency."""

    id: int
    name: str
    customer: int | None
    created_at: int
    processed_at: int
    updated_at: int
    total: int
    lines: list[Line] = field(default_factory=list)
    status: str = "paid"  # REST spelling; GraphQL says it in capitals
    cancelled_at: int | None = None
    test: bool = False
    confirmed: bool = True
    discount: int = 0
    discount_codes: list[str] = field(default_factory=list)
    company: tuple[int, int] | None = None  # (company id, location id)
    gateways: list[str] = field(default_factory=lambda: ["shopify_payments"])
    terms: int | None = None  # payment terms id
    refunds: list[Refund] = field(default_factory=list)
    source_name: str = "web"


@dataclass(slots=True)
class TagWrite:
    """One change an app made to a customer's tags, for the tests and the demo to count; `at` is wall-clock ms."""

    at: int
    customer: int
    action: str  # "add" or "remove"
    tags: list[str]
    changed: list[str]  # those of `tags` that were not so already
    bulk: bool
    heard: bool = True  # False: the answer was spoilt, so that the app cannot know of it


@dataclass(eq=False)
class Bucket:
    """Points an app may still spend at a shop, leaking on the wall clock; `spent` and `throttled` only count."""

    used: float = 0.0
    read_at: float = 0.0  # time.monotonic() of the last leak
    spent: float = 0.0
    throttled: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


@dataclass(eq=False)
class Operation:
    """A bulk operation; its result is kept as zlib-compressed pieces of JSONL, `done` is set when it has ended."""

    id: int
    type: str  # "QUERY" or "MUTATION"
    query: str
    created_at: int
    status: str = "CREATED"
    error_code: str | None = None
    completed_at: int | None = None
    objects: int = 0
    roots: int = 0
    size: int = 0
    pieces: list[bytes] = field(default_factory=list, repr=False)
    client_identifier: str | None = None
    cancel: threading.Event = field(default_factory=threading.Event, repr=False)
    done: threading.Event = field(default_factory=threading.Event, repr=False)


@dataclass
class Shop:
    """A shop; `operations`, `uploads`, `grants`, `tokens` and `renewals` are filled by the API and OAuth modules."""

    id: int
    domain: str
    name: str
    zone: str = "America/New_York"
    currency: str = "USD"
    locale: str = "en"
    plan: str = "basic"
    customers: dict[int, Customer] = field(default_factory=dict)
    orders: dict[int, Order] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)  # access token -> grant
    renewals: dict[str, Any] = field(default_factory=dict)  # refresh token -> what it is good for
    token_calls: Counter[str] = field(default_factory=Counter)  # how often tokens were asked for, by way and outcome
    grants: dict[str, Any] = field(default_factory=dict)  # authorization code -> grant
    operations: dict[int, Any] = field(default_factory=dict)
    uploads: dict[str, bytes] = field(default_factory=dict)
    upload_targets: dict[str, dict[str, str]] = field(default_factory=dict)  # key -> every field the upload must carry
    bucket: Bucket = field(default_factory=Bucket)
    tag_writes: list[TagWrite] = field(default_factory=list)
    installed: bool = False
    scopes: tuple[str, ...] = ()  # what the merchant agreed to at the last installation
    numbers: dict[str, int] = field(default_factory=dict)  # how many ids of each sort were given out
    placed: dict[int, int] = field(default_factory=dict)  # order id -> wall-clock ms when it was placed live


@dataclass
class Knobs:
    """What a test or a demonstration may turn while the simulator runs."""

    all_orders: bool = True  # False: only the last 60 days are readable without read_all_orders
    bucket: float = 2000.0
    restore_rate: float = 100.0
    finish_webhooks: bool = True  # False: bulk_operations/finish never comes
    bulk_delay: float = 0.0  # seconds before a bulk operation completes
    scatter_children: bool = False  # bulk results: children far from their parent, as Shopify may write them
    api_status: int = 0  # answer every Admin API call with this HTTP status (0: as usual)
    api_failures: int = 0  # how many calls `api_status` is for (0 with a status set: until reset)
    throttle_answers: int = 0  # answer this many Admin API calls with THROTTLED, whatever the bucket holds
    lose_answers: int = 0  # execute this many Admin API calls, then drop the connection without an answer
    cut_answers: int = 0  # execute this many Admin API calls, then drop the connection in the middle of the answer
    stall_answers: int = 0  # execute this many Admin API calls, then let the answer wait `stall` seconds
    stall: float = 35.0
    answer_version: str = ""  # the API version that answers carry ("": the right one)
    token_status: int = 0  # answer every call for an access token with this HTTP status (0: as usual)
    token_failures: int = 0  # how many calls `token_status` is for (0 with a status set: until reset)
    token_delay: float = 0.0  # seconds before a call for an access token is carried out
    lose_tokens: int = 0  # hand out this many tokens, then drop the connection without an answer
    token_life: int = 3600  # seconds an offline access token lives
    refresh_life: int = 7_776_000  # seconds a refresh token lives
    old_token_grace: float = -1.0  # seconds an access token outlives its replacement (below 0: until its own end)
    reuse_refresh: bool = False  # True: a used refresh token gives the same pair again until that is first used
    refresh_error: str = ""  # refuse every refresh with this error, e.g. "invalid_grant" ("": as usual)
    approved_level: int = 2  # of protected customer data; 1: no names, addresses, mail, phone; 0: no customers, orders
    repeat: float = 0.0  # share of deliveries sent twice (same webhook id)
    reorder: float = 0.0  # share of deliveries held back behind later ones
    delay: float = 0.0  # seconds every delivery waits
    drop: float = 0.0  # share of deliveries never sent
    seed: int = 1
    retry_scale: float = 1.0  # multiplies the back-off between the eight retries


Emit = Callable[["Shop", str, dict[str, Any]], None]


@dataclass
class World:
    """All shops, the app they may install, and the lock every reader and writer of them holds."""

    api_key: str
    secret: str
    app_url: str
    scopes: tuple[str, ...]
    api_version: str
    redirect_urls: tuple[str, ...]
    subscriptions: dict[str, tuple[str, ...] | None]  # topic -> include_fields (None: whole payload)
    webhooks_uri: str
    app_name: str = "Regulars"
    app_handle: str = ""
    optional_scopes: tuple[str, ...] = ()
    direct_api: bool = False  # whether the app's pages may ask the Admin API, with the rights of who looks at them
    address: str = ""  # where the simulator itself is reached, e.g. http://127.0.0.1:9292
    old_secret: str | None = None
    shops: dict[str, Shop] = field(default_factory=dict)
    knobs: Knobs = field(default_factory=Knobs)
    lock: threading.RLock = field(default_factory=threading.RLock)
    emit: Emit = lambda shop, topic, payload: None  # set by webhooks.py; payload is the whole, untrimmed one
    now: Callable[[], int] = lambda: 0  # ms on the shops' calendar; set by calendar.py
    operation_ids: Iterator[int] = field(default_factory=lambda: itertools.count(1001), repr=False)

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every secret of the app that was not revoked."""
        return (self.secret,) if self.old_secret is None else (self.secret, self.old_secret)

    @property
    def signing_secret(self) -> str:
        """What Shopify signs with: the oldest secret that was not revoked."""
        return self.old_secret or self.secret

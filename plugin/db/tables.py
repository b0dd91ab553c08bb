"""The tables. Every primary key begins with the shop; moments are UTC ms, days ordinals, money minor units."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    false,
    literal_column,
    or_,
    text,
)

from plugin.db.metadata import ONLY_ON
from plugin.db.metadata import metadata as metadata
from plugin.db.metadata import only as _only
from plugin.db.metadata import shop_column as _shop
from plugin.db.tables_of_figures import daily_figures as daily_figures
from plugin.db.tables_of_figures import figures as figures
from plugin.db.tables_of_history import imports as imports
from plugin.db.tables_of_history import models as models
from plugin.db.tables_of_history import pulses as pulses
from plugin.db.tables_of_history import reconciliations as reconciliations
from plugin.db.tables_of_history import rules as rules
from plugin.db.tables_of_requests import erased as erased
from plugin.db.tables_of_requests import privacy_requests as privacy_requests
from plugin.db.tables_of_tags import bulks as bulks
from plugin.db.tables_of_tags import ledger as ledger
from plugin.db.tables_of_tags import undos as undos

shops = Table(
    "shops",
    metadata,
    Column("shop", Integer, primary_key=True),
    Column("domain", String(255), nullable=False, unique=True),  # stands here only: a shop may change it
    Column("state", String(16), nullable=False, server_default="unknown"),  # unknown | installed | left
    Column("installed_at", BigInteger),
    Column("left_at", BigInteger),
    Column("token", Text),  # encrypted
    Column("token_expires_at", BigInteger),
    Column("refresh_token", Text),  # encrypted
    Column("refresh_expires_at", BigInteger),
    Column("pair", Integer, nullable=False, server_default="0"),  # the number of these tokens: others have another
    Column("minted_by", String(16)),  # which of the app's secrets made them; see shopify.tokens.fingerprint
    Column("renewing_until", BigInteger),  # a worker fetches the next pair; when it is over, another may
    Column("reconnect", Text),  # why the merchant must open the app before we can call the shop; NULL: we can
    Column("scopes", Text, nullable=False, server_default=""),
    Column("scopes_at", BigInteger, nullable=False, server_default="0"),  # when they were so
    Column("name", Text, nullable=False, server_default=""),
    Column("zone", String(64), nullable=False, server_default="UTC"),
    Column("currency", String(3), nullable=False, server_default=""),
    Column("locale", String(16), nullable=False, server_default="en"),
    Column("language", String(8)),  # of the panel, by the merchant's choice; NULL: the shop's own
    Column("plan", Text, nullable=False, server_default=""),
    Column("seen_at", BigInteger, nullable=False, server_default="0"),  # when name, zone and the others were so
    Column(
        "tagging", Boolean, nullable=False, server_default=false()
    ),  # nothing is written before the merchant said yes
    Column("buyer_tag", String(40), nullable=False, server_default="buyer"),
    Column("client_tag", String(40), nullable=False, server_default="client"),
    Column("model", Integer, nullable=False, server_default="1"),
    Column("rules", Integer, nullable=False, server_default="1"),
    Column("rejudge", Boolean, nullable=False, server_default=false()),  # every customer must be judged anew
    Column("rejudge_for", String(32), nullable=False, server_default="zone"),  # why; see core.causes
    Column("swept_on", Integer, nullable=False, server_default="0"),  # the day of the last lapse sweep
    Column("next_sweep_at", BigInteger, nullable=False, server_default="0"),
    Column("reconciled_to", BigInteger),  # what changed there before was reconciled or imported; on the shops' calendar
    Column("next_reconcile_at", BigInteger, nullable=False, server_default="0"),  # on the shops' calendar
    Column("reconcile_for", String(16)),  # why sooner than in the night: outage | asked
    Column("forget_at", BigInteger, nullable=False, server_default="0"),  # when its old rows are next looked for
    Column("removing", Integer),  # our tags are taken off; how many there were when it was asked. NULL: they are not
    Column("paused_at", BigInteger),  # tagging waits for the merchant's word on vanished tags; NULL: it goes on
    Column("answered_at", BigInteger),  # when they last gave it
    Column("restoring", Boolean, nullable=False, server_default=false()),  # the tags are to be put back
    Column(
        "frozen_at", BigInteger
    ),  # since when Shopify has refused every call, for the shop is closed; NULL: it is not
    Column("down_at", BigInteger),  # since when Shopify has not answered; NULL: it does
    Column("halted_at", BigInteger),  # since when the merchant has tagging paused; NULL: they have not
    # The yes under way: when it was said, to how many tags, and the last ledger line before it; NULL: all are written.
    Column("yes_at", BigInteger),
    Column("yes_to", BigInteger),
    Column("yes_from", BigInteger),
    Column("skipped_at", BigInteger),  # when the merchant put the first run off; NULL: they did not
    Column("recount", SmallInteger, nullable=False, server_default="1"),  # its figures are old; see db.figures
    Column("marks_key", Text),  # encrypted; of `erased.mark`. NULL: nobody was ever erased here
    sqlite_autoincrement=True,  # the number of an erased shop is never given again
)
Index("shops_to_sweep", shops.c.next_sweep_at, **_only(shops.c.state == "installed"))
Index("shops_to_reconcile", shops.c.next_reconcile_at, **_only(shops.c.state == "installed"))
Index("shops_to_forget", shops.c.forget_at)
Index("shops_to_renew", shops.c.refresh_expires_at, **_only(shops.c.state == "installed"))

oauth_states = Table(
    "oauth_states",
    metadata,
    _shop(),
    Column("state", String(64), primary_key=True),
    Column("expires_at", BigInteger, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    _shop(),
    Column("webhook_id", String(64), primary_key=True),
    Column("received_at", BigInteger, nullable=False),
    Column("state", SmallInteger, nullable=False),  # see db.inbox
    Column("again_at", BigInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("reason", Text),  # why it was parked
    Column("topic", String(64), nullable=False),
    Column("triggered_at", BigInteger, nullable=False),
)
Index("inbox_waiting", inbox.c.shop, inbox.c.again_at, **_only(inbox.c.state == 0))
Index("inbox_done", inbox.c.shop, inbox.c.received_at, **_only(inbox.c.state == 1))
Index("inbox_parked", inbox.c.shop, inbox.c.received_at, **_only(inbox.c.state == 2))
Index("inbox_emptied", inbox.c.shop, inbox.c.received_at, **_only(inbox.c.state == 3))

# Apart from the inbox: some 7 KB each, which would be written again with every change of state.
bodies = Table(
    "bodies",
    metadata,
    _shop(),
    Column("received_at", BigInteger, primary_key=True, autoincrement=False),
    Column("webhook_id", String(64), primary_key=True),
    Column("body", LargeBinary, nullable=False),  # packed, see db.inbox
)

orders = Table(
    "orders",
    metadata,
    _shop(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("customer", String(64)),
    Column("ordered_by", String(64)),
    Column("name", Text, nullable=False),
    Column("processed_at", BigInteger, nullable=False),
    Column("day", Integer, nullable=False),
    Column("updated_at", BigInteger, nullable=False),
    Column("triggered_at", BigInteger, nullable=False),
    Column("read", Boolean, nullable=False),  # an API read, else a webhook
    Column("deleted", Boolean, nullable=False),  # a tombstone: never revived
    Column("ignored", SmallInteger, nullable=False),  # core.orders.Ignored
    Column("test", Boolean, nullable=False),
    Column("cancelled", Boolean, nullable=False),
    Column("status", String(32), nullable=False),
    Column("pays_later", Boolean, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("current_total", BigInteger, nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("discount", BigInteger, nullable=False),
    Column("list_total", BigInteger, nullable=False),
    Column("units", Integer, nullable=False),
    Column("has_code", Boolean, nullable=False),
    Column("renewal", Boolean, nullable=False),
    Column("products", LargeBinary, nullable=False),
)
Index(
    "orders_judged",
    *(orders.c[name] for name in ("shop", "customer", "day", "ignored", "renewal", "products", "id")),
    info={ONLY_ON: "sqlite"},
)
# PostgreSQL refuses a row whose part of an index is longer than 2.7 KB: products stay in the table.
Index(
    "orders_of_customer",
    *(orders.c[name] for name in ("shop", "customer", "day", "id")),
    info={ONLY_ON: "postgresql"},
)
Index("orders_renewing", orders.c.shop, orders.c.customer, **_only(text("renewal = TRUE")))
Index(
    "orders_for_companies",
    orders.c.shop,
    orders.c.ordered_by,
    orders.c.customer,
    **_only(orders.c.ordered_by.is_not(None)),
)

customers = Table(
    "customers",
    metadata,
    _shop(),
    Column("customer", String(64), primary_key=True),
    Column("kind", SmallInteger, nullable=False, server_default="0"),  # core.verdict.Kind
    Column("kind_at_shop", SmallInteger, nullable=False, server_default="0"),  # what our tag says there; -1: not known
    Column("held", Text),  # why this customer's tag is left alone; NULL: it is not
    Column("since", Integer),
    Column("lapse_on", Integer),
    Column("lapsed", Boolean, nullable=False, server_default=false()),
    Column("provisional", Boolean, nullable=False, server_default=false()),
    Column("occasions", Integer, nullable=False, server_default="0"),
    Column("weight", Float, nullable=False, server_default="0"),
    Column("usual_gap", Float, nullable=False, server_default="0"),
    Column("first_day", Integer),
    Column("last_day", Integer),
    Column("counted", Integer, nullable=False, server_default="0"),
    Column("ignored", Integer, nullable=False, server_default="0"),
    Column("tens", SmallInteger, nullable=False, server_default="0"),  # core.certainty
    Column("tens_fall_on", Integer),
    Column("model", Integer, nullable=False, server_default="0"),
    Column("rules", Integer, nullable=False, server_default="0"),
    Column("cause", String(32), nullable=False, server_default=""),  # why their kind last changed; see core.causes
    Column("tags_ours", Text, nullable=False, server_default=""),  # the tags we set and that may be there, comma-joined
    Column("tags_found", Text),  # of our tag names, those that were there before us, comma-joined; NULL: never looked
    Column("objects", Boolean, nullable=False, server_default=false()),  # "do not classify me": no verdict is kept
    Column("sale_opt_out", Boolean, nullable=False, server_default=false()),  # said at the shop; means the same to us
    Column("look_at", BigInteger),  # since when their tags are to be read: somebody changed them
    Column("veto", String(16)),  # how the merchant changed our tag (core.ownership): it stands
    Column("vetoed_at", BigInteger),
    Column("override", SmallInteger),  # the kind the merchant marked them as; NULL: their orders decide
    Column("override_at", BigInteger),
    Column("override_by", String(32)),  # "shop", or Shopify's number of the person in the panel
    Column("earlier", Integer, nullable=False, server_default="0"),  # orders known by number only: core.earlier
    Column("earlier_since", Integer),
    Column("earlier_until", Integer),
    Column("subscription", SmallInteger, nullable=False, server_default="0"),  # core.subscriptions
    Column("merged_into", String(64)),  # the customer who has the orders of this one now
)
DIFFERS = and_(
    customers.c.kind != customers.c.kind_at_shop,
    customers.c.held.is_(None),
    customers.c.veto.is_(None),
    customers.c.customer >= text("'Customer/'"),
)
Index("customers_to_sync", customers.c.shop, customers.c.lapsed, customers.c.customer, **_only(DIFFERS))
Index(
    "customers_to_lapse", customers.c.shop, customers.c.lapse_on, customers.c.customer, **_only(customers.c.kind == 2)
)
_ORDERED = _only(customers.c.last_day.is_not(None))
Index(
    "customers_by_last",
    *(customers.c[name] for name in ("shop", "last_day", "customer")),
    **_only(customers.c.merged_into.is_(None)),
)
Index("customers_by_tens", customers.c.shop, customers.c.tens, customers.c.customer, **_ORDERED)
Index("customers_by_since", customers.c.shop, customers.c.since, customers.c.customer, **_ORDERED)
Index("customers_falling", customers.c.shop, customers.c.tens_fall_on, **_only(customers.c.tens_fall_on.is_not(None)))
Index(
    "customers_tagged", customers.c.shop, customers.c.customer, **_only(customers.c.tags_ours != literal_column("''"))
)
Index(
    "customers_carrying",
    customers.c.shop,
    customers.c.customer,
    customers.c.tags_found,
    **_only(customers.c.tags_found != literal_column("''")),
)
Index("customers_objecting", customers.c.shop, customers.c.customer, **_only(text("objects = TRUE")))
Index("customers_opted_out", customers.c.shop, customers.c.customer, **_only(text("sale_opt_out = TRUE")))
Index("customers_to_look", customers.c.shop, customers.c.look_at, **_only(customers.c.look_at.is_not(None)))
Index("customers_vetoed", customers.c.shop, customers.c.customer, **_only(customers.c.veto.is_not(None)))
Index(
    "customers_by_hand",
    customers.c.shop,
    customers.c.customer,
    **_only(or_(customers.c.veto.is_not(None), customers.c.override.is_not(None))),
)
Index("customers_vetoed_at", customers.c.shop, customers.c.vetoed_at, **_only(customers.c.veto == "removed"))
Index("customers_undone", customers.c.shop, customers.c.customer, **_only(text("held = 'undone'")))
Index(
    "customers_refused",
    customers.c.shop,
    customers.c.customer,
    **_only(text("held NOT IN ('gone', 'undone', 'in a bulk file')")),
)
Index("customers_earlier", customers.c.shop, customers.c.customer, **_only(text("earlier > 0")))
Index("customers_subscribed", customers.c.shop, customers.c.customer, **_only(text("subscription > 0")))
Index("customers_merged", customers.c.shop, customers.c.merged_into, **_only(customers.c.merged_into.is_not(None)))

consents = Table(
    "consents",
    metadata,
    _shop(),
    Column("customer", String(64), primary_key=True),
    Column("channel", String(8), primary_key=True),
    Column("state", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
)

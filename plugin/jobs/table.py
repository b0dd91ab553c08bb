"""The jobs by name: each looks at one shop and says in how many seconds to look again (None: when nudged)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from plugin.db import shops
from plugin.services import Services
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.drain_inbox import drain_inbox
from plugin.usecases.figure import figure
from plugin.usecases.forget import forget
from plugin.usecases.import_history import import_history
from plugin.usecases.reconcile import reconcile
from plugin.usecases.rejudge import rejudge
from plugin.usecases.renew_token import renew_token
from plugin.usecases.sweep import sweep
from plugin.usecases.sync_tags import sync_tags
from plugin.usecases.visit import visit


class Job(NamedTuple):
    """What a nudge runs, and the lane whose threads run it, so that long work never delays short work.

    One that `calls` the shop rests while the shop waits for its merchant to reconnect it.
    """

    run: Callable[[Services, int], float | None]
    lane: str
    calls: bool = False


JOBS: Mapping[str, Job] = {
    "drain": Job(drain_inbox, "deliveries"),
    "sync": Job(sync_tags, "tags", calls=True),
    "import": Job(import_history, "whole shop", calls=True),
    "reconcile": Job(reconcile, "whole shop", calls=True),
    "rejudge": Job(rejudge, "whole shop"),
    "sweep": Job(sweep, "tags"),
    "privacy": Job(carry_out_requests, "whole shop"),
    "forget": Job(forget, "whole shop"),
    "figure": Job(figure, "whole shop"),
    "visit": Job(visit, "tags"),
    "renew": Job(renew_token, "tags", calls=True),
}
LANES: Mapping[str, int] = {"deliveries": 2, "tags": 2, "whole shop": 2}  # threads


def run(services: Services, job: str, shop: int) -> float | None:
    """Runs a job, or lets it rest: the visit that reconnects the shop nudges, and so does the clock."""
    one = JOBS[job]
    if one.calls:
        with services.database.read() as tx:
            if shops.get(tx, shop).reconnect is not None:
                return None
    return one.run(services, shop)

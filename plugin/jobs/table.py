"""The jobs by name: each looks at one shop and says in how many seconds to look again (None: when nudged)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from plugin.db import shops
from plugin.services import Services
from plugin.shopify.failures import Unauthorized
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.drain_inbox import drain_inbox
from plugin.usecases.forget import forget
from plugin.usecases.import_history import import_history
from plugin.usecases.rejudge import rejudge
from plugin.usecases.sweep import sweep
from plugin.usecases.sync_tags import sync_tags


class Job(NamedTuple):
    """What a nudge runs, and the lane whose threads run it, so that long work never delays short work."""

    run: Callable[[Services, int], float | None]
    lane: str


JOBS: Mapping[str, Job] = {
    "drain": Job(drain_inbox, "deliveries"),
    "sync": Job(sync_tags, "tags"),
    "import": Job(import_history, "whole shop"),
    "rejudge": Job(rejudge, "whole shop"),
    "sweep": Job(sweep, "tags"),
    "privacy": Job(carry_out_requests, "whole shop"),
    "forget": Job(forget, "whole shop"),
}
LANES: Mapping[str, int] = {"deliveries": 2, "tags": 2, "whole shop": 2}  # threads


def run(services: Services, job: str, shop: int) -> float | None:
    """Runs a job; a refused token is forgotten, so that nothing is planned in vain until the shop reconnects."""
    try:
        return JOBS[job].run(services, shop)
    except Unauthorized:
        with services.database.write() as tx:
            shops.change(tx, shop, token=None, token_expires_at=None)
        raise

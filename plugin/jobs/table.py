"""The jobs by name: each looks at one shop and says in how many seconds to look again (None: when nudged)."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from plugin.services import Services
from plugin.usecases.drain_inbox import drain_inbox
from plugin.usecases.import_history import import_history
from plugin.usecases.rejudge import rejudge
from plugin.usecases.sweep import sweep
from plugin.usecases.sync_tags import sync_tags


class Job(NamedTuple):
    """What a nudge runs; live jobs have threads of their own, so that bulk work never delays them."""

    run: Callable[[Services, int], float | None]
    live: bool


JOBS: Mapping[str, Job] = {
    "drain": Job(drain_inbox, live=True),
    "sync": Job(sync_tags, live=False),
    "import": Job(import_history, live=False),
    "rejudge": Job(rejudge, live=False),
    "sweep": Job(sweep, live=False),
}

"""What CONTRIBUTING says of the simulated Shopify is there."""

import re

from plugin.simulator.state import Knobs
from tests.simulator.conftest import BAKERY, Running
from tests.test_docs import section

SECTION = section("CONTRIBUTING.md", "The simulated Shopify")


def test_every_address_is_answered(running: Running) -> None:
    named = re.findall(r"`(GET|POST) (/[^`?]*)", SECTION)
    assert len(named) > 15
    for method, path in named:
        url = running.server.address + path.replace("{shop}", BAKERY)
        assert method in running.session.options(url, timeout=10).headers.get("Allow", ""), f"{method} {path}"


def test_every_knob_is_one() -> None:
    named = set(re.findall(r"`(\w+)`", SECTION.partition("`POST /_simulator/knobs`")[2])) - {"invalid_grant"}
    assert len(named) > 8
    assert named <= set(vars(Knobs()))

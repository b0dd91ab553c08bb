"""Proposals: each has its reason, and there are never more than three."""

import pytest

from plugin.core.proposals import Proposal, Standing, What, proposals

QUIET = Standing(tagging=True, removing=False, parked=0, clients=100, customers=1000, lapsing=0, vetoes=0)


@pytest.mark.parametrize(
    ("changes", "proposed"),
    [
        ({}, None),
        ({"tagging": False}, Proposal(What.SWITCH_ON, 1000)),
        ({"tagging": False, "removing": True}, None),
        ({"parked": 1}, Proposal(What.LOOK_AT_PARKED, 1)),
        ({"lapsing": 9}, None),
        ({"lapsing": 10}, Proposal(What.SEE_LAPSING, 10)),
        ({"lapsing": 10, "clients": 201}, None),
        ({"vetoes": 49}, None),
        ({"vetoes": 50}, Proposal(What.SEE_VETOES, 50)),
        ({"vetoes": 9, "customers": 9}, None),
    ],
)
def test_a_proposal_has_its_reason(changes: dict[str, int], proposed: Proposal | None) -> None:
    assert proposals(QUIET._replace(**changes)) == ([] if proposed is None else [proposed])


def test_the_three_most_urgent_are_made_when_there_are_more() -> None:
    everything = Standing(tagging=False, removing=False, parked=8, clients=9, customers=9, lapsing=50, vetoes=60)
    assert [one.what for one in proposals(everything)] == [What.SWITCH_ON, What.LOOK_AT_PARKED, What.SEE_LAPSING]

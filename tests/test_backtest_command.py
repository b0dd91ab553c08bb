"""`regulars backtest` as it is typed: files right and wrong, and what it prints."""

import json
from datetime import date
from pathlib import Path

import pytest

from plugin.cli import main
from tests.core.test_backtest import shop


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("backtest") / "orders.csv"
    days = ((one, date.fromordinal(one.day).isoformat()) for one in shop(400))
    rows = [f"{one.customer},{day},{one.amount / 100:.2f},cake {one.amount % 7}" for one, day in days]
    place.write_text("\n".join(["customer,date,amount,product", *rows]), encoding="utf-8")
    return place


def test_a_file_as_json(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["customers"] == 400
    assert set(told["horizons"]) == {"90", "180"}
    figures = told["horizons"]["90"]
    for name in ("auc", "f1", "precision", "recall", "brier", "flips", "came_back"):
        low, high = figures["intervals"][name]
        assert low <= figures[name] <= high
    assert set(told["baselines"]) == {"orders>=2", "rfm", "bg/nbd"}
    assert told["baselines"]["bg/nbd"]["90"]["auc"] > 0.5


def test_a_file_as_words_and_as_a_table(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", str(file), "--horizon", "60"]) == 0
    assert "Who orders again within 60 days?" in capsys.readouterr().out
    assert main(["backtest", str(file), "--horizon", "60", "--markdown"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 6
    assert len({line.count("|") for line in lines}) == 1


def test_too_little_data_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = tmp_path / "few.csv"
    place.write_text("customer,date,amount\nAnna,2026-01-05,12.30\nAnna,2026-05-05,12.30\n", encoding="utf-8")
    assert main(["backtest", str(place)]) == 0
    said = capsys.readouterr().out
    assert "2 orders of 1 customer" in said
    assert "Too little data for 90 days" in said
    assert main(["backtest", str(place), "--json"]) == 0
    assert "100 customers" in json.loads(capsys.readouterr().out)["horizons"]["180"]["too_little_data"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("customer;date;amount\nAnna;2026-01-05;3", "line 1: column customer is missing"),
        ("customer,date,amount\nAnna,2026-01-05,3\n,2026-01-06,3", "line 3, column customer: is empty"),
        ("customer,date,amount\nAnna,5/1/2026,3", "line 2, column date: '5/1/2026' is not a date like 2026-11-21"),
        ("customer,date,amount\nAnna,2026-01-05,-3", "line 2, column amount: '-3' is not an amount like 12.30"),
        ("customer,date,amount\nAnna,2026-01-05,12,30", "line 2: there are more columns than line 1 names"),
        ("customer,date,amount\nAnna,2026-01-05,0", "no order in it was paid for"),
        ("customer,date,amount\n", "there are no rows"),
        ("\xff\xfe", "not text in UTF-8"),
        (None, "cannot be read"),
    ],
)
def test_a_file_that_is_wrong_is_refused_by_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, words: str
) -> None:
    place = tmp_path / "orders.csv"
    if text is not None:
        place.write_bytes(text.encode("latin-1"))
    assert main(["backtest", str(place)]) == 1
    assert words in capsys.readouterr().err

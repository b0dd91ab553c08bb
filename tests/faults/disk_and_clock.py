"""A disk that is full, broken or slow and a wall clock that is wrong, for the app's processes only.

A few lines of C stand between the app and libc (LD_PRELOAD); they need a C compiler, but no rights.
"""

import mmap
import shutil
import struct
import subprocess
from functools import lru_cache
from pathlib import Path

from plugin.config import ROOT

SOURCE = Path(__file__).with_suffix(".c")
_NAMES = ("write_error", "read_error", "sync_ms", "clock_ms")


@lru_cache(1)
def library() -> Path | None:
    """The compiled library, made once; None where there is no C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        return None
    made = ROOT / ".cache" / "faults" / "disk_and_clock.so"
    made.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([compiler, "-O2", "-shared", "-fPIC", "-o", made, SOURCE, "-ldl"], check=True)
    return made


class DiskAndClock:
    """What the app's processes find wrong with them; at first nothing is."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "faults.control"
        self._path.write_bytes(bytes(8 * (len(_NAMES) + 1)))
        with self._path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), 0)

    def environment(self) -> dict[str, str]:
        """What an app needs in its environment to be told; {} where there is no C compiler."""
        made = library()
        return {"LD_PRELOAD": str(made), "FAULTS_CONTROL": str(self._path)} if made else {}

    def are(self, **wrong: int) -> None:
        """Says what is wrong from now on: write_error and read_error (errno), sync_ms, clock_ms; the rest is fine."""
        struct.pack_into("=4q", self._shared, 0, *(wrong.pop(name, 0) for name in _NAMES))
        assert not wrong, wrong

    def close(self) -> None:
        """Lets go of the file."""
        self._shared.close()

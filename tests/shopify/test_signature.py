"""Signatures are checked over the raw bytes, in constant time, with every secret that is still valid."""

from urllib.parse import parse_qsl

import pytest

from plugin.shopify.signature import Verifier, body_digest, query_digest

BODY = '{"id":1,"note":"café"}'.encode()
DIGEST = "foEjqc88nIdg5LAnXXzRsDrJnpNZJKbyPLSa9+F3LXU="
QUERY = (
    "code=0907a61c0c8d55e99db179b68161bc00&shop=some-shop.myshopify.com&state=0.6784241404160823"
    "&timestamp=1337178173&host=YWRtaW4uc2hvcGlmeS5jb20vc3RvcmUvc29tZS1zaG9w"
)


def test_the_known_body_has_the_known_digest() -> None:
    assert body_digest(BODY, "hush") == DIGEST


def test_the_known_query_has_the_known_digest() -> None:
    params = dict(parse_qsl(QUERY))
    known = "9fe3d5ea81959305fd96bd3d2d44e878654e753bc8e455b5369c15a009412163"
    assert query_digest(params, "hush") == known
    assert query_digest(params | {"hmac": known, "signature": "x"}, "hush") == known


@pytest.mark.parametrize("secrets", [["hush"], ["new", "hush"], ["hush", "old"]])
def test_a_body_signed_with_any_valid_secret_is_accepted_every_time(secrets: list[str]) -> None:
    """The second time matters too: keyed hashes are copied, never used up."""
    verifier = Verifier(secrets)
    assert verifier.accepts(BODY, DIGEST)
    assert verifier.accepts(BODY, DIGEST)


@pytest.mark.parametrize("signature", ["", "x", DIGEST[:-1], DIGEST + "\n", DIGEST.lower(), "café", "\udcff", "é" * 44])
def test_any_other_signature_is_refused(signature: str) -> None:
    assert not Verifier(["hush"]).accepts(BODY, signature)


def test_one_changed_byte_is_refused() -> None:
    assert not Verifier(["hush"]).accepts(BODY + b" ", DIGEST)


def test_a_missing_old_secret_never_becomes_an_empty_key() -> None:
    assert not Verifier(["hush", ""]).accepts(BODY, body_digest(BODY, ""))
    assert not Verifier([]).accepts(BODY, body_digest(BODY, ""))

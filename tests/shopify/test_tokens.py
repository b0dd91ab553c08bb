"""Tokens are kept encrypted, and keys can be rotated."""

import pytest
from cryptography.fernet import Fernet

from plugin.errors import GiveUp
from plugin.shopify.tokens import TokenBox, fingerprint

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_a_token_comes_back_and_is_not_readable_meanwhile() -> None:
    kept = TokenBox([NEW]).encrypt("a-token")
    assert "a-token" not in kept
    assert TokenBox([NEW]).decrypt(kept) == "a-token"


def test_an_old_key_still_decrypts_and_the_newest_encrypts() -> None:
    kept = TokenBox([OLD]).encrypt("a-token")
    both = TokenBox([NEW, OLD])
    assert both.decrypt(kept) == "a-token"
    assert TokenBox([NEW]).decrypt(both.encrypt("another")) == "another"


def test_what_an_older_key_encrypted_is_told_apart() -> None:
    both = TokenBox([NEW, OLD])
    assert both.is_newest(both.encrypt("a-token"))
    assert not both.is_newest(TokenBox([OLD]).encrypt("a-token"))


def test_secrets_are_told_apart_without_being_kept() -> None:
    assert fingerprint("hush") == fingerprint("hush") != fingerprint("hush!")
    assert "hush" not in fingerprint("hush")
    assert len(fingerprint("hush" * 20)) == 16


def test_a_key_that_is_no_longer_listed_is_named_in_words() -> None:
    kept = TokenBox([OLD]).encrypt("a-token")
    with pytest.raises(GiveUp, match="ENCRYPTION_KEYS does not list"):
        TokenBox([NEW]).decrypt(kept)


@pytest.mark.parametrize(("keys", "words"), [([], "empty"), (["short"], "32 bytes"), ([NEW, "é"], "32 bytes")])
def test_keys_that_cannot_work_are_refused_in_words(keys: list[str], words: str) -> None:
    with pytest.raises(GiveUp, match=words):
        TokenBox(keys)

"""Tokens are kept encrypted; the newest key encrypts, every listed key decrypts."""

import hashlib
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from plugin.errors import Misconfigured


class Undecipherable(Misconfigured):
    """None of our keys made it: the one that did was dropped too early, or has not been told to this process."""


class TokenBox:
    """Encrypts and decrypts tokens with ENCRYPTION_KEYS, newest first."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise Misconfigured("ENCRYPTION_KEYS is empty: access tokens cannot be kept")
        try:
            self._newest, *older = (Fernet(key) for key in keys)
        except ValueError as error:
            raise Misconfigured("ENCRYPTION_KEYS holds something that is not 32 bytes in url-safe base64") from error
        self._box = MultiFernet([self._newest, *older])

    def encrypt(self, token: str) -> str:
        """The token as it may be stored."""
        return self._box.encrypt(token.encode()).decode()

    def decrypt(self, kept: str) -> str:
        """The token again; Undecipherable when none of the keys made it."""
        try:
            return self._box.decrypt(kept.encode()).decode()
        except InvalidToken as error:
            raise Undecipherable(
                "what is kept was encrypted with a key that ENCRYPTION_KEYS does not list: list that key again"
            ) from error

    def is_newest(self, kept: str) -> bool:
        """Whether the newest key encrypted it, so that the older ones are not needed for it."""
        try:
            self._newest.decrypt(kept.encode())
        except InvalidToken:
            return False
        return True


def fingerprint(secret: str) -> str:
    """Tells client secrets apart without keeping them: tokens die with the secret that minted them."""
    return hashlib.sha256(f"regulars, client secret: {secret}".encode()).hexdigest()[:16]

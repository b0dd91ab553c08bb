"""Session tokens: whose are believed, and that everything Shopify documents is asked for."""

import time

import pytest

from plugin.shopify.session_tokens import InvalidToken, Visit, read
from tests.session_tokens import ANNA, KEY, SECRET, session_token, wrong_tokens


def reading(token: str, *secrets: str) -> Visit:
    return read(token, api_key=KEY, secrets=secrets or (SECRET,), now=time.time_ns() // 1_000_000)


def test_a_token_says_the_whole_domain_and_the_person() -> None:
    """Shopify's package says "annas-bakery"; nothing else of ours knows a shop by that."""
    token = session_token()
    assert reading(token) == Visit("annas-bakery.myshopify.com", "42", token)


@pytest.mark.parametrize("secrets", [("simulated-new", SECRET), (SECRET, "simulated-old")])
def test_the_current_and_the_old_secret_are_believed(secrets: tuple[str, ...]) -> None:
    assert reading(session_token(), *secrets).domain == ANNA


@pytest.mark.parametrize("what", list(wrong_tokens()))
def test_any_other_token_is_refused(what: str) -> None:
    with pytest.raises(InvalidToken, match=r"was not accepted .*open the app again"):
        reading(wrong_tokens()[what])


@pytest.mark.parametrize(("late", "believed"), [(8, True), (12, False)])
def test_clocks_may_differ_by_ten_seconds(late: int, believed: bool) -> None:
    now = int(time.time())
    for token in (
        session_token(exp=now - late, nbf=now - 60, iat=now - 60),
        session_token(exp=now + 60, nbf=now + late, iat=now),
    ):
        try:
            assert reading(token).domain == ANNA
            assert believed
        except InvalidToken:
            assert not believed


def test_the_words_name_what_is_wrong_but_nothing_of_the_token() -> None:
    token = session_token(aud="another-key")
    with pytest.raises(InvalidToken) as refused:
        reading(token)
    assert "another app" in str(refused.value)
    assert not any(part in str(refused.value) for part in token.split("."))

"""Change keys and secrets: every token is encrypted with the newest key, and renewed with the newest client secret."""

from collections.abc import Iterator
from typing import NamedTuple

from plugin.db import all_shops, erased, tokens
from plugin.db.tokens import Access
from plugin.errors import GiveUp, Retry
from plugin.keyring import LOST
from plugin.services import Services
from plugin.shopify.failures import Unauthorized
from plugin.shopify.tokens import fingerprint


class Rotated(NamedTuple):
    """What became of the shops, by their domains; `failed` says why as well."""

    done: tuple[str, ...] = ()
    already: tuple[str, ...] = ()
    waiting: tuple[str, ...] = ()  # for their merchants to reconnect them: there is nothing to renew
    failed: tuple[tuple[str, str], ...] = ()


def reseal(services: Services) -> Rotated:
    """Encrypts with the newest key whatever another key has encrypted, so that older keys may go."""
    result = Rotated()
    for access in [*_with_tokens(services), *_with_marks_only(services)]:
        try:
            done = _reseal(services, access.shop)
        except GiveUp as never:
            result = result._replace(failed=(*result.failed, (access.domain, str(never))))
        else:
            result = _counted(result, access.domain, done=done)
    return result


def renew_all(services: Services) -> Rotated:
    """Renews every pair that another client secret minted, so that the old one may be revoked."""
    ours, result = fingerprint(services.settings.secrets[0]), Rotated()
    for access in _with_tokens(services):
        if not access.installed or access.reconnect is not None:
            result = result._replace(waiting=(*result.waiting, access.domain))
            continue
        try:
            done = access.minted_by != ours and _renew(services, access)
        except (GiveUp, Retry) as trouble:
            result = result._replace(failed=(*result.failed, (access.domain, str(trouble))))
        else:
            result = _counted(result, access.domain, done=done)
    return result


def _with_tokens(services: Services) -> Iterator[Access]:
    with services.database.read() as tx:
        numbers = all_shops.with_tokens(tx)
    for shop in numbers:
        with services.database.read() as tx:
            yield tokens.read(tx, shop)


def _with_marks_only(services: Services) -> Iterator[Access]:
    """Shops that left, and are not erased yet: their marks have a key."""
    with services.database.read() as tx:
        both = set(all_shops.with_tokens(tx))
        yield from [tokens.read(tx, shop) for shop in all_shops.with_marks(tx) if shop not in both]


def _reseal(services: Services, shop: int) -> bool:
    box = services.box
    with services.database.write() as tx:
        access = tokens.read(tx, shop)
        kept = (access.token, access.refresh_token, erased.key(tx, shop))
        opened = [one and box.decrypt(one) for one in kept]
        tokens.readable(tx, shop, pair=access.pair, reason=LOST)
        if all(one is None or box.is_newest(one) for one in kept):
            return False
        token, refresh_token, marks_key = (one and box.encrypt(one) for one in opened)
        if marks_key is not None:
            erased.reseal(tx, shop, key=marks_key)
        return tokens.reseal(tx, shop, pair=access.pair, token=token, refresh_token=refresh_token)


def _renew(services: Services, access: Access) -> bool:
    if access.refresh_token is None:
        raise Unauthorized("there is no refresh token: open the app from the shop's admin once")
    services.keyring.renew(access.shop, pair=access.pair)
    return True


def _counted(result: Rotated, domain: str, *, done: bool) -> Rotated:
    if done:
        return result._replace(done=(*result.done, domain))
    return result._replace(already=(*result.already, domain))

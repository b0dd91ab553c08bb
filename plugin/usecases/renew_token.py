"""Keep a shop's tokens alive that nobody has needed for weeks: a refresh token that is not used dies after 90 days."""

from plugin.db import tokens
from plugin.errors import Retry
from plugin.services import Services

IDLE = 60 * 86_400_000  # ms before its end a refresh token is used: a month after it came
PAUSE = 60.0  # seconds, when Shopify has trouble: there is no hurry


def renew_token(services: Services, shop: int) -> float | None:
    """Fetches the next pair when this one has been idle."""
    with services.database.read() as tx:
        access = tokens.read(tx, shop)
    end = access.refresh_expires_at
    if not access.installed or access.reconnect or end is None or end > services.now() + IDLE:
        return None
    try:
        services.keyring.renew(shop, pair=access.pair)
    except Retry as trouble:
        trouble.after = max(trouble.after, PAUSE)
        raise
    return None

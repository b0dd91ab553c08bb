"""What Shopify's webhooks other than the order ones carry, built from the simulator's state."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from plugin.simulator.state import Customer, Shop

Payload = dict[str, Any]


def moment(ms: int, shop: Shop) -> str:
    """As webhooks write a moment: whole seconds in the shop's zone, e.g. 2026-11-21T18:00:00-05:00."""
    return datetime.fromtimestamp(ms // 1000, ZoneInfo(shop.zone)).isoformat()


def shop(it: Shop, now: int) -> Payload:
    """The shop resource that shop/update and app/uninstalled carry."""
    return {
        "id": it.id,
        "name": it.name,
        "email": f"owner@{it.domain.removesuffix('.myshopify.com')}.example.com",
        "domain": it.domain,
        "myshopify_domain": it.domain,
        "iana_timezone": it.zone,
        "currency": it.currency,
        "primary_locale": it.locale,
        "plan_name": it.plan,
        "plan_display_name": it.plan.title(),
        "updated_at": moment(now, it),
    }


def scopes_changed(it: Shop, before: tuple[str, ...], now_granted: tuple[str, ...], now: int) -> Payload:
    """app/scopes_update."""
    return {
        "id": 1,
        "shop_id": f"gid://shopify/Shop/{it.id}",
        "previous": list(before),
        "current": list(now_granted),
        "updated_at": _precise(now),
    }


def shop_named(it: Shop) -> Payload:
    """shop/redact, and how the other compliance topics begin."""
    return {"shop_id": it.id, "shop_domain": it.domain}


def customer_deleted(customer: int) -> Payload:
    """customers/delete."""
    return {"id": customer, "tax_exemptions": [], "admin_graphql_api_id": f"gid://shopify/Customer/{customer}"}


def tags_changed(customer: int, tags: list[str], now: int) -> Payload:
    """customer.tags_added and customer.tags_removed: only the changed tags, and not who changed them."""
    return {"customerId": f"gid://shopify/Customer/{customer}", "tags": tags, "occurredAt": _precise(now)}


def email_consent(shop: Shop, who: Customer, now: int) -> Payload:
    """customers_email_marketing_consent/update."""
    return {
        "customer_id": who.id,
        "email_address": who.person.email,
        "email_marketing_consent": {
            "state": who.email_consent,
            "opt_in_level": "single_opt_in",
            "consent_updated_at": moment(now, shop),
        },
    }


def sms_consent(shop: Shop, who: Customer, now: int) -> Payload:
    """customers_marketing_consent/update, which is the SMS one."""
    return {
        "id": who.id,
        "phone": who.person.phone,
        "sms_marketing_consent": {
            "state": who.sms_consent,
            "opt_in_level": "single_opt_in",
            "consent_updated_at": moment(now, shop),
            "consent_collected_from": "other",
        },
    }


def _precise(ms: int) -> str:
    return datetime.fromtimestamp(ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

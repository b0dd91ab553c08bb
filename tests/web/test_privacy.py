"""The page on privacy: requests with their answers, objections, and what is kept."""

import json

import pytest

from plugin.core.facts import PrivacyAsked
from plugin.core.retention import KEPT
from plugin.db import objections, privacy
from plugin.usecases.carry_out_requests import carry_out_requests
from plugin.usecases.erase_shop import INSTALLED
from tests.session_tokens import ANNA, OAK, session_token
from tests.web.conftest import Pages

WHEN = 1_790_000_000_000  # 21 Sep 2026


def number(pages: Pages, domain: str = ANNA) -> int:
    shop = pages.shop(domain)
    assert shop is not None
    return shop.shop


def asked(pages: Pages, topic: str = "customers/data_request", *, domain: str = ANNA, carried_out: bool = True) -> str:
    """A request about customer 7009, as the drain writes it down."""
    shop, webhook_id = number(pages, domain), f"{topic}-{domain}".replace("/", "-")
    with pages.services.database.write() as tx:
        fact = PrivacyAsked(topic, None if topic == "shop/redact" else "Customer/7009", ())
        privacy.ask(tx, shop, asked=fact, webhook_id=webhook_id, received_at=WHEN)
    if carried_out:
        carry_out_requests(pages.services, shop)
    return webhook_id


def test_an_answer_is_downloaded_with_a_session_token_only(bakery: Pages) -> None:
    webhook_id = asked(bakery)
    page = bakery.fetch("/privacy").text
    assert "customer 7009" in page
    assert f"/privacy/answers/{webhook_id}?" in page
    answer = bakery.fetch(f"/privacy/answers/{webhook_id}")
    assert answer.headers["Content-Disposition"] == 'attachment; filename="regulars-data-request.json"'
    assert json.loads(answer.data)["customer"] == "Customer/7009"
    assert "downloaded on" in bakery.fetch("/privacy").text
    assert bakery.browser.get(f"/privacy/answers/{webhook_id}").status_code == 401


def test_the_answer_of_another_shop_is_not_there(bakery: Pages) -> None:
    webhook_id = asked(bakery, domain=OAK)
    refused = bakery.fetch(f"/privacy/answers/{webhook_id}")
    assert refused.status_code == 410
    assert "no longer kept" in refused.text
    assert bakery.fetch(f"/privacy/answers/{webhook_id}", session_token(OAK)).status_code == 200
    assert "7009" not in bakery.fetch("/privacy").text


def test_an_erasure_is_told_without_a_name(bakery: Pages) -> None:
    asked(bakery, "customers/redact")
    page = bakery.fetch("/privacy").text
    assert "A customer was erased" in page
    assert "0 rows erased" in page
    assert "7009" not in page


def test_a_request_under_way_says_by_when_it_is_due_and_is_looked_at_again(bakery: Pages) -> None:
    asked(bakery, "customers/redact", carried_out=False)
    page = bakery.fetch("/privacy").text
    assert "due by 21 Oct 2026" in page
    assert "data-again" in page


def test_a_shop_that_came_back_reads_why_it_was_not_erased(bakery: Pages) -> None:
    webhook_id = asked(bakery, "shop/redact", carried_out=False)
    with bakery.services.database.write() as tx:
        privacy.done(tx, number(bakery), webhook_id, now=WHEN, note=INSTALLED)
    assert f"21 Sep 2026: {INSTALLED}" in bakery.fetch("/privacy").text


def test_the_merchant_notes_an_objection_and_lifts_it(bakery: Pages) -> None:
    noted = bakery.fetch(
        "/privacy/objections", method="POST", customer="https://admin.shopify.com/store/x/customers/7009"
    )
    assert noted.status_code == 303
    page = bakery.fetch(noted.headers["Location"]).text
    assert "Customer 7009" in page
    assert ("sync", number(bakery)) in bakery.nudged
    with bakery.services.database.read() as tx:
        assert objections.objecting(tx, number(bakery)) == ["Customer/7009"]
        assert objections.objecting(tx, number(bakery, OAK)) == []
    lifted = bakery.fetch("/privacy/objections/lift", method="POST", customer="7009")
    assert lifted.status_code == 303
    assert "Customer 7009" not in bakery.fetch(lifted.headers["Location"]).text


@pytest.mark.parametrize("typed", ["anna@bakery.example", '"><b>'])
def test_what_is_no_customer_is_said_beside_the_field(bakery: Pages, typed: str) -> None:
    refused = bakery.fetch("/privacy/objections", method="POST", customer=typed)
    assert refused.status_code == 400
    assert 'role="alert">Give the number of a customer' in refused.text
    assert '"><b>' not in refused.text


def test_who_forbids_the_sale_of_their_data_is_named_and_cannot_be_lifted_here(bakery: Pages) -> None:
    with bakery.services.database.write() as tx:
        objections.opt(tx, number(bakery), out=["Customer/7025"], back=[])
    page = bakery.fetch("/privacy").text
    assert "7025" in page
    assert "Classify again" not in page


def test_the_page_says_what_is_kept_and_for_how_long(bakery: Pages) -> None:
    page = bakery.fetch("/privacy").text
    assert all(keep.how_long in page and keep.why in page for keep in KEPT)
    assert "of a customer is kept, but for requests until they are carried out." in page

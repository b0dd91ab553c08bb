"""A GraphQL answer as it comes over HTTP, read once into plain values."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec
import requests

from plugin.shopify.failures import Failure, Unknown, of_status
from plugin.shopify.throttle import Status


class Answer(NamedTuple):
    """What Shopify said to one document."""

    data: dict[str, Any]  # {} when there is none
    failures: tuple[Failure, ...]
    requested: float | None  # points the request asked for
    spent: float | None  # points it cost in the end
    status: Status | None

    @property
    def throttled(self) -> bool:
        """The bucket was empty: nothing was carried out."""
        return any(failure.code == "THROTTLED" for failure in self.failures)


def read_answer(response: requests.Response) -> Answer:
    """The answer in a response; raises what its HTTP status means, Unknown when the body is no answer."""
    if trouble := of_status(response):
        raise trouble
    try:
        body = msgspec.json.decode(response.content)
    except msgspec.DecodeError:
        body = None
    if not isinstance(body, dict):
        raise Unknown("Shopify's answer is not JSON")
    cost = (body.get("extensions") or {}).get("cost") or {}
    return Answer(
        data=body.get("data") or {},
        failures=read_failures(body.get("errors")),
        requested=cost.get("requestedQueryCost"),
        spent=cost.get("actualQueryCost"),
        status=_status(cost.get("throttleStatus")),
    )


def read_failures(errors: Any) -> tuple[Failure, ...]:
    """The `errors` of an answer or of a line of a bulk result; Shopify sometimes writes plain text there."""
    if not errors:
        return ()
    if not isinstance(errors, list):
        return (Failure("", str(errors), ()),)
    return tuple(_failure(error) for error in errors)


def _failure(error: Any) -> Failure:
    if not isinstance(error, Mapping):
        return Failure("", str(error), ())
    code = (error.get("extensions") or {}).get("code") or ""
    return Failure(str(code), str(error.get("message", "")), tuple(error.get("path") or ()))


def _status(status: Mapping[str, Any] | None) -> Status | None:
    if not status:
        return None
    return Status(
        maximum=float(status["maximumAvailable"]),
        available=float(status["currentlyAvailable"]),
        restore_rate=float(status["restoreRate"]),
    )

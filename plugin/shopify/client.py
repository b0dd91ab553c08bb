"""The Admin GraphQL API of one shop: pays from its cost bucket, repeats what is safe to repeat, drops nothing."""

import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

import msgspec
import requests

from plugin.errors import GiveUp, Retry
from plugin.shopify.answers import Answer, read_answer
from plugin.shopify.counters import Counters, Tally
from plugin.shopify.failures import Frozen, TooDear, Unknown, Unsent, of_errors, of_transport
from plugin.shopify.throttle import Bucket

log = logging.getLogger(__name__)

TIMEOUT = (5, 30)  # seconds to connect, and between two bytes of the answer
TRIES = 4
LONGEST_PAUSE = 20.0  # seconds waited here; when Shopify asks for more, the caller comes back
LONGEST_GIVING_WAY = 15.0  # seconds that a call which can wait lets others go first
LATER = 30.0  # seconds after which a caller may try again when all tries here failed
GLANCE = 0.25  # seconds until a waiting thread looks again: another thread's answer may have brought points
FIRST_ESTIMATE = 10.0  # points, until the first answer tells


class Keys(Protocol):
    """Where a client gets its access tokens from, one before every call."""

    def token(self) -> str:
        """One that is good for a call."""

    def refused(self, token: str, *, last: bool) -> None:
        """Shopify refused that one; returns when another may be tried, Unauthorized when none will do.

        `last`: the call has been tried with another already.
        """


class Client:
    """One shop's Admin API; may be shared by threads."""

    def __init__(
        self,
        *,
        domain: str,
        keys: Keys,
        version: str,
        session: requests.Session,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        told: Callable[[Exception | None], None] = lambda trouble: None,
    ) -> None:
        self.session = session
        self.bucket = Bucket()
        self._url = f"https://{domain}/admin/api/{version}/graphql.json"
        self._headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
        }
        self._keys = keys
        self._domain, self._version = domain, version
        self._clock, self._sleep = clock, sleep
        self._told = told
        self._turn = threading.Lock()
        self._tally = Tally()
        self._costs: dict[tuple[str, float], float] = {}

    @property
    def counters(self) -> Counters:
        """The counters as they stand."""
        return self._tally.read()

    def query(self, document: str, variables: Mapping[str, Any], *, estimate: float = FIRST_ESTIMATE) -> dict[str, Any]:
        """Read; repeated whenever that may help."""
        return _whole(self.run(document, variables, repeatable=True, estimate=estimate))

    def give_way(self, share: float) -> None:
        """Waits, a while at most, until that share of the bucket is there: the rest is left to what cannot wait."""
        until = self._clock() + LONGEST_GIVING_WAY
        while (now := self._clock()) < until and (wait := self.bucket.wait_for(share * self.bucket.maximum, now)):
            self._pause(min(wait, GLANCE))

    def mutate(
        self, document: str, variables: Mapping[str, Any], *, repeatable: bool, estimate: float = FIRST_ESTIMATE
    ) -> dict[str, Any]:
        """Write; Unknown after a lost answer, unless `repeatable`: twice is as good as once, so it is sent again."""
        return _whole(self.run(document, variables, repeatable=repeatable, estimate=estimate))

    def run(
        self, document: str, variables: Mapping[str, Any], *, repeatable: bool, estimate: float = FIRST_ESTIMATE
    ) -> Answer:
        """The answer with whatever errors it carries beside its data; raises when there is no answer to read.

        How it went is told to `told`: the trouble, or None.
        `estimate` is the expected cost in points, until an answer has told the real one for this document and estimate.
        """
        try:
            answer = self._run(document, variables, repeatable=repeatable, estimate=estimate)
        except (Retry, GiveUp) as trouble:
            self._told(trouble)
            raise
        self._told(None)
        return answer

    def _run(self, document: str, variables: Mapping[str, Any], *, repeatable: bool, estimate: float) -> Answer:
        body = msgspec.json.encode({"query": document, "variables": variables})
        known = (document, estimate)
        throttled = tries = 0
        lost: Unknown | None = None
        while True:
            try:
                answer = self._attempt(body, known)
            except Unsent as unsent:
                trouble: Unsent | Unknown = unsent
            except Unknown as unknown:
                if not repeatable:
                    raise
                trouble = lost = unknown
            except GiveUp:
                # An earlier try whose answer was lost may have gone through.
                if lost is not None:
                    raise lost from None
                raise
            else:
                if not answer.throttled:
                    return answer
                throttled += 1
                self._pause(random.uniform(0, 0.02 * 2 ** min(throttled, 6)))
                continue
            tries += 1
            pause = trouble.after * 2 ** (tries - 1) * random.uniform(1.0, 1.5)
            if tries >= TRIES or pause > LONGEST_PAUSE:
                trouble = lost or trouble
                trouble.after = max(trouble.after, LATER)
                raise trouble
            self._tally.add(Counters(repeated=1))
            self._pause(pause)

    def _attempt(self, body: bytes, known: tuple[str, float]) -> Answer:
        cost = self._costs.get(known, known[1])
        self._pay(cost)
        self._tally.add(Counters(calls=1))
        try:
            response = self._send(body)
        except requests.RequestException as error:
            failure = of_transport(error)
            self._refund(cost, failure)
            raise failure from error
        except Exception:
            # There is no token: nothing was carried out.
            self.bucket.give_back(cost)
            raise
        self._notice_version(response)
        try:
            answer = read_answer(response)
        except Exception as error:
            self._refund(cost, error)
            raise
        self._learn(known, cost, answer)
        if answer.throttled:
            self._refuse_too_dear(answer)
        elif isinstance(trouble := of_errors(answer.failures, answer.data), Unknown | TooDear | Frozen):
            raise trouble
        return answer

    def _send(self, body: bytes) -> requests.Response:
        # A refused token is refused before anything is carried out.
        for last in (False, True):
            token = self._keys.token()
            response = self.session.post(
                self._url,
                data=body,
                headers={**self._headers, "X-Shopify-Access-Token": token},
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            if response.status_code != 401:
                break
            self._keys.refused(token, last=last)
        return response

    def _pay(self, cost: float) -> None:
        # One thread waits at a time, so that a dear request is not overtaken for ever by cheap ones.
        with self._turn:
            while wait := self.bucket.take(cost, self._clock()):
                self._pause(min(wait, GLANCE))

    def _refund(self, cost: float, error: Exception) -> None:
        if isinstance(error, Unsent):
            self.bucket.give_back(cost)
        else:
            self.bucket.settle(cost, self._clock(), None)

    def _learn(self, known: tuple[str, float], cost: float, answer: Answer) -> None:
        self.bucket.settle(cost, self._clock(), answer.status)
        if answer.requested is not None:
            self._costs[known] = answer.requested
        self._tally.add(Counters(throttled=int(answer.throttled), points=answer.spent or 0.0))

    def _refuse_too_dear(self, answer: Answer) -> None:
        if answer.requested is not None and answer.requested > self.bucket.maximum:
            raise TooDear(
                "the request costs %(points)s points, the bucket holds %(most)s",
                points=round(answer.requested),
                most=round(self.bucket.maximum),
            )

    def _notice_version(self, response: requests.Response) -> None:
        spoken = response.headers.get("X-Shopify-API-Version", self._version)
        drifted = spoken != self._version
        if drifted and not self._tally.add(Counters(drifted=1)).drifted:
            log.warning(
                "%s answers with API version %s instead of %s: raise api_version in app.toml",
                self._domain,
                spoken,
                self._version,
            )

    def _pause(self, seconds: float) -> None:
        self._tally.add(Counters(waited_seconds=seconds))
        self._sleep(seconds)


def _whole(answer: Answer) -> dict[str, Any]:
    if trouble := of_errors(answer.failures):
        raise trouble
    return answer.data

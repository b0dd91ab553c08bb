"""The leaky bucket of an app at a shop: what may still be spent, on the wall clock."""

import time

from plugin.simulator.state import Bucket, Knobs


def status(bucket: Bucket, knobs: Knobs) -> dict[str, float]:
    """`throttleStatus` as the bucket stands now."""
    with bucket.lock:
        _leak(bucket, knobs)
        left = max(0, int(knobs.bucket - bucket.used))
        return {"maximumAvailable": knobs.bucket, "currentlyAvailable": left, "restoreRate": knobs.restore_rate}


def pay(bucket: Bucket, knobs: Knobs, points: int) -> bool:
    """Take the points, when they are there."""
    with bucket.lock:
        _leak(bucket, knobs)
        if points > knobs.bucket - bucket.used:
            bucket.throttled += 1
            return False
        bucket.used += points
        bucket.spent += points
        return True


def give_back(bucket: Bucket, points: int) -> None:
    """What was asked for and not needed."""
    with bucket.lock:
        bucket.used = max(0.0, bucket.used - points)
        bucket.spent -= points


def _leak(bucket: Bucket, knobs: Knobs) -> None:
    now = time.monotonic()
    bucket.used = max(0.0, bucket.used - (now - bucket.read_at) * knobs.restore_rate)
    bucket.read_at = now

"""Three answers to failure: again, never, or a bug.

Adapters turn their library's exceptions into the first two; everything else is a bug.
"""


class Retry(Exception):
    """It may go through later: the caller tries again after `after` seconds."""

    def __init__(self, reason: str, *, after: float = 1.0) -> None:
        super().__init__(reason)
        self.after = after


class GiveUp(Exception):
    """It will never go through as it is; the text says why, for a person."""


class Misconfigured(GiveUp):
    """Only whoever runs the app can mend it; the text is theirs, and no merchant is shown it."""

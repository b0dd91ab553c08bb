"""Three answers to failure: again, never, or a bug.

Adapters turn their library's exceptions into the first two; everything else is a bug. Their texts are English, with
places such as `%(shop)s` for `values`: so a page can say them in the reader's language.
"""

from collections.abc import Mapping


def filled(text: str, values: Mapping[str, object]) -> str:
    """An English text with its values; whole numbers are written as people do. A text without values stays as it is."""
    told = {name: f"{value:,}" if isinstance(value, int) else value for name, value in values.items()}
    return text % told if values else text


class Retry(Exception):
    """It may go through later: the caller tries again after `after` seconds."""

    def __init__(self, text: str, /, *, after: float = 1.0, **values: object) -> None:
        super().__init__(filled(text, values))
        self.text, self.values, self.after = text, values, after


class GiveUp(Exception):
    """It will never go through as it is; the text says why, for a person."""

    def __init__(self, text: str, /, **values: object) -> None:
        super().__init__(filled(text, values))
        self.text, self.values = text, values


class Misconfigured(GiveUp):
    """Only whoever runs the app can mend it; the text is theirs, and no merchant is shown it."""

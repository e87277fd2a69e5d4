"""What took long to count, kept for as long as a copy of the page may be kept."""

import time
from typing import Final, Generic, TypeVar

from archive.web.answers import MINUTE

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")
_MOST: Final = 500


class Kept(Generic[_Key, _Value]):
    """Values that are good for a minute; the oldest go where there are more than 500. Threads may share it."""

    def __init__(self) -> None:
        self._kept: dict[_Key, tuple[float, _Value]] = {}

    def get(self, key: _Key) -> _Value | None:
        """Return what was kept under a key less than a minute ago, or None."""
        at, value = self._kept.get(key, (0.0, None))
        return value if time.monotonic() - at < MINUTE else None

    def put(self, key: _Key, value: _Value) -> None:
        """Keep a value from now on."""
        self._kept.pop(key, None)  # so that it goes to the end, where the newest are
        self._kept[key] = (time.monotonic(), value)
        for oldest in list(self._kept)[:-_MOST]:
            self._kept.pop(oldest, None)

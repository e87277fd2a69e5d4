"""When an address is looked at again: further apart each time; articles that are held yearly in the end."""

import zlib
from datetime import datetime, timedelta
from typing import Final

_AGAIN: Final = tuple(
    timedelta(**span) for span in ({"hours": 1}, {"days": 1}, {"days": 7}, {"days": 30})
)
_YEARLY: Final = timedelta(days=365)
_SPREAD: Final = 0.25  # of such a span: articles that came together do not come due together
_CONFIRM: Final = timedelta(days=1)  # what disappeared is looked for on another day
# After an answer that showed nothing. Each a little less, so that the run of that hour finds it due.
_IN_VAIN: Final = tuple(
    timedelta(hours=0.95 * hours) for hours in (1, 6, 24, 3 * 24, 10 * 24, 30 * 24)
)


def next_look(key: str, looks: int, at: datetime, *, gone_anew: bool) -> datetime:
    """Return when an address is due again after so many looks, the last of them now."""
    span = _AGAIN[looks] if looks < len(_AGAIN) else _YEARLY
    return at + (_CONFIRM if gone_anew else span) * (1 + _SPREAD * _lot(key))


def next_try(times: int, at: datetime) -> datetime | None:
    """Return when an address is asked again that showed nothing so many times in a row, or None: it rests.

    >>> at = datetime(2026, 9, 5)
    >>> next_try(1, at).isoformat(), next_try(7, at)
    ('2026-09-05T00:57:00', None)
    """
    return at + _IN_VAIN[times - 1] if times <= len(_IN_VAIN) else None


def pause(times: int) -> timedelta:
    """Return how long an address waits that was given up so many times for one reason: in the end a month.

    >>> pause(1), pause(99)
    (datetime.timedelta(seconds=3420), datetime.timedelta(days=28, seconds=43200))
    """
    return _IN_VAIN[min(times, len(_IN_VAIN)) - 1]


def _lot(key: str) -> float:
    """A number from 0 to 1 that is always the same for an address."""
    return zlib.crc32(key.encode()) / 2**32

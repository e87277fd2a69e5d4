"""When a known article is looked at again: further apart each time, then yearly."""

import zlib
from datetime import datetime, timedelta
from typing import Final

_AGAIN: Final = tuple(
    timedelta(**span) for span in ({"hours": 1}, {"days": 1}, {"days": 7}, {"days": 30})
)
_YEARLY: Final = timedelta(days=365)
_SPREAD: Final = 0.25  # of such a span: articles that came together do not come due together
_CONFIRM: Final = timedelta(days=1)  # what disappeared is looked for on another day


def next_look(key: str, looks: int, at: datetime, *, gone_anew: bool) -> datetime:
    """Return when an address is due again after so many looks, the last of them now."""
    span = _AGAIN[looks] if looks < len(_AGAIN) else _YEARLY
    return at + (_CONFIRM if gone_anew else span) * (1 + _SPREAD * _lot(key))


def _lot(key: str) -> float:
    """A number from 0 to 1 that is always the same for an address."""
    return zlib.crc32(key.encode()) / 2**32

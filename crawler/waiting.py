"""How long to wait before asking an address again."""

from datetime import datetime
from typing import Final

from archive.dates import VIETNAM, mail_date, now

# The newspaper's firewall refuses now and then; four of five refusals were over after 15 seconds.
_FIRST: Final = 15.0  # seconds
_LONGEST: Final = 900.0
_DAY: Final = 86_400.0  # what the newspaper may ask for at most
_IMPATIENT: Final = (
    1.0  # with a pause of 0 (tests, mirrors) no wait is longer, unless the server asks
)


def wait_before(attempt: int, delay: float, asked: float | None) -> float:
    """Return the seconds to wait before attempt number `attempt` (from 1), growing, never under what was asked.

    >>> [wait_before(attempt, 1.0, None) for attempt in (1, 2, 3)], wait_before(1, 0, 5.0)
    ([15.0, 30.0, 60.0], 5.0)
    """
    growing = _FIRST * 2 ** min(attempt - 1, 10) if delay else 0.2 * 2 ** min(attempt - 1, 10)
    wait: float = max(min(growing, _LONGEST if delay else _IMPATIENT), asked or 0.0)
    return wait


def retry_after(header: bytes | None) -> float | None:
    """Return the seconds, a day at most, that a Retry-After asks for in seconds or as a date; None for none."""
    text = (header or b"").decode("latin-1").strip()
    if text.isascii() and text.isdigit():
        return min(float(text), _DAY)
    until = mail_date(text)
    if until is None:
        return None
    return min(max(0.0, (until - now()).total_seconds()), _DAY)


def until_when(moment: datetime) -> str:
    """Return in one clause until when an address is not asked for, by the newspaper's clock."""
    return f"not asked for until {moment.astimezone(VIETNAM):%Y-%m-%d %H:%M} (+07:00), as the newspaper wants it"

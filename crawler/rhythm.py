"""The rhythm of the newspaper, learnt from what it published: when no news is an alarm."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

from archive.dates import VIETNAM, printed_time, vietnamese_day

# The first day of the lunar year in Vietnam: holidays 0.109 (`country_holidays("VN")`), lunar-vn 1.4.0 and
# vnlunar 1.0.5 agree on them. (As a dependency the first does not go with python-dateutil 4.)
_TET: Final = (
    "2025-01-29 2026-02-17 2027-02-06 2028-01-26 2029-02-13 2030-02-02 "
    "2031-01-23 2032-02-11 2033-01-31 2034-02-19 2035-02-08 2036-01-28 "
    "2037-02-15 2038-02-04 2039-01-24 2040-02-12 2041-02-01 2042-01-22 "
    "2043-02-10 2044-01-30 2045-02-17 2046-02-06 2047-01-26 2048-02-14 "
    "2049-02-02 2050-01-23 "
)
_BEFORE_TET, _AFTER_TET = 2, 6  # days on which little is printed
_AT_TET: Final = 0.1  # of what is usual

_PAST: Final = timedelta(weeks=8)
_KNOWN: Final = timedelta(days=14)  # of publications, before the hours of the week tell anything
_MANY: Final = 100  # publications, likewise
_YOUNG: Final = timedelta(days=3)  # without news are too long for any daily newspaper
_FEW: Final = 20  # publications, or nothing is said at all
_SHORTEST: Final = timedelta(hours=6)
_SURELY: Final = 12.0  # articles expected and none come: by chance once in 160,000 times, if they were independent
# Articles do not come one by one: a newsroom prints several at once, then none for hours.
_LONGER: Final = 1.5  # times the longest quiet of the past

_PUBLISHED: Final = """
SELECT published_at, published_precision, first_seen_at FROM articles WHERE published_at BETWEEN ? AND ?
"""


@dataclass(slots=True, frozen=True)
class Quiet:
    """No news since `last`, while `expected` articles would have been usual by now."""

    last: datetime
    expected: float

    def as_facts(self) -> dict[str, Any]:
        """Return what an alarm says of it."""
        return {"last": self.last.isoformat(timespec="seconds"), "expected": round(self.expected)}


def too_quiet(db: sqlite3.Connection, now: datetime) -> Quiet | None:
    """Return the quiet at the end of what was published, if it is longer than this newspaper's rhythm allows."""
    moments = _published(db, now)
    if len(moments) < _FEW or now - moments[-1] < _SHORTEST:
        return None
    last = moments[-1]
    if len(moments) < _MANY or last - moments[0] < _KNOWN:
        awake = sum((_weight(last + timedelta(hours=n)) for n in range(_hours(last, now))), 0.0)
        too_long = awake > _YOUNG / timedelta(hours=1)
        a_day = len(moments) / max(1.0, (last - moments[0]) / timedelta(days=1))
        return Quiet(last, a_day * awake / 24) if too_long else None
    rhythm = Rhythm(moments)
    quiet = rhythm.expected(last, now)
    is_long = quiet > max(_SURELY, _LONGER * rhythm.longest_quiet())
    return Quiet(last, quiet) if is_long else None


def _published(db: sqlite3.Connection, now: datetime) -> list[datetime]:
    """The moments of publication of the last weeks, oldest first; where only the day is known, when it was seen."""
    span = [printed_time(now - _PAST), printed_time(now)]
    return sorted(
        datetime.fromisoformat(published if precision == "minute" else seen).astimezone(VIETNAM)
        for published, precision, seen in db.execute(_PUBLISHED, span)
    )


class Rhythm:
    """How many articles are usual in each hour of the week; `moments` are aware, oldest first."""

    def __init__(self, moments: Sequence[datetime]) -> None:
        self._moments = moments
        counts = [0] * (7 * 24)
        for moment in moments:
            counts[_hour(moment)] += 1
        weeks = max((moments[-1] - moments[0]) / timedelta(weeks=1), 1.0)
        # An hour is like those beside it: two or three weeks leave many an hour empty by chance.
        self._usual = [
            (counts[hour - 1] + counts[hour] + counts[(hour + 1) % len(counts)]) / 3 / weeks
            for hour in range(len(counts))
        ]

    def expected(self, since: datetime, until: datetime) -> float:
        """Return how many articles are usual in that span."""
        total, at = 0.0, since.astimezone(VIETNAM)
        until = until.astimezone(VIETNAM)
        while at < until:
            following = min(_next_hour(at), until)
            total += self._usual[_hour(at)] * _weight(at) * ((following - at) / timedelta(hours=1))
            at = following
        return total

    def longest_quiet(self) -> float:
        """Return the longest quiet of the past, in articles that would have been usual."""
        return max((self.expected(one, other) for one, other in pairwise(self._moments)), default=0)


def _hour(moment: datetime) -> int:
    return moment.weekday() * 24 + moment.hour


def _next_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


def _hours(since: datetime, until: datetime) -> int:
    return max(0, int((until - since) / timedelta(hours=1)))


def _weight(moment: datetime) -> float:
    return _AT_TET if is_tet(vietnamese_day(moment)) else 1.0


@lru_cache
def is_tet(day: date) -> bool:
    """Return whether a day is one of those around the lunar new year on which little is printed.

    >>> is_tet(date(2027, 2, 6)), is_tet(date(2027, 2, 4)), is_tet(date(2027, 2, 13))
    (True, True, False)
    """
    around = range(-_AFTER_TET, _BEFORE_TET + 1)
    return any(str(day + timedelta(days=offset)) in _TET for offset in around)

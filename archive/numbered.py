"""The numbered addresses of the first generation: their ids rise with the day, so known ones bound the unknown.

Seen on the newspaper's own addresses: 2444112 of May 2013 to 3151461 of December 2022. Not every number need
have been an article's.
"""

import re
import sqlite3
from dataclasses import asdict, dataclass
from typing import Any, Final

_MOST: Final = 50  # ranges shown: the longest
_MONTH: Final = re.compile(r"/(\d{4})(\d{2})/[^/]*/?$")  # as the address states it

_IDS: Final = """
SELECT CAST(substr(key, 3) AS INTEGER) AS id, url, article_id IS NOT NULL AS held
FROM urls WHERE key > 'a/' AND key < 'a0' AND kind = 'article' ORDER BY 1
"""


@dataclass(slots=True)
class Month:
    """The numbered addresses known of one month: how many are held, the first and last id, and ids unknown before.

    `between` counts the numbers nobody has seen that lie between this month's known ids.
    """

    month: str
    first_id: int
    last_id: int
    known: int = 0
    held: int = 0

    @property
    def between(self) -> int:
        """Numbers within the month that no list or index has named."""
        return self.last_id - self.first_id + 1 - self.known


@dataclass(slots=True, frozen=True)
class Unknown:
    """A range of numbers, ends included, that nothing has named; and the months of the known ids around it."""

    first_id: int
    last_id: int
    since: str
    until: str

    @property
    def ids(self) -> int:
        """How many numbers it has: at most so many articles."""
        return self.last_id - self.first_id + 1


def numbered(db: sqlite3.Connection) -> dict[str, Any]:
    """Return what is held, known and unknown of the numbered addresses; {} where none is known."""
    months: dict[str, Month] = {}
    unknown: list[Unknown] = []
    before: tuple[int, str] | None = None
    for number, url, held in db.execute(_IDS):
        month = _month(url)
        if before and number > before[0] + 1:
            unknown.append(Unknown(before[0] + 1, number - 1, before[1], month))
        before = (number, month)
        _count(months, number, month, held)
    return _described(months, unknown) if months else {}


def _month(url: str) -> str:
    stated = _MONTH.search(url)
    return f"{stated[1]}-{stated[2]}" if stated else ""


def _count(months: dict[str, Month], number: int, month: str, held: int) -> None:
    of_month = months.setdefault(month, Month(month, number, number))
    of_month.first_id, of_month.last_id = (
        min(of_month.first_id, number),
        max(of_month.last_id, number),
    )
    of_month.known += 1
    of_month.held += held


def _described(months: dict[str, Month], unknown: list[Unknown]) -> dict[str, Any]:
    longest = sorted(unknown, key=lambda each: -each.ids)[:_MOST]
    known, held = (
        sum(getattr(each, name) for each in months.values()) for name in ("known", "held")
    )
    return {
        "first_id": min(each.first_id for each in months.values()),
        "last_id": max(each.last_id for each in months.values()),
        "known": known,
        "held": held,
        "missing": known - held,
        "unknown": sum(each.ids for each in unknown),
        "months": [
            {**asdict(each), "missing": each.known - each.held, "between": each.between}
            for _, each in sorted(months.items())
        ],
        "ranges": [
            {**asdict(each), "ids": each.ids}
            for each in sorted(longest, key=lambda each: each.first_id)
        ],
    }

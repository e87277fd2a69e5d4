"""The articles before and after one, of its day and of its section: each found by one step along an index."""

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

# A title may have a million characters; one that has more than these is a hostile one.
_SELECT: Final = """
SELECT id, CASE WHEN length(title) > 200 THEN substr(title, 1, 200) || '…' ELSE title END AS title, language
FROM articles
"""
_SECTION: Final = (
    "section_slug = :section AND id < :id ORDER BY id DESC LIMIT 1",
    "section_slug = :section AND id > :id ORDER BY id LIMIT 1",
)
# Articles whose hour is not known, or is the same, follow each other as they were met. Two steps, because
# SQLite walks an index along one condition at a time.
_DAY: Final = (
    "published_at = :at AND id < :id ORDER BY id DESC LIMIT 1",
    "published_at < :at AND published_at >= :day ORDER BY published_at DESC, id DESC LIMIT 1",
    "published_at = :at AND id > :id ORDER BY id LIMIT 1",
    "published_at > :at AND published_at < :day || 'U' ORDER BY published_at, id LIMIT 1",
)


@dataclass(slots=True, frozen=True)
class Neighbour:
    """An article one may go on to."""

    id: int
    title: str
    language: str


@dataclass(slots=True, frozen=True)
class Neighbours:
    """What was published just before and just after an article; `by` is what they share."""

    by: str
    earlier: Neighbour | None
    later: Neighbour | None


def neighbours(db: sqlite3.Connection, article: dict[str, Any]) -> list[Neighbours]:
    """Return those of the day, in the order of time, and of the section; without those that have none.

    Where only the month is known there is no day. A section's children are sections of their own here.
    """
    at = article["published_at"]
    values = {"id": article["id"], "section": article["section_slug"], "at": at}
    found = []
    if at and article["published_precision"] in {"minute", "day"}:
        step = [_first(db, where, values | {"day": at[:10]}) for where in _DAY]
        found.append(Neighbours("day", step[0] or step[1], step[2] or step[3]))
    if article["section_slug"]:
        found.append(Neighbours("section", *(_first(db, where, values) for where in _SECTION)))
    return [each for each in found if each.earlier or each.later]


def _first(db: sqlite3.Connection, where: str, values: dict[str, Any]) -> Neighbour | None:
    row = db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
    return Neighbour(**row) if row else None

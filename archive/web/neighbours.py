"""The articles before and after one, of its day and of its section: each found along an index."""

import sqlite3
from dataclasses import dataclass
from typing import Any, Final

Steps = tuple[str, str, str, str]

# A title may have a million characters; one that has more than these is a hostile one.
_SELECT: Final = """
SELECT id, CASE WHEN length(title) > 200 THEN substr(title, 1, 200) || '…' ELSE title END AS title, language
FROM articles
"""
# An id is the day of publication and four digits: within the day they rise as articles were met, which is not as
# they appeared. So the few of a section's day are put in order, and after them those of the next day that has some.
_SECTIONS_DAY: Final = (
    "section_slug = :section AND id BETWEEN {0} / 10000 * 10000 AND {0} / 10000 * 10000 + 9999"
)
_WITHIN: Final = _SECTIONS_DAY.format(":id")
_BEFORE: Final = _SECTIONS_DAY.format(
    "(SELECT max(id) FROM articles WHERE section_slug = :section AND id < :id / 10000 * 10000)"
)
_BEHIND: Final = _SECTIONS_DAY.format(
    "(SELECT min(id) FROM articles WHERE section_slug = :section AND id > :id / 10000 * 10000 + 9999)"
)
_TIME: Final = "coalesce(published_at, '')"
_LATEST: Final = f"ORDER BY {_TIME} DESC, id DESC LIMIT 1"
_FIRST: Final = f"ORDER BY {_TIME}, id LIMIT 1"
_SECTION: Final[Steps] = (
    f"{_WITHIN} AND ({_TIME}, id) < (coalesce(:at, ''), :id) {_LATEST}",
    f"{_BEFORE} {_LATEST}",
    f"{_WITHIN} AND ({_TIME}, id) > (coalesce(:at, ''), :id) {_FIRST}",
    f"{_BEHIND} {_FIRST}",
)
# Articles whose hour is not known, or is the same, follow each other as they were met. Two steps, because
# SQLite walks an index along one condition at a time.
_DAY: Final[Steps] = (
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
    values = {"id": article["id"], "section": article["section_slug"], "at": at, "day": None}
    found = []
    if at and article["published_precision"] in {"minute", "day"}:
        found.append(_around(db, "day", _DAY, values | {"day": at[:10]}))
    if article["section_slug"]:
        found.append(_around(db, "section", _SECTION, values))
    return [each for each in found if each.earlier or each.later]


def _around(db: sqlite3.Connection, by: str, steps: Steps, values: dict[str, Any]) -> Neighbours:
    """Two steps back and two on; of each two the second is only taken where the first finds nothing."""
    near, before, next_, behind = steps
    return Neighbours(
        by,
        _first(db, near, values) or _first(db, before, values),
        _first(db, next_, values) or _first(db, behind, values),
    )


def _first(db: sqlite3.Connection, where: str, values: dict[str, Any]) -> Neighbour | None:
    row = db.execute(f"{_SELECT} WHERE {where}", values).fetchone()
    return Neighbour(**row) if row else None

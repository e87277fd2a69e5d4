"""The tiers of an answer, and the ids each of them finds, in order."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from archive.search.marks import EVERY, Filters
from archive.search.query import Query

Sort = Literal["best", "newest", "relevance"]
SORTS: Final[tuple[Sort, ...]] = ("best", "newest", "relevance")
RANKED: Final = 2000  # the newest of a tier are ranked: ranking looks at every hit

_MATCH: Final = "SELECT rowid AS id FROM search WHERE search MATCH ?"
_PER_DAY: Final = 10_000  # ids of a day, as Articles.new_id gives them
# Title and text, each in its exact and its folded column; the marks weigh nothing.
_RANK: Final = "bm25(search, 8.0, 1.0, 8.0, 1.0, 0.0)"


@dataclass(slots=True, frozen=True)
class Tier:
    """Hits that are equally good: the expression that finds them, and the one whose words are marked."""

    match: str
    marked: str | None = None


def everything(query: Query, filters: Filters) -> Tier:
    """Return all hits of a query within filters as one tier."""
    asked = query.anywhere() if query.pieces else None
    return _tier(asked, query, filters, [])


def tiers_of(query: Query, filters: Filters) -> list[Tier]:
    """Return the tiers of a query, best first; together they hold everything, and each hit once."""
    matches = query.tiers()
    if len(matches) < 2:
        return [everything(query, filters)]
    return [_tier(match, query, filters, matches[:number]) for number, match in enumerate(matches)]


def completed(query: Query, filters: Filters) -> Tier | None:
    """Return the tier of hits in which the last syllable goes on where it was only begun, or None."""
    begun = query.unfinished()
    return _tier(begun, query, filters, [query.anywhere()]) if begun else None


def _tier(asked: str | None, query: Query, filters: Filters, earlier: list[str]) -> Tier:
    match = " AND ".join([*([asked] if asked else []), *filters.match()] or [f'"{EVERY}"'])
    without = [piece.match() for piece in query.excluded] + earlier
    return Tier(f"({match}) NOT ({' OR '.join(without)})" if without else match, asked)


def count(db: sqlite3.Connection, tier: Tier, most: int) -> int:
    """Return how many articles a tier holds; counting stops at `most`."""
    counted = db.execute(f"SELECT count(*) FROM ({_MATCH} LIMIT ?)", [tier.match, most])
    return int(counted.fetchone()[0])


def ids(db: sqlite3.Connection, tier: Tier, sort: Sort, most: int) -> list[int]:
    """Return the ids of a tier's first hits in order, `most` of them or a few more."""
    return _ranked(db, tier, most) if sort == "relevance" else _newest(db, tier, most)


def _newest(db: sqlite3.Connection, tier: Tier, most: int) -> list[int]:
    """Ids rise with the day; within a day the time of publication decides."""
    found = _descending(db, tier, most)
    if len(found) == most:
        rest = f"{_MATCH} AND rowid >= ? AND rowid < ? ORDER BY rowid DESC"
        first_of_day = found[-1] // _PER_DAY * _PER_DAY
        found += _column(db, rest, [tier.match, first_of_day, found[-1]])
    return list(_by_time(db, found))


def _by_time(db: sqlite3.Connection, found: list[int]) -> Iterator[int]:
    times = "SELECT id, published_at FROM articles WHERE id IN (SELECT value FROM json_each(?))"
    published = {
        row["id"]: row["published_at"] or "" for row in db.execute(times, [json.dumps(found)])
    }
    for _, day in groupby(found, key=lambda each: each // _PER_DAY):
        yield from sorted(day, key=lambda each: (published.get(each, ""), each), reverse=True)


def _ranked(db: sqlite3.Connection, tier: Tier, most: int) -> list[int]:
    """The newest hits of a tier by rank, then those older than they."""
    newest = _descending(db, tier, max(RANKED, most))
    if len(newest) <= RANKED:
        oldest, later = (newest[-1] if newest else 0), []
    else:
        oldest, later = newest[RANKED - 1], newest[RANKED:]
    ranked = f"{_MATCH} AND rowid >= ? ORDER BY {_RANK}, rowid DESC LIMIT ?"
    return _column(db, ranked, [tier.match, oldest, most]) + later


def _descending(db: sqlite3.Connection, tier: Tier, most: int) -> list[int]:
    return _column(db, f"{_MATCH} ORDER BY rowid DESC LIMIT ?", [tier.match, most])


def _column(db: sqlite3.Connection, query: str, values: list[object]) -> list[int]:
    return [row["id"] for row in db.execute(query, values)]

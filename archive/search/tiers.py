"""The tiers of an answer, and the ids each of them finds, in order."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final, Literal

from archive.search.completing import endings
from archive.search.marks import EVERY, Filters
from archive.search.names import Words
from archive.search.query import Ask, Query, phrase
from archive.search.ranking import ranked

Sort = Literal["best", "newest", "relevance"]
SORTS: Final[tuple[Sort, ...]] = ("best", "newest", "relevance")

COUNTED: Final = 1000  # hits; beyond them the answer is "more than"
FEW: Final = 20  # hits; where fewer are found, a last syllable only begun is completed

_MATCH: Final = "SELECT rowid AS id FROM search WHERE search MATCH ?"
_PER_DAY: Final = 10_000  # ids of a day, as Articles.new_id gives them
_RANKED: Final = 100  # titles, and as many texts, the newest of a tier, that are ranked


@dataclass(slots=True, frozen=True)
class Tier:
    """Hits that are equally good: the expression that finds them, and the phrases marked in them."""

    match: str
    asked: str | None = None  # of the expression the part that was typed
    marks: tuple[Words, ...] = ()


def everything(query: Query, filters: Filters) -> Tier:
    """Return all hits of a query within filters as one tier."""
    return _tier(query.anywhere() if query.pieces else None, query, filters, [])


def tiers_of(query: Query, filters: Filters) -> list[Tier]:
    """Return the tiers of a query, best first; together they hold everything, and each hit once."""
    asks = query.asks()
    if len(asks) < 2:
        return [everything(query, filters)]
    return [_tier(ask, query, filters, asks[:number]) for number, ask in enumerate(asks)]


def answering(
    db: sqlite3.Connection, query: Query, filters: Filters, sort: Sort
) -> tuple[list[Tier], int]:
    """Return the tiers of an answer, and how many hits they hold, counted up to one more than is told."""
    whole = everything(query, filters)
    total = count(db, whole, COUNTED + 1)
    tiers = [whole] if sort == "newest" else tiers_of(query, filters)
    begun = completed(db, query, filters) if total < FEW else None
    if begun is None:
        return tiers, total
    total += count(db, begun, COUNTED + 1)
    if sort == "newest":
        return [Tier(f"({whole.match}) OR ({begun.match})", None, whole.marks + begun.marks)], total
    return [*tiers, begun], total


def completed(db: sqlite3.Connection, query: Query, filters: Filters) -> Tier | None:
    """Return the tier of hits in which the last syllable goes on where it was only begun, or None."""
    if not query.is_unfinished():
        return None
    *whole, begun = query.words
    before = _tier(Ask(phrase(tuple(whole)), ()), query, filters, [])
    found = endings(db, before.match, tuple(whole), begun)
    return _tier(query.ending_in(found), query, filters, [query.anywhere()]) if found else None


def _tier(ask: Ask | None, query: Query, filters: Filters, earlier: list[Ask]) -> Tier:
    match = " AND ".join([*([ask.match] if ask else []), *filters.match()] or [f'"{EVERY}"'])
    without = [piece.match() for piece in query.excluded] + [each.match for each in earlier]
    whole = f"({match}) NOT ({' OR '.join(without)})" if without else match
    return Tier(whole, ask.match, ask.marks) if ask else Tier(whole)


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
    """The newest hits of a tier, and the newest that have it in their title, by rank; then all others."""
    newest = _newest(db, tier, most + 2 * _RANKED)
    first = ranked(db, [*_in_title(db, tier), *newest[:_RANKED]], tier.marks)
    return first + [each for each in newest if each not in set(first)]


def _in_title(db: sqlite3.Connection, tier: Tier) -> list[int]:
    if tier.asked is None:
        return []
    titled = "SELECT rowid FROM suggestions WHERE suggestions MATCH ? ORDER BY rowid DESC LIMIT ?"
    hits = f"{_MATCH} AND rowid IN ({titled})"
    return _column(db, hits, [tier.match, tier.asked, _RANKED])


def _descending(db: sqlite3.Connection, tier: Tier, most: int) -> list[int]:
    return _column(db, f"{_MATCH} ORDER BY rowid DESC LIMIT ?", [tier.match, most])


def _column(db: sqlite3.Connection, query: str, values: list[object]) -> list[int]:
    return [row["id"] for row in db.execute(query, values)]

"""The tiers of an answer, and the ids each of them finds, in order."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, groupby
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
# Words close together are looked for in the newest articles that have them all, so many, whatever the filters:
# FTS5 compares the places of all words in each, which at half a million articles took up to 170 ms.
CLOSE_AMONG: Final = 2000

_MATCH: Final = "SELECT rowid AS id FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
_PER_DAY: Final = 10_000  # ids of a day, as Articles.new_id gives them
_RANKED: Final = 100  # titles, and as many texts, the newest of a tier, that are ranked
_LAST: Final = 2**63 - 1


@dataclass(slots=True, frozen=True)
class Tier:
    """Hits that are equally good: the expression that finds them, and the phrases marked in them.

    Their ids lie between `first` and `last`. `known` are all of them, newest first, where they are few and were
    read already.
    """

    match: str
    asked: str | None = None  # of the expression the part that was typed
    marks: tuple[Words, ...] = ()
    first: int = 0
    last: int = _LAST
    known: tuple[int, ...] | None = None

    @property
    def values(self) -> list[object]:
        """What `_MATCH` is asked with."""
        return [self.match, self.first, self.last]


def everything(query: Query, filters: Filters) -> Tier:
    """Return all hits of a query within filters as one tier."""
    return _tier(query.anywhere() if query.pieces else None, query, filters)


def tiers_of(db: sqlite3.Connection, query: Query, filters: Filters, whole: Tier) -> Iterator[Tier]:
    """Yield the tiers of a query, best first; `whole`, which holds everything, is the last.

    As a phrase; close together; anywhere. A later tier holds the hits of the earlier ones too: by then they are
    known, and leaving them out here would have FTS5 look for them once more.
    """
    for number, ask in enumerate(query.asks()[:-1]):
        first = _begins(db, query, filters, whole) if number else 0
        yield replace(_tier(ask, query, filters), first=first)
    yield whole


@dataclass(slots=True, frozen=True)
class Found:
    """What a query finds: `whole`, whose newest ids were read up to one more than is told, and `begun`.

    The latter are the hits in which a last syllable only begun goes on; they are looked for where there are few others.
    """

    query: Query
    filters: Filters
    whole: Tier
    newest: list[int]
    begun: Tier | None
    total: int

    def tiers(self, db: sqlite3.Connection, sort: Sort) -> Iterable[Tier]:
        """Return the tiers of the answer in an order."""
        if sort == "newest":
            return [self.as_one]
        tiers = tiers_of(db, self.query, self.filters, self.whole)
        return chain(tiers, [self.begun]) if self.begun else tiers

    @property
    def as_one(self) -> Tier:
        """All hits as one tier."""
        if self.begun is None:
            return self.whole
        marks = self.whole.marks + self.begun.marks
        return Tier(f"({self.whole.match}) OR ({self.begun.match})", None, marks)


def answering(db: sqlite3.Connection, query: Query, filters: Filters) -> Found:
    """Return what a query finds within filters, counted up to one more than is told."""
    whole = everything(query, filters)
    newest = descending(db, whole, COUNTED + 1)
    if len(newest) <= COUNTED:
        whole = replace(whole, known=tuple(newest))
    begun = completed(db, query, filters) if len(newest) < FEW else None
    total = len(newest) + (count(db, begun, COUNTED + 1) if begun else 0)
    return Found(query, filters, whole, newest, begun, total)


def completed(db: sqlite3.Connection, query: Query, filters: Filters) -> Tier | None:
    """Return the tier of hits in which the last syllable goes on where it was only begun, or None."""
    if not query.is_unfinished():
        return None
    *whole, begun = query.words
    before = _tier(Ask(phrase(tuple(whole)), ()), query, filters)
    found = endings(db, before.match, tuple(whole), begun)
    if not found:
        return None
    tier = _tier(query.ending_in(found), query, filters)
    return replace(tier, match=f"({tier.match}) NOT {query.anywhere().match}")


def _tier(ask: Ask | None, query: Query, filters: Filters) -> Tier:
    match = " AND ".join([*([ask.match] if ask else []), *filters.match()] or [f'"{EVERY}"'])
    without = [piece.match() for piece in query.excluded]
    whole = f"({match}) NOT ({' OR '.join(without)})" if without else match
    return Tier(whole, ask.match, ask.marks) if ask else Tier(whole)


def _begins(db: sqlite3.Connection, query: Query, filters: Filters, whole: Tier) -> int:
    """The oldest article in which words close together are looked for; 0 for all of them."""
    if whole.known is not None and len(whole.known) <= CLOSE_AMONG and not filters.match():
        return 0
    until = filters.until
    last = int(f"{until:%Y%m%d}") * _PER_DAY + _PER_DAY - 1 if until else _LAST
    among = replace(everything(query, Filters()), last=last)
    oldest = f"{_MATCH} ORDER BY rowid DESC LIMIT 1 OFFSET ?"
    return next(iter(_column(db, oldest, [*among.values, CLOSE_AMONG - 1])), 0)


def count(db: sqlite3.Connection, tier: Tier, most: int) -> int:
    """Return how many articles a tier holds; counting stops at `most`."""
    counted = db.execute(f"SELECT count(*) FROM ({_MATCH} LIMIT ?)", [*tier.values, most])
    return int(counted.fetchone()[0])


def ids(db: sqlite3.Connection, tier: Tier, sort: Sort, most: int) -> list[int]:
    """Return the ids of a tier's first hits in order, `most` of them or a few more."""
    return _ranked(db, tier, most) if sort == "relevance" else _newest(db, tier, most)


def _newest(db: sqlite3.Connection, tier: Tier, most: int) -> list[int]:
    """Ids rise with the day; within a day the time of publication decides."""
    found = descending(db, tier, most)
    if len(found) == most:
        day = found[-1] // _PER_DAY * _PER_DAY
        found += _rest(db, tier, max(day, tier.first), found[-1] - 1)
    return list(_by_time(db, found))


def descending(db: sqlite3.Connection, tier: Tier, most: int) -> list[int]:
    """Return the greatest ids of a tier, in falling order."""
    if tier.known is not None:
        return list(tier.known[:most])
    return _column(db, f"{_MATCH} ORDER BY rowid DESC LIMIT ?", [*tier.values, most])


def _rest(db: sqlite3.Connection, tier: Tier, first: int, last: int) -> list[int]:
    if tier.known is not None:
        return [each for each in tier.known if first <= each <= last]
    return _column(db, f"{_MATCH} ORDER BY rowid DESC", [tier.match, first, last])


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
    if len(newest) <= 2 * _RANKED:
        return ranked(db, newest, tier.marks)
    ranks = set(newest[:_RANKED]).union(_in_title(db, tier))
    first = ranked(db, list(ranks), tier.marks)
    return first + [each for each in newest if each not in ranks]


def _in_title(db: sqlite3.Connection, tier: Tier) -> list[int]:
    if tier.asked is None:
        return []
    titled = "SELECT rowid FROM suggestions WHERE suggestions MATCH ? ORDER BY rowid DESC LIMIT ?"
    return _column(db, f"{_MATCH} AND rowid IN ({titled})", [*tier.values, tier.asked, _RANKED])


def _column(db: sqlite3.Connection, query: str, values: list[object]) -> list[int]:
    """The ids a query finds, the greatest first.

    They come as one row: for each row Python gives up its lock and takes it again, and threads wait for it.
    """
    [found] = db.execute(f"SELECT json_group_array(id) FROM ({query})", values).fetchone()
    return sorted(json.loads(found), reverse=True)

"""A search: what a reader typed, and the page of articles that answers it."""

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from archive.search.counting import Counts, spread
from archive.search.excerpts import excerpt, marked
from archive.search.marks import Filters
from archive.search.query import parse, without_accents
from archive.search.tiers import COUNTED, Found, Sort, Tier, answering, count, everything, ids
from archive.vietnamese import has_accents

PAGE: Final = 20  # hits
DEEPEST: Final = 500  # pages; who needs more narrows the search, or exports

_DETAILS: Final = """
SELECT a.id, a.url, a.title, a.section, a.authors, a.published_at, a.published_precision, a.kind, t.body
FROM articles a JOIN texts t ON t.id = a.id WHERE a.id IN (SELECT value FROM json_each(?))
"""


@dataclass(slots=True, frozen=True)
class Wanted:
    """What is searched for: what was typed, filters, order, and which page of the answer."""

    text: str = ""
    filters: Filters = field(default_factory=Filters)
    sort: Sort = "best"
    page: int = 1
    size: int = PAGE

    def address(self, path: str, page: int) -> str:
        """Return the address of a page of this search."""
        asked = {"q": self.text, **asdict(self.filters), "sort": self.sort, "page": page}
        asked["size"] = self.size if self.size != PAGE else None
        return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"


@dataclass(slots=True, frozen=True)
class Hit:
    """One article found; `title_marked` and `snippet` are HTML with the matches in <mark>."""

    id: int
    url: str
    title: str
    title_marked: str
    snippet: str
    section: str | None
    authors: list[str]
    published_at: str | None
    published_precision: str
    kind: str


@dataclass(slots=True, frozen=True)
class Answer:
    """A page of hits. `unaccented` is what finds more where nothing was found: the same without accents."""

    query: str
    total: int
    total_is_exact: bool
    hits: list[Hit]
    has_next: bool
    unaccented: str | None = None

    def as_dict(self, following: str | None) -> dict[str, Any]:
        """Return the answer as data; `following` is the address of the next page, if there is one."""
        return {
            "query": self.query,
            "total": self.total,
            "total_is_exact": self.total_is_exact,
            "hits": [asdict(hit) for hit in self.hits],
            "next": following if self.has_next else None,
            "unaccented": self.unaccented,
        }


def search(db: sqlite3.Connection, wanted: Wanted) -> Answer:
    """Return a page of what is found; whatever was typed is an answerable question."""
    return _answer(db, wanted, answering(db, parse(wanted.text), wanted.filters))


def search_and_count(db: sqlite3.Connection, wanted: Wanted) -> tuple[Answer, Counts]:
    """Return a page of what is found, and how all of it spreads over years and sections."""
    found = answering(db, parse(wanted.text), wanted.filters)
    return _answer(db, wanted, found), spread(db, found)


def _answer(db: sqlite3.Connection, wanted: Wanted, found: Found) -> Answer:
    page, total = max(1, min(wanted.page, DEEPEST)), found.total
    skip = (page - 1) * wanted.size
    hits = _page(db, found.tiers(db, wanted.sort), wanted.sort, skip, wanted.size + 1)
    return Answer(
        wanted.text,
        min(total, COUNTED),
        total <= COUNTED,
        _hits(db, hits[: wanted.size]),
        len(hits) > wanted.size and page < DEEPEST,
        None if total else _unaccented(db, wanted),
    )


def _page(
    db: sqlite3.Connection, tiers: Iterable[Tier], sort: Sort, skip: int, most: int
) -> list[tuple[int, Tier]]:
    """The hits after so many skipped, each with the best tier that holds it."""
    found: dict[int, Tier] = {}
    for tier in tiers:
        for each in ids(db, tier, sort, skip + most):
            found.setdefault(each, tier)
        if len(found) >= skip + most:
            break
    return list(found.items())[skip : skip + most]


def _hits(db: sqlite3.Connection, found: list[tuple[int, Tier]]) -> list[Hit]:
    rows = db.execute(_DETAILS, [json.dumps([each for each, _ in found])])
    details = {row["id"]: dict(row) for row in rows}
    return [_hit(details[each], tier) for each, tier in found if each in details]


def _hit(details: dict[str, Any], tier: Tier) -> Hit:
    body = details.pop("body")
    return Hit(
        **{**details, "authors": json.loads(details["authors"])},
        title_marked=marked(details["title"], tier.marks),
        snippet=excerpt(body, tier.marks),
    )


def _unaccented(db: sqlite3.Connection, wanted: Wanted) -> str | None:
    bare = without_accents(wanted.text)
    if not has_accents(wanted.text):
        return None
    found = everything(parse(bare), wanted.filters)
    return bare if count(db, found, 1) else None

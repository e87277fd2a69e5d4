"""How the new articles of each run were read: which layout, and for every field which layer gave it."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from archive.dates import timestamp
from archive.model import Place
from archive.store.journal import act

NOTHING: Final = ""  # layout of a page without an article, layer of a field that stayed empty

# Also what was read by runs that died since the last one that came to its end. (CROSS: from the few latest looks,
# in this order, not from all addresses.)
_WINDOW: Final = """
SELECT coalesce(max(ended_at), '') FROM runs
WHERE id < :run AND outcome IN ('done', 'stopped', 'failed')
  AND ended_at <= (SELECT started_at FROM runs WHERE id = :run)
"""
_READ: Final = """
SELECT coalesce(a.section_slug, '') AS section, v.reading, c.url, c.fetched_at, c.content_type,
  c.warc, c.offset, c.length
FROM observations o CROSS JOIN urls u ON u.id = o.url_id
JOIN versions v ON v.article_id = u.article_id AND v.version = 1 AND v.capture_id = o.capture_id
JOIN articles a ON a.id = v.article_id JOIN captures c ON c.id = v.capture_id
WHERE o.at > :since AND o.outcome = 'live' ORDER BY o.at
"""
_UNREAD: Final = """
SELECT o.detail FROM observations o CROSS JOIN urls u ON u.id = o.url_id
WHERE o.at > :since AND o.outcome = 'no-article' AND u.kind = 'article' AND u.looks = 0
  AND NOT EXISTS (
    SELECT 1 FROM observations e WHERE e.url_id = o.url_id AND e.at <= :since AND e.outcome = 'no-article')
"""
_ROWS: Final = """
SELECT r.id AS run_id, r.started_at, e.section, e.layout, e.pages, e.layers
FROM extraction e JOIN runs r ON r.id = e.run_id
WHERE r.kind = 'newest' AND r.started_at >= ? ORDER BY r.id
"""
# Those no layout found an article in, and those only the generic one could read.
_WAITING: Final = """
SELECT (SELECT count(*) FROM urls WHERE kind = 'article' AND state = 'unread' AND fetched_at >= :since
  AND reason LIKE 'no article found%')
+ (SELECT count(*) FROM articles WHERE layout = 'generic' AND first_seen_at >= :since)
"""


@dataclass(slots=True, frozen=True)
class NewPage:
    """A page that made a new article: how it was read, and where the page lies."""

    section: str
    reading: str  # as stored in `versions`
    url: str
    fetched_at: datetime
    content_type: str | None
    place: Place


@dataclass(slots=True)
class Measured:
    """Pages of one run, section and layout; `layers`: for each field how many got it from which layer."""

    run_id: int
    started_at: str
    section: str
    layout: str
    pages: int = 0
    layers: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))


def new_pages(db: sqlite3.Connection, run_id: int) -> Iterator[NewPage]:
    """Yield the pages that made new articles in a run and in those that died before it, oldest first."""
    for row in db.execute(_READ, {"since": _since(db, run_id)}):
        section, reading, url, fetched_at, content_type, *place = row
        at = datetime.fromisoformat(fetched_at)
        yield NewPage(section, reading, url, at, content_type, Place(*place))


def unread(db: sqlite3.Connection, run_id: int) -> list[str]:
    """Return what the looks say of the pages, asked for the first time, in which no layout found an article."""
    rows = db.execute(_UNREAD, {"since": _since(db, run_id)})
    return [row["detail"] or "" for row in rows]


def _since(db: sqlite3.Connection, run_id: int) -> str:
    return str(db.execute(_WINDOW, {"run": run_id}).fetchone()[0])


@act("measured")
def note(db: sqlite3.Connection, measured: Iterable[Measured]) -> None:
    """Enter what was measured at the end of a run."""
    db.executemany(
        "INSERT OR REPLACE INTO extraction (run_id, section, layout, pages, layers) VALUES (?, ?, ?, ?, ?)",
        [(m.run_id, m.section, m.layout, m.pages, json.dumps(m.layers)) for m in measured],
    )


def measured_since(db: sqlite3.Connection, moment: datetime) -> list[Measured]:
    """Return what the runs for the newest articles measured since then, oldest first."""
    return [_measured(**dict(row)) for row in db.execute(_ROWS, [timestamp(moment)])]


def _measured(layers: str, **row: Any) -> Measured:
    counted = {name: Counter(counts) for name, counts in json.loads(layers).items()}
    return Measured(**row, layers=defaultdict(Counter, counted))


def waiting(db: sqlite3.Connection, since: str) -> int:
    """Return how many captures made since a moment wait for a layout that reads them."""
    return int(db.execute(_WAITING, {"since": since}).fetchone()[0])

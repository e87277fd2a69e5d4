"""`/api`: how programs read the archive, with examples that run against what it holds."""

import json
import shlex
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from archive import search
from archive.search.finding import DEEPEST
from archive.search.names import words_of
from archive.search.tiers import COUNTED
from archive.web import addresses
from archive.web.doors import ARTICLE, PARTS, Door, Held, Shape
from archive.web.visits import Visit

_RECENT: Final = 50  # articles among which examples are looked for
_WORDS: Final = 2  # of a title that are searched for
_NEWEST: Final = """
SELECT id, url, title, section_slug, authors, tags FROM articles ORDER BY id DESC LIMIT ?
"""
_LATEST_DAY: Final = """
SELECT substr(published_at, 1, 10) FROM articles
WHERE length(published_at) >= 10 ORDER BY published_at DESC LIMIT 1
"""
_SQL: Final = "tables"  # the part of those who may ask in SQL


@dataclass(slots=True, frozen=True)
class Shown:
    """A door as the page shows it; `curl` is a line for a shell."""

    door: Door
    example: str | None
    curl: str | None

    @property
    def shape(self) -> str | None:
        """The answer in outline."""
        return outline(self.door.shape) if self.door.shape else None


async def page(visit: Visit) -> Any:
    """Show every address that gives data, each with an example that this archive can answer."""
    held = await visit.site.read(examples)
    setting = visit.site.datasette.setting
    parts = {
        name: [_shown(visit, door, held) for door in doors]
        for name, doors in PARTS.items()
        if name != _SQL or setting("default_allow_sql")
    }
    return await visit.page(
        "manual.html",
        parts=parts,
        article=ARTICLE,
        export=visit.address("/export.jsonl"),
        caching=f"curl -i -H 'If-None-Match: \"…\"' {shlex.quote(visit.address('/status.json'))}",
        limits={
            "deepest": visit.words.number(DEEPEST),
            "counted": visit.words.number(COUNTED),
            "seconds": setting("sql_time_limit_ms") // 1000,
        },
    )


def _shown(visit: Visit, door: Door, held: Held) -> Shown:
    example = door.example(held)
    curl = f"curl {shlex.quote(visit.address(example))}" if example else None
    return Shown(door, example, curl)


def outline(shape: Shape) -> str:
    """Return the shape of an answer as one reads it.

    >>> outline({"total": (), "hits": ("id", "title")})
    '{"total", "hits": [{"id", "title"}]}'
    """

    def names(some: Iterable[str]) -> str:
        return ", ".join(f'"{name}"' for name in some)

    each = (
        f'"{name}": [{{{names(inner)}}}]' if inner else f'"{name}"' for name, inner in shape.items()
    )
    return f"{{{', '.join(each)}}}"


def examples(db: sqlite3.Connection) -> Held:
    """Return something of each kind, out of the newest articles."""
    rows = db.execute(_NEWEST, [_RECENT]).fetchall()
    day = db.execute(_LATEST_DAY).fetchone()
    sections = (row["section_slug"] for row in rows)
    authors = (name for row in rows for name in json.loads(row["authors"]))
    tags = (name for row in rows for name in json.loads(row["tags"]))
    return Held(
        id=rows[0]["id"] if rows else None,
        words=next(filter(None, (" ".join(words_of(row["title"])[:_WORDS]) for row in rows)), None),
        url=next((row["url"] for row in rows if _is_known(db, row["url"])), None),
        section=next((each for each in sections if search.Filters(section=each).match()), None),
        author=next((each for each in authors if search.Filters(author=each).match()), None),
        tag=next((each for each in tags if search.Filters(tag=each).match()), None),
        day=day[0] if day else None,
    )


def _is_known(db: sqlite3.Connection, url: str) -> bool:
    """Whether the address leads back to an article: not every one that a page names of itself does."""
    asked = addresses.asked(url)
    known = addresses.known(db, asked) if asked else None
    return known is not None and known.article_id is not None

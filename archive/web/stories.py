"""What the pages show, read from the database: the newest articles, one with its evidence."""

import json
import sqlite3
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from archive import export
from archive.web.neighbours import Neighbours, neighbours

PAGE: Final = 20  # articles

_TEASERS: Final = """
SELECT a.id, a.title, a.lead, a.section, a.kind, a.language, a.published_at,
  (SELECT u.capture_id
     FROM json_each(v.reading, '$.blocks') b
     JOIN urls u ON u.key = json_extract(b.value, '$.url') AND u.kind = 'picture'
    WHERE json_extract(b.value, '$.type') = 'image' AND u.capture_id IS NOT NULL
    ORDER BY b.key LIMIT 1) AS picture
FROM articles a JOIN versions v ON v.article_id = a.id AND v.version = a.version
"""
# Ids rise with the day of publication: newest first is this one walk along the primary key.
_NEWEST: Final = f"{_TEASERS} WHERE a.id < ? ORDER BY a.id DESC LIMIT ?"
_NAMED: Final = f"{_TEASERS} WHERE a.id IN (SELECT value FROM json_each(?))"
_FACTS: Final = """
SELECT id, url, title, section, section_slug, authors, published_at, published_precision, kind
FROM articles WHERE id IN (SELECT value FROM json_each(?))
"""
_LAST: Final = 2**63 - 1


@dataclass(slots=True, frozen=True)
class Teaser:
    """An article as a list shows it; `picture` is the id of a capture."""

    id: int
    title: str
    lead: str | None
    section: str | None
    kind: str
    language: str
    published_at: str | None
    picture: int | None

    @property
    def day(self) -> str | None:
        """The day of publication, or the month where only that is known."""
        return self.published_at[:10] if self.published_at else None


@dataclass(slots=True, frozen=True)
class Story:
    """An article as exported, the capture it was read from, and its pictures' by address.

    `withheld` has the addresses of pictures an operator keeps from the public; `origins` tells of each field which
    layer and rule of the reading gave it; `neighbours` where one may go on; `stood_at` the address of the capture, for
    an article known from a copy on another site.
    """

    article: dict[str, Any]
    capture_id: int
    stood_at: str
    pictures: dict[str, int]
    withheld: frozenset[str]
    origins: dict[str, dict[str, str | None]]
    neighbours: list[Neighbours]

    @property
    def summary(self) -> str:
        """The lead, or the first paragraph where the page set none apart."""
        return self.article["lead"] or str(self.article["body"]).partition("\n\n")[0]


def newest(db: sqlite3.Connection, before: int | None) -> list[Teaser]:
    """Return a page of articles and one more, where there is one; newest first, below `before`."""
    rows = db.execute(_NEWEST, [before or _LAST, PAGE + 1])
    return [Teaser(**row) for row in rows]


def teasers(db: sqlite3.Connection, ids: list[int]) -> list[Teaser]:
    """Return these articles in the order of their ids given."""
    found = {row["id"]: Teaser(**row) for row in db.execute(_NAMED, [json.dumps(ids)])}
    return [found[each] for each in ids if each in found]


def facts(db: sqlite3.Connection, ids: list[int]) -> list[dict[str, Any]]:
    """Return these articles in the order of their ids given, as lists give them as data."""
    rows = {row["id"]: dict(row) for row in db.execute(_FACTS, [json.dumps(ids)])}
    return [
        {**rows[each], "authors": json.loads(rows[each]["authors"])} for each in ids if each in rows
    ]


def by_day(teasers: list[Teaser]) -> list[tuple[str | None, list[Teaser]]]:
    """Return runs of articles of one day in the order given, the latest hour first."""
    runs = groupby(teasers, key=attrgetter("day"))
    # Within a day ids rise as the articles were met, which is not as they appeared.
    return [(day, sorted(run, key=_hour, reverse=True)) for day, run in runs]


def _hour(teaser: Teaser) -> tuple[str, int]:
    return teaser.published_at or "", teaser.id


def story(db: sqlite3.Connection, article_id: int) -> Story | None:
    """Return an article for its page, or None where there is none of that id."""
    article = export.article(db, article_id)
    if article is None:
        return None
    row = db.execute(
        "SELECT v.capture_id, v.reading, c.url AS stood_at"
        " FROM versions v JOIN captures c ON c.id = v.capture_id"
        " WHERE v.article_id = ? AND v.version = ?",
        [article_id, article["version"]],
    ).fetchone()
    urls = [image["url"] for image in article["images"] if image["url"]]
    return Story(
        article,
        row["capture_id"],
        row["stood_at"],
        _pictures(db, urls),
        _withheld(db, urls),
        export.provenance(json.loads(row["reading"])),
        neighbours(db, article),
    )


def _pictures(db: sqlite3.Connection, urls: list[str]) -> dict[str, int]:
    held = (
        db.execute(
            "SELECT key, capture_id FROM urls"
            " WHERE key = ? AND kind = 'picture' AND capture_id IS NOT NULL",
            [url],
        ).fetchone()
        for url in urls
    )
    return {row["key"]: row["capture_id"] for row in held if row}


def _withheld(db: sqlite3.Connection, urls: list[str]) -> frozenset[str]:
    rows = db.execute(
        "SELECT u.key FROM withheld_parts p JOIN urls u ON u.id = p.id"
        " WHERE p.kind = 'picture' AND u.key IN (SELECT value FROM json_each(?))",
        [json.dumps(urls)],
    )
    return frozenset(row["key"] for row in rows)


def ids_after(db: sqlite3.Connection, article_id: int, count: int) -> list[int]:
    """Return the next ids in rising order."""
    rows = db.execute(
        "SELECT id FROM articles WHERE id > ? ORDER BY id LIMIT ?", [article_id, count]
    )
    return [row["id"] for row in rows]

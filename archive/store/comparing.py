"""What a rebuild changed: versions of two databases, field by field."""

import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.reading import FIELDS
from archive.store.damage import UNREADABLE
from archive.store.opening import one_line

_EXAMPLES: Final = 3  # of a field
_LONGEST: Final = 90  # characters of a value
# The same version: of the same article, read from the same capture.
_CAPTURED: Final = """
SELECT v.article_id, v.version, v.reading, c.warc, c.offset, c.url
FROM {0}.versions v JOIN {0}.captures c ON c.id = v.capture_id
"""
_CHANGED: Final = f"""
SELECT b.article_id, b.reading, a.reading, b.url FROM ({_CAPTURED.format("before")}) b
JOIN ({_CAPTURED.format("main")}) a USING (article_id, warc, offset) WHERE a.reading <> b.reading
ORDER BY b.article_id, b.version
"""
_ONLY: Final = (
    "SELECT id, url, title FROM {0}.articles WHERE id NOT IN (SELECT id FROM {1}.articles)"
)


_NO_VERSION: Final = f"""
SELECT b.article_id, b.version, b.url FROM ({_CAPTURED.format("before")}) b
WHERE b.article_id IN (SELECT id FROM main.articles) AND NOT EXISTS (
  SELECT 1 FROM main.versions v JOIN main.captures c ON c.id = v.capture_id
  WHERE v.article_id = b.article_id AND c.warc = b.warc AND c.offset = b.offset)
ORDER BY b.article_id, b.version
"""


@dataclass(slots=True)
class Changes:
    """Counts of a rebuilt database against the one before; `alone` says why there was none to compare with."""

    alone: str | None = None
    articles: tuple[int, int] = (0, 0)  # before, now
    versions: tuple[int, int] = (0, 0)
    fields: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def lines(self) -> Iterator[str]:
        """Yield what changed, for people."""
        if self.alone:
            counts = f"{self.articles[1]:,} articles in {self.versions[1]:,} versions"
            yield f"{counts}; no database to compare with ({self.alone})."
            return
        for name, (before, now) in (("articles", self.articles), ("versions", self.versions)):
            yield f"{now:,} {name}" + ("" if before == now else f", {before:,} before")
        for name, count in self.fields.most_common():
            yield f"{name}: {count:,} changed" if name in FIELDS else f"{name}: {count:,}"
            yield from (f"  {example}" for example in self.examples[name])
        if not self.fields:
            yield "No article is read in another way than before."

    def note(self, name: str, example: str) -> None:
        """Count one difference; the first of each kind are kept as examples."""
        self.fields[name] += 1
        if len(self.examples[name]) < _EXAMPLES:
            self.examples[name].append(example)


def compared(new: Path, old: Path) -> Changes:
    """Compare a database made anew with the one before, if that can be read."""
    with closing(sqlite3.connect(new)) as db:
        reason = "there is none"
        if old.exists():
            try:
                db.execute("PRAGMA query_only = ON")
                db.execute("ATTACH ? AS before", [str(old)])
                return _changes(db)
            except (
                UNREADABLE
            ) as error:  # comparing is a courtesy; the old database may be what is to be mended
                reason = f"it is damaged: {one_line(error)}"
        now = (_count(db, "main.articles"), _count(db, "main.versions"))
        return Changes(reason, (0, now[0]), (0, now[1]))


def _changes(db: sqlite3.Connection) -> Changes:
    articles, versions = (
        (_count(db, f"before.{name}"), _count(db, f"main.{name}"))
        for name in ("articles", "versions")
    )
    changes = Changes(None, articles, versions)
    for article_id, before, now, url in db.execute(_CHANGED):
        one, other = json.loads(before), json.loads(now)
        for name in FIELDS:
            if one.get(name) != other.get(name):
                change = f"{_short(one.get(name))} → {_short(other.get(name))}"
                changes.note(name, f"{article_id} {url}: {change}")
    for article_id, version, url in db.execute(_NO_VERSION):
        changes.note("versions no longer read", f"{article_id} {url}: version {version}")
    for where, names in (
        ("articles read now", ("main", "before")),
        ("articles no longer read", ("before", "main")),
    ):
        for article_id, url, title in db.execute(_ONLY.format(*names)):
            changes.note(where, f"{article_id} {url}: {_short(title)}")
    return changes


def _count(db: sqlite3.Connection, table: str) -> int:
    return int(db.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"

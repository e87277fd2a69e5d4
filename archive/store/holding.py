"""What an operator withholds: its rows leave the public tables, its captures stay in the WARC.

Every page, feed, export and query of one's own reads the public tables, so none of them has to know. The rows lie in
`withheld_rows`, which a served connection may not read (`archive.web.withheld`). A writer puts them back when its
transaction begins and takes them away before it commits: a crawl goes on with a withheld article as with any other,
and what is committed never shows it.
"""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from archive.dates import timestamp
from archive.model import Article
from archive.reading import unpacked
from archive.spellings import names_of
from archive.store.index import Index
from archive.store.journal import act

PRIVATE: Final = "withheld_rows"

# Whole rows are taken from these, in this order, and put back in the other.
_TABLES: Final = (("states", "article_id"), ("versions", "article_id"), ("articles", "id"))
# Of addresses only what tells of the article, or leads to the bytes of a picture.
_ADDRESSES: Final = "SELECT id, article_id, title FROM urls WHERE article_id = ?"
# The plus keeps SQLite from walking through all pictures of the archive.
_PICTURES: Final = """
SELECT u.id, u.capture_id FROM urls u WHERE +u.kind = 'picture' AND u.capture_id IS NOT NULL AND u.key IN (
  SELECT json_extract(b.value, '$.url') FROM versions v, json_each(v.reading, '$.blocks') b WHERE v.article_id = ?)
"""
_PICTURE: Final = "SELECT id, capture_id FROM urls WHERE key = ? AND kind = 'picture'"
_CAPTURES: Final = """
INSERT OR IGNORE INTO withheld_parts SELECT :subject, 'capture', capture_id FROM (
  SELECT o.capture_id FROM observations o WHERE o.url_id IN (SELECT value FROM json_each(:urls))
  UNION SELECT u.capture_id FROM urls u WHERE u.id IN (SELECT value FROM json_each(:urls))
  UNION SELECT v.capture_id FROM versions v WHERE v.article_id = :subject
) WHERE capture_id IS NOT NULL
"""
_SPELT: Final = """
SELECT p.subject, u.url, u.asked, u.key, a.url FROM withheld_parts p JOIN urls u ON u.id = p.id
LEFT JOIN aliases a ON a.url_id = u.id WHERE p.kind = 'address'
"""
_TITLES: Final = f"""
SELECT subject, json_extract(content, '$.title') AS title FROM {PRIVATE}
WHERE name IN ('articles', 'urls') AND title IS NOT NULL
UNION SELECT subject, json_extract(json_extract(content, '$.reading'), '$.title') FROM {PRIVATE} WHERE name = 'versions'
"""
_Row = dict[str, Any]


class Holding:
    """The tables `withheld`, `withheld_parts` and `withheld_rows`. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection, index: Index) -> None:
        self._db, self._index = connection, index

    @act("withhold")
    def withhold(self, subject: str, why: str, at: datetime) -> None:
        """Keep an article, by its id, or a picture, by its address, from the public when this is committed."""
        self._db.execute(
            "INSERT OR IGNORE INTO withheld VALUES (?, ?, ?)", [subject, timestamp(at), why]
        )

    @act("release")
    def release(self, subject: str) -> None:
        """Let everybody see it again."""
        self.lift()
        self._db.execute("DELETE FROM withheld_parts WHERE subject = ?", [subject])
        self._db.execute("DELETE FROM withheld WHERE subject = ?", [subject])
        if is_article(subject) and (article := self._latest(int(subject))):
            self._index.put(int(subject), article)

    def _latest(self, article_id: int) -> Article | None:
        row = self._db.execute(
            "SELECT a.url, v.reading FROM articles a"
            " JOIN versions v ON v.article_id = a.id AND v.version = a.version WHERE a.id = ?",
            [article_id],
        ).fetchone()
        return unpacked(row["reading"], row["url"]) if row else None

    def lift(self) -> None:
        """Put back all that was taken; where nothing is, that is seen at once."""
        taken = self._db.execute(f"SELECT name, content FROM {PRIVATE} ORDER BY id DESC").fetchall()
        for name, content in taken:
            self._put_back(name, json.loads(content))
        if taken:
            self._db.execute(f"DELETE FROM {PRIVATE}")

    def _put_back(self, name: str, row: _Row) -> None:
        if name == "urls":
            said = ", ".join(f"{column} = :{column}" for column in row if column != "id")
            self._db.execute(f"UPDATE urls SET {said} WHERE id = :id", row)
        else:
            columns = ", ".join(row)
            self._db.execute(f"INSERT INTO {name} ({columns}) VALUES (:{', :'.join(row)})", row)

    def hide(self) -> None:
        """Take away what is withheld, to be called last before a commit."""
        for (subject,) in self._db.execute("SELECT subject FROM withheld").fetchall():
            if is_article(subject):
                self._hide_article(subject)
            else:
                self._hide_addresses(subject, "picture", self._rows(_PICTURE, subject))

    def _hide_article(self, subject: str) -> None:
        self._hide_addresses(subject, "address", self._rows(_ADDRESSES, int(subject)))
        self._hide_addresses(subject, "picture", self._rows(_PICTURES, int(subject)))
        self._index.drop(int(subject))
        for name, column in _TABLES:
            rows = self._rows(f"SELECT * FROM {name} WHERE {column} = ?", int(subject))
            for row in rows:
                self._take(subject, name, row)
            if rows:
                self._db.execute(f"DELETE FROM {name} WHERE {column} = ?", [int(subject)])

    def _hide_addresses(self, subject: str, kind: str, rows: list[_Row]) -> None:
        if rows:
            urls = json.dumps([row["id"] for row in rows])
            self._db.execute(_CAPTURES, {"subject": subject, "urls": urls})
        for row in rows:
            self._take(subject, "urls", row)
            empty = ", ".join(f"{column} = NULL" for column in row if column != "id")
            self._db.execute(f"UPDATE urls SET {empty} WHERE id = ?", [row["id"]])
            self._db.execute(
                "INSERT OR IGNORE INTO withheld_parts VALUES (?, ?, ?)", [subject, kind, row["id"]]
            )

    def _rows(self, query: str, value: int | str) -> list[_Row]:
        return [dict(row) for row in self._db.execute(query, [value])]

    def _take(self, subject: str, name: str, row: _Row) -> None:
        self._db.execute(
            f"INSERT INTO {PRIVATE} (subject, name, content) VALUES (?, ?, ?)",
            [subject, name, json.dumps(row, ensure_ascii=False)],
        )


def is_article(subject: str) -> bool:
    """Return whether what is withheld is an article, named by its id; a picture is named by its address."""
    return subject.isdecimal()


def names_withheld(db: sqlite3.Connection) -> dict[str, frozenset[str]]:
    """Return of each withheld article what names it, by its id: see `archive.spellings`.

    Needs a connection that may read what was taken away, where the titles lie.
    """
    urls: dict[str, set[str]] = defaultdict(set)
    titles: dict[str, set[str]] = defaultdict(set)
    for subject, *spelt in db.execute(_SPELT):
        urls[subject].update(filter(None, spelt))
    for subject, title in db.execute(_TITLES):
        titles[subject].add(title)
    return {subject: names_of(urls[subject], titles[subject]) for subject in urls | titles}


def subject_of(db: sqlite3.Connection, name: str) -> str:
    """Return what an operator means: an article's id, `captures/NUMBER` of a picture, or a picture's address.

    Raises LookupError where the archive has none such.
    """
    number = name.removeprefix("captures/")
    if number != name:
        picture = "SELECT key FROM urls WHERE kind = 'picture' AND capture_id = ? LIMIT 1"
        return _found(db, picture, int(number) if number.isdecimal() else -1, name)
    if is_article(name):
        return _found(db, "SELECT id FROM articles WHERE id = ?", int(name), name)
    return _found(db, "SELECT key FROM urls WHERE kind = 'picture' AND key = ?", name, name)


def _found(db: sqlite3.Connection, query: str, value: int | str, name: str) -> str:
    row = db.execute(query, [value]).fetchone()
    if row is None:
        raise LookupError(name)
    return str(row[0])


def withheld(db: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Yield what is withheld: subject, since when (UTC), why. Nothing in a database made before there was such."""
    known = "SELECT 1 FROM sqlite_master WHERE name = 'withheld'"
    if db.execute(known).fetchone():
        for row in db.execute("SELECT subject, since, why FROM withheld ORDER BY since, subject"):
            yield row["subject"], row["since"], row["why"]

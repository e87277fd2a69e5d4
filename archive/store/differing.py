"""Two databases of one archive, row by row: the one that is kept, and one made beside it from the WARC."""

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from archive.store.damage import UNREADABLE

_MOST: Final = 20  # sentences of one table
_LONGEST: Final = 60  # characters of a value
# What no reading of a page has a part in.
UNREAD: Final = ("runs", "captures", "alarms", "extraction")
_INDEX: Final = ("search", "suggestions")
# Rows of the index that are the same however it was filled; its words are compared as words.
_SHADOWS: Final = tuple(f"{name}_{part}" for name in _INDEX for part in ("docsize", "config"))
_TOKEN: Final = re.compile(
    r"""--.*|/\*(?s:.*?)\*/|\s+|('(?:[^']|'')*'|"(?:[^"]|"")*"|\w+|[^\w\s])"""
)
_NOT_ROWS: Final = ("sqlite_", "_sqlite", *_INDEX)
_ADDRESSES: Final = {
    "url_id": "SELECT url FROM main.urls WHERE id = ?",
    "article_id": "SELECT url FROM main.articles WHERE id = ?",
    "capture_id": "SELECT url FROM main.captures WHERE id = ?",
}

Word = tuple[str, int, int]  # of the index: term, article, place


@dataclass(slots=True)
class Table:
    """A table both databases have, and which of its columns tell one row from another."""

    name: str
    columns: list[str]
    key: list[str]

    @property
    def paired(self) -> str:
        return " AND ".join(f'a."{name}" IS b."{name}"' for name in self.key)

    def rows_only_in(self, one: str, other: str) -> str:
        """Return the query for the rows of one database that have no counterpart in the other."""
        found = f'SELECT 1 FROM {other}."{self.name}" b WHERE {self.paired}'
        return f'SELECT a.* FROM {one}."{self.name}" a WHERE NOT EXISTS ({found})'

    def rows_unlike(self) -> str:
        """Return the query for the pairs of rows that differ, the values of the kept one first."""
        others = [name for name in self.columns if name not in self.key]
        unlike = " OR ".join(f'a."{name}" IS NOT b."{name}"' for name in others) or "0"
        pair = f'FROM main."{self.name}" a JOIN made."{self.name}" b ON {self.paired}'
        return f"SELECT a.*, b.* {pair} WHERE {unlike}"


def row_differences(db: sqlite3.Connection, *, only: tuple[str, ...] = ()) -> Iterator[str]:
    """Yield how the tables of `db` differ from those of the database attached to it as `made`."""
    names = [
        row[0] for row in db.execute("SELECT name FROM made.sqlite_master WHERE type = 'table'")
    ]
    for name in names:
        is_compared = name in only if only else name in _SHADOWS or not name.startswith(_NOT_ROWS)
        if is_compared:
            yield from _capped(name, _of_table(db, name))


def _capped(name: str, found: Iterator[str]) -> Iterator[str]:
    try:
        yield from islice(found, _MOST)
        if next(found, None):
            yield f"archive.db, table {name}: and more rows that are not what warc/ says"
    except UNREADABLE as error:
        yield f"archive.db, table {name}: it cannot be read to its end ({error})"


def _of_table(db: sqlite3.Connection, name: str) -> Iterator[str]:
    info = db.execute(f'PRAGMA made.table_info("{name}")').fetchall()
    columns = [row["name"] for row in info]
    key = [row["name"] for row in sorted(info, key=lambda row: int(row["pk"])) if row["pk"]]
    table = Table(name, columns, key or columns)
    for row in db.execute(table.rows_unlike()):
        kept, made = tuple(row)[: len(columns)], tuple(row)[len(columns) :]
        yield f"{_where(db, table, kept)}: {_unlike(columns, kept, made)}"
    for row in db.execute(table.rows_only_in("main", "made")):
        yield f"{_where(db, table, tuple(row))}: nothing in warc/ says this row"
    for row in db.execute(table.rows_only_in("made", "main")):
        yield f"{_where(db, table, tuple(row))}: the row is missing; warc/ says it"


def _where(db: sqlite3.Connection, table: Table, row: tuple[Any, ...]) -> str:
    values = dict(zip(table.columns, row, strict=True))
    key = ", ".join(f"{name} {_short(values[name])}" for name in table.key)
    address = values.get("url") or next(
        (found for name in _ADDRESSES if (found := _address(db, name, values.get(name)))), None
    )
    return f"archive.db, table {table.name}, {key}" + (f" ({address})" if address else "")


def _address(db: sqlite3.Connection, name: str, value: Any) -> str | None:
    row = db.execute(_ADDRESSES[name], [value]).fetchone() if value is not None else None
    return row[0] if row else None


def _unlike(columns: list[str], kept: tuple[Any, ...], made: tuple[Any, ...]) -> str:
    unlike = [
        f"{name} is {_short(one)}, by warc/ it is {_short(other)}"
        for name, one, other in zip(columns, kept, made, strict=True)
        if one != other
    ]
    return "; ".join(unlike) or "the values are of another type"


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def readings_unlike(db: sqlite3.Connection, since: int) -> Iterator[str]:
    """Yield the versions, of the captures from that id on, whose stored reading is not what `made` read from them."""
    query = (
        "SELECT a.article_id, a.version, c.url, c.warc, c.offset, a.reading, b.reading FROM main.versions a"
        " JOIN made.versions b ON b.capture_id = a.capture_id JOIN main.captures c ON c.id = a.capture_id"
        " WHERE a.capture_id >= ? AND a.reading <> b.reading"
    )
    for article, version, url, warc, offset, *_ in db.execute(query, [since]):
        yield (
            f"archive.db, table versions, article_id {article}, version {version} ({url}):"
            f" its reading is not what is read from {warc}, offset {offset}"
        )


def schema_differences(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the tables, indexes, views and triggers that are not as the migrations make them."""
    query = "SELECT type, name, sql FROM {}.sqlite_master WHERE name NOT LIKE 'sqlite_stat%'"
    kept, made = (
        {(row[0], row[1]): _meaning(row[2]) for row in db.execute(query.format(schema))}
        for schema in ("main", "made")
    )
    for kind, name in sorted(kept.keys() | made.keys()):
        where = f"archive.db: the {kind} {name}"
        if (kind, name) not in made:
            yield f"{where} is not made by any migration"
        elif (kind, name) not in kept:
            yield f"{where} is missing"
        elif kept[kind, name] != made[kind, name]:
            yield f"{where} is not as the migrations make it"


def _meaning(sql: str | None) -> list[str]:
    r"""Return the words and signs of a statement; its remarks and blanks mean nothing.

    >>> _meaning("CREATE TABLE a (b, -- of c;\n  d DEFAULT '--')")
    ['CREATE', 'TABLE', 'a', '(', 'b', ',', 'd', 'DEFAULT', "'--'", ')']
    """
    return [each for each in _TOKEN.findall(sql or "") if each]


def word_differences(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the articles whose words in the index are not those of the index in `made`, which is read as a whole."""
    for name in _INDEX:
        yield from _capped(name, _of_index(db, name))


def _of_index(db: sqlite3.Connection, name: str) -> Iterator[str]:
    for schema in ("main", "made"):
        table = f"fts5vocab('{schema}', '{name}', 'instance')"
        db.execute(f"CREATE VIRTUAL TABLE temp.{schema}_{name} USING {table}")
    kept, made = (
        (tuple(row) for row in db.execute(f"SELECT term, doc, offset FROM temp.{schema}_{name}"))
        for schema in ("main", "made")
    )
    said: set[int] = set()
    for term, article in _unlike_words(kept, made):
        if article not in said:
            said.add(article)
            url = _address(db, "article_id", article)
            yield f"search index: {name} does not have {term!r} of article {article} ({url}) where it stands"


def _unlike_words(kept: Iterator[Word], made: Iterator[Word]) -> Iterator[tuple[str, int]]:
    """Walk both lists, each in the order of terms, articles and places, and yield what is only in one."""
    one, other = next(kept, None), next(made, None)
    while one is not None or other is not None:
        if one == other:
            one, other = next(kept, None), next(made, None)
        elif other is None or (one is not None and _order(one) < _order(other)):
            yield _word(one)
            one = next(kept, None)
        else:
            yield _word(other)
            other = next(made, None)


def _word(found: Word | None) -> tuple[str, int]:
    return (found[0], found[1]) if found else ("", 0)


def _order(word: Word) -> tuple[bytes, int, int]:
    return word[0].encode(), word[1], word[2]

"""The search index beside the articles: written in the same transaction, with the spellings of today's rules."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Final, NamedTuple

from archive.model import Article
from archive.reading import unpacked
from archive.search.marks import marks_of
from archive.search.query import NEAR
from archive.vietnamese import NORMALISER, normalise, normalise_lines, spellings

_AT_ONCE: Final = 500  # articles, while the index is made anew
# A word no text has, so often that no words of two parts stand in a row or close together.
_APART: Final = f" {'zzbetween ' * (NEAR + 1)}"


class Text(NamedTuple):
    """What is indexed of one article, as stored: accented, in two parts, and its filters."""

    id: int
    title: str
    body: str
    marks: str


class Index:
    """The `texts`, `search` and `suggestions` tables. Nothing here commits.

    Articles are saved up and written together at the end of their transaction: FTS5 flushes what it gathered
    at almost every write to another table, and many small segments cost a third of all keeping.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        self._waiting: dict[int, Article] = {}
        self._is_stale = is_stale(connection)

    def put(self, article_id: int, article: Article) -> None:
        """Index the latest version of an article, in place of what was indexed before, with the next `write`."""
        self._waiting[article_id] = article

    def write(self) -> None:
        """Write what was put, to be called last before a commit.

        An index made by older rules is left as it is: words taken out of it must be spelt as they were put in.
        """
        if not self._is_stale:
            for article_id in self._indexed(self._waiting):
                self.drop(article_id)
            self._insert([indexed_text(*each) for each in self._waiting.items()])
        self._waiting.clear()

    def _indexed(self, ids: Iterable[int]) -> list[int]:
        """Those of these articles that are in the index: of a crawl's articles few are."""
        query = "SELECT id FROM texts WHERE id IN (SELECT value FROM json_each(?))"
        return [row["id"] for row in self._db.execute(query, [json.dumps(list(ids))])]

    def _insert(self, texts: list[Text]) -> None:
        """Index articles, table by table."""
        words = [(text.id, *indexed_words(text)) for text in texts]
        write = self._db.executemany
        write("INSERT INTO texts (id, title, body, marks) VALUES (?, ?, ?, ?)", texts)
        write(
            "INSERT INTO search (rowid, words) VALUES (?, ?)", [(n, all_) for n, _, all_ in words]
        )
        write(
            "INSERT INTO suggestions (rowid, words) VALUES (?, ?)",
            [(n, title) for n, title, _ in words],
        )

    def drop(self, article_id: int) -> None:
        """Take an article out of the index."""
        query = "SELECT id, title, body, marks FROM texts WHERE id = ?"
        row = self._db.execute(query, [article_id]).fetchone()
        if row is None:
            return
        # FTS5 must be given the very words that were indexed.
        title, words = indexed_words(Text(*row))
        for table, had in (("search", words), ("suggestions", title)):
            self._db.execute(
                f"INSERT INTO {table} ({table}, rowid, words) VALUES ('delete', ?, ?)",
                [article_id, had],
            )
        self._db.execute("DELETE FROM texts WHERE id = ?", [article_id])

    def rebuild(self) -> Iterator[int]:
        """Make the index anew from the latest versions; yield how many articles are done, for progress.

        It reads every article and writes one transaction, which is the caller's.
        """
        for table in ("search", "suggestions"):
            self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('delete-all')")
        self._db.execute("DELETE FROM texts")
        texts, done = all_texts(self._db), 0
        while some := list(islice(texts, _AT_ONCE)):
            self._insert(some)
            done += len(some)
            yield done
        for table in ("search", "suggestions"):
            self._db.execute(f"INSERT INTO {table} ({table}) VALUES ('optimize')")
        self._db.execute(
            "INSERT OR REPLACE INTO settings VALUES ('normaliser', ?)", [str(NORMALISER)]
        )
        self._is_stale = False


def indexed_words(text: Text) -> tuple[str, str]:
    """Return the words of the title, and all words of an article, as the index has them.

    Both have the accented spelling first, then the folded one.
    """
    title, body = spellings(text.title), spellings(text.body)
    whole = (title[0], body[0], title[1], body[1], text.marks)
    return _APART.join(title), _APART.join(whole)


def is_stale(db: sqlite3.Connection) -> bool:
    """Return whether the index was made by other rules than today's: then it must be rebuilt."""
    row = db.execute("SELECT value FROM settings WHERE name = 'normaliser'").fetchone()
    return row is not None and row["value"] != str(NORMALISER)


def all_texts(db: sqlite3.Connection) -> Iterator[Text]:
    """Yield what the index must hold, by id, as today's rules have it."""
    latest = (
        "SELECT a.id, a.url, v.reading FROM articles a"
        " JOIN versions v ON v.article_id = a.id AND v.version = a.version ORDER BY a.id"
    )
    for row in db.execute(latest):
        yield indexed_text(row["id"], unpacked(row["reading"], row["url"]))


def indexed_text(article_id: int, article: Article) -> Text:
    """Return what is indexed of an article."""
    title, body = normalise(article.title), normalise_lines(_searched(article))
    return Text(article_id, title, body, marks_of(article_id, article))


def _searched(article: Article) -> str:
    """Everything a reader may remember of an article but its title, as one text."""
    captions = [part for image in article.images for part in (image.caption, image.credit) if part]
    cells = [
        cell
        for block in article.blocks
        if block.type == "table"
        for row in block.rows
        for cell in row
    ]
    parts = [
        article.kicker,
        article.lead,
        article.body,
        *captions,
        *cells,
        *article.authors,
        *article.tags,
    ]
    return "\n".join(part for part in parts if part).replace("\n\n", "\n")

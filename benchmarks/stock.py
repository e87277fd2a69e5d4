"""Stock search on the same articles: a plain table with FTS5, as Datasette and sqlite-utils ask it."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from building import Built
from datasette.utils import escape_fts
from metering import Meter
from sqlite_utils import Database

COPY = """
CREATE TABLE stories (id INTEGER PRIMARY KEY, title TEXT, body TEXT, section TEXT, published_at TEXT);
INSERT INTO stories SELECT t.id, t.title, t.body, a.section, a.published_at
FROM archive.texts t JOIN archive.articles a ON a.id = t.id;
"""
# As Datasette 0.65 asks for /db/stories?_search=…&_sort_desc=id&_size=20, and for the number of hits.
MATCHING = "FROM stories WHERE rowid IN (SELECT rowid FROM stories_fts WHERE stories_fts MATCH ?)"
DATASETTE_ROWS = (
    f"SELECT id, title, body, section, published_at {MATCHING} ORDER BY id DESC LIMIT 21"
)
DATASETTE_COUNT = f"SELECT count(*) {MATCHING}"
STOCK_COUNT = "SELECT count(*) FROM stories_fts WHERE stories_fts MATCH ?"


def build_stock(folder: Path, articles: int, meter: Meter) -> Built:
    """Copy the articles beside the archive, with a stock FTS5 table; time that table alone."""
    path, built = folder / "stock.db", Built(articles)
    if path.exists():
        return built
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.execute("ATTACH ? AS archive", [str(folder / "archive.db")])
        db.executescript(f"PRAGMA journal_mode = WAL; BEGIN; {COPY} COMMIT;")
    database = Database(path)
    enable = partial(database.table("stories").enable_fts, ["title", "body"])
    built.seconds = meter.seconds_of(enable)
    database.close()
    return built


def ask_datasette(db: sqlite3.Connection, query: str) -> int:
    """Ask for a page as Datasette does; return the number of hits."""
    words = escape_fts(query)
    db.execute(DATASETTE_ROWS, [words]).fetchall()
    return int(db.execute(DATASETTE_COUNT, [words]).fetchone()[0])


def ask_sqlite_utils(stock: Database, query: str) -> None:
    """Ask for a page as `sqlite-utils search` does."""
    list(stock.table("stories").search(query, limit=20))

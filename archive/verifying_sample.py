"""A quick look at an archive: some captures, taken at random, with their rows and what was read from them."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from archive.model import Place
from archive.reading import packed
from archive.store.opening import DATABASE
from archive.store.read_by import read_since
from archive.verifying import Listener, Tools, look
from archive.warc import Damage, Record, read
from archive.warc_against_rows import row_faults
from archive.warc_content import record_faults

_SOME: Final = "SELECT * FROM captures ORDER BY random() LIMIT ?"
_READ_FROM: Final = "SELECT article_id, version, reading FROM versions WHERE capture_id = ?"


def sample_faults(
    folder: Path, tools: Tools, size: int, listener: Listener | None = None
) -> Iterator[str]:
    """Yield what is wrong with so many captures, one sentence each. Raises ArchiveError and sqlite3.DatabaseError."""
    listener = listener or Listener()
    db, _, is_as_left = look(folder)
    with closing(db):
        if not is_as_left:
            yield f"{folder / DATABASE}: its bytes are not those the last run left ({DATABASE}.sha256)"
        rows, show = db.execute(_SOME, [size]).fetchall(), listener.begin("Checking captures")
        since = read_since(db, tools.extraction)
        for done, row in enumerate(rows, 1):
            yield from _of_capture(folder, row)
            if since and row["id"] >= since:
                yield from _of_reading(db, folder, row, tools)
            show(done, len(rows))


def _of_capture(folder: Path, row: sqlite3.Row) -> Iterator[str]:
    record, path = _record(folder, row), folder / "warc" / Path(row["warc"]).name
    if isinstance(record, Damage):
        yield f"{record} ({row['url']})"
        return
    for said in (*record_faults(path, record), *row_faults(row, record)):
        yield f"{path}, offset {row['offset']}: {said} ({row['url']})"


def _of_reading(
    db: sqlite3.Connection, folder: Path, row: sqlite3.Row, tools: Tools
) -> Iterator[str]:
    versions = db.execute(_READ_FROM, [row["id"]]).fetchall()
    record = _record(folder, row) if versions else None
    if not isinstance(record, Record):
        return
    article = tools.article(record)
    for version in versions:
        if article is None or packed(article) != version["reading"]:
            yield (
                f"archive.db, table versions, article_id {version['article_id']}, version {version['version']}"
                f" ({row['url']}): its reading is not what is read from {row['warc']}, offset {row['offset']}"
            )


def _record(folder: Path, row: sqlite3.Row) -> Record | Damage:
    try:
        return read(folder, Place(row["warc"], row["offset"], row["length"]))
    except Damage as damage:
        return damage

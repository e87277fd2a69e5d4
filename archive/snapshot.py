"""The database of an archive at one moment, also while a crawl writes, and how much of the WARC belongs to it."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

from archive.store.opening import ArchiveError, open_database
from archive.store.tail import unindexed
from archive.warc import Record, records
from archive.warc_content import is_unchanged
from archive.warc_files import warc_files

_TRIES: Final = 3  # copies of the database
_PATIENCE: Final = 2.0  # seconds
_WITH_ROWS: Final = frozenset({"response", "resource"})
_KNOWN: Final = "SELECT warc, max(offset + length) AS reach FROM captures GROUP BY warc"


def snapshot(archive: Path, copy: Path) -> int:
    """Copy the database at a moment when all that was received has its rows; return how many responses have none.

    While many requests run in parallel there may be no such moment. Then the copy is as after a kill: the next run
    that opens it takes them over.
    """
    waiting = 0
    for _ in range(_TRIES):
        _wait(archive)
        _copy_database(archive, copy)
        with closing(opened(copy)) as db:
            waiting = _without_rows(archive, db)
        if not waiting:
            break
    return waiting


def _wait(archive: Path) -> None:
    """Wait for such a moment, but not long."""
    give_up = time.monotonic() + _PATIENCE
    with closing(open_database(archive, writable=False)) as db:
        while _without_rows(archive, db) and time.monotonic() < give_up:
            time.sleep(0.02)


def _without_rows(archive: Path, db: sqlite3.Connection) -> int:
    reach = extents(archive, db)
    return sum(
        (record.type in _WITH_ROWS or is_unchanged(record))
        and record.place.offset < reach.get(record.place.warc, 0)
        for record in unindexed(archive, db)
    )


def opened(database: Path) -> sqlite3.Connection:
    """Open a copy to read."""
    db = sqlite3.connect(database)
    db.row_factory = sqlite3.Row
    return db


def _copy_database(archive: Path, path: Path) -> None:
    with (
        closing(open_database(archive, writable=False)) as source,
        closing(sqlite3.connect(path)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode = DELETE")  # all of it in one file


def extents(archive: Path, db: sqlite3.Connection) -> dict[str, int]:
    """Return how many bytes of each WARC file belong to what a database knows; the last it knows may still grow."""
    reach = {row["warc"]: row["reach"] for row in db.execute(_KNOWN)}
    noted = db.execute("SELECT value FROM settings WHERE name = 'journal'").fetchone()
    if noted:
        name, _, offset = noted["value"].rpartition(":")
        reach[name] = max(reach.get(name, 0), _end_of_record(archive / name, int(offset)))
    last = max(reach, default="")
    found = {}
    for path in warc_files(archive):
        name = f"warc/{path.name}"
        if name < last:
            found[name] = path.stat().st_size
        elif name == last:
            found[name] = _with_requests(path, reach[name])
    if missing := sorted(reach.keys() - found):
        raise ArchiveError(
            f"{archive / missing[0]}: the file is missing; `lamdong verify` says more."
        )
    return found


def _end_of_record(path: Path, offset: int) -> int:
    found = next(records(path, offset), None) if path.exists() else None
    return found.place.offset + found.place.length if isinstance(found, Record) else offset


def _with_requests(path: Path, end: int) -> int:
    """A response is written together with its request: no database knows one without the other."""
    for found in records(path, end):
        if not isinstance(found, Record) or found.type != "request":
            break
        end = found.place.offset + found.place.length
    return end

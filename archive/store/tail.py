"""The end of the WARC after a crash: what was received there and has no row yet."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.model import Place
from archive.warc import Record, records
from archive.warc_files import warc_files

DISORDER: Final = 64  # responses; more than are ever under way together, each kept when it is read


def last_place(connection: sqlite3.Connection, before: int = 0) -> Place | None:
    """Return the place of the last response that has a row, or of the one so many before it."""
    row = connection.execute(
        "SELECT warc, offset, length FROM captures ORDER BY warc DESC, offset DESC LIMIT 1 OFFSET ?",
        [before],
    ).fetchone()
    return Place(**row) if row else None


def unindexed(folder: Path, connection: sqlite3.Connection) -> Iterator[Record]:
    """Yield the whole records at the end of the archive's WARC that no row points to."""
    last = last_place(connection, DISORDER) or Place("", 0, 0)
    known = _known_after(connection, last)
    for path in warc_files(folder):
        name = f"warc/{path.name}"
        if name < last.warc:
            continue
        start = last.offset + last.length if name == last.warc else 0
        for found in records(path, start):
            if isinstance(found, Record) and (name, found.place.offset) not in known:
                yield found


def _known_after(connection: sqlite3.Connection, place: Place) -> set[tuple[str, int]]:
    rows = connection.execute(
        "SELECT warc, offset FROM captures WHERE (warc, offset) > (?, ?)",
        [place.warc, place.offset],
    )
    return {(row["warc"], row["offset"]) for row in rows}

"""The end of the WARC after a crash: what was received there and has no row yet, and rows whose bytes are not there."""

import sqlite3
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.fixity import closed
from archive.model import Place
from archive.warc import Record, records
from archive.warc_files import warc_files

DISORDER: Final = 64  # responses; more than are ever under way together, each kept when it is read
_OVERLAP: Final = """
SELECT 1 FROM (SELECT offset + length AS reach, lead(offset) OVER (ORDER BY offset) AS next FROM captures
  WHERE warc = ?) WHERE reach > next LIMIT 1
"""


def last_place(connection: sqlite3.Connection, before: int = 0) -> Place | None:
    """Return the place of the last response that has a row, or of the one so many before it."""
    row = connection.execute(
        "SELECT warc, offset, length FROM captures ORDER BY warc DESC, offset DESC LIMIT 1 OFFSET ?",
        [before],
    ).fetchone()
    return Place(**row) if row else None


def last_known(connection: sqlite3.Connection) -> Place | None:
    """Return the place of the last record the tables have anything of: a response, or a part of the journal."""
    known = [each for each in (last_place(connection), _journal(connection)) if each]
    return max(known, key=lambda each: (each.warc, each.offset), default=None)


def _journal(connection: sqlite3.Connection) -> Place | None:
    """Return where the last part of the journal begins that is in the tables; None where the setting says none."""
    row = connection.execute("SELECT value FROM settings WHERE name = 'journal'").fetchone()
    name, _, offset = (row["value"] if row else "").rpartition(":")
    return Place(name, int(offset), 1) if name and offset.isascii() and offset.isdigit() else None


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


# -- rows beyond the files ------------------------------------------------------------------------


def is_ahead(folder: Path, connection: sqlite3.Connection) -> bool:
    """Return whether the tables have what the WARC files do not: a disk lost what was not synced before it was noted.

    Looked at is the end: the last rows, and the last record of the journal that is in the tables. A closed file that
    is missing or cut, and a record with a flipped bit, are no such thing but damage, for `verify` to name.
    """
    sums, last = closed(folder / "warc"), last_place(connection)
    journal = _journal(connection)
    is_open = journal is not None and Path(journal.warc).name not in sums
    if journal and is_open and not _reaches(folder / journal.warc, journal.offset + 1):
        return True
    if last is None or Path(last.warc).name in sums:
        return False
    is_double = connection.execute(_OVERLAP, [last.warc]).fetchone() is not None
    return is_double or bool(lost(folder, connection, DISORDER))


def lost(folder: Path, connection: sqlite3.Connection, most: int = -1) -> list[int]:
    """Return the ids of the rows of captures, or of so many last ones, that point past the end of an open file or
    into other records of it.
    """
    rows = connection.execute(
        "SELECT id, warc, offset, offset + length AS reach FROM captures"
        " ORDER BY warc DESC, offset DESC LIMIT ?",
        [most],
    ).fetchall()
    at_rest = {f"warc/{name}" for name in closed(folder / "warc")}
    found: list[int] = []
    for name in {row["warc"] for row in rows} - at_rest:
        found += _lost_of(folder / name, [row for row in rows if row["warc"] == name])
    return found


def _lost_of(path: Path, rows: list[sqlite3.Row]) -> Iterator[int]:
    whole = list(_whole(path, min(row["offset"] for row in rows)))
    ends = [end for _, end in whole]
    for row in rows:
        next_ = bisect_right(ends, row["offset"])  # the first record that ends behind it
        begin, end = whole[next_] if next_ < len(whole) else (row["reach"], row["reach"])
        is_another = begin < row["reach"] and (begin, end) != (row["offset"], row["reach"])
        if is_another or not _reaches(path, row["reach"]):
            yield row["id"]


def _whole(path: Path, start: int) -> Iterator[tuple[int, int]]:
    """Begin and end of the whole records of a file."""
    for each in records(path, start) if path.exists() else ():
        if isinstance(each, Record):
            yield each.place.offset, each.place.offset + each.place.length


def _reaches(path: Path, size: int) -> bool:
    return path.exists() and path.stat().st_size >= size

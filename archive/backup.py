"""`lamdong backup DIR`: a copy of the archive as it is at one moment, also while a crawl writes into it.

First the database, in one transaction (SQLite's backup), then of each WARC file what that database knows. A copy is
made under another name and takes its own when it is whole; the database takes its name last. So who is killed leaves
the earlier backup, and the files that were copied are not copied again. The copy is an archive like any other.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from archive.copying import PART, copy_bytes, discard_parts, sum_of, sync, write_text
from archive.dates import now, timestamp
from archive.snapshot import extents, opened, snapshot
from archive.store.opening import DATABASE, ArchiveError, explained, take_lock
from archive.warc import Damage, Record, records
from archive.warc_files import warc_files

LEDGER: Final = "backup.json"  # {"of": …, "made_at": …, "files": {name: [bytes, SHA-256]}}
_SUMS: Final = "warc/SHA256SUMS"
_ROWS: Final = "SELECT offset, length FROM captures WHERE warc = ? ORDER BY offset"
Ledger = dict[str, Any]


@dataclass(slots=True)
class Copied:
    """What a backup copied: `files` and `size` (bytes) anew, `kept` that were there; `faults` of what is copied.

    `waiting` responses have no rows yet, for a crawl was just taking them in.
    """

    files: int = 0
    size: int = 0
    kept: int = 0
    captures: int = 0
    waiting: int = 0
    faults: list[str] = field(default_factory=list)


def backup(archive: Path, target: Path) -> Copied:
    """Bring the backup in `target` up to date, or begin one. Raises ArchiveError: then the earlier one is as it was."""
    try:
        ledger = _ledger(archive, target)
        lock = take_lock(target, "as DIR")
    except OSError as error:
        raise ArchiveError(explained(error, target)) from error
    try:
        return _copy(archive, target, ledger)
    except (sqlite3.Error, OSError) as error:
        raise ArchiveError(explained(error, target)) from error
    finally:
        _discard(target)
        os.close(lock)


def _copy(archive: Path, target: Path, ledger: Ledger) -> Copied:
    _discard(target)
    _write(target, ledger)
    database, done = target / f"{DATABASE}{PART}", Copied()
    done.waiting = snapshot(archive, database)
    with closing(opened(database)) as db:
        for name, size in extents(archive, db).items():
            _copy_file(archive / name, target / name, size, ledger["files"], done)
            done.faults += _row_faults(db, target / name, name)
        done.faults += _database_faults(db)
        done.captures = int(db.execute("SELECT count(*) FROM captures").fetchone()[0])
    _copy_sums(archive, target, ledger["files"])
    _take_name(database, target / DATABASE)
    _write(target, {**ledger, "made_at": timestamp(now())})
    return done


# -- whether the folder is one to write into ------------------------------------------------------


def _ledger(archive: Path, target: Path) -> Ledger:
    """Return what is known of the backup in a folder. Raises ArchiveError where it is none of this archive."""
    identity, here, there = _identity(archive), archive.resolve(), target.resolve()
    if here == there or here in there.parents or there in here.parents:
        raise ArchiveError(f"{target}: a backup lies in a folder of its own, beside the archive.")
    if not target.exists() or not {path.name for path in target.iterdir()} - {
        ".lock",
        "warc",
        f"{LEDGER}{PART}",
    }:
        return {"of": identity, "made_at": None, "files": {}}
    with suppress(OSError, ValueError, KeyError, TypeError):
        found: Ledger = json.loads((target / LEDGER).read_text())
        if found["of"] == identity and isinstance(found["files"], dict):
            return found
    raise ArchiveError(f"{target}: this is no backup of {archive}; choose an empty folder.")


def _identity(archive: Path) -> str:
    """What tells an archive from others: the id of the first record of its first WARC file."""
    first = min(warc_files(archive), default=None)
    if first is None or not (archive / DATABASE).exists():
        raise ArchiveError(f"{archive}: there is nothing to back up yet.")
    found = next(records(first), None)
    if not isinstance(found, Record) or not found.id:
        raise ArchiveError(f"{first}: its first record is damaged; `lamdong verify` says more.")
    return found.id


# -- database -------------------------------------------------------------------------------------


def _database_faults(db: sqlite3.Connection) -> Iterator[str]:
    for row in db.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            yield f"{DATABASE}: {row[0]}"
    for row in db.execute("PRAGMA foreign_key_check"):
        yield f"{DATABASE}: row {row[1]} of {row[0]} points to a row of {row[2]} that is not there"


def _take_name(copy: Path, database: Path) -> None:
    for ending in ("-wal", "-shm", "-journal", ".sha256"):  # of the database that was there
        database.with_name(f"{database.name}{ending}").unlink(missing_ok=True)
    sync(copy)
    sync(database.parent)  # the old log must not come back beside the new database
    copy.replace(database)
    sync(database.parent)


# -- WARC files -----------------------------------------------------------------------------------


def _copy_file(
    source: Path, copy: Path, size: int, known: dict[str, list[Any]], done: Copied
) -> None:
    """Copy the first `size` bytes of a file, unless they are there; never over what they once were."""
    length, stated = known.get(source.name, [0, sum_of(source, 0)])
    if sum_of(source, length) != stated:
        raise ArchiveError(
            f"{source}: it is not what was backed up before; `lamdong verify` says more. The backup is as it was."
        )
    size = max(size, length)
    sum_ = sum_of(source, size)
    if copy.exists() and copy.stat().st_size == size and sum_of(copy, size) == sum_:
        done.kept += 1
    else:
        copy_bytes(source, copy, size)
        done.files, done.size = done.files + 1, done.size + size
        done.faults += [str(found) for found in records(copy) if isinstance(found, Damage)]
    known[source.name] = [size, sum_]


def _row_faults(db: sqlite3.Connection, copy: Path, name: str) -> Iterator[str]:
    """Yield the captures whose record is not in the copy. The bytes themselves are those of the archive."""
    size = copy.stat().st_size
    with copy.open("rb") as file:
        for row in db.execute(_ROWS, [name]):
            file.seek(row["offset"])
            if row["offset"] + row["length"] > size or file.read(2) != b"\x1f\x8b":
                yield f"{copy}, offset {row['offset']}: no record begins here, but a capture points to it"


def _copy_sums(archive: Path, target: Path, held: dict[str, list[Any]]) -> None:
    """Copy the list of sums of closed files, as far as those are in the backup."""
    if not (archive / _SUMS).exists():
        return
    lines = (archive / _SUMS).read_text().splitlines(keepends=True)
    ours = [line for line in lines if held.get(line[66:].strip(), [0, ""])[1] == line[:64]]
    write_text(target / _SUMS, "".join(ours))


def _write(target: Path, ledger: Ledger) -> None:
    write_text(target / LEDGER, json.dumps(ledger, indent=1) + "\n")


def _discard(target: Path) -> None:
    discard_parts(target)
    discard_parts(target / "warc")

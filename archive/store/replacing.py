"""A database made anew takes the place of the old one: in one transaction of the old one, so that readers go on.

A rename would leave a running site with the old file for ever, and the old file's `-wal` and `-shm` to the new one.
SQLite's backup writes all pages into the old database's write-ahead log; only its last frame makes them valid, so a
kill leaves the old rows or the new ones. A database that is damaged or missing is replaced by rename.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Final

from archive.copying import sync
from archive.fixity import seal, unseal
from archive.store.damage import UNREADABLE
from archive.store.opening import DATABASE, failure

NEW: Final = "archive.db.new"
_SIDES: Final = ("-wal", "-shm", "-journal")
# A disk that is full, a reader that does not let go: all else is damage, and a rename does not look at that.
_OF_NO_DAMAGE: Final = (
    "SQLITE_FULL",
    "SQLITE_BUSY",
    "SQLITE_LOCKED",
    "SQLITE_NOMEM",
    "SQLITE_IOERR_WRITE",
)
_PATIENCE: Final = 30.0  # seconds for a reader that holds the file itself


def discard(folder: Path) -> None:
    """Remove what a rebuild left that did not come to its end."""
    for ending in ("", *_SIDES):
        (folder / f"{NEW}{ending}").unlink(missing_ok=True)


def replace(folder: Path) -> None:
    """Put the closed database `archive.db.new` in place of `archive.db`. The caller holds the archive's lock.

    Raises ArchiveError where the disk is full or refuses: then the old one is as it was.
    """
    unseal(folder / DATABASE)
    _replace(folder)
    seal(folder / DATABASE)


def _replace(folder: Path) -> None:
    if (folder / DATABASE).exists():
        try:
            _copy(folder / NEW, folder / DATABASE)
        except UNREADABLE as error:
            name = getattr(error, "sqlite_errorname", "")
            if isinstance(error, sqlite3.Error) and name.startswith(_OF_NO_DAMAGE):
                raise failure(error, folder / DATABASE) from error
        else:
            discard(folder)
            return
    _rename(folder)


def _copy(new: Path, old: Path) -> None:
    with (
        closing(sqlite3.connect(new)) as source,
        closing(sqlite3.connect(old, timeout=_PATIENCE, isolation_level=None)) as target,
    ):
        target.execute("PRAGMA journal_mode = WAL")
        target.execute("PRAGMA synchronous = FULL")
        target.execute("PRAGMA journal_size_limit = 0")
        source.backup(target)
        target.execute("PRAGMA busy_timeout = 500")  # who reads the old rows now is not waited for
        target.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()


def _rename(folder: Path) -> None:
    for ending in _SIDES:
        (folder / f"{DATABASE}{ending}").unlink(missing_ok=True)
    sync(folder / NEW)
    sync(folder)  # the old log must not come back beside the new database
    (folder / NEW).replace(folder / DATABASE)
    sync(folder)

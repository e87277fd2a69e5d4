"""Opening an archive: the folder, the lock, the database and its migrations, each failure as one sentence."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlite_utils import Database

from archive.copying import make_folder
from archive.schema import migrations
from archive.search.sql import register
from archive.store.journal import Connection
from archive.store.readers import address
from archive.vietnamese import NORMALISER
from archive.warc_files import warc_files

try:
    import fcntl
except ImportError:  # not on Windows
    fcntl = None  # type: ignore[assignment]

DATABASE: Final = "archive.db"
LOCK: Final = ".lock"
_OLDEST_SQLITE: Final = (3, 38, 0)  # the schema has STRICT tables (3.37) and asks with `->>` (3.38)
_LONGEST: Final = 160  # characters of what an error says
_PATIENCE: Final = (
    30_000  # milliseconds a writer waits for another (a backup, a rebuild of the index)
)
# Also where a full disk ended the first opening between the tables and this row.
_FIRST_RULES: Final = "INSERT OR IGNORE INTO settings SELECT 'normaliser', ? WHERE NOT EXISTS (SELECT 1 FROM articles)"
# A database that is cut to nothing, or another one, has no table of ours.
_DAMAGED: Final = (
    "malformed",
    "not a database",
    "corrupt",
    "unsupported file format",
    "no such table",
    "no such column",
    "decode",
    "vtable constructor failed",
)


class ArchiveError(Exception):
    """The archive cannot be used; the message is one sentence with the next step."""


class DamagedDatabase(ArchiveError):
    """The database cannot be read as one; the WARC files are not concerned."""


class Locked(ArchiveError):
    """Another run holds the archive."""


def check_machine() -> None:
    """Raise ArchiveError where this Python or operating system lacks what an archive needs."""
    if fcntl is None:
        raise ArchiveError(
            "This operating system cannot lock an archive; use Linux, macOS or another Unix (on Windows: WSL)."
        )
    if sqlite3.sqlite_version_info < _OLDEST_SQLITE:
        raise ArchiveError(
            f"This Python has SQLite {'.'.join(map(str, sqlite3.sqlite_version_info))}; SQLite 3.38 or newer is needed:"
            " use a Python that brings it."
        )


def take_lock(folder: Path, named: str = "with --archive") -> int:
    """Take the archive for one writing run; the operating system lets go of it when the process ends, however.

    Returns the file descriptor that holds it. Raises Locked, or ArchiveError where the folder is unwritable; `named`
    is how the user names another.
    """
    check_machine()
    _look_for_others(folder)
    try:
        make_folder(folder / "warc")
        held = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArchiveError(
            f"{folder}: {_said(error)}; choose a folder you may write to {named}."
        ) from error
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        raise Locked(
            f"{folder}: another run holds this archive; wait until it ends, or look at `lamdong status`."
        ) from error
    return held


def _look_for_others(folder: Path) -> None:
    """Raise ArchiveError where something else than a file lies among the WARC files: to open it may wait for ever."""
    try:
        warc_files(folder, "*.warc*")
    except OSError as error:
        raise ArchiveError(explained(error, Path(error.filename or folder))) from error


@contextmanager
def at_rest(folder: Path) -> Iterator[bool]:
    """Give whether no run holds the archive; then none begins within. Makes nothing, needs no leave to write."""
    try:
        held = os.open(folder / LOCK, os.O_RDONLY)
    except OSError:
        yield True
        return
    try:
        yield _is_free(held)
    finally:
        os.close(held)


def _is_free(held: int) -> bool:
    try:
        fcntl.flock(held, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def open_database(folder: Path, *, writable: bool, name: str = DATABASE) -> Connection:
    """Return a connection to the archive's database, migrated to today's schema when `writable`.

    Raises ArchiveError where there is none to read, it is damaged, or the disk refuses.
    """
    check_machine()
    path = folder / name
    if not writable and not path.exists():
        raise ArchiveError(
            f"{path}: there is no archive here yet; begin one with `lamdong crawl`, or name another with --archive."
        )
    try:
        connection = sqlite3.connect(
            path.absolute().as_uri() if writable else address(path, "rw"),
            uri=True,
            isolation_level=None,
            timeout=_PATIENCE / 1000,
            factory=Connection,
        )
        with closed_on_failure(connection):
            connection.row_factory = sqlite3.Row
            register(connection)
            _configure(connection, writable=writable)
            if writable:
                _migrate(connection)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:
        raise failure(error, path) from error
    except PermissionError as error:
        raise ArchiveError(explained(error, path)) from error
    return connection


@contextmanager
def closed_on_failure(connection: sqlite3.Connection) -> Iterator[None]:
    """Close a connection that is not handed on, for what is done to it fails."""
    try:
        yield
    except BaseException:
        connection.close()
        raise


def failure(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> ArchiveError:
    """Return the error a user is shown for a failure of the database."""
    sentence = explained(error, path)
    return DamagedDatabase(sentence) if "damaged" in sentence else ArchiveError(sentence)


def explained(error: sqlite3.Error | UnicodeDecodeError | OSError, path: Path) -> str:
    """Return one sentence for a failure of the database or the disk, with the next step.

    SQLite names in its messages what a damaged schema holds; where that is no UTF-8 they cannot be decoded.
    """
    # Without a path, which may say "full".
    text = _said(error) if isinstance(error, OSError) else one_line(error)
    is_short = getattr(error, "sqlite_errorname", "") == "SQLITE_IOERR_SHORT_READ"
    is_no_text = isinstance(error, UnicodeDecodeError)
    if is_short or is_no_text or any(sign in text for sign in _DAMAGED):
        return (
            f"{path}: the database is damaged ({text}); the captures in warc/ are untouched:"
            " `lamdong rebuild` makes it anew from them."
        )
    if any(sign in text for sign in ("full", "no space", "too large", "disk I/O")):
        return (
            f"{path}: the disk is full or does not answer ({text}); what was received is kept."
            " Make room and start again."
        )
    return f"{path}: {text}; check the folder's permissions and the disk, then start again."


def _configure(connection: sqlite3.Connection, *, writable: bool) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    if not writable:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        return
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")  # safe in WAL; the WARC is the truth anyway
    connection.execute("PRAGMA cache_size = -16000")
    connection.execute("PRAGMA temp_store = MEMORY")  # nothing is written outside the archive
    connection.execute("PRAGMA journal_size_limit = 67108864")


def _migrate(connection: sqlite3.Connection) -> None:
    database = Database(connection)
    migrations.apply(database)
    connection.execute(_FIRST_RULES, [str(NORMALISER)])


def one_line(error: Exception) -> str:
    """Return what an error says, of which damaged text may be a part, as one line that any terminal may show."""
    text = " ".join(str(error).split())
    return "".join(each if each.isprintable() else "?" for each in text)[:_LONGEST]


def _said(error: OSError) -> str:
    return (error.strerror or str(error)).lower()

"""Whether an archive is sound: WARC files, rows against records, rows against what the WARC says, search index.

The database is compared with one made beside it from `warc/` alone (`Tools.remade`): so an altered row, a dropped
one, and a text that is not what is read from its capture are all named by table and key. Nothing is changed.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from archive.fixity import is_as_sealed
from archive.model import Article
from archive.reading import unpacked
from archive.schema import migrations
from archive.store.damage import UNREADABLE
from archive.store.differing import (
    UNREAD,
    readings_unlike,
    row_differences,
    schema_differences,
    word_differences,
)
from archive.store.index import is_stale
from archive.store.index_faults import index_faults
from archive.store.journal import Connection
from archive.store.opening import (
    DATABASE,
    ArchiveError,
    at_rest,
    closed_on_failure,
    one_line,
    open_database,
)
from archive.store.read_by import extractions, read_since
from archive.warc import Record
from archive.warc_against_rows import Extent, Files, Show, extent
from archive.warc_files import warc_files

_UNSAID: Final = "no value of it says which extraction read the captures"
_ANEW: Final = "`lamdong rebuild` makes it anew from warc/"
_NO_ROWS: Final = (
    "CREATE TABLE captures (id, url, fetched_at, status, warc, offset, length, digest)"
)
_NO_VERSION: Final = (
    "SELECT a.id FROM articles a LEFT JOIN versions v ON v.article_id = a.id AND v.version = a.version"
    " WHERE v.version IS NULL"
)


@dataclass(slots=True, frozen=True)
class Tools:
    """What only the crawler can do: read pages, and make a database from the WARC."""

    extraction: str  # a name for today's reading of pages; another reading has another name
    article: Callable[[Record], Article | None]
    # Gives the path of a database made from what the extent has, None where the WARC does not tell all of it.
    remade: Callable[
        [Path, Extent, set[tuple[str, int]], Show], AbstractContextManager[Path | None]
    ]


@dataclass(slots=True, frozen=True)
class Listener:
    """Who is told how far a check is: `begin` returns what is told the bytes done; `note` what was not compared."""

    begin: Callable[[str], Show] = lambda _: lambda _done, _total: None
    note: Callable[[str], None] = lambda _: None


def faults(folder: Path, tools: Tools, listener: Listener | None = None) -> Iterator[str]:
    """Yield what is wrong with an archive, one sentence each. Raises ArchiveError where there is none."""
    listener, database = listener or Listener(), folder / DATABASE
    if not database.exists() and not any((folder / "warc").glob("*.warc*")):
        open_database(folder, writable=False)
    try:
        db, bounds, is_as_left = look(folder)
    except (*UNREADABLE, ArchiveError) as error:
        yield f"{error}" if isinstance(error, ArchiveError) else _damaged(database, error)
        yield from _of_files_alone(folder, listener)
        return
    with closing(db):
        if not is_as_left:
            yield f"{database}: its bytes are not those the last run left ({database.name}.sha256)"
        try:
            files = Files(folder, bounds, listener.begin("Checking files"))
            yield from files.faults(db)
            if left := files.note():
                listener.note(left)
        except UNREADABLE as error:
            yield _damaged(database, error)
            yield from _of_files_alone(folder, listener)
        try:
            yield from _of_database(db, folder, tools, bounds, listener)
        except UNREADABLE as error:
            yield _damaged(database, error)


def look(folder: Path) -> tuple[Connection, Extent, bool]:
    """Open the database to read, as it is now; return it, how much of the WARC belongs to it, and whether the
    database has the bytes the last run left it with, as far as that can be told.

    The connection goes on seeing this state, whatever a run does meanwhile.
    """
    with at_rest(folder) as is_at_rest:
        is_as_left = is_as_sealed(folder / DATABASE) if is_at_rest else True
        db = open_database(folder, writable=False)
        with closed_on_failure(db):
            db.execute("BEGIN")
            return db, extent(db, folder, is_at_rest=is_at_rest), is_as_left


def _damaged(database: Path, error: Exception) -> str:
    return f"{database}: the database is damaged ({one_line(error)}); {_ANEW}"


def _of_files_alone(folder: Path, listener: Listener) -> Iterator[str]:
    """What can be said where no row can be read: whether the files are whole."""
    sizes = {path.name: path.stat().st_size for path in warc_files(folder)}
    files = Files(folder, Extent(sizes, ("", 0), is_at_rest=True), listener.begin("Checking files"))
    with closing(sqlite3.connect(":memory:")) as nothing:
        nothing.execute(_NO_ROWS)
        yield from files.faults(nothing)
    if files.torn:  # no row tells whether it is more than a kill leaves
        yield f"{folder / 'warc'}: the last file ends within a record, {files.torn} bytes of it are there"


# -- the database ---------------------------------------------------------------------------------


def _of_database(
    db: sqlite3.Connection, folder: Path, tools: Tools, bounds: Extent, listener: Listener
) -> Iterator[str]:
    with _of_today(db, folder, listener) as today:
        yield from _of_itself(today)
        yield from _against_warc(today, folder, tools, bounds, listener, is_older=today is not db)


@contextmanager
def _of_today(
    db: sqlite3.Connection, folder: Path, listener: Listener
) -> Iterator[sqlite3.Connection]:
    """Give the database, or a copy with today's tables where it was made by an older version."""
    missing = migrations_missing(db)
    if not missing:
        yield db
        return
    listener.note(
        f"The database was made by an older version; the next command that writes adds {', '.join(missing)}."
    )
    room = folder if os.access(folder, os.W_OK) else None
    with TemporaryDirectory(prefix=".verify-", dir=room) as temporary:
        with closing(sqlite3.connect(Path(temporary) / DATABASE)) as copy:
            db.backup(copy)
        with closing(open_database(Path(temporary), writable=True)) as today:
            today.execute("BEGIN")
            yield today


def _against_warc(
    db: sqlite3.Connection,
    folder: Path,
    tools: Tools,
    bounds: Extent,
    listener: Listener,
    *,
    is_older: bool,
) -> Iterator[str]:
    if is_stale(db):
        listener.note(
            "The search index was made by older rules; `lamdong rebuild --index` makes it anew."
        )
    known = {tuple(row) for row in db.execute("SELECT warc, offset FROM captures")}
    with tools.remade(folder, bounds, known, listener.begin("Reading again")) as made:
        if made is None:
            listener.note("Rows were not compared: the files in warc/ are older than the journal.")
            return
        db.execute("PRAGMA query_only = OFF")  # for temporary tables, nothing else is written
        db.execute("ATTACH ? AS made", [str(made)])
        if not (is_older or extractions(db)):
            yield f"archive.db, table settings, name extraction: {_UNSAID}"
        yield from _of_rows(db, tools, listener)
        with suppress(sqlite3.Error):
            db.execute("COMMIT")


def _of_itself(db: sqlite3.Connection) -> Iterator[str]:
    """What the database alone tells."""
    for (answer,) in db.execute("PRAGMA integrity_check"):
        if answer != "ok":
            yield f"archive.db: {answer}"
    for row in db.execute("PRAGMA foreign_key_check"):
        yield f"archive.db: row {row[1]} of {row[0]} points to a row of {row[2]} that is not there"
    for row in db.execute(_NO_VERSION):
        yield f"archive.db: article {row[0]} has no version"
    unreadable = list(_unreadable(db))
    yield from unreadable
    if not unreadable and not is_stale(db):
        yield from index_faults(db)


def _unreadable(db: sqlite3.Connection) -> Iterator[str]:
    """Yield the versions whose stored reading is none; without it their words cannot be told."""
    for row in db.execute("SELECT article_id, version, reading FROM versions"):
        try:
            unpacked(row["reading"], "")
        except (ValueError, TypeError, LookupError, AttributeError) as error:
            where = f"table versions, article_id {row['article_id']}, version {row['version']}"
            yield f"archive.db, {where}: its reading cannot be read ({error})"


def migrations_missing(db: sqlite3.Connection) -> list[str]:
    """Return the names of migrations the database has not seen."""
    done = {
        row[0]
        for row in db.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'lamdong'")
    }
    return [migration.name for migration in migrations._migrations if migration.name not in done]


def _of_rows(db: sqlite3.Connection, tools: Tools, listener: Listener) -> Iterator[str]:
    """Row by row; of what another extraction than today's read, only what does not hang on the reading."""
    yield from schema_differences(db)
    since = read_since(db, tools.extraction)
    if since == 1:
        yield from row_differences(db)
        if not is_stale(db):
            yield from word_differences(db)
        return
    listener.note(
        "Some pages were read by another extraction than today's; their articles were not compared."
        " `lamdong rebuild --dry-run` says what reading them again changes."
    )
    yield from row_differences(db, only=UNREAD)
    if since:
        yield from readings_unlike(db, since)

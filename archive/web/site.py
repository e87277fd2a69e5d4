"""The archive as it lies in a running Datasette: found, and read within Datasette's limits."""

import hashlib
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from datasette.utils import sqlite_timelimit

from archive.store.damage import UNREADABLE
from archive.web.closed import ours

NAME: Final = "archive"  # of the database in Datasette, from its file's name
_TABLES: Final = frozenset({"articles", "versions", "captures", "urls", "aliases", "states"})
PLUGIN: Final = "lamdong"  # under which Datasette's metadata may hold our settings
_DISTRIBUTION: Final = (
    "lamdong-news-archive"  # under which Datasette files our style sheet and script
)
_STATIC: Final = Path(__file__).parent / "static"
_PATIENCE: Final = 5.0  # seconds
_Found = TypeVar("_Found")


@dataclass(slots=True, frozen=True)
class Site:
    """One archive being served; `database` is Datasette's, `folder` the archive's."""

    datasette: Any
    database: Any
    folder: Path

    @classmethod
    def within(cls, datasette: Any) -> Self | None:
        """Return the site of the archive Datasette serves, or None where it serves none."""
        database = datasette.databases.get(NAME)
        if database is None or not database.path or not _is_archive(database):
            return None
        return cls(datasette, database, file_of(database).parent)

    @property
    def file(self) -> Path:
        """The archive's database."""
        return file_of(self.database)

    @property
    def is_indexed(self) -> bool:
        """Whether the operator lets search engines list the pages: `indexed` in the plugin's settings."""
        return is_indexed(self.datasette)

    @property
    def prefix(self) -> str:
        """What stands before every path of the site, where it is served below one; else nothing."""
        return str(self.datasette.setting("base_url")).rstrip("/")

    def path(self, path: str) -> str:
        """Return a path of the site as readers ask for it."""
        return self.prefix + path

    def static(self, name: str) -> str:
        """Return the address of our style sheet or script, which changes with its content."""
        path = self.datasette.urls.static_plugins(_DISTRIBUTION, name)
        return f"{path}?v={_digest(_STATIC / name)}"

    async def read(self, query: Callable[[sqlite3.Connection], _Found]) -> _Found:
        """Return what `query` finds, in one of Datasette's threads.

        Raises sqlite3.OperationalError beyond the setting `sql_time_limit_ms`, or where no thread was
        free for so long that the reader has likely gone: under a flood that keeps the others' waits short.
        """
        limit = self.datasette.setting("sql_time_limit_ms")
        asked = time.monotonic()

        def limited(connection: sqlite3.Connection) -> _Found:
            if time.monotonic() - asked > _PATIENCE:
                raise sqlite3.OperationalError("too many readers")
            with ours(), sqlite_timelimit(connection, limit):
                return query(connection)

        found: _Found = await self.database.execute_fn(limited)
        return found

    def read_here(self, query: Callable[[sqlite3.Connection], _Found]) -> _Found:
        """Return what a few steps along indexes find, without a thread: to go there and back takes longer.

        Raises sqlite3.OperationalError beyond the setting `sql_time_limit_ms`.
        """
        connection = _connected(self.datasette, self.database)
        with ours(), sqlite_timelimit(connection, self.datasette.setting("sql_time_limit_ms")):
            return query(connection)


def file_of(database: Any) -> Path:
    """Return the path of a database of Datasette's that is a file."""
    return Path(getattr(database, "file", database.path))


def _is_archive(database: Any) -> bool:
    try:
        connection = database.connect()
        # Asked at every wrong address: what Datasette notes stays open until it ends.
        database._all_file_connections.remove(connection)
        with closing(connection):
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name for (name,) in rows} >= _TABLES
    except UNREADABLE:
        return False


def is_indexed(datasette: Any) -> bool:
    """Return whether search engines may list what this Datasette serves; they may not unless it is said."""
    return bool((datasette.plugin_config(PLUGIN) or {}).get("indexed"))


@cache
def _connected(datasette: Any, database: Any) -> sqlite3.Connection:
    """The connection of the thread that answers requests; Datasette closes it with the others."""
    connection: sqlite3.Connection = database.connect()
    datasette._prepare_connection(connection, NAME)
    return connection


@cache
def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]

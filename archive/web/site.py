"""The archive as it lies in a running Datasette: found, and read within Datasette's limits."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self, TypeVar

from datasette.utils import sqlite_timelimit

NAME: Final = "archive"  # of the database in Datasette, from its file's name
_TABLES: Final = frozenset({"articles", "versions", "captures", "urls", "aliases", "states"})
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
        return cls(datasette, database, Path(database.path).parent)

    async def read(self, query: Callable[[sqlite3.Connection], _Found]) -> _Found:
        """Return what `query` finds, in one of Datasette's threads.

        Raises sqlite3.OperationalError ("interrupted") beyond the setting `sql_time_limit_ms`.
        """
        limit = self.datasette.setting("sql_time_limit_ms")

        def limited(connection: sqlite3.Connection) -> _Found:
            with sqlite_timelimit(connection, limit):
                return query(connection)

        found: _Found = await self.database.execute_fn(limited)
        return found


def _is_archive(database: Any) -> bool:
    try:
        connection = database.connect()
        with connection:
            rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            return {name for (name,) in rows} >= _TABLES
    except sqlite3.DatabaseError:
        return False

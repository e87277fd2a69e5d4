"""The archive as a Datasette of its own: by whatever path it lies at, and showing no path of this machine."""

import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import click
from datasette.app import Datasette
from datasette.database import Database
from datasette.plugins import pm

from archive.store.opening import DATABASE
from archive.store.readers import address
from archive.web.limits import Bounded
from archive.web.public import Address
from archive.web.site import PLUGIN

_SETTINGS: Final = {"allow_download": False, "suggest_facets": False}
_METADATA: Final = {
    "title": "Báo Lâm Đồng",
    "source": "baolamdong.vn",
    "source_url": "https://baolamdong.vn/",
}


@dataclass(slots=True, frozen=True)
class Allowed:
    """What the operator lets the public do, and where it finds the site.

    Search engines may list the pages with `indexing`; with `sql` anyone may ask in SQL.
    """

    indexing: bool = False
    sql: bool = True
    public: Address | None = None


def served(archive: Path, allowed: Allowed, *, is_bounded: bool = True) -> Any:
    """Return the Datasette that serves an archive; `is_bounded` where readers' SQL reaches it."""
    tell_failures_briefly()
    prefix = allowed.public.prefix if allowed.public else ""
    # Never immutable: that would show the rows of today for ever.
    return _Datasette(
        [str(archive / DATABASE)],
        settings={**_SETTINGS, "default_allow_sql": allowed.sql, "base_url": f"{prefix}/"},
        metadata={**_METADATA, "plugins": {PLUGIN: {"indexed": allowed.indexing}}},
        connection=Bounded if is_bounded else sqlite3.Connection,
    )


def tell_failures_briefly() -> None:
    """Let Datasette say a failure in one line of standard error.

    With rich at hand it prints a traceback with all variables for every wrong address; that takes seconds, in which
    nobody else is answered. Without, it still prints one for whatever is damaged in the database.
    """
    handler = pm.get_plugin("datasette.handle_exception")
    handler.rich, handler.traceback = None, _OneLine


class _OneLine:
    """Stands for the module `traceback` there."""

    @staticmethod
    def print_exc() -> None:
        error = sys.exception()
        click.echo(f"{type(error).__name__}: {str(error)!r}", err=True)


class _Database(Database):  # type: ignore[misc] # Datasette has no types
    """A file, which Datasette opens by an address: what means something there is written as bytes.

    `file` is its path, which may hold any bytes; `path`, which Datasette shows, is its name alone.
    """

    def __init__(self, datasette: Any, file: Path, connection: type[sqlite3.Connection]) -> None:
        super().__init__(datasette, path=file.name)
        self.file, self._connection = file, connection

    @property
    def size(self) -> int:
        """The bytes of the file."""
        return self.file.stat().st_size

    @property
    def mtime_ns(self) -> int:
        """When the file was last written."""
        return self.file.stat().st_mtime_ns

    def connect(self, write: bool = False) -> sqlite3.Connection:
        """Return a new connection that only reads."""
        assert not write, "the site only reads"
        connection = sqlite3.connect(
            address(self.file, "ro"), uri=True, check_same_thread=False, factory=self._connection
        )
        self._all_file_connections.append(connection)
        return connection


class _Datasette(Datasette):  # type: ignore[misc]
    """Datasette without what it tells of the machine it runs on."""

    def __init__(self, *args: Any, connection: type[sqlite3.Connection], **named: Any) -> None:
        self._connection = connection
        super().__init__(*args, **named)

    def add_database(self, db: Any, *names: Any, **named: Any) -> Any:
        """Take a database, a file's as one that any path leads to."""
        known = _Database(self, Path(db.path), self._connection) if db.path else db
        return super().add_database(known, *names, **named)

    def _threads(self) -> dict[str, Any]:
        """How many there are; the tasks name the files of this installation."""
        return {name: count for name, count in super()._threads().items() if name.startswith("num")}

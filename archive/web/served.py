"""The archive as a Datasette of its own: by whatever path it lies at, and showing no path of this machine."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from datasette.app import Datasette
from datasette.database import Database

from archive.store.opening import DATABASE
from archive.web.site import PLUGIN

_SETTINGS: Final = {"allow_download": False, "suggest_facets": False}
_METADATA: Final = {
    "title": "Báo Lâm Đồng",
    "source": "baolamdong.vn",
    "source_url": "https://baolamdong.vn/",
}


@dataclass(slots=True, frozen=True)
class Allowed:
    """What the operator lets the public do: search engines list the pages, anyone ask in SQL."""

    indexing: bool = False
    sql: bool = True


def served(archive: Path, allowed: Allowed) -> Any:
    """Return the Datasette that serves an archive."""
    # Never immutable: that would show the rows of today for ever.
    return _Datasette(
        [str(archive / DATABASE)],
        settings={**_SETTINGS, "default_allow_sql": allowed.sql},
        metadata={**_METADATA, "plugins": {PLUGIN: {"indexed": allowed.indexing}}},
    )


class _Database(Database):  # type: ignore[misc] # Datasette has no types
    """A file, which Datasette opens by an address: what means something there is written as bytes.

    `file` is its path, which may hold any bytes; `path`, which Datasette shows, is its name alone.
    """

    def __init__(self, datasette: Any, file: Path) -> None:
        super().__init__(datasette, path=file.name)
        self.file = file

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
        address = f"file://{quote(os.fsencode(self.file.absolute()))}?mode=ro"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        self._all_file_connections.append(connection)
        return connection


class _Datasette(Datasette):  # type: ignore[misc]
    """Datasette without what it tells of the machine it runs on."""

    def add_database(self, db: Any, *names: Any, **named: Any) -> Any:
        """Take a database, a file's as one that any path leads to."""
        known = _Database(self, Path(db.path)) if db.path else db
        return super().add_database(known, *names, **named)

    def _threads(self) -> dict[str, Any]:
        """How many there are; the tasks name the files of this installation."""
        return {name: count for name, count in super()._threads().items() if name.startswith("num")}

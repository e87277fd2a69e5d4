"""What SQL that readers write does not see of what is withheld: its rows, and where its address may stand.

An address tells the title. The writer needs it in its place, and so do our own pages, which say of an address that
is asked for that it is withheld; so it stays in the tables, and all others read null there while anything is withheld.
"""

import re
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qs

from archive.store.holding import PRIVATE
from archive.store.readers import address
from archive.web.limits import decided

# The words of what is withheld may still stand in the parts FTS5 has not merged yet, and any page in the file itself.
_CLOSED: Final = frozenset({PRIVATE, "search_data", "suggestions_data", "sqlite_dbpage"})
# Where the address of an article may stand, which tells its title: for our own pages alone, while any is withheld.
_NAMING: Final = {
    "urls": {"key", "url", "asked", "found_in", "title", "reason", "next_page", "etag"},
    "aliases": {"url"},
    "observations": {"detail"},
    "captures": {"url"},
    "gaps": {"list"},
    "alarms": {"subject", "message", "facts"},
    "runs": {"settings"},
}
# SQLite asks no authorizer about a column that only such a join names, and a full one gives its value.
_JOINS_BY_NAME: Final = re.compile(r"\b(?:natural|using)\b", re.IGNORECASE)
_OURS: Final = threading.local()


def close(connection: sqlite3.Connection, file: Path | None) -> None:
    """Let nobody read through this connection what is withheld: the columns that have it are null.

    So Datasette shows these tables as well as others, where it would fail if they were refused. Our own pages read
    the addresses, to say of one that is asked for that it is withheld (`ours`). `file` is the database, None of one in
    memory.
    """

    def allowed(action: int, table: str | None, other: str | None, *_: Any) -> int:
        name = (table or "").lower()
        is_naming = (other or "").lower() in _NAMING.get(name, ()) and not getattr(_OURS, "on", 0)
        is_closed = name in _CLOSED or (is_naming and file is not None and _withholds(file))
        if action == sqlite3.SQLITE_READ and is_closed:
            return sqlite3.SQLITE_IGNORE
        return decided(action, table, other)

    connection.set_authorizer(allowed)


@contextmanager
def ours() -> Iterator[None]:
    """Let our own pages read addresses within, in this thread."""
    _OURS.on = getattr(_OURS, "on", 0) + 1
    try:
        yield
    finally:
        _OURS.on -= 1


def _withholds(file: Path) -> bool:
    """Whether a database withholds anything at this moment; a connection may ask nothing while it is asked itself."""
    try:
        with closing(sqlite3.connect(address(file, "ro"), uri=True)) as db:
            return is_any(db)
    except sqlite3.OperationalError as error:
        return "no such table" not in str(error)  # of another database


def joins_by_name(file: Path, query: str) -> bool:
    """Return whether SQL in the query of an address joins in a way that would show what is withheld."""
    asked = parse_qs(query)
    sql = [*asked.get("sql", []), *asked.get("_where", [])]
    return any(map(_JOINS_BY_NAME.search, sql)) and _withholds(file)


def is_any(db: sqlite3.Connection) -> bool:
    """Return whether anything is withheld."""
    return db.execute("SELECT 1 FROM withheld LIMIT 1").fetchone() is not None

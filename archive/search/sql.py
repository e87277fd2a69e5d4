"""`vn_query(text)`: the search of this archive for those who write their own SQL, in Datasette or elsewhere."""

import sqlite3
from typing import Final

from archive.search.marks import Filters
from archive.search.query import parse
from archive.search.tiers import everything

_LONGEST: Final = 10_000  # characters of a query


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection the function `vn_query(text)`, which returns what to MATCH the table `search` with.

    Example: SELECT a.* FROM search JOIN articles a ON a.id = search.rowid
    WHERE search MATCH vn_query('dam rong') ORDER BY search.rowid DESC LIMIT 20
    """
    connection.create_function("vn_query", 1, _vn_query, deterministic=True)


def _vn_query(text: object) -> str:
    if len(str(text or "")) > _LONGEST:
        raise ValueError  # SQLite says that the function failed; Python would hold up all other threads
    return everything(parse(str(text or "")), Filters()).match

"""`vn_query(text)`: the search of this archive for those who write their own SQL, in Datasette or elsewhere."""

import sqlite3

from archive.search.marks import Filters
from archive.search.query import parse
from archive.search.tiers import everything


def register(connection: sqlite3.Connection) -> None:
    """Teach a connection the function `vn_query(text)`, which returns what to MATCH the table `search` with.

    Example: SELECT a.* FROM search JOIN articles a ON a.id = search.rowid
    WHERE search MATCH vn_query('dam rong') ORDER BY search.rowid DESC LIMIT 20
    """
    connection.create_function("vn_query", 1, _vn_query, deterministic=True)


def _vn_query(text: object) -> str:
    return everything(parse(str(text or "")), Filters()).match

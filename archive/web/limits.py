"""What SQL that readers write may use: length, memory, rows, bytes, functions.

A time limit alone does not bound it: one call of a function is one step, however long (zeroblob, replace, instr), and
an answer of a thousand rows may hold a thousand texts of the greatest length. What none of this bounds, the process
that answers it does by ending (`archive.web.apart`).
"""

import resource
import sqlite3
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final

LONGEST: Final = 5_000_000  # bytes of a text, blob or row: no article has as many
LARGEST: Final = 4_000_000  # bytes of an answer
MEMORY: Final = 64_000_000  # bytes SQLite may hold for all that is asked at once
_DATA: Final = 220_000_000  # bytes of the process, its programs not counted
_CELL: Final = 40  # bytes each cell counts at least: empty ones cost something too
_LIMITS: Final = {
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 100_000,
    sqlite3.SQLITE_LIMIT_COLUMN: 200,
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 200,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 100,
    sqlite3.SQLITE_LIMIT_VDBE_OP: 100_000,
    sqlite3.SQLITE_LIMIT_FUNCTION_ARG: 100,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 1_000,
    sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER: 2_000,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 10,
    sqlite3.SQLITE_LIMIT_WORKER_THREADS: 0,
}
# What Datasette and FTS5 ask; database_list has the path, and others would change how the connection works.
_PRAGMAS: Final = frozenset({
    "table_info", "table_xinfo", "foreign_key_list", "index_list", "index_info", "index_xinfo", "schema_version",
    "compile_options", "data_version", "function_list", "page_count", "max_page_count", "page_size",
})  # fmt: skip
_FUNCTIONS: Final = frozenset({"load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"})


def decided(action: int, one: str | None, two: str | None) -> int:
    """Return what an authorizer of SQLite says of an action: other pragmas show nothing, some functions are refused."""
    if action == sqlite3.SQLITE_PRAGMA and (one or "").lower() not in _PRAGMAS:
        return sqlite3.SQLITE_IGNORE
    is_closed = action == sqlite3.SQLITE_FUNCTION and (two or "").lower() in _FUNCTIONS
    return sqlite3.SQLITE_DENY if is_closed else sqlite3.SQLITE_OK


class Bounded(sqlite3.Connection):
    """A connection for SQL that readers write."""

    def __init__(self, *args: Any, **named: Any) -> None:
        # A statement kept would not be asked about again when something has been withheld since.
        super().__init__(*args, **named | {"cached_statements": 0})
        for category, most in _LIMITS.items():
            self.setlimit(category, most)
        self.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST)
        self.execute("PRAGMA temp_store = MEMORY")  # nothing is written outside the archive
        self.execute(f"PRAGMA hard_heap_limit = {MEMORY}")  # of this whole process

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor whose answers are bounded."""
        return super().cursor(factory or _Cursor)


class _Cursor(sqlite3.Cursor):
    """Takes no more rows than fit into an answer. Raises sqlite3.OperationalError beyond."""

    def fetchmany(self, size: int | None = None) -> list[Any]:
        return list(islice(self._measured(), size if size is not None else self.arraysize))

    def fetchall(self) -> list[Any]:
        return list(self._measured())

    def _measured(self) -> Iterator[Any]:
        taken = 0
        for row in self:
            taken += sum(
                _CELL + (len(cell) if isinstance(cell, str | bytes) else 0) for cell in row
            )
            if taken > LARGEST:
                raise sqlite3.OperationalError(
                    f"the answer has more than {LARGEST:,} bytes; ask for fewer rows or columns"
                )
            yield row


def bound_memory() -> None:
    """Let this process hold no more memory than answers need, what is no SQL included."""
    _, most = resource.getrlimit(resource.RLIMIT_DATA)
    resource.setrlimit(resource.RLIMIT_DATA, (_DATA, most))

"""Transactions of many looks: committed together about twice a second, and never again after one has failed."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

_SPAN: Final = (
    0.5  # seconds; a kill loses no more than this of the database, and nothing of the WARC
)


class Batch:
    """The open transaction of a connection in autocommit mode.

    Once a write has failed no other is made: rows written after it could hide the records of the failed ones
    from the next opening, which takes over the last records that have none. `finish` writes what was
    saved up for the end of the transaction; `prepare` is called before what is done in it, any number of times.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        finish: Callable[[], None],
        prepare: Callable[[], None] = lambda: None,
        span: float = _SPAN,
    ) -> None:
        self._db, self._finish, self._prepare, self._span = connection, finish, prepare, span
        self._began = 0.0
        self._broken: str | None = None

    def begin(self) -> None:
        """Open a transaction unless one is open. Raises sqlite3.OperationalError once a write has failed."""
        if self._broken:
            raise sqlite3.OperationalError(self._broken)
        if not self._db.in_transaction:
            self._db.execute("BEGIN IMMEDIATE")
            self._began = time.monotonic()
        self._prepare()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Open a transaction unless one is open; let a write that fails be the last one."""
        self.begin()
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            self._broken = str(error)
            if self._db.in_transaction:
                self._db.rollback()
            raise

    def settle(self, *, at_once: bool = False) -> None:
        """Commit if the open transaction is old enough, or at once."""
        if self._db.in_transaction and (at_once or time.monotonic() - self._began > self._span):
            with self.writing():
                self._finish()
                self._db.commit()

    def close(self) -> None:
        """Commit what is open, or roll it back after a failure."""
        if self._db.in_transaction and self._broken:
            self._db.rollback()
        else:
            self.settle(at_once=True)

"""The archive as a writer sees it: bytes to the WARC first, then one transaction for all that was read of them."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from archive.dates import now
from archive.fixity import seal, unseal
from archive.model import Place
from archive.store.books import Books
from archive.store.journal import Journal
from archive.store.opening import (
    DATABASE,
    ArchiveError,
    Locked,
    closed_on_failure,
    explained,
    open_database,
    take_lock,
)
from archive.store.tail import last_known
from archive.warc import Record, WarcFolder, decoded, read

__all__ = ["Archive", "ArchiveError", "Locked", "Opener"]


class Archive(Books):
    """An archive opened by its one writer. Raises Locked or ArchiveError where it cannot be.

    Rows are committed together, about twice a second; what was received lies in the WARC before, so a crash
    costs nothing: the next opening finds the records that have no row (`archive.store.tail`). To take them over
    needs reading of pages; so the product's writers are handed an `Opener`, and none makes an Archive itself.
    """

    taken_over = 0  # responses of a run that died, which this opening found
    asked_again: int | None = (
        None  # addresses, where rows were ahead of the files: what was lost of them
    )

    def __init__(self, folder: Path, info: dict[str, str] | None = None) -> None:
        self.folder = folder
        self._lock = take_lock(folder)
        try:
            unseal(self.database())
            db = open_database(folder, writable=True)
            with closed_on_failure(db):
                self.warc = WarcFolder(folder, info=info)
                self.torn = self.warc.repair(last_known(db))
        except OSError as error:
            self._unlock()
            raise ArchiveError(explained(error, folder)) from error
        except BaseException:
            self._unlock()
            raise
        db.journal = Journal()
        super().__init__(db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def status(self) -> int:
        """The exit status of who opened it and did what was asked: 3 where something was lost."""
        return 0 if self.asked_again is None else 3

    def close(self) -> None:
        """Commit, close the files and let go of the archive."""
        try:
            self._batch.close()
            self.warc.close()
            self._leave()
        finally:
            self.db.close()
            self._unlock()

    def _leave(self) -> None:
        """Close the database, and note its sum if nobody else holds on to older rows of it."""
        self.db.execute("PRAGMA busy_timeout = 0")  # readers are not waited for
        with suppress(sqlite3.OperationalError):
            self.db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self.db.close()
        with suppress(OSError):  # a full disk, a folder that is gone: then there is no sum
            seal(self.database())

    def _unlock(self) -> None:
        os.close(self._lock)

    def _finish(self) -> None:
        super()._finish()
        place = self.db.journal.write(self.warc, self.run_id, now())
        if place:
            self.is_journalled_to(place)
        self.warc.sync()  # or a power cut could leave rows that point to nothing

    def journalled_to(self) -> tuple[str, int]:
        """Return file and offset of the last record of the journal that is in the tables, ("", 0) where none is."""
        row = self.db.execute("SELECT value FROM settings WHERE name = 'journal'").fetchone()
        name, _, offset = (row["value"] if row else "").rpartition(":")
        return name, int(offset or 0)

    def last_record(self, url_id: int) -> Record | None:
        """Return the record of the latest capture of an address that has a body; raise Damage where it is not whole."""
        row = self.db.execute(
            "SELECT c.warc, c.offset, c.length FROM urls u JOIN captures c ON c.id = u.capture_id WHERE u.id = ?",
            [url_id],
        ).fetchone()
        return read(self.folder, Place(**row)) if row else None

    def last_body(self, url_id: int) -> bytes | None:
        """Return the body, content coding removed, of that capture."""
        record = self.last_record(url_id)
        return decoded(record) if record else None

    def database(self) -> Path:
        """Return the path of the database."""
        return self.folder / DATABASE


Opener = Callable[
    [Path], Archive
]  # opens an archive, and first takes over what a run that died left


def described(error: sqlite3.Error | OSError, archive: Archive) -> str:
    """Return one sentence for a failure while writing."""
    return explained(
        error, archive.database() if isinstance(error, sqlite3.Error) else archive.folder
    )

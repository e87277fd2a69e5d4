"""A database that is ahead of the WARC files, and what of it is carried into the one made anew from them.

It happens where a disk loses what it had not synced. What the lost records said is gone, and so are texts read from
them: those addresses are asked again. Ids given to articles, addresses found, runs and what an operator withholds are
carried over and noted in the journal anew. The database itself is kept aside.
"""

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Final

from archive.copying import sync
from archive.dates import now
from archive.model import Found
from archive.store.books import Books
from archive.store.damage import UNREADABLE
from archive.store.journal import Connection, Journal
from archive.store.opening import DATABASE, ArchiveError, explained, open_database
from archive.store.tail import is_ahead, lost
from archive.warc import WarcFolder

_LOST_KEYS: Final = """
WITH lost AS (SELECT value AS id FROM json_each(?))
SELECT key FROM urls WHERE kind <> 'listing' AND (capture_id IN lost
  OR id IN (SELECT url_id FROM observations WHERE capture_id IN lost)
  OR article_id IN (SELECT article_id FROM versions WHERE capture_id IN lost))
"""


@dataclass(slots=True, frozen=True)
class Lost:
    """What a database had and the files have lost: `captures`; `again`: the addresses that are asked again."""

    captures: int
    again: int
    kept_as: str  # the database

    def __str__(self) -> str:
        return (
            f"warc/ lacks {self.captures:,} responses that the database has: they were not on the disk yet when the"
            f" power failed. The database was made anew from what is there; {self.again:,} addresses are asked again."
            f" The former one is kept as {self.kept_as}."
        )


@dataclass(slots=True, frozen=True)
class Former:
    """Such a database, with what was withheld in its place; `lost` are ids of its captures, `kept_as` its new name."""

    db: Connection
    lost: list[int]
    kept_as: str

    def ids(self) -> Iterator[tuple[str, int]]:
        """Yield the addresses of its articles with the ids of those."""
        yield from map(
            tuple,
            self.db.execute(
                "SELECT key, article_id FROM urls WHERE kind = 'article' AND article_id IS NOT NULL"
            ),
        )

    def carry(self, books: Books, ids: list[tuple[str, int]], warc: WarcFolder) -> Lost:
        """Enter into the new books, and note in the journal, what is carried over, and these ids."""
        books.db.journal = Journal()
        books.begin()
        again: list[str] = []
        for carry in (self._carry_runs, self._carry_addresses, self._carry_withheld):
            with suppress(*UNREADABLE):  # what is damaged, too
                carry(books)
        for key, article_id in ids:
            books.articles.keep_id(key, article_id)
        with suppress(*UNREADABLE):
            rows = self.db.execute(_LOST_KEYS, [json.dumps(self.lost)])
            again = [row["key"] for row in rows]
        books.queue.ask_again(again)
        if place := books.db.journal.write(warc, None, now()):
            books.is_journalled_to(place)
        warc.close()
        books.close()
        return Lost(len(self.lost), len(again), self.kept_as)

    def _carry_runs(self, books: Books) -> None:
        runs = self.db.execute("SELECT * FROM runs WHERE id > ? ORDER BY id", [books.runs.latest()])
        for run in runs:
            began, settings = datetime.fromisoformat(run["started_at"]), json.loads(run["settings"])
            books.runs.begin(run["id"], run["kind"], settings, began, run["version"])
            if run["outcome"]:
                ended = datetime.fromisoformat(run["ended_at"])
                books.runs.end(run["id"], run["outcome"], json.loads(run["counts"]), ended)

    def _carry_addresses(self, books: Books) -> None:
        known = {row["key"] for row in books.db.execute("SELECT key FROM urls")}
        for row in self.db.execute("SELECT * FROM urls WHERE kind <> 'listing' ORDER BY id"):
            if row["key"] not in known:
                books.urls.add([_found(row)], datetime.fromisoformat(row["found_at"]))

    def _carry_withheld(self, books: Books) -> None:
        query = "SELECT subject, since, why FROM withheld"
        before, today = (
            {row["subject"]: row for row in db.execute(query)} for db in (self.db, books.db)
        )
        for subject in sorted(today.keys() - before):
            books.holding.release(subject)
        for subject in sorted(before.keys() - today):
            row = before[subject]
            books.holding.withhold(subject, row["why"], datetime.fromisoformat(row["since"]))


def _found(row: sqlite3.Row) -> Found:
    dated = date.fromisoformat(row["dated"]) if row["dated"] else None
    return Found(
        row["key"],
        row["url"],
        row["asked"],
        row["kind"],
        found_in=row["found_in"],
        title=row["title"],
        dated=dated,
        wanted=row["state"] != "known",
        section=row["section"],
    )


@contextmanager
def former(folder: Path, *, only_look: bool = False) -> Iterator[Former | None]:
    """Give the database of a folder, kept aside, if it is ahead of the files; None if not, or if it cannot be read."""
    copy = None if only_look else _kept_aside(folder)
    if copy is None:
        yield None
        return
    with closing(open_database(folder, writable=True, name=copy.name)) as db:
        books = Books(db)
        books.begin()  # puts in its place what is withheld
        yield Former(db, lost(folder, db), copy.name)
        db.rollback()


def _kept_aside(folder: Path) -> Path | None:
    try:
        with closing(open_database(folder, writable=False)) as db:
            if not is_ahead(folder, db):
                return None
            copy = folder / f"{DATABASE}.ahead-{time.strftime('%Y%m%d%H%M%S', time.gmtime())}"
            with closing(sqlite3.connect(copy)) as kept:
                db.backup(kept)
            sync(copy)
            return copy
    except (*UNREADABLE, ArchiveError) as error:
        is_full = isinstance(error, sqlite3.Error) and "damaged" not in explained(error, folder)
        if is_full:
            raise
        return None  # damaged, or none: what it knew cannot be carried

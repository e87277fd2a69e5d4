"""The archive as a writer sees it: bytes to the WARC first, then one transaction for all that was read of them."""

import os
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from archive.dates import now, timestamp
from archive.model import Capture, Found, Look, Outcome, Place
from archive.reading import same_text
from archive.store.articles import Articles, Change
from archive.store.batch import Batch
from archive.store.coverage import Coverage
from archive.store.gaps import Gaps
from archive.store.index import Index
from archive.store.opening import (
    DATABASE,
    ArchiveError,
    Locked,
    explained,
    open_database,
    take_lock,
)
from archive.store.queue import Queue
from archive.store.runs import Runs
from archive.store.tail import last_place
from archive.store.urls import Urls
from archive.warc import WarcFolder, decoded, read

__all__ = ["Archive", "ArchiveError", "Locked"]


class Archive:
    """An archive opened by its one writer. Raises Locked or ArchiveError where it cannot be.

    Rows are committed together, about twice a second; what was received lies in the WARC before, so a crash
    costs nothing: the next opening finds the records that have no row (`archive.store.tail`).
    """

    def __init__(self, folder: Path, info: dict[str, str] | None = None) -> None:
        self.folder = folder
        self._lock = take_lock(folder)
        try:
            self.db = open_database(folder, writable=True)
            self.warc = WarcFolder(folder, info=info or {})
            self.torn = self.warc.repair(last_place(self.db))
        except OSError as error:
            self._unlock()
            raise ArchiveError(explained(error, folder)) from error
        except ArchiveError:
            self._unlock()
            raise
        self._index = Index(self.db)
        self._batch = Batch(self.db, finish=self._index.write)
        self.begin, self.settle = self._batch.begin, self._batch.settle
        self.urls, self.runs = Urls(self.db), Runs(self.db)
        self.queue = Queue(self.db, self.urls)
        self.gaps, self.coverage = Gaps(self.db, self.warc), Coverage(self.db)
        self.articles = Articles(self.db, self._index)
        self.run_id: int | None = None
        self._run_began = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Commit, close the files and let go of the archive."""
        try:
            self._batch.close()
            self.warc.close()
            self.db.close()
        finally:
            self._unlock()

    def _unlock(self) -> None:
        os.close(self._lock)

    # -- runs -----------------------------------------------------------------------------------------

    def begin_run(self, kind: str, settings: dict[str, Any]) -> int:
        """Enter a run into ledger and journal; return its id."""
        at = now()
        self._batch.begin()
        self.run_id = self.runs.begin(kind, settings, at)
        self._run_began = timestamp(at)
        self.warc.append_metadata(
            {"run": self.run_id, "kind": kind, "began": timestamp(at), "settings": settings},
            url=None,
            at=at,
        )
        self._batch.settle(at_once=True)
        return self.run_id

    def end_run(self, outcome: str, counts: dict[str, int]) -> None:
        """Enter how the run ended."""
        if self.run_id is None:
            return
        at = now()
        self._batch.begin()
        self.runs.end(self.run_id, outcome, counts, at)
        self.warc.append_metadata(
            {"run": self.run_id, "ended": timestamp(at), "outcome": outcome, "counts": counts},
            url=None,
            at=at,
        )
        self._batch.settle(at_once=True)

    # -- what was received and read -------------------------------------------------------------------

    def found(self, found: Iterable[Found], at: datetime) -> list[int]:
        """Put addresses on disk, at once: they may be asked for from now on. Return the ids of the new ones."""
        with self._batch.writing():
            added = self.urls.add(found, at)
        self._batch.settle(at_once=True)
        return added

    def add_capture(self, capture: Capture) -> int:
        """Add the row that points to a response in the WARC; return its id."""
        with self._batch.writing():
            return self._add_capture(capture)

    def _add_capture(self, capture: Capture) -> int:
        place = capture.place
        row = [capture.url, timestamp(capture.fetched_at), capture.status, *astuple(place)]
        added = self.db.execute(
            "INSERT OR IGNORE INTO captures (url, fetched_at, status, warc, offset, length, digest, content_type)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [*row, capture.digest, capture.content_type],
        )
        if added.rowcount:
            return added.lastrowid or 0
        known = "SELECT id FROM captures WHERE warc = ? AND offset = ?"
        return int(self.db.execute(known, [place.warc, place.offset]).fetchone()["id"])

    def keep(self, look: Look) -> Change | None:
        """Keep a look that was answered: capture, observation, article, version and addresses."""
        with self._batch.writing():
            change = self._keep(look)
        self._batch.settle()
        return change

    def _keep(self, look: Look) -> Change | None:
        capture_id = self._add_capture(look.capture) if look.capture else None
        self._observe(look, capture_id)
        self.urls.answered(look, capture_id)
        if look.moved_to:
            self._moved(look)
        change = None
        if look.article and capture_id and look.outcome is Outcome.LIVE:
            change = self._keep_article(look, capture_id)
        elif look.outcome is not Outcome.MOVED:
            self._follow(look)
        self.urls.add(look.pictures, look.at)
        return change

    def miss(self, look: Look, wait: timedelta, *, final: bool) -> None:
        """Keep a look that got no usable answer: refused, failed, unreachable. It waits, or is given up."""
        with self._batch.writing():
            self._miss(look, wait, final=final)
        self._batch.settle()

    def _miss(self, look: Look, wait: timedelta, *, final: bool) -> None:
        capture_id = self._add_capture(look.capture) if look.capture else None
        if look.capture is None:
            url = self.db.execute("SELECT asked FROM urls WHERE id = ?", [look.url_id]).fetchone()[
                "asked"
            ]
            self.warc.append_metadata(
                {"outcome": look.outcome, "detail": look.detail}, url=url, at=look.at
            )
        self._observe(look, capture_id)
        self.urls.unanswered(look, wait, final=final)
        if final or look.outcome is Outcome.UNREACHABLE:
            self._follow(look)

    def _observe(self, look: Look, capture_id: int | None) -> None:
        self.db.execute(
            "INSERT INTO observations (url_id, run_id, at, outcome, status, capture_id, detail)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                look.url_id,
                self.run_id,
                timestamp(look.at),
                look.outcome,
                look.status,
                capture_id,
                look.detail,
            ],
        )

    def _keep_article(self, look: Look, capture_id: int) -> Change:
        article = look.article
        if article is None:
            raise ValueError("a look without an article")
        sources = [look.url_id, *self.urls.moved_here(look.url_id)]
        same = same_text(article)
        article_id = self.articles.at(sources, article, same)
        if article_id is None:
            article_id = self.articles.new_id(look.url_id, article, look.at)
            self.warc.append_metadata({"article": article_id}, url=article.url, at=look.at)
        change = self.articles.put(article_id, article, same, capture_id, look.at)
        self.articles.join(article_id, sources, article.canonical_url)
        if not self._came_by_move(article_id):
            self.articles.observed(article_id, look.outcome, look.at)
        return change

    def _came_by_move(self, article_id: int) -> bool:
        """An address that moved and the one it moved to are one look: the article changed its address."""
        row = self.db.execute(
            "SELECT 1 FROM states WHERE article_id = ? AND state = 'changed-address' AND since >= ?",
            [article_id, self._run_began],
        ).fetchone()
        return row is not None

    def _follow(self, look: Look) -> None:
        """An article's state follows what its own address shows; older addresses of it may be dead."""
        row = self.db.execute(
            "SELECT a.id FROM urls u JOIN articles a ON a.id = u.article_id AND a.url = u.url WHERE u.id = ?",
            [look.url_id],
        ).fetchone()
        if row:
            self.articles.observed(row["id"], look.outcome, look.at)

    def _moved(self, look: Look) -> None:
        if look.moved_to is None:
            return
        self._follow(look)
        target = self.urls.moved(look.url_id, look.moved_to, look.at)
        if target is None:
            look.outcome, look.is_final = Outcome.FAILED, True
            look.detail = f"redirects in a circle, by way of {look.moved_to.url}"
            self.urls.unanswered(look, timedelta(0), final=True)
            return
        held = self.db.execute(
            "SELECT article_id FROM urls WHERE id = ?", [look.url_id]
        ).fetchone()["article_id"]
        ours = held or target.article_id
        if ours:
            ids = [look.url_id, target.id] if target.article_id in (None, ours) else [look.url_id]
            self.articles.join(ours, ids)

    def rebuild_index(self) -> Iterator[int]:
        """Make the search index anew, in one transaction; yield how many articles are done."""
        with self._batch.writing():
            yield from self._index.rebuild()
        self._batch.settle(at_once=True)

    def last_body(self, url_id: int) -> bytes | None:
        """Return the body, content coding removed, of the latest capture of an address that has one."""
        row = self.db.execute(
            "SELECT c.warc, c.offset, c.length FROM urls u JOIN captures c ON c.id = u.capture_id WHERE u.id = ?",
            [url_id],
        ).fetchone()
        return decoded(read(self.folder, Place(**row))) if row else None

    # -- after a crash --------------------------------------------------------------------------------

    def journalled(self, found: Found, article_id: int, at: datetime) -> None:
        """Note an id that was journalled for an address and whose article is not yet in the database."""
        self._batch.begin()
        self.urls.add([found], at)
        self.db.execute(
            "UPDATE urls SET given_id = ? WHERE key = ? AND article_id IS NULL",
            [article_id, found.key],
        )

    def database(self) -> Path:
        """Return the path of the database."""
        return self.folder / DATABASE


def described(error: sqlite3.Error | OSError, archive: Archive) -> str:
    """Return one sentence for a failure while writing."""
    return explained(
        error, archive.database() if isinstance(error, sqlite3.Error) else archive.folder
    )

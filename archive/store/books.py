"""The tables of an archive, written together: what a look showed becomes captures, articles, versions and states."""

from collections.abc import Iterable, Iterator
from dataclasses import astuple
from datetime import datetime, timedelta
from typing import Any, Final

from archive import __version__
from archive.dates import now, timestamp
from archive.model import Capture, Found, Look, Outcome, Place
from archive.reading import same_text
from archive.store import extraction  # noqa: F401 - one of its functions is an act
from archive.store.alarms import Alarms
from archive.store.articles import Articles, Change
from archive.store.batch import Batch
from archive.store.clock import Clock
from archive.store.coverage import Coverage
from archive.store.gaps import Gaps
from archive.store.holding import Holding
from archive.store.index import Index
from archive.store.journal import Connection
from archive.store.queue import Queue
from archive.store.runs import Runs
from archive.store.states import States
from archive.store.urls import Urls

MOST_MOVES: Final = (
    5  # of an article from address to address; what leads on from there is not asked for
)


class Books:
    """The tables of one database, written by one writer; what it does is noted in the connection's journal."""

    def __init__(self, db: Connection, **batch: float) -> None:
        self.db = db
        self._index = Index(db)
        self.holding = Holding(db, self._index)
        self._batch = Batch(db, self._finish, self.holding.lift, **batch)
        self.begin, self.settle = self._batch.begin, self._batch.settle
        self.urls, self.runs = Urls(db), Runs(db)
        self.queue = Queue(db, self.urls)
        self.clock = Clock(db)
        self.gaps, self.coverage = Gaps(db), Coverage(db)
        self.articles, self.states = Articles(db, self._index), States(db)
        self.run_id: int | None = None
        self._run_began = ""

    def _finish(self) -> None:
        """Write what was saved up for the end of a transaction."""
        self._index.write()
        self.holding.hide()

    def close(self) -> None:
        """Commit what is open."""
        self._batch.close()

    def owner(self, act: str) -> Any:
        """Return who does an act of the journal. Raises LookupError where nobody does."""
        owners = {
            "began": self.runs,
            "ended": self.runs,
            "address": self.urls,
            "walked": self.urls,
            "goes on": self.urls,
            "covers": self.coverage,
            "covers on": self.coverage,
            "ask again": self.queue,
            "want again": self.queue,
            "looked ahead": self.clock,
            "gap": self.gaps,
            "gap filled": self.gaps,
            "articles missing": self.gaps,
            "alarms": Alarms(self.db),
            "told": Alarms(self.db),
            "keeps id": self.articles,
            "withhold": self.holding,
            "release": self.holding,
            "measured": self.db,
        }
        return owners[act]

    # -- runs -----------------------------------------------------------------------------------------

    def begin_run(self, kind: str, settings: dict[str, Any]) -> int:
        """Enter a run into ledger and journal; return its id."""
        run_id = self.runs.latest() + 1
        self._batch.begin()
        self.runs.begin(run_id, kind, settings, now(), __version__)
        self.belongs_to(run_id)
        self._batch.settle(at_once=True)
        return run_id

    def belongs_to(self, run_id: int | None) -> None:
        """Enter what follows as done by a run, or by none: before the first of a process, after a crash."""
        self.run_id = run_id
        self._run_began = timestamp(self.runs.began(run_id)) if run_id else ""

    def end_run(self, outcome: str, counts: dict[str, int]) -> None:
        """Enter how the run ended."""
        if self.run_id is None:
            return
        self._batch.begin()
        self.runs.end(self.run_id, outcome, counts, now())
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
        with self._batch.writing(), self.db.journal.acting() as acts:
            acts.append(["capture", list(astuple(capture.place))])
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
        with self._batch.writing(), self.db.journal.acting() as acts:
            noted = self._noted(look)
            change = self._keep(look)
            if change == "new":
                noted["article"] = self.urls.article(look.url_id)
            acts.append(["look", noted])
        self._batch.settle()
        return change

    def _noted(self, look: Look, **said: Any) -> dict[str, Any]:
        """What the journal says of a look; what was read of it lies in the capture."""
        entry = self.urls.entries("id = ?", [look.url_id])[0]
        place = list(astuple(look.capture.place)) if look.capture else None
        said |= {"key": entry.key, "kind": entry.kind, "at": timestamp(look.at), "capture": place}
        said |= {"outcome": look.outcome, "status": look.status, "detail": look.detail}
        return {name: value for name, value in said.items() if value is not None}

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
        with self._batch.writing(), self.db.journal.acting() as acts:
            acts.append(["look", self._noted(look, wait=wait.total_seconds(), final=final)])
            self._miss(look, wait, final=final)
        self._batch.settle()

    def _miss(self, look: Look, wait: timedelta, *, final: bool) -> None:
        capture_id = self._add_capture(look.capture) if look.capture else None
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
        change = self.articles.put(article_id, article, same, capture_id, look.at)
        self.articles.join(article_id, sources, article.canonical_url)
        if not self._came_by_move(article_id):
            self.states.observed(article_id, look.outcome, look.at)
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
            self.states.observed(row["id"], look.outcome, look.at)

    def _moved(self, look: Look) -> None:
        if look.moved_to is None:
            return
        self._follow(look)
        is_long = self.urls.moves_to(look.url_id) >= MOST_MOVES
        target = None if is_long else self.urls.moved(look.url_id, look.moved_to, look.at)
        if target is None:
            how = f"on and on, {MOST_MOVES} times" if is_long else "in a circle"
            look.outcome, look.is_final = Outcome.FAILED, True
            look.detail = f"redirects {how}, by way of {look.moved_to.url}"
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

    def is_journalled_to(self, place: Place) -> None:
        """Note the last record of the journal whose acts are in the tables."""
        self.db.execute(
            "INSERT OR REPLACE INTO settings VALUES ('journal', ?)",
            [f"{place.warc}:{place.offset}"],
        )

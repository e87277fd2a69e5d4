"""Captures made elsewhere, brought in later: each is kept at its own time, among what is known by then.

What was seen later stands: an older capture changes neither the latest text nor the state, nor where an address
leads to now. A text of its own becomes a version at its place in time; the versions after it move up by one number.
A copy on another site stands in for the original, until that is found.
"""

from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any, Final

from archive.dates import timestamp
from archive.model import Capture, Found, Look, Outcome, Place
from archive.reading import same_text
from archive.store.articles import Change
from archive.store.books import Books
from archive.store.history import History
from archive.warc import Record
from archive.warc_reading import moment

_THERE: Final = frozenset({Outcome.LIVE, Outcome.UNCHANGED})
_READ: Final = """
SELECT c.fetched_at, c.digest, c.warc, c.offset, c.length FROM urls u
JOIN observations o ON o.url_id = u.id JOIN captures c ON c.id = o.capture_id
WHERE u.key = ? AND o.outcome = 'live' AND c.fetched_at <= ? ORDER BY c.fetched_at DESC
"""


@dataclass(slots=True)
class Brought:
    """A capture made elsewhere: the address of the newspaper it belongs to, and what it shows.

    `look.url_id` is filled in when it is kept. A copy was captured at another address than that of `found`.
    """

    found: Found
    look: Look
    is_copy: bool = False


class Past:
    """What is brought into the tables of an archive; each capture is an act of the journal."""

    def __init__(self, books: Books) -> None:
        self._books, self._db = books, books.db
        self._history = History(books.db, books.articles)

    def knows(self, url: str, at: datetime, digest: str) -> bool:
        """Return whether the archive has this very capture."""
        row = self._db.execute(
            "SELECT 1 FROM captures WHERE url = ? AND fetched_at = ? AND digest = ?",
            [url, timestamp(at), digest],
        ).fetchone()
        return row is not None

    def repeated(self, key: str, revisit: Record) -> Place | None:
        """Return where the capture lies that a revisit of an address says is unchanged: one an article was read in.

        Its moment names it, else its digest; where neither is stated it is the latest before.
        """
        rows = self._db.execute(_READ, [key, timestamp(revisit.at)]).fetchall()
        second = _second(revisit.field("WARC-Refers-To-Date"))
        digest = _same(revisit.digest or "")
        for row in rows:
            is_it = second == row["fetched_at"][:19] or digest == _same(row["digest"])
            if is_it or not (second or digest):
                return Place(row["warc"], row["offset"], row["length"])
        return None

    def wants_picture(self, url: str) -> bool:
        """Return whether an article shows a picture of this address that was never had."""
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE key = ? AND kind = 'picture' AND capture_id IS NULL", [url]
        ).fetchone()
        return row is not None

    def address_of(self, title: str) -> str | None:
        """Return the address a list announced under this title, where there is just one, or None."""
        rows = self._db.execute(
            "SELECT url FROM urls WHERE kind = 'article' AND title = ? LIMIT 2", [title]
        ).fetchall()
        return rows[0]["url"] if len(rows) == 1 else None

    def bring(self, brought: Brought) -> Change | None:
        """Keep a capture whose record lies in the WARC; return what became of its article, None where it has none."""
        books, look = self._books, brought.look
        capture = look.capture
        if capture is None:
            raise ValueError("nothing was captured")
        with books._batch.writing(), self._db.journal.acting() as acts:
            books.urls.add([brought.found], look.at)
            look.url_id = books.urls.entries("key = ?", [brought.found.key])[0].id
            change = self._copied(look, capture) if brought.is_copy else self._seen(look, capture)
            acts.append(["brought", self._noted(brought, capture, change)])
        books.settle()
        return change

    def _noted(self, brought: Brought, capture: Capture, change: Change | None) -> dict[str, Any]:
        """What the journal says of it; the rest lies in the record."""
        noted: dict[str, Any] = {"capture": list(astuple(capture.place)), "key": brought.found.key}
        if change == "new":
            noted["article"] = self._books.urls.article(brought.look.url_id)
        return noted

    # -- pages and pictures of the newspaper ----------------------------------------------------------

    def _seen(self, look: Look, capture: Capture) -> Change | None:
        books = self._books
        capture_id = books._add_capture(capture)
        is_latest, known = self._is_latest(look), books.urls.article(look.url_id)
        books._observe(look, capture_id)
        if look.is_cut:
            return None
        if (
            look.outcome is Outcome.UNCHANGED and not known
        ):  # today nothing is read in what it repeats
            return None
        if is_latest and look.outcome is not Outcome.NO_ARTICLE:  # the newspaper may yet be asked
            books.urls.answered(look, capture_id)
        change = self._filed(look, capture_id) if look.article else None
        if look.outcome is Outcome.UNCHANGED:
            change = "unchanged"
        if look.moved_to and is_latest:
            books._moved(look)
        elif article_id := books.urls.article(look.url_id) or known:
            self._follow(article_id, look)
        books.urls.add(look.pictures, look.at)
        return change

    def _is_latest(self, look: Look) -> bool:
        """Whether nothing later is known of the address."""
        row = self._db.execute(
            "SELECT coalesce(fetched_at, '') <= ? FROM urls WHERE id = ?",
            [timestamp(look.at), look.url_id],
        ).fetchone()
        return bool(row[0])

    def _filed(self, look: Look, capture_id: int) -> Change | None:
        """Keep what was read under the article it belongs to, a new one where it belongs to none."""
        if look.article is None:
            return None
        articles, read, same = self._books.articles, look.article, same_text(look.article)
        sources = [look.url_id, *self._books.urls.moved_here(look.url_id)]
        article_id = articles.at(sources, read, same) or articles.new_id(look.url_id, read, look.at)
        change = self._history.put(article_id, read, same, capture_id, look.at)
        is_later = change == "new" or not self._seen_after(article_id, look.at)
        own = read.canonical_url if is_later else self._history.address(article_id)
        articles.join(article_id, sources, own)
        return change

    def _follow(self, article_id: int, look: Look) -> None:
        """The state follows the latest observation; one before it can but tell that the article was there."""
        if self._seen_after(article_id, look.at):
            if look.outcome in _THERE:
                self._books.states.was_there(article_id, look.at)
        elif look.outcome in _THERE:
            self._books.states.observed(article_id, look.outcome, look.at)
        else:
            self._books._follow(look)

    def _seen_after(self, article_id: int, at: datetime) -> bool:
        row = self._db.execute(
            "SELECT 1 FROM urls u JOIN observations o ON o.url_id = u.id WHERE u.article_id = ? AND o.at > ? LIMIT 1",
            [article_id, timestamp(at)],
        ).fetchone()
        return row is not None

    # -- copies on other sites ------------------------------------------------------------------------

    def _copied(self, look: Look, capture: Capture) -> Change | None:
        """Keep a copy: an article of its own only where nothing is held. The original will be asked for."""
        capture_id, read = self._books._add_capture(capture), look.article
        if read is None:
            return None
        articles, same = self._books.articles, same_text(read)
        if articles.at([look.url_id], read, same):
            return "unchanged"
        article_id = articles.new_id(look.url_id, read, look.at)
        change = articles.put(article_id, read, same, capture_id, look.at)
        articles.join(article_id, [look.url_id])
        self._books.states.observed(
            article_id, Outcome.UNREACHABLE, look.at
        )  # its own address gave nothing
        return change


def _second(stated: str | None) -> str | None:
    """A moment as the tables have it, to the second: WARC files before 1.1 know no less."""
    try:
        return timestamp(moment(stated))[:19] if stated else None
    except (ValueError, OverflowError):
        return None


def _same(digest: str) -> str:
    return digest.strip().rstrip("=").upper()

"""The frontier: every address is on disk before it is fetched, and stays until it has been answered for."""

import sqlite3
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from archive.dates import is_possible, timestamp
from archive.model import Found, Kind, Look, Outcome
from archive.store.journal import act
from archive.store.novelty import news
from archive.store.rechecks import next_look, next_try

_SHOWED_NOTHING: Final = frozenset({Outcome.ELSEWHERE, Outcome.NO_ARTICLE})
_IN_VAIN: Final = """
SELECT count(*) FROM observations o WHERE o.url_id = ? AND o.run_id IS NOT NULL
  AND o.outcome IN ('elsewhere', 'no-article') AND o.at > coalesce((
    SELECT max(e.at) FROM observations e WHERE e.url_id = ? AND e.outcome IN ('live', 'unchanged')), '')
"""
_REST: Final = timedelta(days=1)  # for an address that never answers
_OWN_WAIT: Final = timedelta(seconds=900)  # the longest between two tries that nobody asked for
_PATIENT: Final = 10  # attempts in a row before it rests

_STATE: Final = {
    Outcome.LIVE: "done",
    Outcome.UNCHANGED: "done",
    Outcome.MOVED: "done",
    Outcome.GONE: "gone",
    Outcome.SOFT_404: "gone",
    Outcome.FRONT_PAGE: "gone",
    Outcome.ELSEWHERE: "unread",
    Outcome.NO_ARTICLE: "unread",
    Outcome.FORBIDDEN: "failed",
}


@dataclass(slots=True, frozen=True)
class Entry:
    """One address of the frontier, to be asked for."""

    id: int
    key: str
    url: str
    asked: str
    kind: Kind
    etag: str | None
    last_modified: str | None
    attempts: int
    article_id: int | None
    walked_at: str | None


_ENTRY: Final = "id, key, url, asked, kind, etag, last_modified, attempts, article_id, walked_at"


class Urls:
    """The `urls` table. Nothing here commits; the archive does."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def add(self, found: Iterable[Found], at: datetime) -> list[int]:
        """Add addresses that are new; return their ids. Known ones learn what the listing says of them."""
        told = news(self._db, (_as_possible(each, at) for each in found))
        return [added for each in told if (added := self._add(each, timestamp(at))) is not None]

    @act("address")
    def _add(self, found: Found, at: str) -> int | None:
        found = _as_possible(found, datetime.fromisoformat(at))
        dated = found.dated.isoformat() if found.dated else None
        state = "pending" if found.wanted else "known"
        row = self._db.execute(
            "INSERT INTO urls (key, url, asked, kind, state, found_in, found_at, title, dated, section)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING RETURNING id",
            [
                found.key,
                found.url,
                found.asked,
                found.kind,
                state,
                found.found_in,
                at,
                found.title,
                dated,
                found.section,
            ],
        ).fetchone()
        if row is None:
            self._learn(found, dated)
        for spelling in {found.asked, found.seen or found.url} - {found.url}:
            self._db.execute(
                "INSERT OR IGNORE INTO aliases SELECT ?, id FROM urls WHERE key = ?",
                [spelling, found.key],
            )
        return int(row["id"]) if row else None

    def _learn(self, found: Found, dated: str | None) -> None:
        said = {
            "dated": dated,
            "title": found.title,
            "section": found.section,
            "found_in": found.found_in,
        }
        if any(said.values()):
            self._db.execute(
                "UPDATE urls SET dated = coalesce(dated, :dated), title = coalesce(title, :title),"
                " section = coalesce(section, :section), found_in = coalesce(found_in, :found_in)"
                " WHERE key = :key AND (dated IS NULL AND :dated IS NOT NULL"
                " OR title IS NULL AND :title IS NOT NULL OR section IS NULL AND :section IS NOT NULL"
                " OR found_in IS NULL AND :found_in IS NOT NULL)",
                {**said, "key": found.key},
            )
        if found.wanted:
            self._db.execute(
                "UPDATE urls SET state = 'pending' WHERE key = ? AND state = 'known'", [found.key]
            )

    def entry(self, key: str) -> Entry | None:
        """Return the address with this key."""
        return next(iter(self.entries("key = ?", [key])), None)

    def attempts(self, url_id: int) -> int:
        """Return how often in a row an address was asked without a usable answer."""
        row = self._db.execute("SELECT attempts FROM urls WHERE id = ?", [url_id]).fetchone()
        return int(row["attempts"])

    def article(self, url_id: int) -> int | None:
        """Return the id of the article an address leads to, or None."""
        row = self._db.execute("SELECT article_id FROM urls WHERE id = ?", [url_id]).fetchone()
        return row["article_id"]  # type: ignore[no-any-return]

    def listing(self, url: str, at: datetime) -> Entry:
        """Return the entry of a listing, added if new."""
        self.add([Found(url, url, url, "listing")], at)
        return self.entries("key = ?", [url])[0]

    def times(self, look: Look) -> int:
        """Return how often an address showed what a look shows, for the same reason, that look counted."""
        row = self._db.execute(
            "SELECT count(*) FROM observations WHERE url_id = ? AND outcome = ? AND detail IS ?",
            [look.url_id, look.outcome, look.detail],
        ).fetchone()
        return int(row[0]) + 1

    def is_wanted(self, url_id: int) -> bool:
        """Return whether an address is an article's of which none is held yet."""
        row = self._db.execute(
            "SELECT kind, article_id FROM urls WHERE id = ?", [url_id]
        ).fetchone()
        return bool(row["kind"] == "article" and row["article_id"] is None)

    def is_listing(self, url_id: int) -> bool:
        """Return whether an address is that of a list."""
        row = self._db.execute("SELECT kind FROM urls WHERE id = ?", [url_id]).fetchone()
        return bool(row["kind"] == "listing")

    def waits_until(self, url: str, at: datetime) -> datetime | None:
        """Return until when the newspaper asked not to be asked for a list, None where it may be asked for."""
        row = self._db.execute(
            "SELECT due_at FROM urls WHERE key = ? AND kind = 'listing' AND state = 'pending' AND due_at > ?",
            [url, timestamp(at)],
        ).fetchone()
        return datetime.fromisoformat(row["due_at"]) if row else None

    def held_up_until(self, key: str, at: datetime) -> datetime | None:
        """Return until when the newspaper asked not to be asked for an article, None where it may be asked for.

        Our own waits between two tries are shorter, and hold up nobody who gives an address.
        """
        row = self._db.execute(
            "SELECT due_at FROM urls WHERE key = ? AND state = 'pending' AND status IN (429, 503) AND due_at > ?",
            [key, timestamp(at + _OWN_WAIT)],
        ).fetchone()
        return datetime.fromisoformat(row["due_at"]) if row else None

    @act("walked")
    def walked_root(self, url: str, began_at: datetime) -> None:
        """Note that a walk of this listing, begun then, reached what was known."""
        self._db.execute("UPDATE urls SET walked_at = ? WHERE key = ?", [timestamp(began_at), url])

    def next_page(self, url: str) -> str | None:
        """Return the page of a list at which a walk into the past goes on, where one did not come to its end."""
        row = self._db.execute("SELECT next_page FROM urls WHERE key = ?", [url]).fetchone()
        return row["next_page"] if row else None

    @act("goes on")
    def goes_on(self, url: str, next_page: str | None) -> None:
        """Note the page at which a walk into the past goes on, or that it came to its end."""
        self._db.execute(
            "UPDATE urls SET next_page = ? WHERE key = ? AND next_page IS NOT ?",
            [next_page, url, next_page],
        )

    def waits(self, url: str, moment: datetime) -> bool:
        """Return whether a list that showed none is not yet due again, or rests."""
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE key = ? AND state = 'unread' AND (due_at IS NULL OR due_at > ?)",
            [url, timestamp(moment)],
        ).fetchone()
        return row is not None

    def newest_day(self, until: str) -> str | None:
        """Return the newest day any listing told of an article, up to a day."""
        row = self._db.execute(
            "SELECT max(dated) AS day FROM urls WHERE kind = 'article' AND dated <= ?", [until]
        )
        return row.fetchone()["day"]  # type: ignore[no-any-return]

    def known_by(self, keys: Collection[str], moment: str) -> set[str]:
        """Return those of these addresses that were known by that moment."""
        marks = ", ".join("?" for _ in keys)
        rows = self._db.execute(
            f"SELECT key FROM urls WHERE key IN ({marks}) AND found_at <= ?", [*keys, moment]
        )
        return {row["key"] for row in rows}

    def days_of(self, keys: Collection[str]) -> list[str]:
        """Return the days of publication known for these addresses, from listings or from the articles held."""
        marks = ", ".join("?" for _ in keys)
        rows = self._db.execute(
            "SELECT coalesce(substr(a.published_at, 1, 10), u.dated) AS day FROM urls u"
            f" LEFT JOIN articles a ON a.id = u.article_id WHERE u.key IN ({marks})",
            list(keys),
        )
        return [row["day"] for row in rows if row["day"]]

    def answered(self, look: Look, capture_id: int | None) -> None:
        """Note an answer: what became of the address, and when to look at it again.

        Where it showed nothing it is asked again; an address whose article is held stays as it was.
        """
        row = self._db.execute(
            "SELECT key, kind, looks, state, article_id FROM urls WHERE id = ?", [look.url_id]
        ).fetchone()
        is_held, in_vain = row["article_id"] is not None, look.outcome in _SHOWED_NOTHING
        state = _STATE[look.outcome]
        if is_held and state in {"unread", "failed"}:
            state = "done"
        is_no_list = look.outcome is Outcome.NO_ARTICLE and row["kind"] == "listing"
        kept = look.outcome is Outcome.LIVE or (
            look.outcome is Outcome.NO_ARTICLE and not (is_held or is_no_list)
        )
        capture = look.capture if kept else None
        self._db.execute(
            "UPDATE urls SET state = ?, reason = ?, attempts = 0, looks = looks + ?, fetched_at = ?, status = ?,"
            " etag = coalesce(?, iif(?, NULL, etag)), last_modified = coalesce(?, iif(?, NULL, last_modified)),"
            " capture_id = coalesce(?, capture_id), due_at = ? WHERE id = ?",
            [
                state,
                look.detail,
                int(not in_vain),
                timestamp(look.at),
                look.status,
                capture.etag if capture else None,
                is_no_list,  # what it was before is asked for whole
                capture.last_modified if capture else None,
                is_no_list,
                capture_id if kept else None,
                self._due(look, row, state),
                look.url_id,
            ],
        )

    def _due(self, look: Look, row: sqlite3.Row, state: str) -> str | None:
        due = None
        if look.outcome in _SHOWED_NOTHING:
            times = self._db.execute(_IN_VAIN, [look.url_id] * 2).fetchone()[0]
            due = next_try(max(1, times), look.at)
        if due is None and row["kind"] == "article" and state in {"done", "gone"}:
            gone_anew = state == "gone" and row["state"] != "gone"
            due = next_look(row["key"], row["looks"], look.at, gone_anew=gone_anew)
        return timestamp(due) if due else None

    def unanswered(self, look: Look, wait: timedelta, *, final: bool) -> None:
        """Note that no usable answer came; it stays pending and waits, or with `final` it is given up."""
        row = self._db.execute(
            "SELECT attempts, article_id, kind FROM urls WHERE id = ?", [look.url_id]
        ).fetchone()
        is_held = row["article_id"] is not None
        # Every run begins with the lists: only what the newspaper asks for holds them up.
        rests = row["attempts"] + 1 >= _PATIENT and row["kind"] != "listing"
        rest = max(_REST, wait) if rests or (final and is_held) else wait
        self._db.execute(
            "UPDATE urls SET state = ?, reason = ?, attempts = attempts + 1, status = ?, due_at = ? WHERE id = ?",
            [
                "pending" if not final else "done" if is_held else "failed",
                look.detail,
                look.status,
                timestamp(look.at + rest),
                look.url_id,
            ],
        )

    def moved(self, url_id: int, target: Found, at: datetime) -> Entry | None:
        """Note where an address moved to; return the target's entry, or None where it leads back here."""
        self.add([target], at)
        entry = self.entry(target.key)
        if entry is None or url_id in self._trail(entry.id):
            return None
        self._db.execute("UPDATE urls SET moved_to = ? WHERE id = ?", [entry.id, url_id])
        return entry

    def _trail(self, url_id: int) -> set[int]:
        rows = self._db.execute(
            "WITH RECURSIVE trail (id) AS (VALUES (?) UNION"
            " SELECT u.moved_to FROM trail t JOIN urls u ON u.id = t.id"
            " WHERE u.moved_to IS NOT NULL) SELECT id FROM trail",
            [url_id],
        )
        return {row["id"] for row in rows}

    def moves_to(self, url_id: int) -> int:
        """Return how many moves, at most ten, led to an address, by the longest way."""
        row = self._db.execute(
            "WITH RECURSIVE sources (id, moves) AS (VALUES (?, 0) UNION SELECT u.id, s.moves + 1"
            " FROM sources s JOIN urls u ON u.moved_to = s.id WHERE s.moves < 10) SELECT max(moves) FROM sources",
            [url_id],
        ).fetchone()
        return int(row[0])

    def moved_here(self, url_id: int) -> list[int]:
        """Return the ids of all addresses that moved to this one, over any number of steps."""
        rows = self._db.execute(
            "WITH RECURSIVE sources (id) AS (VALUES (?) UNION"
            " SELECT u.id FROM sources s JOIN urls u ON u.moved_to = s.id) SELECT id FROM sources",
            [url_id],
        )
        return [row["id"] for row in rows if row["id"] != url_id]

    def entries(self, where: str, values: list[object]) -> list[Entry]:
        """Return the addresses for which a condition in SQL holds."""
        rows = self._db.execute(f"SELECT {_ENTRY} FROM urls WHERE {where}", values)
        return [Entry(**row) for row in rows]


def _as_possible(found: Found, seen: datetime) -> Found:
    """What a list says, without a day on which nothing it lists can have been published."""
    is_wrong = found.dated is not None and not is_possible(found.dated, seen)
    return replace(found, dated=None) if is_wrong else found

"""What one run asks for next: the part of the frontier it may ask for, in order."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Final

from archive.dates import timestamp, vietnamese_day
from archive.model import Kind
from archive.store.journal import act
from archive.store.urls import Entry, Urls

RECHECKS: Final = (
    960  # a day: four for each of 150 articles, a year's last looks at 100,000; forty an hour
)
_NO_ANSWER: Final = "'refused', 'failed', 'unreachable'"
_NEWEST: Final = timedelta(days=2)
_IN: Final = "(SELECT value FROM json_each(?))"  # one statement however many numbers


class Queue:
    """A run's view of the `urls` table; a narrow run asks only for what it found itself. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection, urls: Urls) -> None:
        self._db, self._urls = connection, urls
        self._is_narrow = False
        self.oldest_first = False

    def narrow(self) -> None:
        """Ask from now on only for addresses given to `widen`."""
        self._db.execute("CREATE TEMP TABLE IF NOT EXISTS scope (id INTEGER PRIMARY KEY)")
        self._db.execute("DELETE FROM scope")
        self._is_narrow = True

    def widen(self, keys: Iterable[str]) -> None:
        """Let a narrow run ask for these addresses too."""
        if self._is_narrow:
            known = f"SELECT id FROM urls WHERE key IN {_IN}"
            self._db.execute(f"INSERT OR IGNORE INTO scope {known}", [json.dumps(list(keys))])

    def pending(
        self, kind: Kind, now: datetime, limit: int, without: Collection[int] = ()
    ) -> list[Entry]:
        """Return the next addresses to ask for: newest first, as far as listings told their day.

        With `oldest_first` only those of the last days come first, then the oldest.
        """
        if not self.oldest_first:
            return self._pending(kind, now, limit, without, "dated DESC, id")
        newest = (vietnamese_day(now) - _NEWEST).isoformat()
        return (
            self._pending(kind, now, limit, without, "dated DESC, id", f"dated >= '{newest}'")
            or self._pending(kind, now, limit, without, "dated, id", "dated IS NOT NULL")
            or self._pending(kind, now, limit, without, "id")
        )

    def _pending(
        self,
        kind: Kind,
        now: datetime,
        limit: int,
        without: Collection[int],
        order: str,
        where: str = "true",
    ) -> list[Entry]:
        scope = " AND id IN scope" if self._is_narrow else ""
        return self._urls.entries(
            "kind = ? AND state = 'pending' AND (due_at IS NULL OR due_at <= ?)"
            f" AND id NOT IN {_IN}{scope} AND {where} ORDER BY {order} LIMIT ?",
            [kind, timestamp(now), json.dumps(list(without)), limit],
        )

    def next_due(self, now: datetime, of: Collection[int]) -> datetime | None:
        """Return when the first of these addresses may be asked for again, or None where none waits."""
        row = self._db.execute(
            f"SELECT min(due_at) AS due FROM urls WHERE state = 'pending' AND due_at > ? AND id IN {_IN}",
            [timestamp(now), json.dumps(list(of))],
        ).fetchone()
        return datetime.fromisoformat(row["due"]) if row["due"] else None

    def rechecks(self, now: datetime, most: int, hours: int = 1) -> list[Entry]:
        """Return known article addresses that are due for another look, newest articles first.

        No more than `most`, and with those of the last `hours` and of the last day no more than the budget of either.
        """
        hour = RECHECKS * hours // 24 - self._rechecked(now - timedelta(hours=hours), now)
        day = RECHECKS - self._rechecked(now - timedelta(days=1), now)
        return self._urls.entries(
            "kind = 'article' AND state IN ('done', 'gone') AND due_at <= ? ORDER BY article_id DESC LIMIT ?",
            [timestamp(now), max(0, min(most, hour, day))],
        )

    def unread(
        self, kind: Kind, now: datetime, most: int, days: tuple[date | None, date | None]
    ) -> list[Entry]:
        """Return addresses that showed nothing and are due to be asked again, the newest first.

        Of articles only those of the days given, both ends included (None is no end), and also those that were given
        up: too large, not to be unpacked, forbidden. What redirects in a circle is due at once, and is left alone.
        """
        first, last = (day.isoformat() if day else None for day in days)
        return self._urls.entries(
            "kind = ? AND (state = 'unread' OR kind = 'article' AND state = 'failed' AND due_at IS NOT fetched_at)"
            " AND due_at <= ? AND (? IS NULL OR dated >= ?)"
            " AND (? IS NULL OR dated <= ?) ORDER BY dated DESC, id DESC LIMIT ?",
            [kind, timestamp(now), first, first, last, last, max(0, most)],
        )

    def unread_count(self) -> tuple[int, str | None]:
        """Return how many articles' addresses showed none and are asked again, and when the first is due."""
        row = self._db.execute(
            "SELECT count(*), min(due_at) FROM urls WHERE kind = 'article' AND state = 'unread' AND due_at > ''"
        ).fetchone()
        return int(row[0]), row[1]

    def _rechecked(self, since: datetime, now: datetime) -> int:
        """How many answers since then, and not after now, were not the first of their address."""
        row = self._db.execute(
            f"SELECT count(*) FROM observations o WHERE o.at > ? AND o.at <= ? AND o.outcome NOT IN ({_NO_ANSWER})"
            " AND EXISTS (SELECT 1 FROM urls u WHERE u.id = o.url_id AND u.kind = 'article')"
            " AND EXISTS (SELECT 1 FROM observations e WHERE e.url_id = o.url_id AND e.at < o.at"
            f" AND e.outcome NOT IN ({_NO_ANSWER}))",
            [timestamp(since), timestamp(now)],
        )
        return int(row.fetchone()[0])

    @act("ask again")
    def ask_again(self, keys: Iterable[str]) -> None:
        """Make addresses pending, whatever became of them."""
        self._db.execute(
            f"UPDATE urls SET state = 'pending', due_at = NULL, attempts = 0 WHERE key IN {_IN}",
            [json.dumps(list(keys))],
        )

    def unasked(self, before: datetime) -> int:
        """Return how many articles' addresses found before then are pending and were not asked since they are."""
        row = self._db.execute(
            "SELECT count(*) FROM urls WHERE kind = 'article' AND state = 'pending' AND attempts = 0"
            " AND found_at < ?",
            [timestamp(before)],
        )
        return int(row.fetchone()[0])

    @act("want again")
    def want_again(self, since: date | None, until: date | None) -> None:
        """Make addresses pending that an earlier run left because they lie outside of what it was asked for.

        Older addresses tell only their month, and stand as of its last day.
        """
        first, last = (since or date.min).isoformat(), (until or date.max).isoformat()
        self._db.execute(
            "UPDATE urls SET state = 'pending' WHERE kind = 'article' AND state = 'known' AND dated >= ?"
            " AND (dated <= ? OR substr(key, 1, 2) IN ('a/', 'b/') AND substr(dated, 1, 7) = substr(?, 1, 7))",
            [first, last, last],
        )

    def counts(self) -> dict[str, int]:
        """Return how many article addresses there are, by state."""
        rows = self._db.execute(
            "SELECT state, count(*) AS n FROM urls WHERE kind = 'article' GROUP BY state"
        )
        return {row["state"]: row["n"] for row in rows}

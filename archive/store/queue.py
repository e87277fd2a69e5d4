"""What one run asks for next: the part of the frontier it may ask for, in order."""

import json
import sqlite3
from collections.abc import Collection, Iterable
from datetime import date, datetime
from typing import Final

from archive.dates import timestamp
from archive.model import Kind
from archive.store.urls import Entry, Urls

_IN: Final = "(SELECT value FROM json_each(?))"  # one statement however many numbers


class Queue:
    """A run's view of the `urls` table; a narrow run asks only for what it found itself. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection, urls: Urls) -> None:
        self._db, self._urls = connection, urls
        self._is_narrow = False

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
        """Return the next addresses to ask for: newest first, as far as listings told their day."""
        scope = " AND id IN scope" if self._is_narrow else ""
        return self._urls.entries(
            "kind = ? AND state = 'pending' AND (due_at IS NULL OR due_at <= ?)"
            f" AND id NOT IN {_IN}{scope} ORDER BY dated DESC, id LIMIT ?",
            [kind, timestamp(now), json.dumps(list(without)), limit],
        )

    def next_due(self, now: datetime, of: Collection[int]) -> datetime | None:
        """Return when the first of these addresses may be asked for again, or None where none waits."""
        row = self._db.execute(
            f"SELECT min(due_at) AS due FROM urls WHERE state = 'pending' AND due_at > ? AND id IN {_IN}",
            [timestamp(now), json.dumps(list(of))],
        ).fetchone()
        return datetime.fromisoformat(row["due"]) if row["due"] else None

    def rechecks(self, now: datetime, limit: int) -> list[Entry]:
        """Return known article addresses that are due for another look, newest articles first."""
        return self._urls.entries(
            "kind = 'article' AND state IN ('done', 'gone') AND due_at <= ? ORDER BY article_id DESC LIMIT ?",
            [timestamp(now), limit],
        )

    def ask_again(self, keys: Iterable[str]) -> None:
        """Make addresses pending, whatever became of them."""
        self._db.execute(
            f"UPDATE urls SET state = 'pending', due_at = NULL, attempts = 0 WHERE key IN {_IN}",
            [json.dumps(list(keys))],
        )

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

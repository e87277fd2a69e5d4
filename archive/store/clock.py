"""After a run under a clock that was ahead: what it says of the future counts as done now.

Observations and captures keep their moments, for they are what was noted; what is decided by them may not wait a year.
"""

import sqlite3
from datetime import datetime
from typing import Final

from archive.dates import timestamp, vietnamese_day
from archive.store.journal import act

_AHEAD: Final = """
SELECT u.id, u.due_at, u.fetched_at, max(o.at) AS at FROM observations o JOIN urls u ON u.id = o.url_id
WHERE o.at > ? GROUP BY u.id
"""


class Clock:
    """Moments in the tables that lie in the future. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def last_look(self) -> str:
        """Return when the latest look was made, by the clock of its time; "" before the first."""
        return str(self._db.execute("SELECT coalesce(max(at), '') FROM observations").fetchone()[0])

    @act("looked ahead")
    def set_back(self, now: datetime) -> None:
        """Let looks dated after `now` count as made now: in due dates, `last_seen_at` and what lists cover."""
        at = timestamp(now)
        if self.last_look() <= at:
            return
        for row in self._db.execute(_AHEAD, [at]).fetchall():
            self._db.execute(
                "UPDATE urls SET due_at = :due, fetched_at = iif(fetched_at > :at, :at, fetched_at)"
                " WHERE id = :id",
                {"due": _earlier(row["due_at"], row["at"], now), "at": at, "id": row["id"]},
            )
        day = vietnamese_day(now).isoformat()
        self._db.execute(
            "UPDATE urls SET walked_at = min(walked_at, :at),"
            " last_day = iif(section IS NULL, last_day, min(last_day, :day))"
            " WHERE kind = 'listing' AND (walked_at > :at OR section IS NOT NULL AND last_day > :day)",
            {"at": at, "day": day},
        )
        self._db.execute(
            "UPDATE states SET last_seen_at = min(last_seen_at, :at), since = min(since, :at)"
            " WHERE last_seen_at > :at OR since > :at",
            {"at": at},
        )


def _earlier(due: str | None, looked: str, now: datetime) -> str | None:
    """A due date as a look would have given it that is made now."""
    if due is None:
        return None
    wait = datetime.fromisoformat(due) - datetime.fromisoformat(looked)
    return timestamp(now + wait) if wait.total_seconds() > 0 else due

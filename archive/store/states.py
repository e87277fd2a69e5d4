"""Whether articles are there: what the latest observation showed, and since when."""

import sqlite3
from datetime import datetime
from typing import Final

from archive.dates import timestamp, vietnamese_day
from archive.model import Outcome

_STATE: Final = {
    Outcome.LIVE: "live",
    Outcome.UNCHANGED: "live",
    Outcome.MOVED: "changed-address",
    Outcome.GONE: "gone",
    Outcome.SOFT_404: "gone",
    Outcome.FRONT_PAGE: "gone",
    Outcome.FAILED: "unreachable",
    Outcome.UNREACHABLE: "unreachable",
}


class States:
    """The `states` table. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def observed(self, article_id: int, outcome: Outcome, at: datetime) -> None:
        """Let the article's state follow an observation; a refusal changes nothing."""
        state, moment = _STATE.get(outcome), timestamp(at)
        if state is None:
            return
        row = self._db.execute(
            "SELECT state, since, confirmed FROM states WHERE article_id = ?", [article_id]
        ).fetchone()
        since = row["since"] if row and row["state"] == state else moment
        confirmed = bool(
            row and row["state"] == state and (row["confirmed"] or _another_day(since, at))
        )
        seen = moment if state == "live" else None
        self._db.execute(
            "INSERT INTO states VALUES (:id, :state, :since, :confirmed, coalesce(:seen, :since))"
            " ON CONFLICT DO UPDATE SET state = :state, since = :since, confirmed = :confirmed,"
            " last_seen_at = coalesce(:seen, last_seen_at)",
            {
                "id": article_id,
                "state": state,
                "since": since,
                "confirmed": int(confirmed),
                "seen": seen,
            },
        )

    def was_there(self, article_id: int, at: datetime) -> None:
        """Note that an article was there at a time before its latest observation."""
        self._db.execute(
            "UPDATE states SET last_seen_at = :at WHERE article_id = :id AND last_seen_at < :at",
            {"id": article_id, "at": timestamp(at)},
        )


def _another_day(since: str, at: datetime) -> bool:
    return vietnamese_day(datetime.fromisoformat(since)) != vietnamese_day(at)

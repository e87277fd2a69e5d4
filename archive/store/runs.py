"""The ledger of runs: when each began and ended, what was asked for, what came of it."""

import json
import sqlite3
from datetime import datetime
from typing import Any

from archive.dates import timestamp
from archive.store.journal import act


class Runs:
    """The `runs` table. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def latest(self) -> int:
        """Return the id of the latest run, 0 where there is none."""
        return int(self._db.execute("SELECT coalesce(max(id), 0) FROM runs").fetchone()[0])

    @act("began")
    def begin(
        self, run_id: int, kind: str, settings: dict[str, Any], at: datetime, version: str
    ) -> None:
        """Enter a run by that version of the program; one that never ended died, and is marked so."""
        self._db.execute(
            "UPDATE runs SET outcome = 'died', ended_at = ? WHERE outcome IS NULL", [timestamp(at)]
        )
        said = json.dumps(settings, ensure_ascii=False)
        self._db.execute(
            "INSERT INTO runs (id, kind, started_at, settings, version) VALUES (?, ?, ?, ?, ?)",
            [run_id, kind, timestamp(at), said, version],
        )

    @act("ended")
    def end(self, run_id: int, outcome: str, counts: dict[str, int], at: datetime) -> None:
        """Enter how a run ended: done, stopped, failed."""
        self._db.execute(
            "UPDATE runs SET outcome = ?, counts = ?, ended_at = ? WHERE id = ?",
            [outcome, json.dumps(counts), timestamp(at), run_id],
        )

    def began(self, run_id: int) -> datetime:
        """Return when a run began."""
        row = self._db.execute("SELECT started_at FROM runs WHERE id = ?", [run_id]).fetchone()
        return datetime.fromisoformat(row["started_at"])

    def last_moment_before(self, run_id: int) -> datetime | None:
        """Return the latest moment the run before this one noted, or None where this is the first."""
        row = self._db.execute(
            "SELECT max(started_at, coalesce(ended_at, '')) AS last FROM runs"
            " WHERE id < ? ORDER BY id DESC LIMIT 1",
            [run_id],
        ).fetchone()
        return datetime.fromisoformat(row["last"]) if row else None

    def before(self, run_id: int, kind: str) -> tuple[datetime, dict[str, Any]] | None:
        """Return when the latest earlier run of a kind began and what it was asked for, or None."""
        row = self._db.execute(
            "SELECT started_at, settings FROM runs WHERE kind = ? AND id < ? ORDER BY id DESC LIMIT 1",
            [kind, run_id],
        ).fetchone()
        return (datetime.fromisoformat(row[0]), json.loads(row[1])) if row else None

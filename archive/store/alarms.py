"""The alarms on disk: one row as long as one lasts, opened and closed at the end of a run."""

import json
import sqlite3
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from archive.alarms import Alarm
from archive.dates import timestamp
from archive.store.journal import act

Key = tuple[str, str]  # name and subject


class Alarms:
    """The `alarms` table. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @act("alarms")
    def settle(self, found: Iterable[Alarm], well: Iterable[Key], at: datetime) -> None:
        """Open what was found, once; close what was found to be well. Of the rest nothing is known: it stays."""
        for alarm in found:
            self._open(alarm, at)
        for name, subject in well:
            self._db.execute(
                "UPDATE alarms SET until = ? WHERE name = ? AND subject = ? AND until IS NULL",
                [timestamp(at), name, subject],
            )

    def _open(self, alarm: Alarm, at: datetime) -> None:
        facts = alarm.facts | ({"form": alarm.form} if alarm.form else {})
        self._db.execute(
            "INSERT INTO alarms (name, subject, since, message, facts) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (name, subject) WHERE until IS NULL"
            " DO UPDATE SET message = excluded.message, facts = excluded.facts",
            [
                alarm.name,
                alarm.subject,
                timestamp(alarm.since or at),
                alarm.sentence,
                json.dumps(facts, ensure_ascii=False),
            ],
        )

    def open(self) -> dict[Key, str]:
        """Return name and subject of the open alarms, and since when they last."""
        rows = self._db.execute("SELECT name, subject, since FROM alarms WHERE until IS NULL")
        return {(row["name"], row["subject"]): row["since"] for row in rows}

    def past(self, name: str, subject: str) -> list[tuple[str, str]]:
        """Return from when till when this alarm was open before; an open one is left out."""
        rows = self._db.execute(
            "SELECT since, until FROM alarms WHERE name = ? AND subject = ? AND until IS NOT NULL",
            [name, subject],
        )
        return [(row["since"], row["until"]) for row in rows]

    def untold(self) -> list[dict[str, Any]]:
        """Return the alarms no command has taken yet, with their ids: open ones, and what one run opened and closed."""
        rows = self._db.execute(
            "SELECT id, name, since, message FROM alarms WHERE (until IS NULL OR until = since)"
            " AND notified_at IS NULL ORDER BY id"
        )
        return [dict(row) for row in rows]

    @act("told")
    def told(self, alarm_id: int, at: datetime) -> None:
        """Note that a command took an alarm."""
        self._db.execute(
            "UPDATE alarms SET notified_at = ? WHERE id = ?", [timestamp(at), alarm_id]
        )


def open_alarms(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the open alarms, oldest first: name, since, message, facts. None in a database made before them."""
    known = "SELECT 1 FROM sqlite_master WHERE name = 'alarms'"
    if not db.execute(known).fetchone():
        return []
    rows = db.execute(
        "SELECT name, since, message, facts FROM alarms WHERE until IS NULL ORDER BY since, id"
    )
    return [{**dict(row), "facts": json.loads(row["facts"])} for row in rows]

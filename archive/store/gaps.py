"""Gaps: where articles are known to be missing, or may be. Opened and closed at the end of a run."""

import sqlite3
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from archive.dates import timestamp
from archive.store.journal import act

GapKind = Literal["list", "overlap", "articles"]
_LATE: Final = timedelta(days=1)  # an article that waits longer to be fetched is missing

# Per day of publication. An older address tells only its month; its day is then the month's last.
_MISSING: Final = """
WITH missing AS (
  SELECT coalesce(dated, date(found_at, '+7 hours')) AS day, section, state,
    substr(key, 1, 2) IN ('a/', 'b/') AND dated = date(dated, 'start of month', '+1 month', '-1 day') AS of_month
  FROM urls u
  WHERE kind = 'article' AND article_id IS NULL AND found_in IS NOT NULL AND (
    state = 'gone' OR state = 'pending' AND found_at < ? OR state = 'unread' AND due_at IS NOT NULL
    OR state = 'failed' AND NOT EXISTS (
      SELECT 1 FROM observations o WHERE o.url_id = u.id AND o.outcome IN ('no-article', 'elsewhere', 'forbidden')))
)
SELECT iif(of_month, date(day, 'start of month'), day) AS since, day AS until, count(*) AS missing,
  sum(state IN ('pending', 'unread')) AS waiting,
  iif(count(DISTINCT coalesce(section, '')) = 1, max(section), NULL) AS section
FROM missing GROUP BY 1, 2
"""


@dataclass(slots=True, frozen=True)
class Gap:
    """A list that could not be read or does not reach back to what was known, or a day's missing articles.

    `since` and `until` are days of publication in Vietnam; `missing` counts articles where their number is
    known, `waiting` those of them that are still asked for.
    """

    kind: GapKind
    list: str | None
    since: str | None
    until: str | None
    section: str | None = None
    missing: int | None = None
    waiting: int | None = None


@dataclass(slots=True, frozen=True)
class OpenGap:
    """A gap noted and not yet closed."""

    id: int
    gap: Gap
    found_at: datetime


class Gaps:
    """The `gaps` table. Nothing here commits."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    def unclosed(self) -> list[OpenGap]:
        """Return the gaps not yet closed, those of the latest days first."""
        rows = self._db.execute(
            "SELECT * FROM gaps WHERE closed_at IS NULL ORDER BY until DESC, id DESC"
        )
        return [
            OpenGap(
                row["id"],
                Gap(**{name: row[name] for name in Gap.__slots__}),
                datetime.fromisoformat(row["found_at"]),
            )
            for row in rows
        ]

    @act("gap")
    def note(self, gap: Gap, run_id: int | None, at: datetime) -> None:
        """Open a gap, or bring an open one up to date: a list that failed before stays one gap."""
        known = self._db.execute(
            "SELECT id FROM gaps WHERE closed_at IS NULL AND kind = ? AND list IS ? AND (kind = 'list' OR since = ?)"
            " AND (kind <> 'articles' OR until = ?)",
            [gap.kind, gap.list, gap.since, gap.until],
        ).fetchone()
        if known:
            self._db.execute(
                "UPDATE gaps SET until = max(until, ?), section = ?, missing = ?, waiting = ? WHERE id = ?",
                [gap.until, gap.section, gap.missing, gap.waiting, known["id"]],
            )
            return
        row = {**asdict(gap), "run_id": run_id, "found_at": timestamp(at)}
        self._db.execute(f"INSERT INTO gaps ({', '.join(row)}) VALUES (:{', :'.join(row)})", row)

    @act("gap filled")
    def close(self, gap: OpenGap, at: datetime) -> None:
        """Close a gap: it is filled."""
        self._db.execute("UPDATE gaps SET closed_at = ? WHERE id = ?", [timestamp(at), gap.id])

    @act("articles missing")
    def count_articles(self, run_id: int | None, at: datetime) -> None:
        """Open, update and close the gaps of missing articles: one for each day that lacks any."""
        missing = list(self._missing(at))
        for gap in missing:
            self.note(gap, run_id, at)
        self._close_others({(gap.since, gap.until) for gap in missing}, at)

    def _missing(self, at: datetime) -> Iterable[Gap]:
        for row in self._db.execute(_MISSING, [timestamp(at - _LATE)]):
            yield Gap("articles", None, **dict(row))

    def _close_others(self, still: set[tuple[str | None, str | None]], at: datetime) -> None:
        for each in self.unclosed():
            if each.gap.kind == "articles" and (each.gap.since, each.gap.until) not in still:
                self.close(each, at)

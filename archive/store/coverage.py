"""Which days of publication the lists that were read cover: what tells a day without news from one nobody looked at."""

import sqlite3
from datetime import date, datetime, timedelta

from archive.dates import timestamp
from archive.store.journal import act


class Coverage:
    """The columns `first_day` and `last_day` of listings in `urls`. Nothing here commits.

    A section's list has its section in the row, a sitemap has none: it lists all sections.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    @act("covers")
    def note(self, url: str, first: date, last: date, section: str | None = None) -> None:
        """Note the days a list covers: the files of sitemaps say so themselves."""
        self._db.execute(
            "UPDATE urls SET section = ?, first_day = ?, last_day = ?"
            " WHERE key = ? AND (first_day IS NOT ? OR last_day IS NOT ?)",
            [section, *(days := [first.isoformat(), last.isoformat()]), url, *days],
        )

    @act("covers on")
    def extend(self, url: str, section: str, first: date, last: date) -> None:
        """Note the days a section's list covers, read down to what was known: they continue those covered before."""
        self._db.execute(
            "UPDATE urls SET section = :section, first_day = min(coalesce(first_day, :first), :first),"
            " last_day = :last"
            " WHERE key = :url AND (first_day IS NULL OR first_day > :first OR last_day IS NOT :last)",
            {
                "url": url,
                "section": section,
                "first": first.isoformat(),
                "last": last.isoformat(),
            },
        )

    def reaches(self, url: str, day: date, until: date, moment: datetime | None = None) -> bool:
        """Return whether walks of a list covered all days from one to another: to the end of that, or to a moment."""
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE key = ? AND first_day <= ?"
            " AND (last_day > ? OR last_day = ? AND walked_at >= ?)",
            [url, day.isoformat(), *[until.isoformat()] * 2, timestamp(moment) if moment else None],
        ).fetchone()
        return row is not None

    def is_known(self, url: str) -> bool:
        """Return whether a list ever showed an article."""
        row = self._db.execute("SELECT first_day FROM urls WHERE key = ?", [url]).fetchone()
        return row is not None and row["first_day"] is not None

    def uncovered(self, first: date, last: date, moment: datetime) -> list[date]:
        """Return the days for which no sitemap was read, neither since that moment nor after the day had ended."""
        rows = self._db.execute(
            "SELECT first_day, last_day FROM urls WHERE first_day <= ? AND last_day >= ? AND section IS NULL"
            " AND state = 'done' AND (fetched_at >= ? OR date(fetched_at, '+7 hours') > last_day)",
            [last.isoformat(), first.isoformat(), timestamp(moment)],
        ).fetchall()
        covered = {
            day
            for row in rows
            for day in _days(date.fromisoformat(row[0]), date.fromisoformat(row[1]))
        }
        return [day for day in _days(first, last) if day not in covered]

    def is_read(self, url: str) -> bool:
        """Return whether a sitemap was read after the last of its days, when hardly anything is added to it."""
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE key = ? AND state = 'done' AND date(fetched_at, '+7 hours') > last_day",
            [url],
        ).fetchone()
        return row is not None

    def is_read_since(self, url: str, moment: datetime) -> bool:
        """Return whether a list was read at that moment or later."""
        row = self._db.execute(
            "SELECT 1 FROM urls WHERE key = ? AND state = 'done' AND fetched_at >= ?",
            [url, timestamp(moment)],
        ).fetchone()
        return row is not None


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]

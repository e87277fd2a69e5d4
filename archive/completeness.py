"""What the newspaper's lists announced against what is held: by day and by section; and the gaps between."""

import sqlite3
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any, Final

SHOWN_DAYS: Final = 14
MOST_STRETCHES: Final = 50  # of days nobody looked at: the longest of them
MOST_ADDRESSES: Final = 50  # that show no article: those of the newest days

_GAPS: Final = """
SELECT kind, list, section, since, until, missing, waiting, found_at FROM gaps WHERE closed_at IS NULL
ORDER BY until DESC, id DESC
"""
# Held articles by the day they print, the others by the day a list told.
_HELD: Final = "SELECT substr(published_at, 1, 10), section_slug, 'held', count(*) FROM articles"
_NOT_HELD: Final = """
SELECT dated, section, CASE state WHEN 'pending' THEN 'waiting' WHEN 'known' THEN 'left'
  WHEN 'unread' THEN iif(due_at IS NULL, 'unread', 'missing') ELSE
    iif(EXISTS (SELECT 1 FROM observations o WHERE o.url_id = u.id
      AND o.outcome IN ('no-article', 'elsewhere', 'forbidden')), 'unread', 'missing') END AS fate,
  count(*)
FROM urls u WHERE kind = 'article' AND state IN ('pending', 'known', 'gone', 'failed', 'unread') AND article_id IS NULL
  AND found_in IS NOT NULL
"""
# Sitemaps list all sections. Section pages tell of a day when at least half of them were read down to it.
_COVERED: Final = """
WITH sections AS (
  SELECT first_day, last_day, row_number() OVER (ORDER BY first_day) AS number, count(*) OVER () AS sections
  FROM urls WHERE first_day IS NOT NULL AND section IS NOT NULL AND state = 'done'
)
SELECT first_day, last_day FROM urls WHERE first_day IS NOT NULL AND section IS NULL AND state = 'done'
UNION SELECT min(first_day), max(last_day) FROM sections WHERE number * 2 >= sections HAVING count(*)
ORDER BY first_day
"""
_RESTING: Final = """
SELECT url FROM urls WHERE kind = 'article' AND state = 'unread' AND due_at IS NULL ORDER BY dated DESC, id DESC LIMIT ?
"""
_ENDS: Final = """
SELECT (SELECT min(dated) FROM urls WHERE kind = 'article' AND dated > '') AS first,
  (SELECT substr(max(started_at), 1, 10) FROM runs) AS last
"""


@dataclass(slots=True)
class Count:
    """How many articles were announced, and what became of them.

    `waiting` are still to be fetched; `missing` were given up, gone before anybody came, or showed no article so
    far; `unread` led to no article, however often they were asked; and `left` lie outside of what runs were asked for.
    """

    held: int = 0
    waiting: int = 0
    missing: int = 0
    unread: int = 0
    left: int = 0

    @property
    def announced(self) -> int:
        """All of them, but for addresses that led to no article."""
        return self.held + self.waiting + self.missing + self.left

    def add(self, fate: str, articles: int) -> None:
        """Count articles of one fate."""
        setattr(self, fate, getattr(self, fate) + articles)

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return {"announced": self.announced, **asdict(self)}


@dataclass(slots=True)
class Day(Count):
    """The articles of one day of publication, and of each section; "" is the one nobody told."""

    sections: dict[str, Count] = field(default_factory=dict)

    def add_to(self, section: str | None, fate: str, articles: int) -> None:
        """Count articles of one fate in a section."""
        self.add(fate, articles)
        self.sections.setdefault(section or "", Count()).add(fate, articles)

    def as_dict(self) -> dict[str, Any]:
        """Return the counts of the day and its sections."""
        counts = Count(self.held, self.waiting, self.missing, self.unread, self.left)
        sections = {name: each.as_dict() for name, each in sorted(self.sections.items())}
        return {**counts.as_dict(), "sections": sections}


def by_day(db: sqlite3.Connection, since: date, until: date) -> dict[str, Day]:
    """Return the days of publication of a period that anything was announced for, in order, with their counts.

    Articles of which only the month is known stand at the month: "2022-03".
    """
    days: dict[str, Day] = {}
    period = [since.isoformat(), until.isoformat()]
    held = f"{_HELD} WHERE published_at BETWEEN ? AND ? || '~' GROUP BY 1, 2"
    not_held = f"{_NOT_HELD} AND dated BETWEEN ? AND ? GROUP BY 1, 2, 3"
    for query in (held, not_held):
        for day, *counted in db.execute(query, period):
            days.setdefault(day, Day()).add_to(*counted)
    return dict(sorted(days.items()))


def total(db: sqlite3.Connection) -> Day:
    """Return the counts of all days together, and of the articles without one."""
    together = Day()
    for query in (f"{_HELD} GROUP BY 2", f"{_NOT_HELD} GROUP BY 2, 3"):
        for _, *counted in db.execute(query):
            together.add_to(*counted)
    return together


def unlisted(db: sqlite3.Connection, since: date, until: date) -> list[tuple[date, date]]:
    """Return the stretches of days of a period for which no list was read: nobody knows what appeared then."""
    stretches, next_day = [], since
    for first, last in db.execute(_COVERED):
        begin, end = date.fromisoformat(first), date.fromisoformat(last)
        if begin > next_day:
            stretches.append((next_day, min(begin - timedelta(days=1), until)))
        next_day = max(next_day, end + timedelta(days=1))
        if next_day > until:
            return stretches
    return [*stretches, (next_day, until)]


def gaps(db: sqlite3.Connection) -> list[dict[str, Any]]:
    """Return the gaps not closed, the latest first, each with its `name`: one sentence.

    None are known of a database made before gaps were noted.
    """
    if not _is_today(db):
        return []
    return [{"kind": row["kind"], "name": _named(row), **dict(row)} for row in db.execute(_GAPS)]


def _named(row: sqlite3.Row) -> str:
    days = _period(row["since"], row["until"])
    if row["kind"] == "list":
        return f"{row['list']} could not be read; it lists articles {days}."
    if row["kind"] == "overlap":
        return f"{row['list']} did not reach back to the look before it; articles {days} may be missing."
    waiting = f" ({row['waiting']} still asked for)" if row["waiting"] else ""
    return f"Articles {days} that were announced and are not held: {row['missing']}{waiting}."


def _period(since: str | None, until: str | None) -> str:
    if since == until:
        return f"of {since}" if since else "of unknown date"
    return f"of {since} to {until}"


def _is_today(db: sqlite3.Connection) -> bool:
    return db.execute("SELECT 1 FROM sqlite_master WHERE name = 'gaps'").fetchone() is not None


def summary(db: sqlite3.Connection) -> dict[str, Any]:
    """Return what was announced and what is held: in all, day by day for the latest, and the days nobody looked at."""
    first, last = db.execute(_ENDS).fetchone() if _is_today(db) else (None, None)
    if first is None or last is None:
        return {}
    since = date.fromisoformat(first)
    until = max(date.fromisoformat(last), since)
    stretches = unlisted(db, since, until)
    longest = sorted(stretches, key=_length, reverse=True)[:MOST_STRETCHES]
    latest = by_day(db, until - timedelta(days=SHOWN_DAYS - 1), until)
    return {
        "since": since.isoformat(),
        "until": until.isoformat(),
        **total(db).as_dict(),
        "days": {day: each.as_dict() for day, each in latest.items()},
        "no_article": _resting(db),
        "unlisted_days": sum(_length(each) for each in stretches),
        "unlisted": [
            {"since": begin.isoformat(), "until": end.isoformat(), "days": _length((begin, end))}
            for begin, end in sorted(longest)
        ],
    }


def _resting(db: sqlite3.Connection) -> list[str]:
    """Addresses that were asked again and again and show no article."""
    return [url for (url,) in db.execute(_RESTING, [MOST_ADDRESSES])]


def _length(stretch: tuple[date, date]) -> int:
    return (stretch[1] - stretch[0]).days + 1

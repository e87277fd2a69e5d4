"""Ways into the archive: all its sections, the authors and tags with most articles, its days as a calendar."""

import re
import sqlite3
from calendar import Calendar
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any, Final

from archive.web.visits import Refused, Visit

_NEWEST: Final = (
    50_000  # articles whose authors and tags are counted: all would exceed the time limit
)
_MOST: Final = 500  # names shown
_YEAR: Final = re.compile(r"(?!0000)\d{4}")  # what else is stored is no date
_DAY: Final = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
_STEPS: Final = 5  # of colour

_SECTIONS: Final = """
SELECT section_slug AS slug, count(*) AS articles,
  (SELECT section FROM articles b WHERE b.section_slug = a.section_slug ORDER BY id DESC LIMIT 1) AS name
FROM articles a WHERE section_slug IS NOT NULL GROUP BY 1
"""
_NAMES: Final = """
SELECT each.value AS name, count(*) AS articles
FROM (SELECT {0} AS names FROM articles ORDER BY id DESC LIMIT ?) newest, json_each(newest.names) each
GROUP BY 1 ORDER BY articles DESC, name LIMIT ?
"""
# From each year straight to the next that has articles, along the index.
_YEARS: Final = """
WITH RECURSIVE years (year) AS (
  SELECT substr(min(published_at), 1, 4) FROM articles
  UNION ALL
  SELECT (SELECT substr(min(published_at), 1, 4) FROM articles WHERE published_at > year || '~')
  FROM years WHERE year IS NOT NULL
)
SELECT year FROM years WHERE year IS NOT NULL
"""
_DAYS: Final = """
SELECT substr(published_at, 1, 10) AS day, count(*) AS articles FROM articles
WHERE published_at BETWEEN ? AND ? || '~' AND length(published_at) >= 10 GROUP BY 1
"""


@dataclass(slots=True, frozen=True)
class Section:
    """A section with the number of its articles, those of its children included."""

    slug: str
    name: str
    articles: int

    @property
    def is_child(self) -> bool:
        """Whether it stands within another."""
        return "/" in self.slug


@dataclass(slots=True, frozen=True)
class Day:
    """A day of the calendar; `step` is 1 for few articles to 5 for most of the year, 0 for none."""

    day: str
    articles: int
    step: int

    @property
    def number(self) -> int:
        """Its number in the month."""
        return int(self.day[8:])


async def sections(visit: Visit) -> Any:
    """Show all sections, or give them as data."""
    found = await visit.site.read(_sections)
    if visit.request.url_vars["data"]:
        return visit.data({"sections": [asdict(each) for each in found]})
    return await visit.page("sections.html", sections=found)


def _sections(db: sqlite3.Connection) -> list[Section]:
    """All sections and those they stand in, each followed by its children."""
    names: dict[str, str] = {}
    articles: Counter[str] = Counter()
    for row in db.execute(_SECTIONS):
        names[row["slug"]] = row["name"]
        parts = row["slug"].split("/")
        for depth in range(1, len(parts) + 1):
            articles["/".join(parts[:depth])] += row["articles"]
    slugs = sorted(articles, key=lambda slug: slug.split("/"))
    return [Section(slug, names.get(slug) or slug, articles[slug]) for slug in slugs]


async def authors(visit: Visit) -> Any:
    """Show the authors with most articles, or give them as data."""
    return await _names(visit, "authors", "nav_authors")


async def tags(visit: Visit) -> Any:
    """Show the tags with most articles, or give them as data."""
    return await _names(visit, "tags", "nav_tags")


async def _names(visit: Visit, column: str, heading: str) -> Any:
    query = _NAMES.format(column)
    rows = await visit.site.read(lambda db: db.execute(query, [_NEWEST, _MOST]).fetchall())
    if visit.request.url_vars["data"]:
        return visit.data({column: [dict(row) for row in rows], "of_newest": _NEWEST})
    return await visit.page(
        "names.html", names=rows, column=column, heading=heading, of_newest=_NEWEST, most=_MOST
    )


async def days(visit: Visit) -> Any:
    """Show a year as a calendar, the latest unless one is asked for; or give it as data."""
    asked = visit.request.url_vars.get("year") or visit.args.get("year")
    if asked and not (asked.isascii() and asked.isdigit() and len(asked) == 4):
        raise Refused(400, "bad_year")
    years = await visit.site.read(
        lambda db: [row["year"] for row in db.execute(_YEARS) if _YEAR.fullmatch(row["year"])]
    )
    year = asked or (years[-1] if years else None)
    if asked and asked not in years:
        raise Refused(404, "no_year", year=asked)
    counts = await visit.site.read(lambda db: _counts(db, year)) if year else {}
    if visit.request.url_vars["data"]:
        return visit.data({"year": year, "days": counts, "years": years})
    months = _months(int(year), counts) if year else {}
    return await visit.page("days.html", year=year, years=years, months=months)


def _counts(db: sqlite3.Connection, year: str) -> dict[str, int]:
    rows = db.execute(_DAYS, [year, year])
    return {row["day"]: row["articles"] for row in rows if _DAY.fullmatch(row["day"])}


def _months(year: int, counts: dict[str, int]) -> dict[str, list[list[Day | None]]]:
    """The weeks of each month that has articles; None stands for a day of another month."""
    most = max(counts.values(), default=0)

    def day(month: int, number: int) -> Day | None:
        name = f"{year:04}-{month:02}-{number:02}"
        articles = counts.get(name, 0)
        return Day(name, articles, -(-articles * _STEPS // most)) if number else None

    return {
        f"{year:04}-{month:02}": [
            [day(month, number) for number in week]
            for week in Calendar().monthdayscalendar(year, month)
        ]
        for month in sorted({int(name[5:7]) for name in counts})
    }

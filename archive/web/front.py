"""The front page: the newest articles, what the archive covers, where its gaps are, and when it last ran."""

import re
import sqlite3
import time
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Final
from weakref import WeakKeyDictionary

from markupsafe import Markup

from archive import health
from archive.web import charts, stories
from archive.web.rendering import rendered
from archive.web.site import Site
from archive.web.visits import Refused, Visit
from archive.web.words import Language, Words

# From each month straight to the next that has articles, and each counted along the index: a tenth of the
# time that grouping all by their month takes.
_MONTHS: Final = """
WITH RECURSIVE months (month) AS (
  SELECT substr(min(published_at), 1, 7) FROM articles
  UNION ALL
  SELECT (SELECT substr(min(published_at), 1, 7) FROM articles WHERE published_at > month || '~')
  FROM months WHERE month IS NOT NULL
)
SELECT month, (SELECT count(*) FROM articles WHERE published_at BETWEEN month AND month || '~')
FROM months WHERE month IS NOT NULL
"""
_ENDS: Final = """
SELECT (SELECT min(published_at) FROM articles), (SELECT max(published_at) FROM articles),
  (SELECT count(*) FROM articles WHERE published_at IS NULL)
"""
_DAY: Final = len("2022-03-31")
# What was counted is shown for so many times as long as counting took: a small archive is counted for every
# visit, one of 500,000 articles every few seconds, and no archive spends more than a hundredth of its time on it.
_KEPT: Final = 100
_PATIENCE: Final = 5.0  # seconds until somebody else counts, should counting have failed

_PLAUSIBLE: Final = re.compile(r"(?:19[5-9]|20[0-9])\d-(?:0[1-9]|1[0-2])")

Gap = tuple[str, str]  # first and last month without an article


@dataclass(slots=True, frozen=True)
class Coverage:
    """What an archive holds: articles by month, first and last day or month, articles without a date."""

    months: dict[str, int]
    first: str | None
    last: str | None
    undated: int
    noted: list[dict[str, Any]]
    last_run: dict[str, Any] | None

    @property
    def total(self) -> int:
        """The number of all articles."""
        return sum(self.months.values()) + self.undated

    @property
    def gaps(self) -> list[Gap]:
        """The runs of months between the first and the last that have no article."""
        return gaps(self.months)

    @property
    def missing(self) -> int:
        """How many months the gaps have together."""
        return sum(map(_length, self.gaps))

    @property
    def longest_gap(self) -> Gap:
        """The longest of the gaps; the latest of equals. Raises ValueError where there is none."""
        return max(reversed(self.gaps), key=_length)

    def as_dict(self) -> dict[str, Any]:
        """Return it as data."""
        return {
            "coverage": {
                "articles": self.total,
                "first": self.first,
                "last": self.last,
                "undated": self.undated,
            },
            "months": self.months,
            "gaps": [{"since": first, "until": last} for first, last in self.gaps],
            "noted_gaps": self.noted,
            "last_run": self.last_run,
        }


_counted: WeakKeyDictionary[Any, tuple[float, Coverage]] = WeakKeyDictionary()


async def page(visit: Visit) -> Any:
    """Show the newest articles, or those before one: `?before=ID`."""
    before = _before(visit)
    found = await visit.site.read(lambda db: stories.newest(db, before))
    shown = found[: stories.PAGE]
    covered = await coverage(visit.site) if before is None else None
    return await visit.page(
        "front.html",
        days=stories.by_day(shown),
        earlier=visit.link("/", before=shown[-1].id) if len(found) > stories.PAGE else None,
        covered=covered,
        chart=_chart(visit, covered.months) if covered else None,
    )


def _chart(visit: Visit, months: dict[str, int]) -> Markup:
    return _drawn(tuple(months.items()), visit.words.language, visit.link("/days/{}"))


@lru_cache(maxsize=4)
def _drawn(months: tuple[tuple[str, int], ...], language: Language, address: str) -> Markup:
    """The chart, rendered once: the links of twenty years take three times as long as the rest of the page."""
    years = charts.years(dict(months))
    facts = {"years": years, "t": Words(language), "address": address.format}
    return Markup(rendered("_chart.html", facts))


async def data(visit: Visit) -> Any:
    """Give the same as data."""
    before = _before(visit)
    ids = [each.id for each in await visit.site.read(lambda db: stories.newest(db, before))]
    shown = ids[: stories.PAGE]
    onward = visit.site.path(f"/.json?before={shown[-1]}") if len(ids) > stories.PAGE else None
    articles = await visit.site.read(lambda db: stories.facts(db, shown))
    covered = await coverage(visit.site)
    return visit.data({"articles": articles, "next": onward, **covered.as_dict()})


def _before(visit: Visit) -> int | None:
    text = visit.args.get("before")
    if text is not None and not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Refused(400, "bad_number")
    return int(text) if text else None


async def coverage(site: Site) -> Coverage:
    """Return what the archive covers, as it was a moment ago: longer ago, the longer counting takes."""
    until, known = _counted.get(site.database, (0.0, None))
    now = time.monotonic()
    if known and now < until:
        return known
    if known:  # whoever comes meanwhile still gets this, and does not count as well
        _counted[site.database] = (now + _PATIENCE, known)
    return await site.read(lambda db: _count(db, site.database))


def _count(db: sqlite3.Connection, database: Any) -> Coverage:
    began = time.monotonic()
    # Of dates that no newspaper can have printed there is no chart: it would have a row for each year since.
    counted = db.execute(_MONTHS).fetchall()
    months = {month: n for month, n in counted if _PLAUSIBLE.fullmatch(month)}
    first, last, undated = db.execute(_ENDS).fetchone()
    undated += sum(n for month, n in counted if month not in months)
    found = Coverage(
        months,
        first and first[:_DAY],
        last and last[:_DAY],
        undated,
        health.gaps(db),
        health.last_run(db),
    )
    now = time.monotonic()
    _counted[database] = (now + _KEPT * (now - began), found)
    return found


def gaps(months: dict[str, int]) -> list[Gap]:
    """Return the runs of months without an article between the first and the last that have some.

    >>> gaps({"2021-11": 5, "2022-02": 3, "2022-04": 1})
    [('2021-12', '2022-01'), ('2022-03', '2022-03')]
    """
    if not months:
        return []
    span = charts.months_from(min(months), max(months))
    runs = (list(run) for held, run in groupby(span, key=months.__contains__) if not held)
    return [(run[0], run[-1]) for run in runs]


def _length(gap: Gap) -> int:
    return len(list(charts.months_from(*gap)))

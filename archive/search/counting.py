"""How the hits of a search spread over years and sections."""

import json
import sqlite3
from collections import Counter
from dataclasses import dataclass
from typing import Any, Final

from archive.search.marks import IDS_OF_YEAR, OTHER_YEAR, Filters
from archive.search.query import parse
from archive.search.tiers import COUNTED, Found, answering, descending

NEWEST: Final = COUNTED  # hits that are looked up, one by one: those that are read anyway

_ROWS: Final = """
SELECT substr(a.published_at, 1, 4) AS year, a.section_slug AS section, count(*) AS n
FROM articles a WHERE a.id IN (SELECT value FROM json_each(?)) GROUP BY 1, 2
"""
_NUMBERED: Final = "SELECT count(*) AS n FROM search WHERE search MATCH ? AND rowid BETWEEN ? AND ?"
# Each is one step into the table; asked for together they would be a walk through all of it.
_ENDS: Final = "SELECT (SELECT min(id) FROM articles), (SELECT max(id) FROM articles)"
_OTHERS: Final = """
SELECT a.id / ? AS number, substr(a.published_at, 1, 4) AS year, count(*) AS n
FROM search JOIN articles a ON a.id = search.rowid WHERE search MATCH ? GROUP BY 1, 2
"""


@dataclass(slots=True, frozen=True)
class Counts:
    """All hits by year; by section those of the newest `of_newest` hits, None means of all."""

    years: dict[str, int]
    sections: dict[str, int]
    of_newest: int | None

    def as_dict(self) -> dict[str, Any]:
        """Return the counts as data."""
        return {"years": self.years, "sections": self.sections, "of_newest": self.of_newest}


def counts(db: sqlite3.Connection, text: str, filters: Filters) -> Counts:
    """Return how many hits each year and each section has; a section counts its children too."""
    return spread(db, answering(db, parse(text), filters))


def spread(db: sqlite3.Connection, found: Found) -> Counts:
    """Return the same of what was found already."""
    tier = found.as_one
    newest = found.newest if found.begun is None else descending(db, tier, NEWEST + 1)
    years: Counter[str] = Counter()
    sections: Counter[str] = Counter()
    for row in db.execute(_ROWS, [json.dumps(newest[:NEWEST])]):
        years[row["year"] or "unknown"] += row["n"]
        for path in _paths(row["section"]):
            sections[path] += row["n"]
    is_part = len(newest) > NEWEST
    all_years = _years(db, tier.match) if is_part else years
    by_size = dict(sections.most_common())
    return Counts(dict(sorted(all_years.items())), by_size, NEWEST if is_part else None)


def _years(db: sqlite3.Connection, match: str) -> Counter[str]:
    """All hits by year, along the index: their numbers tell it, but for the few that are marked."""
    years: Counter[str] = Counter()
    first, last = db.execute(_ENDS).fetchone()
    for year in range(first // IDS_OF_YEAR, last // IDS_OF_YEAR + 1):
        within = [year * IDS_OF_YEAR, (year + 1) * IDS_OF_YEAR - 1]
        years[f"{year}"] = db.execute(_NUMBERED, [match, *within]).fetchone()["n"]
    for row in db.execute(_OTHERS, [IDS_OF_YEAR, f'({match}) AND "{OTHER_YEAR}"']):
        years[f"{row['number']}"] -= row["n"]
        years[row["year"] or "unknown"] += row["n"]
    return +years


def _paths(section: str | None) -> list[str]:
    """A section and those it stands in.

    >>> _paths("kinh-te/nong-nghiep")
    ['kinh-te', 'kinh-te/nong-nghiep']
    """
    parts = (section or "").split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts) + 1)] if section else []

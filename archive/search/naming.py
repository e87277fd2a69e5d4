"""Values that name nothing: whether the archive has a section, author, tag or kind, and which is the nearest to one."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from heapq import nlargest
from typing import Final, Literal

from archive.search.marks import Filters
from archive.store.index import is_stale
from archive.vietnamese import fold

Field = Literal["section", "author", "tag", "kind"]

FIELDS: Final[tuple[Field, ...]] = ("section", "author", "tag", "kind")
KINDS: Final = ("news", "longform", "photo", "video", "digest", "verse", "notice")

_NEWEST: Final = 20_000  # articles whose authors and tags are compared: all would take seconds
_MOST: Final = 2_000  # names compared, those of most articles
_CLOSE: Final = 50  # of them compared closely, in steps that grow with the square of their length
_LONGEST: Final = 80  # characters compared

_ANY: Final = "SELECT 1 FROM search WHERE search MATCH ? LIMIT 1"
# From each section straight to the next along the index, and in one step to the name last printed.
_SECTIONS: Final = """
WITH RECURSIVE sections (slug) AS (
  SELECT min(section_slug) FROM articles
  UNION ALL
  SELECT (SELECT min(section_slug) FROM articles WHERE section_slug > slug) FROM sections WHERE slug IS NOT NULL
)
SELECT slug, (SELECT section FROM articles WHERE section_slug = slug ORDER BY id DESC LIMIT 1) AS name
FROM sections WHERE slug IS NOT NULL ORDER BY slug
"""
_NAMES: Final = """
SELECT each.value AS name
FROM (SELECT {0} AS names FROM articles ORDER BY id DESC LIMIT ?) newest, json_each(newest.names) each
GROUP BY 1 ORDER BY count(*) DESC, name LIMIT ?
"""


@dataclass(slots=True, frozen=True)
class Unknown:
    """A value that names nothing in the archive."""

    field: Field
    value: str

    @property
    def shown(self) -> str:
        """As much of the value as a sentence can hold."""
        return self.value if len(self.value) <= _LONGEST else f"{self.value[:_LONGEST]}…"


def sections(db: sqlite3.Connection) -> dict[str, str]:
    """Return the sections that articles stand in, by path, with the names last printed."""
    return {row["slug"]: row["name"] or row["slug"] for row in db.execute(_SECTIONS)}


def section(db: sqlite3.Connection, value: str) -> str | None:
    """Return the path of the section that a search would narrow to: 'xahoi' and 'Xã hội' are 'xa-hoi'."""
    paths = _paths(db)
    if value in paths:
        return value
    wanted = Filters(section=value).match()
    return next((path for path in paths if Filters(section=path).match() == wanted), None)


def unknown(db: sqlite3.Connection, filters: Filters) -> Unknown | None:
    """Return the first filter that no article of the index passes by itself, in a few steps of the index.

    An index made by older rules cannot tell, and is not asked.
    """
    if is_stale(db):
        return None
    for field in FIELDS:
        value: str | None = getattr(filters, field)
        if value is not None and not _is_any(db, field, value):
            return Unknown(field, value)
    return None


def nearest(db: sqlite3.Connection, missed: Unknown) -> str | None:
    """Return what the archive has whose spelling without accents is nearest; None where it has none at all."""
    named = {_compared(name): value for name, value in _known(db, missed.field)}
    asked = _compared(missed.value)
    pairs = _pairs(asked)
    close = nlargest(_CLOSE, named, key=lambda name: _likeness(pairs, _pairs(name)))
    found = get_close_matches(asked, close, 1, 0)
    return named[found[0]] if found else None


def _is_any(db: sqlite3.Connection, field: Field, value: str) -> bool:
    match = Filters(**{field: value}).match()  # type: ignore[arg-type]
    return bool(match) and db.execute(_ANY, match).fetchone() is not None


def _known(db: sqlite3.Connection, field: Field) -> Iterable[tuple[str, str]]:
    """What is compared, and the value it stands for."""
    if field == "kind":
        return [(kind, kind) for kind in KINDS if _is_any(db, "kind", kind)]
    if field == "section":
        names = [(name, path) for path, name in sections(db).items()]
        return [*names, *((path, path) for path in _paths(db))]
    column = {"author": "authors", "tag": "tags"}[field]
    rows = db.execute(_NAMES.format(column), [_NEWEST, _MOST])
    return [(row["name"], row["name"]) for row in rows]


def _paths(db: sqlite3.Connection) -> list[str]:
    """The sections that articles stand in, and those that these stand in."""
    parts = [path.split("/") for path in sections(db)]
    inner = ("/".join(each[:depth]) for each in parts for depth in range(1, len(each) + 1))
    return list(dict.fromkeys(inner))


def _pairs(text: str) -> set[str]:
    return {text[place : place + 2] for place in range(len(text))}


def _likeness(one: set[str], two: set[str]) -> float:
    return 2 * len(one & two) / ((len(one) + len(two)) or 1)


def _compared(text: str) -> str:
    return fold(text[:_LONGEST]).replace("-", " ")

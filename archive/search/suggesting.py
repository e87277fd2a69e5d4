"""Titles to suggest while someone types."""

import sqlite3
from dataclasses import dataclass
from typing import Final

from archive.search.names import words_of
from archive.search.query import phrase
from archive.syllables import bare
from archive.vietnamese import exact, fold, has_accents, normalise

MOST: Final = 8

_TITLES: Final = """
SELECT a.id, a.title FROM (
  SELECT rowid AS id FROM suggestions WHERE suggestions MATCH ? ORDER BY rowid DESC LIMIT ?
) hit JOIN articles a ON a.id = hit.id ORDER BY a.id DESC
"""


@dataclass(slots=True, frozen=True)
class Suggestion:
    """The title of an article that has the words typed so far."""

    id: int
    title: str


def _beginnings(begun: str) -> list[str]:
    """A syllable only begun, spelt as a whole one and as it stands: hoà may go on to hoàng, quy to quyết."""
    if has_accents(begun):
        return list(dict.fromkeys((exact(begun), begun.lower())))
    return list(dict.fromkeys((fold(begun), "".join(map(bare, begun)))))


def suggest(db: sqlite3.Connection, text: str) -> list[Suggestion]:
    """Return the newest articles whose title has these words, the last of them perhaps only begun."""
    words = words_of(normalise(text))
    if not words:
        return []
    *whole, begun = words
    last = " OR ".join(f'"{beginning}" *' for beginning in _beginnings(begun))
    close = " AND ".join([*(phrase((word,)) for word in whole), f"({last})"])
    return [Suggestion(**row) for row in db.execute(_TITLES, [close, MOST])]

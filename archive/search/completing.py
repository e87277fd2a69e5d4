"""How a syllable only begun goes on: learnt from the titles and texts that have what stands before it.

Asking the index for every word with that beginning would read a tenth of it; half a million articles take seconds.
"""

import re
import sqlite3
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Final

from archive.search.excerpts import spans
from archive.search.names import Words
from archive.vietnamese import fold

_LOOKED_AT: Final = 300  # titles, and as many texts, the newest
_MOST: Final = 8  # endings

_TITLES: Final = """
SELECT title AS text FROM texts WHERE id IN (
  SELECT rowid FROM suggestions WHERE suggestions MATCH ? ORDER BY rowid DESC LIMIT ?
)
"""
_BODIES: Final = """
SELECT title || char(10) || body AS text FROM texts WHERE id IN (
  SELECT rowid FROM search WHERE search MATCH ? ORDER BY rowid DESC LIMIT ?
)
"""
_LAST_WORD: Final = re.compile(r"[^\W_]+\Z")


def endings(db: sqlite3.Connection, match: str, whole: Words, begun: str) -> list[str]:
    """Return the words without accents that `begun` goes on to after the whole words, the most frequent first.

    `match` finds the articles that have the whole words.
    """
    typed = " ".join(map(fold, (*whole, begun)))
    titles = db.execute(_TITLES, [f'"{typed}" *', _LOOKED_AT])
    bodies = db.execute(_BODIES, [match, _LOOKED_AT])
    texts = (row["text"] for row in chain(titles, bodies))
    found = Counter(chain.from_iterable(_endings(text, (*whole, f"{begun}*")) for text in texts))
    return [word for word, _ in found.most_common(_MOST)]


def _endings(text: str, words: Words) -> Iterator[str]:
    for start, end in spans(text, (words,)):
        last = _LAST_WORD.search(text[start:end])
        if last:
            yield fold(last[0])

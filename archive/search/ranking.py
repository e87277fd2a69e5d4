"""How well an article answers: how often its title and its text have what was asked for.

FTS5 could rank by itself, but looks at every hit of every word to do so: a second and more at half a
million articles. Within one tier all hits have all words, so how often they have them decides.
"""

import json
import sqlite3
from typing import Final

from archive.search.excerpts import spans
from archive.search.names import Words

TITLE: Final = 2.0  # what a title weighs against the most a text can reach, which is 1
_AVERAGE: Final = 2500  # characters of a text
_TEXTS: Final = "SELECT id, title, body FROM texts WHERE id IN (SELECT value FROM json_each(?))"


def ranked(db: sqlite3.Connection, ids: list[int], marks: tuple[Words, ...]) -> list[int]:
    """Return articles in the order of their rank, the newer first where it is the same."""
    scores = {
        row["id"]: _score(row["title"], row["body"], marks)
        for row in db.execute(_TEXTS, [json.dumps(ids)])
    }
    return sorted(scores, key=lambda each: (scores[each], each), reverse=True)


def _score(title: str, body: str, marks: tuple[Words, ...]) -> float:
    """Rise with each occurrence, ever less, and with how much of the text they are: BM25 within one tier."""
    in_title, in_body = len(spans(title, marks)), len(spans(body, marks))
    length = 1.2 * (0.25 + 0.75 * len(body) / _AVERAGE)
    return TITLE * min(in_title, 1) + in_body / (in_body + length)

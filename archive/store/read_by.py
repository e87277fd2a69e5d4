"""Which extraction read the captures: the setting `extraction`, a list of names, each with the first capture it read
and a check sum of the two.

What another extraction than today's read cannot be compared with today's reading of the same page.
"""

import json
import sqlite3
import zlib
from typing import Any

_SETTING = "SELECT value FROM settings WHERE name = 'extraction'"


def note_extraction(db: sqlite3.Connection, name: str) -> None:
    """Note that this extraction reads the captures from now on. Commits nothing."""
    known = extractions(db)
    if known and known[-1][0] == name:
        return
    (latest,) = db.execute("SELECT coalesce(max(id), 0) FROM captures").fetchone()
    known = [each for each in known if each[1] <= latest]
    noted = [[*each, _sum(*each)] for each in (*known, (name, latest + 1))]
    db.execute("INSERT OR REPLACE INTO settings VALUES ('extraction', ?)", [json.dumps(noted)])


def extractions(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Return name and first capture of each extraction, the latest last; nothing where the setting says none."""
    row = db.execute(_SETTING).fetchone()
    try:
        return [_one(each) for each in json.loads(row[0])] if row else []
    except (ValueError, TypeError):
        return []


def _one(noted: Any) -> tuple[str, int]:
    name, since, stated = noted
    if stated != _sum(name, since):  # an altered name would look like another extraction
        raise ValueError("another name, or capture, than was noted")
    return name, since


def _sum(name: str, since: int) -> int:
    return zlib.crc32(f"{name} {since}".encode())


def read_since(db: sqlite3.Connection, name: str) -> int:
    """Return from which capture on this extraction read them: 1 for all, 0 for none."""
    known = extractions(db)
    return known[-1][1] if known and known[-1][0] == name else 0

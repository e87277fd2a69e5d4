"""What a list tells that is not known: read again, it shows the same addresses by the thousand."""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from archive.model import Found

_SAID: Final = ("dated", "title", "section", "found_in")  # by lists, of an address


def news(db: sqlite3.Connection, found: Iterable[Found]) -> list[Found]:
    """Return the addresses that are new, or of which more is said than is known."""
    found = list(found)
    rows = db.execute(
        "SELECT key, state, dated, title, section, found_in FROM urls"
        " WHERE key IN (SELECT value FROM json_each(?))",
        [json.dumps([each.key for each in found])],
    )
    known = {row["key"]: row for row in rows}
    return [each for each in found if _tells(each, known.get(each.key))]


def _tells(found: Found, known: sqlite3.Row | None) -> bool:
    """Also that an address is wanted, or another spelling of it, is news."""
    if known is None or (found.wanted and known["state"] == "known"):
        return True
    is_more = any(getattr(found, name) and not known[name] for name in _SAID)
    return is_more or bool({found.asked, found.seen or found.url} - {found.url})

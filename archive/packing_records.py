"""Which records of an archive go into a package: those of the chosen articles, and none that is withheld.

Where all is chosen and nothing withheld, that is every whole record, so that a WARC file goes in as it is. Otherwise
the journal stays behind, for it names what was left out.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from archive.spellings import is_named, texts_of
from archive.store.holding import names_withheld
from archive.warc import Damage, Record, decoded, records
from archive.warc_reading import LARGEST
from archive.warc_torn import is_torn

# All that was ever received under the addresses of an article and of its pictures, what led there, and of each revisit
# the capture it repeats.
_CAPTURES: Final = """
WITH own AS (SELECT id FROM urls WHERE article_id = :id),
looked AS (
  SELECT id FROM own
  UNION SELECT id FROM urls WHERE moved_to IN (SELECT id FROM own)
  UNION SELECT u.id FROM versions v, json_each(v.reading, '$.blocks') b
    JOIN urls u ON u.key = json_extract(b.value, '$.url') WHERE v.article_id = :id AND u.kind = 'picture'),
received AS (
  SELECT capture_id AS id FROM versions WHERE article_id = :id
  UNION SELECT o.capture_id FROM observations o JOIN looked l ON o.url_id = l.id
  UNION SELECT u.capture_id FROM urls u JOIN looked l ON u.id = l.id)
SELECT same.warc, same.offset FROM received r JOIN captures c ON c.id = r.id
JOIN captures same ON same.url = c.url AND same.digest = c.digest
"""
_HIDDEN_CAPTURES: Final = """
SELECT c.warc, c.offset FROM withheld_parts p JOIN captures c ON c.id = p.id WHERE p.kind = 'capture'
"""
_HIDDEN_URLS: Final = """
WITH hidden AS (SELECT u.* FROM withheld_parts p JOIN urls u ON u.id = p.id WHERE p.kind <> 'capture')
SELECT url FROM hidden UNION SELECT asked FROM hidden UNION SELECT key FROM hidden
UNION SELECT a.url FROM aliases a JOIN hidden h ON h.id = a.url_id
"""
_KNOWN: Final = "SELECT 1 FROM sqlite_master WHERE name = 'withheld_parts'"


def captures_of(db: sqlite3.Connection, article_id: int) -> Iterator[tuple[str, int]]:
    """Yield where the captures lie that replay of an article needs: file below the archive, offset."""
    for row in db.execute(_CAPTURES, {"id": article_id}):
        yield row["warc"], row["offset"]


@dataclass(slots=True, frozen=True)
class Hidden:
    """What is withheld: captures by their places, addresses, and the names of articles in links to them."""

    places: frozenset[tuple[str, int]] = frozenset()
    urls: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.places or self.urls)

    def covers(self, record: Record) -> bool:
        """Return whether a record is withheld, or links to an article that is: then it may give its title."""
        place = (record.place.warc, record.place.offset)
        if place in self.places or record.url in self.urls:
            return True
        try:
            body = decoded(record)
        except Damage:
            body = record.body
        # The head of a redirect tells where it leads.
        return is_named(self.names, texts_of((record.url or "").encode(), record.head, body))


def hidden_in(db: sqlite3.Connection) -> Hidden:
    """Return what an archive withholds; nothing in a database made before there was such."""
    if not db.execute(_KNOWN).fetchone():
        return Hidden()
    places = frozenset((row["warc"], row["offset"]) for row in db.execute(_HIDDEN_CAPTURES))
    rows = db.execute(_HIDDEN_URLS).fetchall()
    names = frozenset().union(*names_withheld(db).values())
    return Hidden(places, frozenset(row["url"] for row in rows), names)


@dataclass(slots=True)
class LeftOut:
    """How much a package does not hold of what was chosen."""

    withheld: int = 0  # records
    damaged: int = 0  # stretches of WARC files, or files


class Choice:
    """Takes from WARC files what goes into a package, and counts what does not."""

    def __init__(self, hidden: Hidden, *, is_all: bool) -> None:
        self.left_out, self._hidden, self._is_all = LeftOut(), hidden, is_all
        self._keeps_every_kind = is_all and not hidden

    def records(self, path: Path, offsets: Iterator[int]) -> Iterator[Record]:
        """Yield the records of a file to be packed, its warcinfo first; none where that would stand alone."""
        found = records(path) if self._is_all else _at(path, offsets)
        info, shown = None, None
        for each in found:
            if isinstance(each, Damage):
                self._note(path, each)
            elif each.type == "warcinfo":
                info = each
            elif self._is_kept(each, shown):
                if info:
                    yield info
                    info = None
                shown = each if each.type != "request" else shown
                yield each

    def _is_kept(self, record: Record, shown: Record | None) -> bool:
        if self._keeps_every_kind:
            return True
        if record.type == "request":
            return shown is not None and record.field("WARC-Concurrent-To") == shown.id
        if record.type == "metadata":
            return False
        is_hidden = bool(self._hidden) and self._hidden.covers(record)
        self.left_out.withheld += is_hidden
        return not is_hidden

    def _note(self, path: Path, damage: Damage) -> None:
        """A record that is being written, or was when the power went, is no damage."""
        rest = path.stat().st_size - damage.offset
        if rest > LARGEST or not is_torn(path, damage.offset):
            self.left_out.damaged += 1


def _at(path: Path, offsets: Iterator[int]) -> Iterator[Record | Damage]:
    """The records at these places, each with the request that may follow it."""
    yield from islice(records(path), 1)
    for offset in offsets:
        if offset:
            first, *rest = [*islice(records(path, offset), 2)] or [_none(path, offset)]
            yield first
            yield from (
                each for each in rest if isinstance(each, Record) and each.type == "request"
            )


def _none(path: Path, offset: int) -> Damage:
    return Damage(path, offset, "the file ends before this record")

"""WARC files against the rows that point into them: every record whole, each response in a row, each row at one."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from archive.dates import timestamp
from archive.fixity import closed_faults
from archive.model import Place
from archive.store.damage import UNREADABLE
from archive.store.tail import DISORDER, last_place
from archive.warc import Damage, Record, check, records
from archive.warc_content import is_unchanged
from archive.warc_files import warc_files
from archive.warc_torn import is_torn

Show = Callable[[int, int], None]  # bytes done, of so many
_HAS_ROW: Final = {"response", "resource"}
_LOOKS: Final = {"look", "brought"}  # acts of the journal
_ROW: Final = "SELECT id, url, fetched_at, status, warc, offset, length, digest FROM captures"


@dataclass(slots=True)
class Extent:
    """How much of the WARC is looked at: what came later belongs to a run that is under way."""

    sizes: dict[str, int]  # bytes by name of file
    journal: tuple[
        str, int
    ]  # file and offset of the last record of the journal whose acts are in the tables
    is_at_rest: bool  # no run is under way: then all that is there must be in the tables

    def has(self, path: Path, offset: int) -> bool:
        """Return whether a record is looked at."""
        if self.is_at_rest:
            return offset < self.sizes.get(path.name, 0)
        return (f"warc/{path.name}", offset) <= self.journal

    def is_beyond(self, path: Path, offset: int) -> bool:
        """Return whether a place comes after the last record of the journal whose acts are in the tables."""
        return (f"warc/{path.name}", offset) > self.journal

    def has_in_tables(self, warc: str, offset: int) -> bool:
        """Return whether the tables should have what a record says: the last of the journal is noted in them."""
        is_there = offset < self.sizes.get(warc.removeprefix("warc/"), 0)
        return is_there and (not self.journal[0] or (warc, offset) <= self.journal)


def extent(db: sqlite3.Connection, folder: Path, *, is_at_rest: bool) -> Extent:
    """Return what there is to look at now. What the rows read now say is in the files by then, not the other way."""
    row = db.execute("SELECT value FROM settings WHERE name = 'journal'").fetchone()
    sizes = {path.name: path.stat().st_size for path in warc_files(folder)}
    name, _, offset = (row["value"] if row else "").rpartition(":")
    is_place = name.removeprefix("warc/") in sizes and offset.isascii() and offset.isdigit()
    return Extent(sizes, (name, int(offset)) if is_place else ("", 0), is_at_rest)


@dataclass(slots=True)
class Files:
    """The check of all files of an archive, and what was counted on the way."""

    folder: Path
    extent: Extent
    show: Show
    records: int = 0
    revisits: list[tuple[Path, int, str | None, str]] = field(default_factory=list)
    originals: set[str] = field(default_factory=set)
    torn: int = 0  # bytes at the end, left by a run that died
    beyond: int = 0  # records of the journal that came after what the tables have
    _spoken_of: set[tuple[str, int]] = field(
        default_factory=set
    )  # responses the journal has rows for
    _rowless: dict[tuple[str, int], str] = field(
        default_factory=dict
    )  # responses, with their addresses

    def faults(self, db: sqlite3.Connection) -> Iterator[str]:
        """Yield what is wrong, in the order of the files; sentences begin with file and offset."""
        yield from (f"{path}: {said}" for path, said in closed_faults(self.folder / "warc"))
        known: dict[str, dict[int, sqlite3.Row]] = defaultdict(dict)
        for row in db.execute(_ROW):
            known[row["warc"]][row["offset"]] = row
        done, total = 0, sum(self.extent.sizes.values())
        for name, size in sorted(self.extent.sizes.items()):
            path = self.folder / "warc" / name
            yield from self._of_file(path, known.pop(f"warc/{name}", {}))
            done += size
            self.show(done, total)
        for name, rows in sorted(known.items()):
            yield f"{self.folder / name}: the file is missing; {len(rows)} captures point into it"
        yield from self._orphans()
        yield from self._lost_rows(db)

    def note(self) -> str | None:
        """Return what a run that died, or is under way, left for the next one; None where there is nothing."""
        left = {
            "responses without rows": len(self._rowless),
            "records of the journal": self.beyond,
            "bytes of a record cut short": self.torn,
        }
        if not (self.extent.is_at_rest and any(left.values())):
            return None
        what = ", ".join(f"{name} {count:,}" for name, count in left.items() if count)
        return (
            f"A run was cut short ({what}); the next command that writes takes over what it left."
        )

    def _lost_rows(self, db: sqlite3.Connection) -> Iterator[str]:
        """Yield the responses that had a row once; what is left are those that no run has come to yet."""
        last = last_place(db, DISORDER) or Place("", 0, 0)
        for place, url in sorted(self._rowless.items()):
            if place in self._spoken_of or place < (last.warc, last.offset):
                del self._rowless[place]
                yield f"{self.folder / place[0]}, offset {place[1]}: {url} is in no row of captures"

    def _of_file(self, path: Path, rows: dict[int, sqlite3.Row]) -> Iterator[str]:
        if not path.exists():
            yield f"{path}: the file was taken away meanwhile"
            return
        damaged = set()
        for damage in check(path):
            if self._is_torn(path, damage.offset, rows):
                self.torn = self.extent.sizes[path.name] - damage.offset
            elif self.extent.has(path, damage.offset) or damage.offset in rows:
                damaged.add(damage.offset)
                address = f" ({rows[damage.offset]['url']})" if damage.offset in rows else ""
                yield f"{damage}{address}"
        for found in records(path):
            if isinstance(found, Record) and (
                self.extent.has(path, found.place.offset) or found.place.offset in rows
            ):
                self.records += 1
                yield from self._of_record(path, found, rows.pop(found.place.offset, None))
        for offset in sorted(rows):
            yield (
                f"{path}, offset {offset}: a row of captures points here ({rows[offset]['url']}),"
                " but no whole record begins here"
            )

    def _of_record(self, path: Path, record: Record, row: sqlite3.Row | None) -> Iterator[str]:
        where = f"{path}, offset {record.place.offset}"
        if record.type == "revisit":
            original = record.field("WARC-Refers-To") or record.field("WARC-Refers-To-Target-URI")
            self.revisits.append((path, record.place.offset, record.url, original or ""))
        elif record.type in _HAS_ROW:
            self.originals.update(each for each in (record.id, record.url) if each)
        if row is None and (record.type in _HAS_ROW or is_unchanged(record)):
            self._rowless[record.place.warc, record.place.offset] = record.url or ""
        if row is not None:
            yield from (f"{where}: {said}" for said in row_faults(row, record))
        if record.type == "metadata" and record.body.startswith(b'{"acts"'):
            if self.extent.is_beyond(path, record.place.offset):
                self.beyond += 1
            else:
                self._spoken_of.update(_places(record))

    def _is_torn(self, path: Path, offset: int, rows: dict[int, sqlite3.Row]) -> bool:
        """Whether it is what a kill leaves at the end of the last file, of which no row and no journal knows."""
        is_last = path.name == max(self.extent.sizes)
        is_known = offset <= max(rows, default=-1) or not self.extent.is_beyond(path, offset)
        return is_last and not is_known and is_torn(path, offset)

    def _orphans(self) -> Iterator[str]:
        for path, offset, url, original in self.revisits:
            if original not in self.originals:
                yield f"{path}, offset {offset}: {url} repeats {original or 'nothing'}, which is not there"


def _places(record: Record) -> Iterator[tuple[str, int]]:
    """Yield the responses a record of the journal speaks of; of one that makes no sense none."""
    with suppress(Damage, *UNREADABLE):
        for name, said, *_ in record.facts()["acts"]:
            place = said if name == "capture" else said.get("capture") if name in _LOOKS else None
            if place:
                yield place[0], place[1]


def row_faults(row: sqlite3.Row, record: Record) -> Iterator[str]:
    """Yield how a row of captures differs from the record it points to."""
    stated = {
        "url": record.url,
        "fetched_at": timestamp(record.at),
        "length": record.place.length,
        "digest": record.digest or "",
    }
    if record.type == "response" or is_unchanged(record):
        stated["status"] = record.status
    for name, value in stated.items():
        if row[name] != value:
            yield f"captures, id {row['id']} ({record.url}): {name} is {row[name]!r}, the record says {value!r}"

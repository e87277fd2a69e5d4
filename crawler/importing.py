"""`lamdong import`: captures that others made, brought into the archive; no request is made.

Other processes read the pages, this one writes. Each record is copied byte for byte into our WARC at its own time,
with the file it came from (WARC-Source-URI, WARC-Creation-Date, as pywb writes them) and our own digests; what is of
other sites stays out.
"""

import json
import os
import sqlite3
from array import array
from collections.abc import Iterator
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import click

from archive import arc
from archive.dates import EARLIEST_YEAR, now
from archive.model import Place
from archive.store import Archive, ArchiveError
from archive.store.archive import described
from archive.store.past import Brought, Past
from archive.warc import Damage, Record, read, records
from archive.warc_content import unchunked
from archive.warc_writing import date, digest, refers_to
from crawler.cores import pool, pool_size
from crawler.crew import in_order
from crawler.import_report import Report
from crawler.imported import address_of, judged
from crawler.newspapers import baolamdong as newspaper
from crawler.opening import open_archive
from crawler.saved import ORIGINAL, PACKED_PAGES, PAGES, TEXTS, read_saved
from crawler.snapshots import snapshot
from crawler.unpacking import plain
from crawler.wacz import WARCS, Wacz, discard_parts

PACKAGES: Final = (".wacz",)
_CLOCKS_DIFFER: Final = timedelta(days=1)
_LARGE: Final = 2**22  # bytes; for less, processes of their own are not worth their start
_KINDS: Final = frozenset({"response", "resource", "revisit"})
SNAPSHOT: Final = "Snapshot-URI"  # our WARC field: where the Wayback Machine gave it out
_MOST_REVISITS: Final = 10_000  # that wait for an original in another file, 2 KB each
_OF_REVISITS: Final = (
    "WARC-Profile",
    "WARC-Refers-To",
    "WARC-Refers-To-Target-URI",
    "WARC-Refers-To-Date",
)
_OURS: Final = frozenset({ORIGINAL.lower(), SNAPSHOT.lower()})


@dataclass(slots=True)
class Source:
    """A WARC file to read: where it lies, what it is called, and where the pictures met in it begin."""

    path: Path
    name: str
    pictures: "array[int]" = field(default_factory=lambda: array("Q"))  # there may be millions

    def records(self, start: int = 0) -> Iterator[Record | Damage]:
        """Yield its records from an offset on, of an ARC file as WARC would have them."""
        with self.path.open("rb") as file:
            is_arc = file.read(len(arc.BEGINS)) == arc.BEGINS
        return arc.records(self.path, start) if is_arc else records(self.path, start)


class Import:
    """One import into an archive. A run is begun with the first record that is taken; where nothing is new, none."""

    def __init__(
        self, archive: Archive, files: list[Path], report: Report, pool: ProcessPoolExecutor | None
    ) -> None:
        self._archive, self._files, self._pool = archive, files, pool
        self._past, self._report, self._counts = Past(archive), report, report.counts
        self._has_begun = False
        self._revisits: list[tuple[Record, str]] = []  # what they repeat may stand in any file

    def take_all(self, url: str | None) -> None:
        """Take what the files hold. Raises OSError and sqlite3.Error where the archive cannot be written."""
        for path in self._files:
            try:
                self._take_file(path, url)
            except ValueError as error:
                self._report.refused(path.name, str(error))
            except BrokenExecutor:
                self._report.refused(
                    path.name, "a process that read its pages died (out of memory?)"
                )
                return
        self._counts["revisits"] += len(self._revisits)
        if self._has_begun:
            self._archive.end_run("done", {n: c for n, c in self._counts.items() if c})

    def _take_file(self, path: Path, url: str | None) -> None:
        name = path.name.lower()
        if not path.is_file():  # to open a FIFO or a device may wait for ever
            raise ValueError("this is no regular file and was not opened")
        if name.endswith(WARCS):
            self._take_packed(path, path.name)
        elif name.endswith(PACKAGES):
            with closing(Wacz(path, self._archive.folder)) as package:
                self._take_package(package, path.name)
        elif path.suffix.lower() in PAGES | PACKED_PAGES | TEXTS:
            self._take_saved(path, url)
        else:
            raise ValueError(
                "it is no WARC (.warc, .gz, .zst), ARC, WACZ, saved page (.html, .mhtml) or text (.txt)"
            )

    def _take_package(self, package: Wacz, name: str) -> None:
        if not package.parts:
            raise ValueError("there is no WARC file in its folder archive/")
        for part in package.parts:
            with package.unpacked(part) as path:
                self._take_packed(path, f"{name}!{part.filename}")

    def _take_packed(self, path: Path, name: str) -> None:
        with plain(path, self._archive.folder) as unpacked:
            self._take_source(Source(unpacked, name))

    # -- WARC files -----------------------------------------------------------------------------------

    def _take_source(self, source: Source) -> None:
        """Take the articles of a WARC file, then the pictures they show, which may stand before them."""
        wanted = self._wanted(source)
        for record, shown in in_order(self._pool, judged, wanted, lambda each: len(each.body)):
            self._take(record, shown, source.name)
        for offset in source.pictures:
            picture = next(source.records(offset))
            if isinstance(picture, Record) and self._is_shown(picture):
                self._take(_of_others(picture), judged(_of_others(picture)), source.name)
        left = [each for each in self._revisits if not self._take_revisit(*each)]
        self._revisits = left[-_MOST_REVISITS:]
        self._counts["revisits"] += len(left) - len(self._revisits)

    def _is_shown(self, picture: Record) -> bool:
        address = address_of(picture)
        return address is not None and self._past.wants_picture(address.key)

    def _wanted(self, source: Source) -> Iterator[Record]:
        """Yield the records that may hold an article; count the others."""
        total = source.path.stat().st_size
        for found in source.records():
            if isinstance(found, Damage):
                self._report.damaged(source.name, found)
            elif self._is_wanted(record := _of_others(found), source):
                yield record
            offset = found.offset if isinstance(found, Damage) else found.place.offset
            self._report.progress(source.name, offset, total)

    def _is_wanted(self, record: Record, source: Source) -> bool:
        address, is_own = address_of(record), newspaper.is_own(record.url or "")
        if record.type not in _KINDS or not (record.url or "").startswith("http"):
            self._counts["unusable"] += record.type == "continuation" and is_own
        elif address is None:
            self._counts["other_pages" if is_own else "other_sites"] += 1
        elif record.type == "revisit":
            self._revisits.append((replace(record, body=b""), source.name))
        elif record.type == "response" and not record.status:
            self._counts["unusable"] += 1
        elif self._is_known(record):
            self._counts["known"] += 1
        elif address.kind == "picture":
            source.pictures.append(record.place.offset)
        else:
            return True
        return False

    def _take_revisit(self, revisit: Record, name: str) -> bool:
        """Take a revisit if the archive holds its original, with the names that has here."""
        address = address_of(revisit)
        place = self._past.repeated(address.key, revisit) if address else None
        if place is None:
            return False
        original = read(self._archive.folder, place)
        told = {**refers_to(original), "WARC-Payload-Digest": original.digest}
        told["WARC-Profile"] = revisit.field("WARC-Profile") or told["WARC-Profile"]
        fields = [(key, value) for key, value in told.items() if value]
        again = replace(revisit, fields=[*fields, *revisit.fields])
        self._take(again, judged(again), name)
        return True

    def _is_known(self, record: Record) -> bool:
        return self._past.knows(record.url or "", record.at, digest(unchunked(record)))

    # -- saved pages and texts ------------------------------------------------------------------------

    def _take_saved(self, path: Path, url: str | None) -> None:
        record = read_saved(path, url, self._past)
        if self._is_known(record):
            self._counts["known"] += 1
            return
        shown = judged(record)
        if isinstance(shown, str):
            raise ValueError(shown)
        self._take(record, shown, path.name)

    # -- one record -----------------------------------------------------------------------------------

    def _take(self, record: Record, shown: Brought | str, name: str) -> None:
        """Copy a record into our WARC and keep what it shows."""
        if isinstance(shown, str) or shown.look.capture is None:
            self._counts["unusable"] += 1
            return
        capture = shown.look.capture
        is_late = record.at > now() + _CLOCKS_DIFFER  # it would be the latest for years
        if is_late or record.at.year < EARLIEST_YEAR:
            self._counts["unusable"] += 1
            return
        if self._past.knows(capture.url, capture.fetched_at, capture.digest):  # twice in the file
            self._counts["known"] += 1
            return
        self._begin()
        place = self._copy(record, capture.digest, name)
        shown.look.capture = replace(capture, place=place)
        change = self._past.bring(shown)
        if shown.look.is_cut:
            self._report.cut(name, record.place.offset, shown.look.detail)
            return
        is_picture = shown.found.kind == "picture"
        self._counts[change or ("pictures" if is_picture else "others")] += 1

    def _begin(self) -> None:
        if not self._has_begun:
            self._has_begun = True
            self._archive.begin_run("import", {"files": [_described(path) for path in self._files]})

    def _copy(self, record: Record, payload: str, name: str) -> Place:
        fields = {
            "WARC-IP-Address": record.field("WARC-IP-Address"),
            "WARC-Payload-Digest": payload,
            "WARC-Truncated": record.field("WARC-Truncated"),
            "WARC-Segment-Number": record.field("WARC-Segment-Number"),
            "WARC-Source-URI": f"file:{quote(os.fsencode(name))}#{record.place.offset}",
            "WARC-Creation-Date": date(now()),
            ORIGINAL: record.field(ORIGINAL),
            SNAPSHOT: record.field(SNAPSHOT),
        }
        kind = "response" if record.head else "resource"
        if record.type == "revisit":
            kind = record.type
            fields |= {key: record.field(key) for key in _OF_REVISITS}
        content_type = record.field("Content-Type") or "application/octet-stream"
        if record.head and not content_type.startswith("application/http"):
            content_type = "application/http;msgtype=response"
        block = record.head + record.body
        return self._archive.warc.append(
            kind, content_type, fields, block, url=record.url, at=record.at
        )


def _of_others(record: Record) -> Record:
    """A record as others may say it: that a page is a copy of one of the newspaper's is not for its maker to say.

    A snapshot is filed under the address it is of, at the moment it was taken.
    """
    fields = [(name, value) for name, value in record.fields if name.lower() not in _OURS]
    url, at = snapshot(record.url or "")
    if url != record.url:
        fields.append((SNAPSHOT, record.url or ""))
    return replace(record, fields=fields, url=url, at=at or record.at)


def _described(path: Path) -> dict[str, Any]:
    """What the journal says of a file: enough to know it again."""
    with path.open("rb") as file:
        sha256 = file_digest(file, "sha256").hexdigest()
    name = path.name if path.name.isprintable() else quote(os.fsencode(path.name))
    return {"name": name, "bytes": path.stat().st_size, "sha256": sha256}


def run_import(folder: Path, files: list[Path], url: str | None, *, as_json: bool) -> int:
    """Import the files, print what came of it, and return the exit status. Raises Locked and ArchiveError."""
    report = Report(quiet=as_json)
    with open_archive(folder) as archive, ExitStack() as stack:
        discard_parts(folder)
        is_large = sum(path.stat().st_size for path in files) > _LARGE
        crew = stack.enter_context(pool(pool_size())) if is_large else None
        try:
            Import(archive, files, report, crew).take_all(url)
        except (OSError, sqlite3.Error) as error:
            raise ArchiveError(described(error, archive)) from error
    report.print()
    if as_json:
        click.echo(json.dumps(report.as_dict()))
    return report.status or archive.status

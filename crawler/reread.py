"""Captures read again, without Scrapy: what each shows by today's reading of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from archive.model import Capture, Found, Look, Outcome, Place
from archive.store.past import Brought
from archive.warc import Damage, Record
from archive.warc_content import is_unchanged, unpacked
from archive.warc_ranges import records_between
from crawler.discovery import found
from crawler.imported import capture_of as brought_capture
from crawler.imported import is_brought, judged, location_of
from crawler.judgement import Answer, judge
from crawler.pipelines import Check


@dataclass(slots=True)
class Reading:
    """One response read again: its capture, the article address it was asked for, if one, and what it shows.

    What is at no article's address is read as a listing; only the table `urls` knows a picture.
    """

    capture: Capture
    address: Found | None
    look: Look  # of no entry yet
    brought: Brought | None = None  # where `lamdong import` brought it in


@dataclass(slots=True)
class Noted:
    """One metadata record: what no response shows."""

    facts: dict[str, Any]
    url: str | None
    at: datetime
    place: Place


Item = Reading | Noted | Damage


def read_range(path: Path, begin: int, end: int) -> list[Item]:
    """Read again all that a range of a WARC file holds, in order; what is damaged is named."""
    return list(read_again(records_between(path, begin, end)))


def read_again(found_records: Iterable[Record | Damage]) -> Iterator[Item]:
    """Read records again: responses (of a 304 its revisit) and metadata; the archive goes by nothing else."""
    for record in found_records:
        if isinstance(record, Damage):
            yield record
        elif record.url and is_brought(record):
            yield reread_brought(record)
        elif record.url and (is_unchanged(record) or (record.type == "response" and record.status)):
            yield reread(record)
        elif record.type == "metadata" and record.field("Content-Type") == "application/json":
            yield _noted(record)


def _noted(record: Record) -> Noted | Damage:
    try:
        return Noted(record.facts(), record.url, record.at, record.place)
    except Damage as damage:
        return damage


def reread(record: Record) -> Reading:
    """Return what a response shows by today's reading. Its url and status must be known."""
    capture = capture_of(record)
    address = found(capture.url, None)
    look = Look(0, capture.fetched_at, Outcome.FAILED, capture.status, capture, is_final=True)
    try:
        body, lacks = unpacked(record)
    except Damage as damage:
        look.detail = damage.reason
        return Reading(capture, address, look)
    capture = replace(capture, truncated=lacks)
    key, kind = (address.key, "article") if address else (capture.url, "listing")
    location = location_of(record)
    answer = Answer(0, key, kind, capture.url, capture.status, body, location, capture)
    try:
        look = Check().process_item(judge(answer, capture.fetched_at))
    except Exception as error:  # noqa: BLE001 - one page that breaks the reading must not end it for all
        look.outcome, look.is_final = Outcome.NO_ARTICLE, False
        look.detail = (
            f"the reading of it failed ({type(error).__name__}); please report this address"
        )
    return Reading(capture, address, look)


def reread_brought(record: Record) -> Reading:
    """Return what a record that was brought in from elsewhere shows by today's reading."""
    shown, capture = judged(record), brought_capture(record)
    if isinstance(shown, Brought):
        return Reading(capture, shown.found, shown.look, shown)
    failed = Look(0, record.at, Outcome.FAILED, capture.status, capture, detail=shown)
    return Reading(capture, None, failed)


def capture_of(record: Record) -> Capture:
    """Return the capture a response record stands for, taken for whole. Its url and status must be known."""
    return Capture(
        url=record.url or "",
        fetched_at=record.at,
        status=record.status or 0,
        place=record.place,
        digest=record.digest or "",
        content_type=header(record, b"content-type"),
        etag=header(record, b"etag"),
        last_modified=header(record, b"last-modified"),
    )


def header(record: Record, name: bytes) -> str | None:
    return next(
        (value.decode("latin-1") for key, value in record.http_headers if key.lower() == name), None
    )

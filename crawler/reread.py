"""Captures read again, without Scrapy: after a crash, those the database does not know yet."""

from archive.model import Capture, Found, Look, Outcome
from archive.store import Archive
from archive.store.tail import unindexed
from archive.warc import Damage, Record, decoded
from crawler.discovery import found, read_listing
from crawler.judgement import Answer, judge
from crawler.pipelines import Check, keep


def recover(archive: Archive, delay: float) -> int:
    """Take over the whole records a run that died left in the WARC without rows; return how many responses."""
    taken = 0
    for record in unindexed(archive.folder, archive.db):
        if record.type == "metadata" and "article" in (facts := record.facts()):
            address = found(record.url or "", None)
            if address:
                archive.journalled(address, int(facts["article"]), record.at)
    for record in unindexed(archive.folder, archive.db):
        if record.type == "response" and record.url and record.status:
            _take(archive, record, delay)
            taken += 1
    archive.settle(at_once=True)
    return taken


def _take(archive: Archive, record: Record, delay: float) -> None:
    capture = capture_of(record)
    address = found(capture.url, None)
    archive.begin()
    if address:
        archive.urls.add([address], capture.fetched_at)
    entry = archive.urls.entry(address.key if address else capture.url)
    if entry is None:
        archive.add_capture(capture)
        return
    try:
        body = decoded(record)
    except Damage as damage:
        look = Look(
            entry.id, capture.fetched_at, Outcome.FAILED, capture.status, capture, is_final=True
        )
        look.detail = damage.reason
        keep(archive, look, delay)
        return
    location = _header(record, b"location")
    answer = Answer(
        entry.id, entry.key, entry.kind, capture.url, capture.status, body, location, capture
    )
    look = Check().process_item(judge(answer, capture.fetched_at))
    if entry.kind == "listing" and capture.status == 200:
        archive.urls.add(_links(capture.url, body, capture.content_type), capture.fetched_at)
    keep(archive, look, delay)


def _links(url: str, body: bytes, content_type: str | None) -> list[Found]:
    try:
        return read_listing(url, body, content_type).links
    except ValueError:
        return []


def capture_of(record: Record) -> Capture:
    """Return the capture a response record stands for. Its url and status must be known."""
    return Capture(
        url=record.url or "",
        fetched_at=record.at,
        status=record.status or 0,
        place=record.place,
        digest=record.digest or "",
        content_type=_header(record, b"content-type"),
        etag=_header(record, b"etag"),
        last_modified=_header(record, b"last-modified"),
        truncated=record.field("WARC-Truncated") is not None,
    )


def _header(record: Record, name: bytes) -> str | None:
    return next(
        (value.decode("latin-1") for key, value in record.http_headers if key.lower() == name), None
    )

"""Answers with hostile headers, as the crawl takes them: kept first, then judged, then read again from the WARC."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from hostile_seeds import ARTICLE, PAGES
from scrapy import Request
from scrapy.http import Headers, Response

from archive.store.urls import Entry
from archive.warc import Damage, WarcFolder, decoded, read
from crawler.judgement import judge
from crawler.middlewares import Beginning, Capturing
from crawler.report import Report
from crawler.spiders.newspaper import _answer, _conditions, _same_address

_STATUSES: Final = (200, 200, 200, 301, 304, 404, 429, 503)
_MOST: Final = 5_000  # fields of one answer


@contextmanager
def answered(folder: Path) -> Iterator[Callable[[bytes], None]]:
    """Give what takes the fields of an answer, one a line, as if the newspaper had sent them with a page."""
    warc = WarcFolder(folder)
    archive = SimpleNamespace(warc=warc, add_capture=lambda _: 0, last_record=lambda _: None)
    spider = SimpleNamespace(archive=archive, report=Report())
    settings = SimpleNamespace(getint=lambda _: 2**23)
    capturing = Capturing(SimpleNamespace(spider=spider, settings=settings))  # type: ignore[arg-type]
    page = PAGES[0].read_bytes()
    try:
        yield lambda fields: _take(capturing, folder, fields, page)
    finally:
        warc.close()


def _take(capturing: Capturing, folder: Path, fields: bytes, page: bytes) -> None:
    lot = zlib.crc32(fields)
    headers, status = _headers(fields), _STATUSES[lot % len(_STATUSES)]
    body = b"" if status == 304 else gzip.compress(page) if lot % 3 else page
    entry = Entry(1, "c/a-1", ARTICLE, ARTICLE, "article", None, None, 0, None, None)
    meta: dict[str, Any] = {"entry": entry, "step": None, "is_robots": lot % 11 == 0}
    request = Request(ARTICLE, meta=meta)
    response = Response(ARTICLE, status, headers, body, request=request)
    kept = capturing.process_response(request, response)
    capture = request.meta["capture"]
    Beginning().process_response(request, kept)
    if _same_address(kept) is None:
        judge(_answer(kept), capture.fetched_at)
    stated = replace(entry, etag=capture.etag, last_modified=capture.last_modified)
    again = Request(ARTICLE, headers=_conditions(stated)).headers
    assert not any(b"\n" in value for value in again.values()), again
    record = read(folder, capture.place)
    assert (record.status, record.digest) == (status, capture.digest)
    with suppress(Damage):  # it says so itself
        decoded(record)


def _headers(fields: bytes) -> Headers:
    """The fields as a client hands them over: of any bytes that can stand in a line."""
    headers = Headers()
    for line in fields.replace(b"\0", b"").replace(b"\r", b"").split(b"\n")[:_MOST]:
        name, _, value = line.partition(b":")
        name = bytes(byte for byte in name if 32 < byte < 127)
        if name:
            headers.appendlist(name, value.strip())
    return headers

"""What a capture made elsewhere shows: a record of others, or our copy of it, to what is kept of it."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from archive import addresses
from archive.model import Article, Capture, Found, Look, Outcome
from archive.store.past import Brought
from archive.warc import Damage, Record
from archive.warc_content import unchunked, unpacked
from archive.warc_reading import LARGEST
from archive.warc_writing import digest
from crawler.judgement import Answer, judge
from crawler.layouts.republished import read_copy
from crawler.links import found
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.plain import read_text
from crawler.saved import LARGEST as LARGEST_PAGE
from crawler.saved import ORIGINAL
from crawler.snapshots import as_it_was

# A refusal or failure that somebody else met says nothing of the newspaper.
_KEPT: Final = frozenset(
    {
        Outcome.LIVE,
        Outcome.MOVED,
        Outcome.NO_ARTICLE,
        Outcome.GONE,
        Outcome.SOFT_404,
        Outcome.FRONT_PAGE,
    }
)


def is_brought(record: Record) -> bool:
    """Return whether a record of ours was brought in from elsewhere: it says from which file."""
    return record.field("WARC-Source-URI") is not None


def address_of(record: Record) -> Found | None:
    """Return the address of the newspaper that a record belongs to: an article or a picture; else None."""
    original = record.field(ORIGINAL)
    return found(original or record.url or "", None) or (None if original else _picture(record))


def _picture(record: Record) -> Found | None:
    """A picture at its original size; a thumbnail cannot stand for it."""
    url = record.url or ""
    is_picture = (_content_type(record) or "").lower().startswith("image/")
    if not is_picture or not newspaper.is_own(url) or "/thumbs/" in url:
        return None
    whole = newspaper.picture(url)
    return Found(whole, whole, whole, "picture") if whole else None


def _content_type(record: Record) -> str | None:
    return header(record, b"content-type") if record.head else record.field("Content-Type")


def judged(record: Record) -> Brought | str:
    """Return what a record shows, or in one clause why nothing is kept of it. Reads nothing but the record."""
    address = address_of(record)
    if address is None:
        return "it is of another site"
    if record.type == "revisit":
        capture = capture_of(record)
        return Brought(address, Look(0, record.at, Outcome.UNCHANGED, 304, capture))
    is_page, is_copy = address.kind == "article", record.field(ORIGINAL) is not None
    most = LARGEST_PAGE if is_page else LARGEST
    if len(record.body) > most:
        return f"it is larger than {most} bytes"
    try:
        body, lacks = unpacked(record, most)
    except Damage as damage:
        return damage.reason
    capture, body = replace(capture_of(record), truncated=lacks), as_it_was(body)
    try:
        look = (_copied if is_copy else _seen)(record, address, body, capture)
    except Exception as error:  # noqa: BLE001 - one page that breaks the reading must not end it for all
        failed = f"the reading of it failed ({type(error).__name__}); please report this address"
        look = Look(0, record.at, Outcome.NO_ARTICLE, None, capture, detail=failed)
    is_kept = look.outcome in _KEPT or look.is_cut
    return Brought(address, look, is_copy) if is_kept else look.detail or look.outcome


def _seen(record: Record, address: Found, body: bytes, capture: Capture) -> Look:
    location = location_of(record)
    answer = Answer(
        0, address.key, address.kind, capture.url, capture.status, body, location, capture
    )
    return judge(answer, record.at)


def _copied(record: Record, address: Found, body: bytes, capture: Capture) -> Look:
    if capture.truncated:
        detail = f"cut off: {capture.truncated}"
        return Look(0, record.at, Outcome.FAILED, 200, capture, detail=detail)
    article = _read_copy(address, body, capture, record.at)
    if article is None:
        return Look(0, record.at, Outcome.FAILED, 200, capture, detail="no article found in it")
    return Look(0, record.at, Outcome.LIVE, 200, capture, article)


def _read_copy(address: Found, body: bytes, capture: Capture, at: datetime) -> Article | None:
    original = newspaper.article_address(address.url)
    if original is None:
        return None
    if (capture.content_type or "").startswith("text/plain"):
        return read_text(body, original, at)
    try:
        return read_copy(Page(capture.url, body, capture.content_type), original, at)
    except ValueError:  # no HTML in it
        return None


def capture_of(record: Record) -> Capture:
    """Return the capture a record stands for, taken for whole.

    A page saved without its HTTP headers was shown, so its status is 200.
    """
    return Capture(
        url=record.url or "",
        fetched_at=record.at,
        status=(record.status or 0) if record.head or record.type == "revisit" else 200,
        place=record.place,
        digest=(record.type == "revisit" and record.digest) or digest(unchunked(record)),
        content_type=_content_type(record),
        etag=header(record, b"etag"),
        last_modified=header(record, b"last-modified"),
    )


def location_of(record: Record) -> str | None:
    """Return where a response redirects to, its bytes percent-encoded as they came."""
    values = (value for key, value in record.http_headers if key.lower() == b"location")
    return next(map(addresses.as_sent, values), None)


def header(record: Record, name: bytes) -> str | None:
    """Return the first HTTP header of that name, given in lower case."""
    values = (value for key, value in record.http_headers if key.lower() == name)
    return next((value.decode("latin-1") for value in values), None)

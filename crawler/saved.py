"""Pages saved from a browser and texts kept by hand, as records: where each stood, when, and what it is a copy of."""

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from datetime import UTC, datetime
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Final
from urllib.parse import quote

from archive.dates import mail_date, now
from archive.model import Place
from archive.store.past import Past
from archive.warc import Record
from crawler.layouts import republished
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.plain import TITLE_WITHIN, lines_of
from crawler.snapshots import snapshot

PAGES: Final = frozenset({".html", ".htm", ".xhtml"})
PACKED_PAGES: Final = frozenset({".mhtml", ".mht"})
TEXTS: Final = frozenset({".txt"})
LARGEST: Final = 2**21  # bytes; the longest pages seen have 0.2 MB
_LARGEST_PACKED: Final = 2**25  # bytes; with pictures and all
ORIGINAL: Final = "Original-URI"  # our WARC field: the address of the article that a copy is of

# What browsers and SingleFile write into a page they save, and the addresses of the Wayback Machine.
_SAVED_FROM: Final = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_SINGLE_FILE: Final = re.compile(
    rb"Page saved with SingleFile\s+url:\s*(\S+)\s+saved date:([^\n]*)"
)
_JAVASCRIPT_DATE: Final = re.compile(r"(\w{3} \d{2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})")


def read_saved(path: Path, given: str | None, past: Past) -> Record:
    """Return a saved page or text as a record; `given` is the address its owner says it has.

    Raises ValueError with one clause where it names no article of the newspaper, and OSError.
    """
    size, is_packed = path.stat().st_size, path.suffix.lower() in PACKED_PAGES
    most = _LARGEST_PACKED if is_packed else LARGEST
    if size > most:
        raise ValueError(f"it has {size:,} bytes, no article has more than {most:,}")
    body, at = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.suffix.lower() in TEXTS:
        return _text(path, body, at, given, past)
    if is_packed:
        return _page_of_mhtml(path, body, at, given)
    return _page(path, body, at, given)


def _page_of_mhtml(path: Path, body: bytes, at: datetime, given: str | None) -> Record:
    """The page alone, without its transfer coding: the pictures beside it are as the browser made them."""
    try:
        message = BytesParser(policy=policy.default).parsebytes(body)
        page = next(part for part in message.walk() if part.get_content_type() == "text/html")
        packed = page.get_payload(decode=True)
    except (StopIteration, ValueError, LookupError, TypeError, RecursionError) as error:
        raise ValueError("there is no page in it") from error
    stated = page.get("Content-Location") or message.get("Snapshot-Content-Location")
    charset = page.get_content_charset()
    kind = f"text/html; charset={charset}" if charset else "text/html"
    saved = mail_date(str(message.get("Date") or ""))
    if not isinstance(packed, bytes) or len(packed) > LARGEST:
        raise ValueError("there is no page in it that can be read")
    return _page(path, packed, saved or at, given, str(stated) if stated else None, kind)


def _page(
    path: Path,
    body: bytes,
    at: datetime,
    given: str | None,
    stated: str | None = None,
    kind: str = "text/html",
) -> Record:
    """The record of a page; `stated` is where its container says that it stood."""
    noted, saved_at = _note(body)
    page = Page(given or noted or stated or "", body, kind)
    said = [snapshot(url) for url in (given, noted, stated, page.canonical) if url]
    names = [url for url, _ in said if url.startswith("http")]
    saved_at = saved_at or next((moment for _, moment in said if moment), None)
    own = next((address for url in names if (address := newspaper.article_address(url))), None)
    stands_elsewhere = next((url for url in names if not republished.is_own_page(url)), None)
    original = republished.original(page) if own is None else own if stands_elsewhere else None
    if own is None and original is None:
        raise ValueError(
            f"it names no address of an article of {newspaper.ORIGIN}; give it with --url"
        )
    url = stands_elsewhere if original else next(u for u in names if newspaper.article_address(u))
    return _record(path, body, kind, url or _of_file(path), saved_at or at, original)


def _note(body: bytes) -> tuple[str | None, datetime | None]:
    """What a page says of its saving: from where, and when."""
    if body.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        body = body.decode("utf-16", "replace").encode()
    single, saved = _SINGLE_FILE.search(body), _SAVED_FROM.search(body)
    found = single or saved
    url = found[1].decode(errors="replace") if found else None
    at = _javascript_date(single[2].decode(errors="replace")) if single else None
    original, taken_at = snapshot(url) if url else (None, None)
    return original, taken_at or at


def _javascript_date(text: str) -> datetime | None:
    found = _JAVASCRIPT_DATE.search(text)
    return _moment(f"{found[1]} {found[2]}", "%b %d %Y %H:%M:%S %z") if found else None


def _moment(text: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(text, form).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _text(path: Path, body: bytes, at: datetime, given: str | None, past: Past) -> Record:
    lines = lines_of(body)
    address = newspaper.article_address(given) if given else None
    stood_at = given if given and not republished.is_own_page(given) else None
    original = address or republished.named_address(lines) or _announced(lines, past)
    if original is None:
        raise ValueError(
            f"it names no address of an article of {newspaper.ORIGIN} as its source; give it with --url"
        )
    return _record(path, body, "text/plain", stood_at or _of_file(path), at, original)


def _announced(lines: list[str], past: Past) -> Address | None:
    """Where a text names only the newspaper: the address a list announced under its title."""
    if not any(map(republished.is_source_line, lines)):
        return None
    titles = (line for line in list(filter(None, lines))[:TITLE_WITHIN])
    url = next((url for title in titles if (url := past.address_of(title))), None)
    return newspaper.article_address(url) if url else None


def _of_file(path: Path) -> str:
    return f"file:{quote(os.fsencode(path.name))}"


def _record(
    path: Path, body: bytes, kind: str, url: str, at: datetime, original: Address | None
) -> Record:
    fields = [("Content-Type", kind)] + ([(ORIGINAL, original.url)] if original else [])
    place = Place(path.name, 0, len(body))
    return Record(place, fields, "resource", url, min(at, now()), b"", body)

"""Pages saved from a browser and texts kept by hand, as records: where each stood, when, and what it is a copy of."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

from archive.dates import now
from archive.model import Place
from archive.store.past import Past
from archive.warc import Record
from crawler.layouts import republished
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.plain import TITLE_WITHIN, lines_of

PAGES: Final = frozenset({".html", ".htm", ".xhtml"})
TEXTS: Final = frozenset({".txt"})
LARGEST: Final = 2**21  # bytes; the longest pages seen have 0.2 MB
ORIGINAL: Final = "Original-URI"  # our WARC field: the address of the article that a copy is of

# What browsers and SingleFile write into a page they save, and the addresses of the Wayback Machine.
_SAVED_FROM: Final = re.compile(rb"<!--\s*saved from url=\(\d+\)(\S+?)\s*-->")
_SINGLE_FILE: Final = re.compile(
    rb"Page saved with SingleFile\s+url:\s*(\S+)\s+saved date:([^\n]*)"
)
_JAVASCRIPT_DATE: Final = re.compile(r"(\w{3} \d{2} \d{4} \d{2}:\d{2}:\d{2}) GMT([+-]\d{4})")
_SNAPSHOT: Final = re.compile(r"https?://web\.archive\.org/web/(\d{14})\w*/(.+)")


def read_saved(path: Path, given: str | None, past: Past) -> Record:
    """Return a saved page or text as a record; `given` is the address its owner says it has.

    Raises ValueError with one clause where it names no article of the newspaper, and OSError.
    """
    size = path.stat().st_size
    if size > LARGEST:
        raise ValueError(f"it has {size:,} bytes, no article has more than {LARGEST:,}")
    body, at = path.read_bytes(), datetime.fromtimestamp(path.stat().st_mtime, UTC)
    if path.suffix.lower() in TEXTS:
        return _text(path, body, at, given, past)
    return _page(path, body, at, given)


def _page(path: Path, body: bytes, at: datetime, given: str | None) -> Record:
    noted, saved_at = _note(body)
    page = Page(given or noted or "", body)
    names = [url for url in (given, noted, page.canonical) if url and url.startswith("http")]
    own = next((address for url in names if (address := newspaper.article_address(url))), None)
    stands_elsewhere = next((url for url in names if not republished.is_own_page(url)), None)
    original = republished.original(page) if own is None else own if stands_elsewhere else None
    if own is None and original is None:
        raise ValueError(
            f"it names no address of an article of {newspaper.ORIGIN}; give it with --url"
        )
    url = stands_elsewhere if original else next(u for u in names if newspaper.article_address(u))
    return _record(path, body, "text/html", url or _of_file(path), saved_at or at, original)


def _note(body: bytes) -> tuple[str | None, datetime | None]:
    """What a page says of its saving: from where, and when."""
    single, saved = _SINGLE_FILE.search(body), _SAVED_FROM.search(body)
    found = single or saved
    url = found[1].decode(errors="replace") if found else None
    at = _javascript_date(single[2].decode(errors="replace")) if single else None
    if url and (snapshot := _SNAPSHOT.fullmatch(url)):
        return snapshot[2], _moment(snapshot[1] + "+0000", "%Y%m%d%H%M%S%z")
    return url, at


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
    return f"file:{quote(path.name)}"


def _record(
    path: Path, body: bytes, kind: str, url: str, at: datetime, original: Address | None
) -> Record:
    fields = [("Content-Type", kind)] + ([(ORIGINAL, original.url)] if original else [])
    place = Place(path.name, 0, len(body))
    return Record(place, fields, "resource", url, min(at, now()), b"", body)

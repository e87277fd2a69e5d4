"""Pages as the Wayback Machine gives them out: the original address, the moment, and the page without its additions."""

import re
from datetime import UTC, datetime
from typing import Final

_ADDRESS: Final = re.compile(r"https?://web\.archive\.org(?::\d+)?/web/(\d{14})(?:[a-z]{2}_)?/(.+)")
_IN_PAGE: Final = re.compile(
    rb"(?:(?:https?:)?//web\.archive\.org(?::\d+)?)?/web/\d{14}(?:[a-z]{2}_)?/(?=https?://)"
)
_TOOLBAR: Final = (b"<!-- BEGIN WAYBACK TOOLBAR INSERT -->", b"<!-- END WAYBACK TOOLBAR INSERT -->")


def snapshot(url: str) -> tuple[str, datetime | None]:
    """Return the original address of a snapshot and when it was taken (UTC); of any other address itself and None.

    >>> snapshot("http://web.archive.org/web/20261130030000id_/https://baolamdong.vn/a-460101.html")[0]
    'https://baolamdong.vn/a-460101.html'
    """
    found = _ADDRESS.fullmatch(url)
    if not found:
        return url, None
    original = found[2] if "://" in found[2] else f"http://{found[2]}"
    try:
        return original, datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return original, None


def as_it_was(page: bytes) -> bytes:
    """Return a page with its own links and pictures, where the Wayback Machine wrote its address before each."""
    if b"/web/" not in page:
        return page
    begin, end = (page.find(mark) for mark in _TOOLBAR)
    if 0 <= begin < end:
        page = page[:begin] + page[end + len(_TOOLBAR[1]) :]
    return _IN_PAGE.sub(b"", page)

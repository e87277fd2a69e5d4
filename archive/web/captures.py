"""What the newspaper sent, as a browser may have it: pictures as themselves, all else as a file."""

import asyncio
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from archive.model import Place
from archive.warc import Damage, decoded, read
from archive.web import answers
from archive.web.closed import is_any
from archive.web.visits import Refused, Visit
from archive.web.withheld import named_in, of_capture

# By their first bytes; what a server calls them is not trusted. No SVG: it can hold scripts.
_PICTURES: Final = (
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("image/gif", 0, b"GIF87a"),
    ("image/gif", 0, b"GIF89a"),
    ("image/webp", 8, b"WEBP"),
    ("image/avif", 4, b"ftypavif"),
)


# A 304 has no bytes of its own, and as a revisit the digest of what it repeats.
_HELD: Final = """
SELECT o.warc, o.offset, o.length, o.digest FROM captures c JOIN captures o ON o.url = c.url
WHERE c.id = ? AND (o.id = c.id OR (c.status = 304 AND o.digest = c.digest)) ORDER BY o.status = 304, o.id DESC LIMIT 1
"""
_LOOKED_THROUGH: Final = 2**22  # bytes, for what names an article that is withheld: 0.6 s
_HOUR: Final = 3600  # seconds: the bytes never change, but an operator may withhold them


@dataclass(slots=True, frozen=True)
class Held:
    """Where a capture lies, and the digest of its payload."""

    place: Place
    digest: str


async def sent(visit: Visit) -> Any:
    """Give what the newspaper sent: pictures as themselves, all else to be kept as a file."""
    capture_id = visit.number("id")
    found = await visit.site.read(lambda db: held(db, capture_id))
    if found is None:
        raise Refused(404, "no_capture", id=capture_id)
    if refused := await visit.site.read(lambda db: of_capture(db, capture_id)):
        raise refused
    if answers.holds(visit.request, f'"{found.digest}"'):
        return answers.sent(_given(b"", None, found), visit.request)
    try:
        content = await asyncio.to_thread(body, visit.site.folder, found)
    except (Damage, OSError) as error:
        raise Refused(500, "capture_damaged", id=capture_id) from error
    picture = picture_type(content)
    if not picture and await visit.site.read(is_any):
        if len(content) > _LOOKED_THROUGH:
            raise Refused(403, "capture_too_long", id=capture_id)
        refused = await asyncio.to_thread(named_in, visit.site.folder, content)
        if refused:
            raise refused
    given = _given(content, picture, found)
    shown = given if picture else answers.file(given, f"capture-{capture_id}.txt")
    return answers.sent(shown, visit.request)


def _given(content: bytes, picture: str | None, capture: Held) -> answers.Content:
    return answers.Content(content, picture or "text/plain", answers.DATA, _HOUR, capture.digest)


def held(db: sqlite3.Connection, capture_id: int) -> Held | None:
    """Return where a capture lies, of a 304 the capture that still holds; None where there is none of that id."""
    row = db.execute(_HELD, [capture_id]).fetchone()
    return Held(Place(row["warc"], row["offset"], row["length"]), row["digest"]) if row else None


def body(folder: Path, capture: Held) -> bytes:
    """Return the bytes of a capture, content coding removed. Raises Damage, or OSError."""
    return decoded(read(folder, capture.place))


def picture_type(content: bytes) -> str | None:
    """Return the media type of a picture browsers show, or None where it is something else.

    >>> picture_type(b"GIF89a..."), picture_type(b"<svg onload=alert(1)>")
    ('image/gif', None)
    """
    return next(
        (name for name, at, mark in _PICTURES if content.startswith(mark, at)),
        None,
    )

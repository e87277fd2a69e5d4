"""What the newspaper sent, as a browser may have it: pictures as themselves, all else as a file."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from archive.model import Place
from archive.warc import decoded, read

# By their first bytes; what a server calls them is not trusted. No SVG: it can hold scripts.
_PICTURES: Final = (
    ("image/jpeg", 0, b"\xff\xd8\xff"),
    ("image/png", 0, b"\x89PNG\r\n\x1a\n"),
    ("image/gif", 0, b"GIF87a"),
    ("image/gif", 0, b"GIF89a"),
    ("image/webp", 8, b"WEBP"),
    ("image/avif", 4, b"ftypavif"),
)


@dataclass(slots=True, frozen=True)
class Held:
    """Where a capture lies, and the digest of its payload."""

    place: Place
    digest: str


def held(db: sqlite3.Connection, capture_id: int) -> Held | None:
    """Return where a capture lies, or None where there is none of that id."""
    row = db.execute(
        "SELECT warc, offset, length, digest FROM captures WHERE id = ?", [capture_id]
    ).fetchone()
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

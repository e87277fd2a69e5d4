"""The torn tail that a kill or a power cut leaves at the end of a WARC file."""

import zlib
from dataclasses import dataclass
from pathlib import Path

from archive.warc_reading import LARGEST, Record, records


@dataclass(slots=True, frozen=True)
class Torn:
    """A torn tail that was cut off: `cut` bytes from `offset` on; at offset 0 the file is gone."""

    path: Path
    offset: int
    cut: int


def end_of_whole(path: Path, start: int) -> int:
    """Return where the last whole record from `start` on ends; 0 where there is none."""
    places = (found.place for found in records(path, start) if isinstance(found, Record))
    return max((place.offset + place.length for place in places), default=0)


def is_torn(path: Path, offset: int) -> bool:
    """Return whether from there on the file is the beginning of a gzip member and nothing else.

    After a power cut zeros may fill the length that the bytes should have had.
    """
    with path.open("rb") as file:
        file.seek(offset)
        rest = file.read()
    if rest.endswith(bytes(16)):
        rest = rest.rstrip(b"\0")
    inflate = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        while rest and not inflate.eof:
            inflate.decompress(rest, LARGEST)
            rest = inflate.unconsumed_tail
    except zlib.error:
        return False
    return not inflate.eof

"""Files of others whose records have no place of their own, unpacked into a plain file for as long as they are read.

That is gzip around a whole file, zstd (with the dictionary that ArchiveTeam puts before its records), and ARC in gzip.
"""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Final

from archive import arc
from archive.warc_reading import is_packed_as_one

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

PREFIX: Final = ".importing-"
_MOST_PACKED: Final = 100  # to one: pages are packed to a tenth, a bomb to a thousandth
_AT_LEAST: Final = 2**24  # bytes that any file may have
_PIECE: Final = 2**20
_LARGEST_DICTIONARY: Final = 2**24  # bytes; ArchiveTeam's have 0.1 to 1 MB
_GZIP: Final = b"\x1f\x8b"
_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_DICTIONARY: Final = (
    b"\x5d\x2a\x4d\x18"  # of a frame that readers skip, https://iipc.github.io/warc-specifications
)


@contextmanager
def plain(path: Path, folder: Path) -> Iterator[Path]:
    """Give the file itself where its records can be read by their place, else what it unpacks to, in the folder.

    Raises ValueError with one clause where that is too much, and OSError. A file cut off is given as far as it goes.
    """
    opened = _packing(path)
    if opened is None:
        yield path
        return
    most = max(_AT_LEAST, _MOST_PACKED * path.stat().st_size)
    with NamedTemporaryFile(dir=folder, prefix=PREFIX) as file:
        for piece in _pieces(opened, path):
            if file.tell() + len(piece) > most:
                raise ValueError(f"it would unpack to more than {most:,} bytes")
            file.write(piece)
        file.flush()
        yield Path(file.name)


def _pieces(opened: Callable[[Path], Any], path: Path) -> Iterator[bytes]:
    try:
        with opened(path) as packed:
            while piece := packed.read1(_PIECE):
                yield piece
    except (EOFError, gzip.BadGzipFile, zlib.error, zstd.ZstdError):
        return


def _packing(path: Path) -> Callable[[Path], Any] | None:
    """Return what opens a file to be unpacked, None where its records can be read by their place."""
    with path.open("rb") as file:
        beginning = file.read(len(_ZSTD))
    if beginning in (_ZSTD, _DICTIONARY):
        return _open_zstd
    if not beginning.startswith(_GZIP):
        return None
    inner = next(_pieces(_open_gzip, path), b"")
    return _open_gzip if inner.startswith(arc.BEGINS) or is_packed_as_one(path) else None


def _open_gzip(path: Path) -> Any:
    return gzip.open(path)


def _open_zstd(path: Path) -> Any:
    with path.open("rb") as file:
        mark, size = file.read(4), int.from_bytes(file.read(4), "little")
        if mark != _DICTIONARY:
            return zstd.open(path)
        if size > _LARGEST_DICTIONARY:
            raise ValueError(f"its dictionary has {size:,} bytes")
        words = file.read(size)
    if words.startswith(_ZSTD):
        words = zstd.ZstdDecompressor().decompress(words, _LARGEST_DICTIONARY)
    return zstd.open(path, zstd_dict=zstd.ZstdDict(words))

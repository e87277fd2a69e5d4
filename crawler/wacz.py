"""WACZ files of others: the WARC files within, each unpacked under a name of our own, one at a time."""

import shutil
import struct
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Final

from crawler.unpacking import PREFIX

# To one: WARC files are packed already, plain ones are to a tenth; a bomb to a thousandth.
_MOST_PACKED: Final = 100
_LARGEST_DIRECTORY: Final = 2**20  # bytes; each of its names costs many times its length in memory
_PIECE: Final = 2**20
WARCS: Final = (".warc", ".warc.gz", ".warc.zst", ".arc", ".arc.gz")
_END: Final = 2**16 + 100  # bytes from the end in which the two records of it begin
_IN_OTHER: Final = 2**32 - 1  # the size stands in the record of ZIP64
_UNREADABLE: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError)


class Wacz:
    """A WACZ file. Raises ValueError with one clause where it is none, or would unpack to too much."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._folder = folder
        if _directory(path) > _LARGEST_DIRECTORY:
            raise ValueError("its directory names more files than any WACZ file has")
        try:
            self._zip = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise ValueError(f"it is no WACZ file ({error})") from error
        total = sum(part.file_size for part in self.parts)
        if total > _MOST_PACKED * path.stat().st_size:
            self._zip.close()
            raise ValueError(f"it would unpack to {total:,} bytes")

    @property
    def parts(self) -> list[zipfile.ZipInfo]:
        """The WARC files within: what lies in its folder `archive`, under whatever name."""
        return [each for each in self._zip.infolist() if _is_warc(PurePosixPath(each.filename))]

    @contextmanager
    def unpacked(self, part: zipfile.ZipInfo) -> Iterator[Path]:
        """Give the path of a part, unpacked into the folder for as long as it is read.

        Raises ValueError with one clause where it is damaged. No more is unpacked than the directory says.
        """
        with NamedTemporaryFile(dir=self._folder, prefix=PREFIX) as file:
            try:
                with self._zip.open(part) as packed:
                    shutil.copyfileobj(packed, file, _PIECE)
                file.flush()
            except _UNREADABLE as error:
                raise ValueError(f"it cannot be unpacked ({error})") from error
            yield Path(file.name)

    def close(self) -> None:
        self._zip.close()


def discard_parts(folder: Path) -> None:
    """Remove the parts that a run left unpacked when it was killed."""
    for left in folder.glob(f"{PREFIX}*"):
        left.unlink(missing_ok=True)


def _is_warc(name: PurePosixPath) -> bool:
    is_within = name.parts[:1] == ("archive",) and ".." not in name.parts
    return is_within and name.name.lower().endswith(WARCS)


def _directory(path: Path) -> int:
    """Return how many bytes the directory of a ZIP file has, as its end says (APPNOTE 4.3.14 and 4.3.16)."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _END))
        end = file.read()
    sizes = [0]
    for mark, offset, form in ((b"PK\5\6", 12, "<L"), (b"PK\6\6", 40, "<Q")):
        at = end.rfind(mark)
        if 0 <= at <= len(end) - offset - 8:
            sizes.append(struct.unpack_from(form, end, at + offset)[0])
    return max(size for size in sizes if size != _IN_OTHER)

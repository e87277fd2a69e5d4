"""WACZ files of others: the WARC files within, each unpacked under a name of our own, one at a time."""

import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import NamedTemporaryFile
from typing import Final

_MOST_PACKED: Final = (
    100  # to one: WARC files are packed already, plain ones to a tenth; a bomb to a thousandth
)
_PIECE: Final = 2**20
_UNREADABLE: Final = (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError)


class Wacz:
    """A WACZ file. Raises ValueError with one clause where it is none."""

    def __init__(self, path: Path, folder: Path) -> None:
        self._folder = folder
        try:
            self._zip = zipfile.ZipFile(path)
        except _UNREADABLE as error:
            raise ValueError(f"it is no WACZ file ({error})") from error

    @property
    def parts(self) -> list[zipfile.ZipInfo]:
        """The WARC files within: what lies in its folder `archive`, under whatever name."""
        return [each for each in self._zip.infolist() if _is_warc(PurePosixPath(each.filename))]

    @contextmanager
    def unpacked(self, part: zipfile.ZipInfo) -> Iterator[Path]:
        """Give the path of a part, unpacked into the folder for as long as it is read.

        Raises ValueError with one clause where it is damaged or would unpack to too much.
        """
        if part.file_size > _MOST_PACKED * (part.compress_size + _PIECE):
            raise ValueError(f"it would unpack to {part.file_size:,} bytes")
        with NamedTemporaryFile(dir=self._folder, prefix=".importing-") as file:
            try:
                with self._zip.open(part) as packed:
                    shutil.copyfileobj(packed, file, _PIECE)
                file.flush()
            except _UNREADABLE as error:
                raise ValueError(f"it cannot be unpacked ({error})") from error
            yield Path(file.name)

    def close(self) -> None:
        self._zip.close()


def _is_warc(name: PurePosixPath) -> bool:
    is_within = len(name.parts) == 2 and name.parts[0] == "archive"
    return is_within and name.name.lower().endswith((".warc.gz", ".warc"))

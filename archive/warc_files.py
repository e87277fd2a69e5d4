"""The WARC files of an archive: regular files only, for to open a FIFO or a device may wait for ever."""

from errno import EINVAL
from pathlib import Path


def warc_files(folder: Path, names: str = "*.warc.gz") -> list[Path]:
    """Return the files in the folder `warc` of an archive, in order. Raises OSError where one is no regular file."""
    found = sorted((folder / "warc").glob(names))
    for path in found:
        if path.exists() and not path.is_file():
            raise OSError(EINVAL, "this is no regular file and was not opened", str(path))
    return found

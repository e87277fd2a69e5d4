"""Copies of files that take their name when they are whole and on the disk, so that a kill leaves none that is half."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PART: Final = ".part"  # ends the name until then
_WINDOW: Final = 2**20


def copy_bytes(source: Path, copy: Path, size: int) -> None:
    """Copy the first `size` bytes of a file. Raises OSError."""
    part = copy.with_name(f"{copy.name}{PART}")
    with part.open("wb") as out:
        for window in _windows(source, size):
            out.write(window)
    sync(part)
    part.replace(copy)
    sync(copy.parent)


def write_text(path: Path, text: str) -> None:
    """Write a small file. Raises OSError."""
    part = path.with_name(f"{path.name}{PART}")
    part.write_text(text, "utf-8", "surrogateescape")
    sync(part)
    part.replace(path)
    sync(path.parent)


def sum_of(path: Path, size: int) -> str:
    """Return the SHA-256 of the first `size` bytes of a file, in hexadecimal digits. Raises OSError."""
    digest = hashlib.sha256()
    for window in _windows(path, size):
        digest.update(window)
    return digest.hexdigest()


def _windows(path: Path, size: int) -> Iterator[bytes]:
    """The first `size` bytes of a file, or all there are."""
    with path.open("rb") as file:
        while size > 0 and (window := file.read(min(size, _WINDOW))):
            size -= len(window)
            yield window


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk (fsync). Raises OSError."""
    held = os.open(path, os.O_RDONLY)
    try:
        os.fsync(held)
    finally:
        os.close(held)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, so that a power cut takes none of them back. Raises OSError."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(exist_ok=True)
        sync(path.parent)


def discard_parts(folder: Path) -> None:
    """Remove the files of a folder that did not become whole."""
    for part in folder.glob(f"*{PART}*"):
        part.unlink(missing_ok=True)

"""Sums of files at rest, as `sha256sum -c` reads them: of closed WARC files, and of the database between two runs.

A WARC file gets its line in `warc/SHA256SUMS` when the next one is begun; it never changes from then on. The
database has `archive.db.sha256` from the end of a run until the next writer opens it: a crash leaves none. So a sum
that does not fit is damage, or somebody else's hand, also in bytes that no reader of rows looks at.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from archive.copying import sync, write_text

SUMS: Final = "SHA256SUMS"


def sum_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def closed(warc: Path) -> dict[str, str]:
    """Return the sums of the closed files of a folder `warc`, by name; of a line that is none the name is empty."""
    try:
        lines = (warc / SUMS).read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return {}
    return {name if len(stated) == 64 else "": stated for stated, name in map(_parted, lines)}


def _parted(line: str) -> tuple[str, str]:
    stated, _, name = line.partition("  ")
    return stated, name


def add_closed(warc: Path) -> list[str]:
    """Enter all files of a folder `warc` that have no line yet, when a new one is to begin; return their names."""
    known = closed(warc)
    new = [path for path in sorted(warc.glob("*.warc.gz")) if path.name not in known]
    if new:
        for path in new:
            sync(
                path
            )  # a sum of bytes that are not on the disk could be all that a power cut leaves
        lines = "".join(f"{sum_of(path)}  {path.name}\n" for path in new)
        held = (warc / SUMS).read_text("utf-8", "surrogateescape") if known else ""
        write_text(warc / SUMS, held + lines)
    return [path.name for path in new]


def closed_faults(warc: Path) -> Iterator[tuple[Path, str]]:
    """Yield the closed files that are missing or not what they were."""
    for name, stated in sorted(closed(warc).items()):
        path = warc / Path(name).name
        if not name:
            yield warc / SUMS, f"a line of it is none: {stated[:80]}"
        elif not path.exists():
            yield path, f"the file is missing; its sum is in {SUMS}"
        elif sum_of(path) != stated:
            yield path, f"its bytes are not those it was closed with ({SUMS})"


# -- the database ---------------------------------------------------------------------------------


def _seal(database: Path) -> Path:
    return database.with_name(f"{database.name}.sha256")


def seal(database: Path) -> None:
    """Note the sum of a database nobody writes to; none where a write-ahead log lies beside it: it is not at rest."""
    log = database.with_name(f"{database.name}-wal")
    if log.exists() and log.stat().st_size:
        return
    write_text(_seal(database), f"{sum_of(database)}  {database.name}\n")


def unseal(database: Path) -> None:
    """Take back the sum, before anything is written."""
    if _seal(database).exists():
        _seal(database).unlink()
        sync(database.parent)


def is_as_sealed(database: Path) -> bool:
    """Return whether the database has the bytes it was left with; True where no sum was noted."""
    try:
        stated, _ = _parted(_seal(database).read_text(errors="replace"))
        return stated == sum_of(database)
    except FileNotFoundError:
        return True

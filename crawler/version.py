"""The name of today's reading of pages: a digest of the source that a reading, and how it is kept, depend on.

`lamdong verify` compares what is kept with what is read today only where both were read under one name. So the name
changes with every module that the journal is done again with, as far as its imports lead, and with no other: neither
with the spider and its schedule, nor with commands, exports and the site.
"""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

_ENTRY: Final = "crawler.replaying"  # reads every capture again and keeps what it shows
_HOUSE: Final = ("archive", "crawler")  # what these two themselves hold is the program's version

# Statements as the formatter leaves them; to parse the files takes forty times as long, at the start of every run.
_IMPORT: Final = re.compile(
    r"^[ \t]*(?:from ([\w.]+) import (\([^)]*\)|.+)|import (.+))$", re.MULTILINE
)
_NAME: Final = re.compile(r"#.*|\bas \w+|([A-Za-z_][\w.]*)")


@cache
def extraction() -> str:
    """Return the name of today's reading."""
    return name_of(Path(__file__).parent.parent)


def name_of(root: Path) -> str:
    """Return the name of the reading whose packages lie in a folder: 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for module, path in sorted(sources(root).items()):
        digest.update(f"{module}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def sources(root: Path) -> dict[str, Path]:
    """Return the modules a reading depends on, and their files."""
    found: dict[str, Path] = {}
    waiting = [_ENTRY]
    while waiting:
        module = waiting.pop()
        path = _file(root, module)
        if path is not None and module not in found:
            found[module] = path
            waiting += _imported(root, path.read_bytes())
    return found


def _imported(root: Path, source: bytes) -> Iterator[str]:
    """Yield what a file names in its imports, wherever in it they stand."""
    for module, names, plain in _IMPORT.findall(source.decode()):
        for name in filter(None, _NAME.findall(names or plain)):
            below = f"{module}.{name}" if module else name
            yield below if _file(root, below) else module


def _file(root: Path, module: str) -> Path | None:
    """The file of a module of ours; None for those of others."""
    package, *below = module.split(".")
    if package not in _HOUSE or not below:
        return None
    path = root.joinpath(package, *below)
    return next(
        (each for each in (path / "__init__.py", path.with_suffix(".py")) if each.is_file()), None
    )

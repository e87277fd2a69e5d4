"""Indexes of captures: lists of addresses as the Internet Archive and Common Crawl export them, or plain ones.

Read are CDX lines (`urlkey timestamp original mimetype statuscode digest length`, with or without a header),
the same rows as JSON, Common Crawl's lines (`urlkey timestamp {"url": …, "status": …}`), and one address a line;
each also packed with gzip. Formats: https://github.com/internetarchive/wayback/tree/master/wayback-cdx-server
and https://commoncrawl.org/cdxj-index.
"""

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from archive.model import Found
from crawler.links import found

LONGEST_LINE: Final = (
    2**16
)  # bytes; an address has two thousand, and a capture's other fields a few hundred
_GZIP: Final = b"\x1f\x8b"
_JSON_ROWS: Final = (b"[[", b"[\n[", b"[\r\n[")
_PIECE: Final = 2**16
_REMEMBERED: Final = (
    10_000  # addresses; an index of captures names each again and again, mostly in a row
)


@dataclass(slots=True)
class Index:
    """The article addresses in an index of captures, as a stream: each spelling once, or again much later.

    Reading it raises ValueError, with one sentence, where the file cannot be read. `passed_over` counts the lines
    of the last reading that were too long.
    """

    path: Path
    length: int = 0
    passed_over: int = 0

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[Found]:
        self.passed_over = 0
        try:
            with self.path.open("rb") as packed:
                is_gzip = packed.read(2) == _GZIP
                packed.seek(0)
                with gzip.open(packed) if is_gzip else packed as file:
                    yield from self._addresses(file)
        except (OSError, EOFError, zlib.error) as error:
            raise ValueError(f"{self.path} cannot be read: {error}.") from error

    def _addresses(self, file: Any) -> Iterator[Found]:
        begins = file.read(4096)
        if b"\0" in begins:
            raise ValueError(
                f"{self.path} is no text: a CDX file or a list of addresses is needed."
            )
        begins = begins.lstrip(b"\xef\xbb\xbf \r\n")
        end = b"]" if begins.startswith(_JSON_ROWS) else b"\n"
        yield from _articles(self._lines(file, begins, end))

    def _lines(self, file: Any, begins: bytes, end: bytes) -> Iterator[str]:
        """Yield what stands before each `end`: lines, or rows of JSON, which may all stand in one line."""
        rest, is_long, piece = b"", False, begins
        while piece:
            *whole, rest = (rest + piece).split(end)
            for line in whole:
                if is_long or len(line) > LONGEST_LINE:
                    self.passed_over += 1
                else:
                    yield line.decode("utf-8", "replace")
                is_long = False
            is_long = is_long or len(rest) > LONGEST_LINE
            rest = b"" if is_long else rest
            piece = file.read(_PIECE)
        self.passed_over += is_long
        yield rest.decode("utf-8", "replace")


def read_index(path: Path) -> Index:
    """Return the article addresses in an index of captures, after a first reading.

    Raises ValueError, with one sentence, where the file cannot be read or holds no article address.
    """
    index = Index(path)
    index.length = sum(1 for _ in index)
    if not index.length:
        raise ValueError(f"{path} holds no address of an article of this newspaper.")
    return index


def addresses_in(text: str) -> Iterator[Found]:
    """Yield the article addresses in an index of captures, but for captures of errors."""
    content = text.encode()
    return Index(Path())._addresses(BytesIO(content))


def _articles(lines: Iterable[str]) -> Iterator[Found]:
    known: set[tuple[str, str | None]] = set()
    seen: set[str] = set()
    for line in lines:
        if line in seen:
            continue
        seen.add(line)
        url, status = _of_line(line) or ("", "")
        one = found(url, None) if url and not status.startswith(("4", "5")) else None
        if one and (one.key, one.seen) not in known:
            known.add((one.key, one.seen))
            yield one
        for memory in (known, seen):
            if len(memory) > _REMEMBERED:
                memory.clear()


def _of_line(line: str) -> tuple[str, str] | None:
    stated = line.strip(" ,\r\n\t\ufeff")
    if stated.startswith("["):
        stated = stated.lstrip("[").rstrip("]")
        return _of_fields(_json(f"[{stated}]") or [])
    if "{" in stated and isinstance(facts := _json(stated[stated.index("{") :]), dict):
        return str(facts.get("url", "")), str(facts.get("status", ""))
    return _of_fields(stated.split())


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _of_fields(fields: Iterable[Any]) -> tuple[str, str] | None:
    """The address is the field that looks like one; in the usual order the status is the second after it."""
    said = [str(each) for each in fields]
    place = next((number for number, each in enumerate(said) if "://" in each), None)
    if place is None:
        return None
    status = said[place + 2] if len(said) > place + 2 else ""
    return said[place].strip("\"'<>,"), status if status.isdigit() and len(status) == 3 else ""

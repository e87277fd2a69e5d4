"""Read WARC files, ours and other people's: one record by its place, or all, every damage named.

No file is trusted. Nothing is inflated beyond `LARGEST`. In a file of ours, a record behind a damaged one counts only
if it names that file's `warcinfo` record: a torn page could itself hold the bytes of a WARC. warcio's reader is not
used here: it takes headers of any length, ends quietly in the middle of a cut file, and prints what it finds.
"""

import json
import re
import zlib
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BufferedReader
from pathlib import Path
from typing import Any

from archive.addresses import as_sent
from archive.dates import mail_date, now
from archive.model import Place

LARGEST = 64 * 2**20  # bytes of one record, inflated: above any page or picture; four fit in 300 MB
SEALED = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x08\0LD\x04\0"  # how each gzip member of ours begins
LARGEST_HEADER = 2**17  # bytes of a header; servers and browsers stop at 8 to 64 KB
NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_WINDOW = 2**20
_SEARCHED = (
    2**28
)  # bytes read and inflated in the search for records behind damaged ones, about a second
_PER_TRY = 2**11  # bytes that could be inflated in the time that a try takes by itself
_PER_BYTE = 8  # and in the time in which the end of a plain header is looked for in one
_STRIDE = 2**14
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
_BEFORE = b"\xef\xbb\xbf\r\n"  # a byte order mark and line breaks, before the first record
_AFTER = 64  # bytes behind a plain record in which the next one begins
_TO_MIDNIGHT = timedelta(hours=23, minutes=59, seconds=59)
_DIGITS = re.compile(r"^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$")
_PERIOD = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_FOLD = re.compile(rb"\r?\n[ \t]+")
_CONTENT_LENGTH = re.compile(rb"(?i)\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r?\n")
_STATUS = re.compile(rb"HTTP/\S+ +(\d{3})\b")


class OverLarge(ValueError):
    """A record, or a gzip member, that is larger than any is read."""


class Damage(Exception):
    """What is wrong with the record that begins, or should begin, at byte `offset` of `path`."""

    def __init__(self, path: Path, offset: int, reason: str) -> None:
        super().__init__(path, offset, reason)
        self.path, self.offset, self.reason = path, offset, reason

    def __str__(self) -> str:
        return f"{self.path}, offset {self.offset}: {self.reason}"


@dataclass(slots=True, frozen=True)
class Record:
    """One whole record; `head` + `body` are its block, byte for byte.

    `head` is the HTTP status or request line with its headers, empty where there is no HTTP;
    `body` is as received, still under its Content-Encoding: see `warc_content.decoded`.
    """

    place: Place
    fields: list[tuple[str, str]]  # the WARC header
    type: str  # response, request, revisit, metadata, warcinfo, …
    url: str | None
    at: datetime  # UTC
    head: bytes
    body: bytes

    def field(self, name: str) -> str | None:
        """Return the first WARC field of that name, upper or lower case."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    @property
    def id(self) -> str | None:
        return self.field("WARC-Record-ID")

    @property
    def digest(self) -> str | None:
        """The payload digest as stated; a revisit states that of its original."""
        return self.field("WARC-Payload-Digest")

    @property
    def status(self) -> int | None:
        """The status that came; 304 of a revisit, whose head may be that of what it repeats."""
        if self.type == "revisit":
            return 304
        match = _STATUS.match(self.head)
        return int(match[1]) if match else None

    @property
    def http_headers(self) -> list[tuple[bytes, bytes]]:
        return _pairs(self.head)

    def facts(self) -> dict[str, Any]:
        """Return the JSON object of a metadata record; raise Damage where the body is none."""
        try:
            facts = json.loads(self.body)
        except (ValueError, RecursionError):
            facts = None
        if not isinstance(facts, dict):
            raise self.damage("its body is no JSON object")
        return facts

    def damage(self, reason: str) -> Damage:
        """Return what is wrong with this record; the path is that of `place`."""
        return Damage(Path(self.place.warc), self.place.offset, reason)


def read(archive: Path, place: Place) -> Record:
    """Return the record at `place`, in a file of the folder `warc`; raise Damage if not whole."""
    path = archive / "warc" / Path(place.warc).name
    if not path.exists():
        raise Damage(path, place.offset, "the file is missing")
    with path.open("rb") as file:
        found = _Source(file, path).record_at(place.offset)
    if isinstance(found, Damage):
        raise found
    return found


def records(path: Path, start: int = 0) -> Iterator[Record | Damage]:
    """Yield the records of a `.warc.gz` or `.warc` (0.17 to 1.1) from offset `start` on.

    A Damage stands for everything from its offset to the next whole record. A place names folder and file: `warc/NAME`.
    """
    with path.open("rb") as file:
        source = _Source(file, path)
        found: Record | Damage | None = source.record_at(start) if source.reaches(start) else None
        while found is not None:
            yield found
            if isinstance(found, Damage):
                found = source.next_whole(found.offset + 1)
            else:
                end = found.place.offset + found.place.length
                found = source.record_at(end) if source.reaches(end) else None


@dataclass(slots=True)
class _Effort:
    """How many bytes were read and inflated."""

    spent: int = 0


class _Source:
    """An open file, with what its first bytes tell of it."""

    def __init__(self, file: BufferedReader, path: Path) -> None:
        self._file, self._path, self._name = file, path, f"{path.parent.name}/{path.name}"
        beginning = file.read(len(SEALED))
        # A flipped bit at its beginning must not turn one of our files into a plain one.
        self._is_gzip = not beginning.lstrip(_BEFORE).startswith(b"WARC/")
        self._is_ours = beginning == SEALED
        self._search = _Effort()

    def reaches(self, offset: int) -> bool:
        self._file.seek(offset)
        return bool(self._file.peek(1))

    def record_at(self, offset: int, effort: _Effort | None = None) -> Record | Damage:
        # The Damage is not raised: its traceback would hold on to all bytes read.
        self._file.seek(offset)
        try:
            raw: bytes | bytearray
            raw, length = _member(self._file, effort) if self._is_gzip else _plain(self._file)
            return _parsed(raw, Place(self._name, offset, length))
        except zlib.error as error:
            return Damage(self._path, offset, f"its gzip member is damaged ({error})")
        except (ValueError, OverflowError) as error:
            return Damage(self._path, offset, str(error))

    def next_whole(self, start: int) -> Record | None:
        """Return the first whole record that begins at `start` or later.

        Records may overlap, and each be damaged at its end. Within a damaged one others are looked for as long as
        that costs no more than `_SEARCHED`, in all of the file; then the search goes on behind it.
        """
        first = self.record_at(0) if self._is_ours else None
        expected = first.id if isinstance(first, Record) else None
        reached = start
        for offset in self._marks(start):
            if offset < reached:
                continue
            found = self.record_at(offset, self._search)
            read = self._file.tell() - offset
            if isinstance(found, Damage):
                self._search.spent += _PER_TRY + (read if self._is_gzip else _PER_BYTE * read)
                if self._search.spent > _SEARCHED:
                    reached = offset + max(_STRIDE, read - _STRIDE)
                continue
            if expected in (None, found.field("WARC-Warcinfo-ID")):
                return found
        return None

    def _marks(self, start: int) -> Iterator[int]:
        mark = b"\x1f\x8b\x08" if self._is_gzip else b"WARC/"
        while self.reaches(start):
            window = self._file.read(_WINDOW)
            yield from (start + match.start() for match in re.finditer(re.escape(mark), window))
            start += max(len(window) - len(mark) + 1, 1)


def _member(file: BufferedReader, effort: _Effort | None = None) -> tuple[bytearray, int]:
    """Return one gzip member inflated, and its length in the file.

    In a search, of which `effort` is noted, what does not begin as a record does is not inflated further: anything
    may look like the beginning of a member.
    """
    member, raw, taken = zlib.decompressobj(zlib.MAX_WBITS | 16), bytearray(), 0
    while not member.eof:
        chunk = file.read(2**14 if raw or not effort else 2**9)
        if not chunk:
            raise ValueError("the file ends inside this record")
        taken += len(chunk)
        if effort and not raw:
            raw += member.decompress(chunk, 2**9)
            if raw and not raw.startswith(b"WARC/"[: len(raw)]):
                raise ValueError("no WARC record begins here")
            chunk = member.unconsumed_tail
        before = len(raw)
        raw += member.decompress(chunk)  # 16 KB can become no more than 16 MB
        if effort:
            effort.spent += len(raw) - before
        _refuse_large(len(raw))
    return raw, taken - len(member.unused_data)


def is_packed_as_one(path: Path) -> bool:
    """Return whether several records lie in one gzip member, so that none can be read by its place."""
    with path.open("rb") as file:
        for _ in range(2):  # the first of them may hold the warcinfo alone
            begin = file.tell()
            try:
                raw, length = _member(file)
                end, stated = _header(raw)
            except OverLarge:
                return True
            except (ValueError, zlib.error):
                return False
            if raw[end + stated :].lstrip(b"\r\n").startswith(b"WARC/"):
                return True
            file.seek(begin + length)
    return False


def _plain(file: BufferedReader) -> tuple[bytes, int]:
    """Return one record, and its length with what stands between it and the next: others write what they like."""
    raw = file.read(LARGEST_HEADER)
    before = len(raw) - len(raw.lstrip(_BEFORE))
    raw = raw[before:]
    end, length = _header(raw)
    total = end + length
    _refuse_large(total)
    raw += file.read(max(0, total + _AFTER - len(raw)))
    rest = raw[total : total + _AFTER]
    between = len(rest) - len(rest.lstrip(b"\r\n"))
    if rest[between:] and not rest[between:].startswith(b"WARC/"):
        raw, between = raw[: total + _AFTER], 0  # its length is wrong, as is said of it
    else:
        raw = raw[:total]
    return raw, before + total + between


def _refuse_large(size: int) -> None:
    if size > LARGEST:
        raise OverLarge(f"it is larger than {LARGEST} bytes")


def _header(raw: bytes | bytearray) -> tuple[int, int]:
    """Return where the WARC header ends, and the Content-Length it states."""
    if not raw.startswith(b"WARC/"):
        raise ValueError("no WARC record begins here")
    blank = _BLANK_LINE.search(raw, 0, LARGEST_HEADER)
    if blank is None:
        raise ValueError(f"its header does not end within {LARGEST_HEADER} bytes")
    length = _CONTENT_LENGTH.search(raw, 0, blank.end())
    if length is None:
        raise ValueError("its Content-Length is missing or no number")
    return blank.end(), int(length[1])


def _parsed(raw: bytes | bytearray, place: Place) -> Record:
    end, length = _header(raw)
    block = memoryview(raw)[end : end + length]  # no copy: a record may be as large as LARGEST
    if len(block) < length or raw[end + length :].strip(b"\r\n"):
        raise ValueError(f"its Content-Length is {length}, but {len(raw) - end} bytes follow")
    fields = [
        (name.decode(errors="replace"), _text(value)) for name, value in _pairs(bytes(raw[:end]))
    ]
    first = {name.lower(): value for name, value in reversed(fields)}
    is_http = first.get("content-type", "").lower().startswith("application/http")
    is_http |= first.get("warc-type") == "response" and bytes(block[:5]) == b"HTTP/"
    split = http_head(block) if is_http else 0
    url = first.get("warc-target-uri")
    return Record(
        place=place,
        fields=fields,
        type=first.get("warc-type", ""),
        url=url and url.strip("<>"),  # wget 1.19 writes <https://…>
        at=moment(first.get("warc-date", "")),
        head=bytes(block[:split]),
        body=bytes(block[split:]),
    )


def http_head(block: memoryview) -> int:
    blank = _BLANK_LINE.search(block, 0, LARGEST_HEADER)
    all_of_it = len(block) if len(block) <= LARGEST_HEADER else 0
    return blank.end() if blank else all_of_it


def _pairs(head: bytes) -> list[tuple[bytes, bytes]]:
    lines = _FOLD.sub(b" ", head).split(b"\n")[1:]
    parts = (line.partition(b":") for line in lines)
    return [(name.strip(), value.strip()) for name, colon, value in parts if colon]


def _text(value: bytes) -> str:
    """A value of the WARC header; where it is no UTF-8 its bytes are percent-encoded as they came."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return as_sent(value)


def moment(text: str) -> datetime:
    """Return the moment (UTC) of a WARC-Date: ISO 8601 from the year on, the fourteen digits of ARC, a date of HTTP.

    A year, month or day is taken at its end, so that nothing printed in it is later than its capture; at most as now.
    Raises ValueError.
    """
    if part := _PERIOD.fullmatch(text):
        return _end_of(*(int(each or 0) for each in part.groups()))
    try:
        at = datetime.fromisoformat(_DIGITS.sub(r"\1-\2-\3T\4:\5:\6", text))
        return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
    except (ValueError, OverflowError) as error:
        if found := mail_date(text):
            return found
        raise ValueError(str(error)) from error


def _end_of(year: int, month: int, day: int) -> datetime:
    first = datetime(year, month or 1, day or 1, tzinfo=UTC)
    last = first if day else first.replace(day=monthrange(year, month or 12)[1], month=month or 12)
    hour = now().replace(minute=0, second=0, microsecond=0)
    return max(first, min(last + _TO_MIDNIGHT, hour))

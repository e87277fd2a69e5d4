"""The index by which replay finds a record of a WARC file: CDXJ, as pywb and ReplayWeb.page read it.

A line is `SURT timestamp {JSON}` (https://specs.webrecorder.net/cdxj/0.1.0/); lines are sorted by their bytes. The SURT
comes from the library pywb itself looks addresses up with, so that both spell it alike.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final

import surt

from archive.warc import Record

REPLAYED: Final = frozenset({"response", "revisit", "resource"})
_BLOCK: Final = 1024  # lines that are packed together, as ArchiveWeb.page does
_STATUS: Final = re.compile(rb"HTTP/\S+ +(\d{3})\b")


def line(record: Record, name: str, offset: int) -> str:
    """Return the line of a record that begins at `offset` of the file `name`.

    The status is that of the headers the record holds: a revisit has those of its original.
    """
    status = _STATUS.match(record.head)
    told = {
        "url": record.url or "",
        "mime": "warc/revisit" if record.type == "revisit" else _media_type(record),
        **({"status": status[1].decode()} if status else {}),
        **({"digest": record.digest} if record.digest else {}),
        "length": str(record.place.length),
        "offset": str(offset),
        "filename": name,
    }
    return f"{sortable(record.url or '')} {record.at:%Y%m%d%H%M%S} {json.dumps(told)}\n"


def sortable(url: str) -> str:
    """Return an address as replay looks it up; what the library cannot take stays as it is, without blanks.

    >>> sortable("https://www.baolamdong.vn/Kinh-te/?b=2&a=1")
    'vn,baolamdong)/kinh-te?a=1&b=2'
    """
    try:
        return str(surt.surt(url)).replace(" ", "%20")
    except (ValueError, TypeError, AttributeError, IndexError):
        return "".join(url.split())


def _media_type(record: Record) -> str:
    names = [value for name, value in record.http_headers if name.lower() == b"content-type"]
    stated = names[0].decode("latin-1") if names else record.field("Content-Type") or ""
    is_http = stated.startswith("application/http")
    return "unk" if is_http or not stated else re.split(r"[;\s]", stated, maxsplit=1)[0] or "unk"


def packed(lines: Iterable[str], write: Callable[[bytes], object], name: str) -> Iterator[str]:
    """Write sorted lines as blocks of gzip, and yield the lines of the index of these blocks (ZipNum).

    By it a reader fetches only the block an address lies in, which it may check by its digest.
    """
    yield f"!meta 0 {json.dumps({'format': 'cdxj-gzip-1.0', 'filename': name})}\n"
    rest, offset = iter(lines), 0
    while block := list(islice(rest, _BLOCK)):
        content = gzip.compress("".join(block).encode(), mtime=0)
        told = {
            "offset": offset,
            "length": len(content),
            "digest": f"sha256:{hashlib.sha256(content).hexdigest()}",
            "filename": name,
        }
        yield f"{block[0].partition('{')[0].strip()} {json.dumps(told)}\n"
        write(content)
        offset += len(content)

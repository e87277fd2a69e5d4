"""The index by which replay finds a record of a WARC file: CDXJ, as pywb and ReplayWeb.page read it.

A line is `SURT timestamp {JSON}` (https://specs.webrecorder.net/cdxj/0.1.0/); lines are sorted by their bytes. A SURT
is an address with its host turned round, in the one spelling in which pywb and the Internet Archive look addresses up.
"""

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Final
from urllib.parse import quote, unquote_to_bytes

from archive.addresses import split
from archive.warc import Record

REPLAYED: Final = frozenset({"response", "revisit", "resource"})
_BLOCK: Final = 1024  # lines that are packed together, as ArchiveWeb.page does
_SAFE: Final = "!\"$&'()*+,-./:;<=>?@[\\]^_`{|}~"  # all that is printed but # and %
_PORTS: Final = {"http": 80, "https": 443}
_WWW: Final = re.compile(r"www\d*\.")
_SESSION: Final = re.compile(
    r"(?:jsessionid|phpsessid|sid)=[0-9a-z]{32}(?:&|$)|aspsessionid[a-z]{8}=[a-z]{24}(?:&|$)"
)
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
    """Return an address as replay looks it up; what names no host stays as it is, without blanks.

    >>> sortable("https://www.baolamdong.vn/Kinh-te/?b=2&a=1")
    'vn,baolamdong)/kinh-te?a=1&b=2'
    """
    parts = split(url)
    if parts is None or not parts.hostname:
        return "".join(url.split())
    names = _WWW.sub("", _ascii(parts.hostname), count=1).split(".")
    port = "" if parts.port in {None, _PORTS.get(parts.scheme)} else f":{parts.port}"
    pairs = sorted(pair.split("=", 1) for pair in _SESSION.sub("", _spelt(parts.query)).split("&"))
    query = "&".join(map("=".join, pairs))
    return f"{','.join(reversed(names))}{port}){_folders(parts.path)}{query and '?' + query}"


def _ascii(host: str) -> str:
    try:
        return host.strip(".").encode("idna").decode()
    except UnicodeError:
        return quote(host)


def _spelt(part: str) -> str:
    """A part of an address in lower case, percent-encoded once, however often it was."""
    plain, content = b"", part.encode()
    while plain != content:
        plain, content = content, unquote_to_bytes(content)
    return quote(plain, safe=_SAFE).lower()


def _folders(path: str) -> str:
    kept: list[str] = []
    for name in _spelt(path).split("/")[1:]:
        if name == ".." and kept:
            kept.pop()
        elif name != ".":
            kept.append(name)
    return "/" + "/".join(filter(None, kept))


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

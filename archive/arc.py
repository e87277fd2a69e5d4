"""Read ARC files, which crawlers wrote before there was WARC: an address, a moment and a length, then what came."""

import re
from collections.abc import Iterator
from pathlib import Path

from archive.addresses import as_sent
from archive.model import Place
from archive.warc_reading import LARGEST, LARGEST_HEADER, Damage, Record, http_head, moment

BEGINS = b"filedesc:"
_HEADER = re.compile(rb"(\S+) (\S+) (\d{14}) (?:[^\n]* )?(\d{1,18})\r?\n")


def records(path: Path, start: int = 0) -> Iterator[Record | Damage]:
    """Yield the records of an unpacked ARC file (version 1 or 2) from offset `start` on, as WARC would have them.

    What follows a damaged header is not read: nothing marks where the next record begins.
    """
    with path.open("rb") as file:
        file.seek(start)
        while line := file.readline(LARGEST_HEADER):
            if not line.strip():
                continue
            offset = file.tell() - len(line)
            header = _HEADER.fullmatch(line)
            length = int(header[4]) if header else 0
            if header is None:
                yield Damage(path, offset, "no ARC record begins here; the rest of the file")
                return
            if length > LARGEST:
                yield Damage(path, offset, f"it is larger than {LARGEST} bytes")
                file.seek(length, 1)
                continue
            block = file.read(length)
            if len(block) < length:
                yield Damage(path, offset, "the file ends inside this record")
            else:
                yield _record(
                    header, block, Place(f"{path.parent.name}/{path.name}", offset, length)
                )


def _record(header: re.Match[bytes], block: bytes, place: Place) -> Record:
    url, ip, date = (as_sent(header[number]) for number in (1, 2, 3))
    is_http = block.startswith(b"HTTP/")
    split = http_head(memoryview(block)) if is_http else 0
    kind = "response" if is_http else "warcinfo" if url.startswith("filedesc:") else "resource"
    fields = [
        ("WARC-IP-Address", ip),
        ("Content-Type", "application/http;msgtype=response" if is_http else "text/html"),
    ]
    return Record(place, fields, kind, url, moment(date), block[:split], block[split:])

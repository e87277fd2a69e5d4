"""The `warc` folder of an archive: append, roll over, recover a torn tail; and at hand, to read it.

This and the modules beside it are all that knows the bytes of WARC files: `warc_writing` makes
records, `warc_reading` finds them again, `warc_ranges` in parts, `warc_content` decodes and checks
what they hold, `warc_torn` knows a tail that was cut off.
"""

import io
import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from archive import __version__
from archive.copying import make_folder, sync
from archive.dates import now
from archive.fixity import add_closed, closed
from archive.model import Place
from archive.warc_content import check, decoded
from archive.warc_reading import Damage, Record, read, records
from archive.warc_torn import Torn, end_of_whole, hole, is_torn
from archive.warc_writing import (
    Headers,
    date,
    digest,
    member,
    new_id,
    one_line,
    refers_to,
    request_head,
    response_head,
)

__all__ = ["Damage", "Record", "Torn", "WarcFolder", "check", "decoded", "read", "records"]

_INFO = {
    "software": f"lamdong-news-archive/{__version__}",
    "format": "WARC File Format 1.1",
    "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    "description": "Bodies are undecoded. Scrapy does not hand on, and so not kept are: the reason"
    " phrase (the standard one is written), the order of headers and the case of their names,"
    " transfer chunking, the protocol version; of requests, the headers added while sending."
    " A 304 is a revisit; its block has status line and headers of the capture it repeats, those headers"
    " replaced that the 304 sent anew.",
}


class WarcFolder:
    """The WARC files of an archive, to append to; opened when needed, for one writer at a time.

    Runs go on with the newest file until it has `roll_at` bytes, or until `info` is not what its
    `warcinfo` record says; then a new one begins, and the old one never changes
    again: its sum is in `SHA256SUMS`. So `info`
    (robots, http-header-user-agent, operator and the like) holds what stays from run to run; without it the
    newest file goes on as it is, for one who only notes something.
    Call `repair` before the first append.
    """

    def __init__(
        self,
        archive: Path,
        *,
        info: Mapping[str, str] | None = None,
        prefix: str = "lamdong",
        roll_at: int = 500_000_000,
    ) -> None:
        self._folder, self._prefix, self._roll_at = archive / "warc", prefix, roll_at
        said = {**_INFO, **(info or {})}
        self._goes_on = info is None
        self._info = "".join(f"{name}: {one_line(said[name])}\r\n" for name in said).encode()
        self._file: io.FileIO | None = None
        self._is_synced = True
        self._warcinfo_id = ""

    def append_exchange(
        self,
        *,
        url: str,
        fetched_at: datetime,
        status: int,
        headers: Headers,
        body: bytes,
        method: str = "GET",
        request_headers: Headers = (),
        truncated: str | None = None,
        ip: str | None = None,
        repeats: Record | None = None,
    ) -> tuple[Place, str]:
        """Write a response and its request; return the response's place and payload digest.

        Of a 304 `repeats` is the response it says still holds, and `headers` are those of both: see `freshened`. It
        becomes a revisit with that response's digest.

        `fetched_at` has a zone; `body` is undecoded, without transfer coding; `truncated` is
        `length` or `disconnect`. On return the bytes are with the operating system: see `sync`. Raises OSError
        (disk full; nothing of the pair stays) and ValueError (no zone, larger than `LARGEST`).
        """
        file, payload = self._room(), (repeats and repeats.digest) or digest(body)
        shown = {
            **self._about(url, fetched_at),
            "WARC-IP-Address": ip,
            "WARC-Payload-Digest": payload,
            "WARC-Truncated": truncated,
            **(refers_to(repeats) if repeats else {}),
        }
        asked = {
            **self._about(url, fetched_at),
            "WARC-IP-Address": ip,
            "WARC-Concurrent-To": shown["WARC-Record-ID"],
        }
        kind = "revisit" if repeats else "response"
        block = response_head((repeats and repeats.status) or status, headers) + body
        response = member(kind, "application/http;msgtype=response", shown, block)
        block = request_head(method, url, request_headers)
        request = member("request", "application/http;msgtype=request", asked, block)
        offset = _append(file, response + request)
        return _place(file, offset, response), payload

    def append_metadata(self, facts: dict[str, Any], *, url: str | None, at: datetime) -> Place:
        """Write what no response shows as one JSON object; raises as `append_exchange`."""
        block = json.dumps(facts, ensure_ascii=False).encode()
        return self.append("metadata", "application/json", {}, block, url=url, at=at)

    def append(
        self,
        kind: str,
        content_type: str,
        fields: Mapping[str, str | None],
        block: bytes,
        *,
        url: str | None,
        at: datetime,
    ) -> Place:
        """Write one record as it is, with these fields besides; raises as `append_exchange`."""
        file = self._room()
        record = member(kind, content_type, {**self._about(url, at), **fields}, block)
        return _place(file, _append(file, record), record)

    def repair(self, last: Place | None = None) -> Torn | None:
        """Cut off what a kill or a power cut left behind the newest file's last whole record, or with holes.

        Reading begins at `last`, a record known to be whole, if it lies in that file; else at the
        file's beginning. Damage that is no torn tail stays, for `check` to name.
        """
        self.close()
        path = self._newest()
        if path is None:
            return None
        start = last.offset if last and Path(last.warc).name == path.name else 0
        begin = start if end_of_whole(path, start) else 0
        holed, size, torn = hole(path, begin), path.stat().st_size, None
        end = end_of_whole(path, begin) if holed is None else holed
        if holed is not None or (not (end == size > 0) and is_torn(path, end)):
            os.truncate(path, end)
            torn = Torn(path, end, size - end)
        sync(path)  # what is taken over now may not have been, by a run that was killed
        if not end and torn:
            path.unlink()
        sync(self._folder)
        sync(self._folder.parent)
        return torn

    def sync(self) -> None:
        """Wait until all that was appended is on the disk (fsync): to be called before a row that points there is."""
        if self._file and not self._is_synced:
            os.fsync(self._file.fileno())
            self._is_synced = True

    def close(self) -> None:
        """Sync and close; the next append opens again."""
        if self._file:
            self.sync()
            self._file.close()
            self._file = None

    def _about(self, url: str | None, at: datetime) -> dict[str, str | None]:
        return {
            "WARC-Record-ID": new_id(),
            "WARC-Target-URI": url,
            "WARC-Date": date(at),
            "WARC-Warcinfo-ID": self._warcinfo_id,
        }

    def _room(self) -> io.FileIO:
        if self._file is None:
            self._file = self._reopened()
        if self._file is None or os.fstat(self._file.fileno()).st_size >= self._roll_at:
            self.close()
            self._file = self._begun()
        self._is_synced = False
        return self._file

    def _newest(self) -> Path | None:
        ours = f"{self._prefix}-{'[0-9]' * 14}-{'[0-9]' * 5}.warc.gz"
        return max(self._folder.glob(ours), key=_serial, default=None)

    def _reopened(self) -> io.FileIO | None:
        newest = self._newest()
        first = next(records(newest), None) if newest else None
        if newest is None or newest.name in closed(self._folder):
            return None
        if not isinstance(first, Record):
            return None
        if not (self._goes_on or first.body == self._info):
            return None
        self._warcinfo_id = first.id or ""
        return newest.open("ab", buffering=0)

    def _begun(self) -> io.FileIO:
        newest, at = self._newest(), now()
        serial = _serial(newest) + 1 if newest else 1
        path = self._folder / f"{self._prefix}-{at:%Y%m%d%H%M%S}-{serial:05}.warc.gz"
        self._warcinfo_id = new_id()
        fields = {
            "WARC-Record-ID": self._warcinfo_id,
            "WARC-Date": date(at),
            "WARC-Filename": path.name,
        }
        make_folder(self._folder)
        add_closed(self._folder)
        file = path.open("xb", buffering=0)
        try:
            _append(file, member("warcinfo", "application/warc-fields", fields, self._info))
        except OSError:
            file.close()
            path.unlink()
            raise
        sync(path)
        sync(self._folder)  # or the name may be lost with all that is appended
        return file


def _serial(path: Path) -> int:
    return int(path.name.removesuffix(".warc.gz")[-5:])


def _place(file: io.FileIO, offset: int, record: bytes) -> Place:
    return Place(f"warc/{Path(file.name).name}", offset, len(record))


def _append(file: io.FileIO, content: bytes) -> int:
    """Write all or nothing, and return where it begins."""
    offset = file.seek(0, os.SEEK_END)
    rest = memoryview(content)
    try:
        while rest:
            rest = rest[file.write(rest) :]
    except OSError:
        file.truncate(offset)
        raise
    return offset

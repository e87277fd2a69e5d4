"""What WARC records hold: bodies decoded, digests and everything else of a file checked."""

import hashlib
import struct
import sys
import zlib
from base64 import b32encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]
from warcio.bufferedreaders import ChunkedDataReader

from archive.warc_reading import LARGEST, SEALED, Damage, Record, records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE = 2**16


def decoded(record: Record, largest: int = LARGEST) -> bytes:
    """Return the body without Content-Encoding (gzip, deflate, br, zstd); cut, as far as it goes.

    A body that is not what its header says is returned as it is: archives of others often keep
    decoded bodies under the old header. Raises Damage where it would exceed `largest` bytes.
    """
    body = unchunked(record)
    for coding in reversed(_listed(record, b"content-encoding")):
        try:
            body = _DECODERS[coding](body, largest + 1) if coding in _DECODERS else body
        except (zlib.error, brotli.error, zstd.ZstdError):
            continue
        if len(body) > largest:
            raise record.damage(f"its body is larger than {largest} bytes when decoded")
    return body


def is_unchanged(record: Record) -> bool:
    """Return whether a record stands for a 304, as a revisit of the capture the server said still holds."""
    return record.type == "revisit" and record.status == 304


def unchunked(record: Record) -> bytes:
    """Return the body without transfer coding: the payload, which is what its digest is of."""
    if b"chunked" not in _listed(record, b"transfer-encoding"):
        return record.body
    reader, body = ChunkedDataReader(BytesIO(record.body)), bytearray()
    while piece := reader.read(_PIECE):
        body += piece
    return bytes(body)


def _listed(record: Record, name: bytes) -> list[bytes]:
    """Return the values of a header that is a list by comma, over all its lines, lower case."""
    values = [value for key, value in record.http_headers if key.lower() == name]
    return [value.strip().lower() for value in b",".join(values).split(b",")]


def _streams(new: Callable[[], Any], body: bytes, most: int) -> bytes:
    """Decode one gzip member or zstd frame after the other, until `most` bytes have come."""
    out = b""
    while body and len(out) < most:
        stream = new()
        out += stream.decompress(body, most - len(out))
        body = stream.unused_data
    return out


def _gunzip(body: bytes, most: int) -> bytes:
    return _streams(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), body, most)


def _inflate(body: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, most)
    except zlib.error:  # some servers send deflate without the zlib header
        return zlib.decompressobj(-zlib.MAX_WBITS).decompress(body, most)


def _unbrotli(body: bytes, most: int) -> bytes:
    return bytes(brotli.Decompressor().process(body, output_buffer_limit=most))


def _unzstd(body: bytes, most: int) -> bytes:
    return _streams(zstd.ZstdDecompressor, body, most)


_DECODERS: dict[bytes, Callable[[bytes, int], bytes]] = {
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _inflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}


def check(path: Path) -> Iterator[Damage]:
    """Yield all that is wrong with one file: records not whole or not readable, wrong digests.

    In a file of ours every bit counts, also those that no decompressor looks at: see `SEALED`.
    """
    if not path.stat().st_size:
        yield Damage(path, 0, "the file is empty")
    is_ours, unsealed = False, []
    with path.open("rb") as file:
        for found in records(path):
            if isinstance(found, Damage):
                yield found
                continue
            offset = found.place.offset
            yield from (Damage(path, offset, reason) for reason in _faults(found))
            file.seek(offset)
            member = file.read(found.place.length)
            if not member.startswith(SEALED):
                unsealed.append(offset)
                continue
            is_ours = True
            if not _is_seal_right(member):
                yield Damage(path, offset, "its gzip member was altered")
    if is_ours:
        yield from (Damage(path, offset, "its gzip header was altered") for offset in unsealed)


def record_faults(path: Path, record: Record) -> Iterator[str]:
    """Yield all that is wrong with one record of a file."""
    yield from _faults(record)
    with path.open("rb") as file:
        file.seek(record.place.offset)
        member = file.read(record.place.length)
    if member.startswith(SEALED) and not _is_seal_right(member):
        yield "its gzip member was altered"


def _is_seal_right(member: bytes) -> bool:
    seal, rest = member[len(SEALED) :][:4], member[len(SEALED) + 4 :]
    return seal == struct.pack("<L", zlib.crc32(rest))


def _faults(record: Record) -> Iterator[str]:
    """Yield what is wrong inside a whole record."""
    if not _agrees(record.field("WARC-Block-Digest"), record.head + record.body):
        yield "its block digest is wrong"
    # A revisit states the digest of its original; a segment that of the whole.
    is_whole = record.type != "revisit" and record.field("WARC-Segment-Number") is None
    # Digests over the body with its chunks are as common as right ones (warcio issue 74).
    if is_whole and not any(_agrees(record.digest, b) for b in (record.body, unchunked(record))):
        yield "its payload digest is wrong"
    if record.type == "response" and record.head and record.status is None:
        yield "it has no HTTP status"
    if record.type == "metadata" and record.field("Content-Type") == "application/json":
        yield from _json_faults(record)


def _agrees(stated: str | None, content: bytes) -> bool:
    """Return whether a digest like `sha1:BASE32` or `sha256:hex` fits; True where none can tell."""
    algorithm, _, value = (stated or "").partition(":")
    if algorithm.lower() not in {"md5", "sha1", "sha256", "sha512"}:
        return True
    digest = hashlib.new(algorithm, content, usedforsecurity=False).digest()
    return value.rstrip("=").upper() in {
        b32encode(digest).decode().rstrip("="),
        digest.hex().upper(),
    }


def _json_faults(record: Record) -> Iterator[str]:
    try:
        record.facts()
    except Damage as damage:
        yield damage.reason

"""What WARC records hold: bodies decoded, digests and everything else of a file checked."""

import hashlib
import re
import struct
import sys
import zlib
from base64 import b32encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli  # type: ignore[import-untyped]

from archive.warc_reading import LARGEST, SEALED, Damage, Record, records

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_PIECE = 2**14
_MEMBERS = 1_000  # of one body: real ones have one, or one for each of the files they were put together from
_CODINGS = 3  # of one body: two are seen where a server and a cache both pack

_GZIP = re.compile(rb"\x1f\x8b\x08")
_ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
_TEXT = re.compile(rb"^text/|html|xml|json")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f\x7f\ufffd]")
_CHUNK = re.compile(rb"(?:\r?\n)?([0-9a-fA-F]{1,16})[ \t]*(?:;[^\r\n]*)?(?:\r?\n|$)")


def decoded(record: Record, largest: int = LARGEST) -> bytes:
    """Return the body without Content-Encoding (gzip, deflate, br, zstd); cut, as far as it goes.

    A body that is not what its header says is returned as it is: archives of others often keep
    decoded bodies under the old header. Text that is gzip and whose header says nothing is unpacked too.
    Raises Damage where it would exceed `largest` bytes.
    """
    return unpacked(record, largest)[0]


def unpacked(record: Record, largest: int = LARGEST) -> tuple[bytes, str | None]:
    """Return the body as `decoded` does, and in one clause why it is visibly not whole, None where it may be.

    This alone decides whether a capture is whole. What others kept decoded, or without its chunks, under the old
    headers is: their Content-Length is that of other bytes.
    """
    sent, lacks = _dechunked(record)
    body, is_as_sent = sent, True
    codings = _codings(record, sent)
    if len(codings) > _CODINGS:
        raise record.damage(f"its body is packed more than {_CODINGS} times over")
    for coding in codings:
        try:
            plain, ends = _without(coding, body, largest + 1)
        except ValueError as error:
            raise record.damage(str(error)) from None
        if plain is None:
            is_as_sent = False
            continue
        body, lacks = plain, lacks if ends else lacks or f"its {coding.decode()} has no end"
        if len(body) > largest:
            break
    if len(body) > largest:
        raise record.damage(f"its body is larger than {largest} bytes when decoded")
    is_short = _too_short(record, sent) if is_as_sent else None
    return body, lacks or is_short or _marked(record)


def _without(coding: bytes, body: bytes, most: int) -> tuple[bytes | None, bool]:
    """Take a coding off; return what comes of it and whether its end came, or None where the body is not so coded."""
    if not body:
        return body, True
    try:
        plain, ends = _DECODERS[coding](body, most)
    except (zlib.error, brotli.error, zstd.ZstdError):
        return None, True
    is_text = not ends and len(plain) < most and _is_text(body)
    return (None, True) if is_text else (plain, ends)


def _is_text(body: bytes) -> bool:
    """Whether a body begins as text does, of which brotli and deflate may well read a little."""
    return not _CONTROL.search(body[:64].decode("utf-8", "replace").rstrip("\ufffd"))


def _codings(record: Record, sent: bytes) -> list[bytes]:
    """The codings to take off, the last one first; gzip also where a misconfigured server does not name it."""
    stated = [each for each in _listed(record, b"content-encoding") if each in _DECODERS]
    media_type = b",".join(_listed(record, b"content-type"))
    is_text = not media_type or _TEXT.search(media_type) is not None
    return stated[::-1] or [b"gzip"] * (is_text and _GZIP.match(sent) is not None)


def _marked(record: Record) -> str | None:
    """What the WARC header says: that the rest was not kept, or stands in records of its own."""
    if why := record.field("WARC-Truncated"):
        return f"its record says {why!r}"
    return "it is a part of a segmented record" if record.field("WARC-Segment-Number") else None


def _too_short(record: Record, sent: bytes) -> str | None:
    """Compare the bytes sent with the Content-Length of HTTP; some answers have none though they state one."""
    stated = [int(each) for each in _listed(record, b"content-length") if each.isdigit()]
    has_body = record.type == "response" and record.status not in {204, 304}
    is_short = has_body and stated and len(sent) < min(stated) and not _is_chunked(record)
    return f"{len(sent)} of {min(stated)} bytes came" if is_short else None


def is_unchanged(record: Record) -> bool:
    """Return whether a record stands for a 304, as a revisit of the capture the server said still holds."""
    return record.type == "revisit" and record.status == 304


def unchunked(record: Record) -> bytes:
    """Return the body without transfer coding: the payload, which is what its digest is of."""
    return _dechunked(record)[0]


def _is_chunked(record: Record) -> bool:
    return b"chunked" in _listed(record, b"transfer-encoding")


def _dechunked(record: Record) -> tuple[bytes, str | None]:
    """Return the body without its chunks, and what it lacks; as it is where others took them off."""
    raw = record.body
    size = _CHUNK.match(raw) if _is_chunked(record) else None
    if size is None:
        return raw, None
    body = bytearray()
    while size and (length := int(size[1], 16)):
        body += raw[size.end() : size.end() + length]
        size = _CHUNK.match(raw, size.end() + length)
    return bytes(body), None if size else "its last chunk did not come"


def _listed(record: Record, name: bytes) -> list[bytes]:
    """Return the values of a header that is a list by comma, over all its lines, lower case."""
    values = [value for key, value in record.http_headers if key.lower() == name]
    return [value.strip().lower() for value in b",".join(values).split(b",") if value.strip()]


def _streams(
    new: Callable[[], Any], begins: re.Pattern[bytes], body: bytes, most: int
) -> tuple[bytes, bool]:
    """Decode one gzip member or zstd frame after the other, until `most` bytes have come.

    What stands behind the last one and is none itself is passed over, as browsers do.
    """
    out, ends, at = bytearray(), False, 0
    for _ in range(_MEMBERS):
        if at >= len(body) or len(out) >= most or (ends and not begins.match(body, at)):
            return bytes(out), ends
        stream = new()
        at = _stream(stream, body, at, out, most)
        ends = stream.eof
    raise ValueError(f"its body is packed in more than {_MEMBERS:,} parts")


def _stream(stream: Any, body: bytes, at: int, out: bytearray, most: int) -> int:
    """Decode one member from `at` on; return where it ends. Piece by piece: what follows is copied with each member."""
    while at < len(body) and len(out) < most and not stream.eof:
        piece = body[at : at + _PIECE]
        out += stream.decompress(piece, most - len(out))
        at += len(piece)
    return at - len(stream.unused_data)


def _gunzip(body: bytes, most: int) -> tuple[bytes, bool]:
    return _streams(lambda: zlib.decompressobj(zlib.MAX_WBITS | 16), _GZIP, body, most)


def _inflate(body: bytes, most: int) -> tuple[bytes, bool]:
    try:
        stream = zlib.decompressobj()
        return stream.decompress(body, most), stream.eof
    except zlib.error:  # some servers send deflate without the zlib header
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return stream.decompress(body, most), stream.eof


def _unbrotli(body: bytes, most: int) -> tuple[bytes, bool]:
    stream = brotli.Decompressor()
    return bytes(stream.process(body, output_buffer_limit=most)), stream.is_finished()


def _unzstd(body: bytes, most: int) -> tuple[bytes, bool]:
    return _streams(zstd.ZstdDecompressor, _ZSTD, body, most)


# Each gives what could be decoded, and whether the end of it came.
_DECODERS: dict[bytes, Callable[[bytes, int], tuple[bytes, bool]]] = {
    b"gzip": _gunzip,
    b"x-gzip": _gunzip,
    b"deflate": _inflate,
    b"br": _unbrotli,
    b"zstd": _unzstd,
}

# Those of which a body may hold one after the other.
STREAMS = {name: _DECODERS[name] for name in (b"gzip", b"x-gzip", b"zstd")}


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

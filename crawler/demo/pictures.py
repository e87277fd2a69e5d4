"""Tiny valid pictures, made here: every address gets bytes of its own."""

import struct
import zlib

_JPEG_START = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
_JPEG_TABLES = (
    b"\xff\xdb\x00\x43\x00" + b"\x01" * 64  # quantisation: all ones
    + b"\xff\xc0\x00\x0b\x08\x00\x08\x00\x08\x01\x01\x11\x00"  # 8 × 8 pixels, grey
    + b"\xff\xc4\x00\x14\x00\x01" + b"\x00" * 16  # DC: one code, no difference
    + b"\xff\xc4\x00\x14\x10\x01" + b"\x00" * 16  # AC: one code, end of block
)  # fmt: skip
_JPEG_SCAN = b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x3f\xff\xd9"


def jpeg(name: str) -> bytes:
    """Return a grey JPEG of 8 × 8 pixels that carries the name as its comment."""
    comment = name.encode()
    return (
        _JPEG_START
        + b"\xff\xfe"
        + struct.pack(">H", len(comment) + 2)
        + comment
        + _JPEG_TABLES
        + _JPEG_SCAN
    )


def png(name: str) -> bytes:
    """Return a PNG of one pixel whose colour follows from the name."""
    pixel = b"\x00" + struct.pack(">I", zlib.crc32(name.encode()))[1:]
    head = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(pixel)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

"""Hostile captures and WARC files: bytes inflated and tries are counted, never seconds."""

import gzip
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import brotli
import pytest
from scrapy.exceptions import IgnoreRequest

from archive import warc_content, warc_reading
from archive.model import Place
from archive.warc import Damage, Record, decoded, records
from crawler.codings import Unpacking

HEADER = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 60000000\r\n\r\n"
MEMBER = b"\x1f\x8b\x08\0\0\0\0\0\0\xff"


class Counter:
    """zlib, of which is counted how often it begins and how many bytes it gives."""

    MAX_WBITS, error = zlib.MAX_WBITS, zlib.error

    def __init__(self) -> None:
        self.begun = self.given = self.taken = 0

    def decompressobj(self, *arguments):
        self.begun += 1
        return Stream(self, zlib.decompressobj(*arguments))


class Stream:
    def __init__(self, counter: Counter, inner) -> None:
        self._counter, self._inner = counter, inner

    def __getattr__(self, name):
        return getattr(self._inner, name)

    def decompress(self, data, *most):
        self._counter.taken += len(data)
        given = self._inner.decompress(data, *most)
        self._counter.given += len(given)
        return given


def capture(body: bytes, coding: bytes) -> Record:
    head = b"HTTP/1.1 200 OK\r\nContent-Encoding: " + coding + b"\r\n\r\n"
    at = datetime(2026, 9, 5, tzinfo=UTC)
    return Record(Place("warc/a.warc.gz", 0, 1), [], "response", "https://x/", at, head, body)


def test_a_body_of_many_empty_members_is_refused_after_some(monkeypatch):
    body, zlib_ = gzip.compress(b"") * 150_000, Counter()
    monkeypatch.setattr(warc_content, "zlib", zlib_)
    with pytest.raises(Damage, match="packed in more than 1,000 parts"):
        decoded(capture(body, b"gzip"))
    assert zlib_.begun == 1_000
    assert zlib_.taken < 2**25


def test_a_body_of_some_members_is_read_at_a_cost_in_proportion(monkeypatch):
    taken = []
    one = Random(1).randbytes(1_000)
    for members in (100, 900):
        zlib_ = Counter()
        monkeypatch.setattr(warc_content, "zlib", zlib_)
        assert decoded(capture(gzip.compress(one) * members, b"gzip")) == one * members
        taken.append(zlib_.taken)
    assert taken[1] < 12 * taken[0]


def test_a_bomb_within_a_bomb_is_refused():
    bomb = brotli.compress(gzip.compress(gzip.compress(bytes(2**28))))
    with pytest.raises(Damage, match="larger than 67108864 bytes"):
        decoded(capture(bomb, b"gzip, gzip, br"))


def test_a_body_packed_over_and_over_is_refused():
    with pytest.raises(Damage, match="more than 3 times"):
        decoded(capture(gzip.compress(b"a"), b"gzip" + b", gzip" * 9_000))


def overlapping(members: int) -> bytes:
    """Each member begins within a stored block of the one before, and none ends."""

    def stored(data: bytes) -> bytes:
        return struct.pack("<BHH", 0, len(data), len(data) ^ 0xFFFF) + data

    return MEMBER + stored(HEADER) + stored(MEMBER + stored(HEADER)) * members + bytes(20)


@pytest.mark.parametrize("name", ["members.warc.gz", "marks.warc.gz", "plain.warc"])
def test_the_search_behind_damage_ends(tmp_path: Path, monkeypatch, name):
    content = {
        "members.warc.gz": overlapping(3_000),
        "marks.warc.gz": MEMBER * 20_000,
        "plain.warc": b"WARC/" * 40_000,
    }[name]
    monkeypatch.setattr(warc_reading, "_SEARCHED", 2**20)
    counter = Counter()
    monkeypatch.setattr(warc_reading, "zlib", counter)
    tries = []
    record_at = warc_reading._Source.record_at

    def counted(source, *arguments):
        tries.append(arguments)
        return record_at(source, *arguments)

    monkeypatch.setattr(warc_reading._Source, "record_at", counted)
    (tmp_path / name).write_bytes(content)
    (damage,) = records(tmp_path / name)
    assert isinstance(damage, Damage)
    assert len(tries) < 600
    assert counter.given < 2**22


def test_an_answer_of_many_members_is_refused_after_some(monkeypatch):
    zlib_ = Counter()
    monkeypatch.setattr(warc_content, "zlib", zlib_)
    with pytest.raises(IgnoreRequest, match="more than 1,000 parts"):
        Unpacking._decode(gzip.compress(b"") * 150_000, b"gzip", 2**23)
    assert zlib_.begun == 1_000


def test_an_answer_is_unpacked_up_to_the_largest_size():
    packed = gzip.compress(b"a" * 5_000)
    assert Unpacking._decode(packed, b"gzip", 5_000) == b"a" * 5_000
    assert Unpacking._decode(packed[:-9], b"gzip", 5_000) == b"a" * 5_000
    with pytest.raises(IgnoreRequest, match="size unpacked is larger"):
        Unpacking._decode(packed, b"gzip", 4_999)

"""Bodies are decoded within bounds; whatever is wrong with a file is named, at its record."""

import gzip
import random
import zlib

import brotli
import pytest
from backports import zstd
from test_warc import AT, PAGE, URL, small_file
from test_warc_reading import foreign

from archive.model import Place
from archive.warc import Damage, Record, check, decoded, records
from archive.warc_writing import member


def response(headers, body):
    """The record of a response in memory, to be decoded."""
    head = b"HTTP/1.1 200 OK\r\n" + b"".join(b"%b: %b\r\n" % header for header in headers)
    return Record(Place("warc/a.warc.gz", 7, 1), [], "response", URL, AT, head + b"\r\n", body)


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        (b"gzip", gzip.compress),
        (b"gzip", lambda page: gzip.compress(page[:9]) + gzip.compress(page[9:])),
        (b"X-GZIP", gzip.compress),
        (b"deflate", zlib.compress),
        (b"deflate", lambda page: zlib.compress(page, wbits=-15)),
        (b"br", brotli.compress),
        (b"zstd", zstd.compress),
        (b"identity", bytes),
        (b"br, gzip", lambda page: gzip.compress(brotli.compress(page))),
    ],
)
def test_bodies_are_decoded_within_bounds(coding, encode):
    record = response([(b"content-encoding", coding)], encode(PAGE))
    assert decoded(record, len(PAGE)) == PAGE
    with pytest.raises(
        Damage, match=r"warc/a.warc.gz, offset 7: its body is larger than \d+ bytes"
    ):
        decoded(record, len(PAGE) - 1)


@pytest.mark.parametrize(
    ("coding", "encode"),
    [(b"gzip", gzip.compress), (b"br", brotli.compress), (b"zstd", zstd.compress)],
)
def test_a_cut_body_is_decoded_as_far_as_it_goes(coding, encode):
    page = random.Random(1).randbytes(200_000).hex().encode()
    got = decoded(response([(b"Content-Encoding", coding)], encode(page)[:-9000]))
    assert page.startswith(got)
    assert len(got) > 10_000


@pytest.mark.parametrize("coding", [b"gzip", b"deflate", b"br", b"zstd", b"klingon"])
def test_a_body_that_is_not_what_it_says_stays_as_it_is(coding):
    assert decoded(response([(b"Content-Encoding", coding)], PAGE)) == PAGE


def test_every_flipped_bit_is_noticed_at_its_record(tmp_path):
    path = small_file(tmp_path)
    content = path.read_bytes()
    begins = [record.place.offset for record in records(path)]
    for position in range(0, len(content), 2):
        altered = bytearray(content)
        altered[position] ^= 1 << position % 7
        path.write_bytes(altered)
        assert {damage.offset for damage in check(path)} == {
            max(b for b in begins if b <= position)
        }
    path.write_bytes(content)
    assert list(check(path)) == []


def test_every_cut_is_noticed(tmp_path):
    path = small_file(tmp_path)
    content = path.read_bytes()
    ends = {0} | {record.place.offset + record.place.length for record in records(path)}
    for size in range(0, len(content), 3):
        path.write_bytes(content[:size])
        assert bool(list(check(path))) == (size not in ends or size == 0)


@pytest.mark.parametrize(
    "rubbish",
    [b"\n", b"\0" * 40, b"WARC/1.1\r\n\r\n", gzip.compress(b"hello", mtime=0)],
    ids=["line break", "zeros", "half a header", "another member"],
)
def test_rubbish_behind_the_last_record_is_named(tmp_path, rubbish):
    path = small_file(tmp_path)
    size = path.stat().st_size
    path.write_bytes(path.read_bytes() + rubbish)
    assert [damage.offset for damage in check(path)] == [size]


FIELDS = {"WARC-Date": "2025-10-22T12:25:00Z", "WARC-Target-URI": URL}
HTTP = "application/http;msgtype=response"


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (
            member(
                "response",
                HTTP,
                {**FIELDS, "WARC-Payload-Digest": "sha1:AAAA"},
                b"HTTP/1.1 200\r\n\r\n",
            ),
            "payload",
        ),
        (member("response", HTTP, FIELDS, b"GET / HTTP/1.1\r\n\r\n"), "no HTTP status"),
        (member("metadata", "application/json", FIELDS, b"[" * 100_000), "no JSON object"),
        (member("metadata", "application/json", FIELDS, b"[]"), "no JSON object"),
        (gzip.compress(foreign(PAGE, is_gzip=False).replace(b"<h1>", b"<h2>")), "block digest"),
        (foreign(PAGE, is_gzip=True, **{"WARC-Block-Digest": "sha256:00"}), "block digest"),
    ],
)
def test_wrong_content_is_named(tmp_path, record, reason):
    path = tmp_path / "a.warc.gz"
    path.write_bytes(record)
    found = [damage.reason for damage in check(path)]
    assert any(reason in one for one in found), found

"""Files of others, damaged files and hostile ones: what is whole is read, the rest is named."""

import gzip
import io
import json
import re
import subprocess
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import brotli
import pytest
from backports import zstd
from test_warc import PAGE, URL, small_file
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.warc import Damage, check, decoded, records
from archive.warc_writing import digest


def foreign(body, headers=(), *, is_gzip, version="1.0", **fields):
    """One response as warcio writes it."""
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=is_gzip, warc_version=version)
    head = StatusAndHeaders("200 OK", list(headers), protocol="HTTP/1.1")
    dated = {"WARC-Date": "2012-03-22T05:06:07Z", **fields}
    payload = io.BytesIO(body)
    record = writer.create_warc_record(
        URL,
        "response",
        payload=payload,
        http_headers=head,
        warc_headers_dict=dated,
        length=len(body),
    )
    writer.write_record(record)
    return out.getvalue()


@pytest.mark.parametrize("is_gzip", [True, False])
@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_files_of_others_are_read(tmp_path, is_gzip, version):
    path = tmp_path / "theirs.warc"
    one = foreign(PAGE, [("X-A", "b")], is_gzip=is_gzip, version=version)
    path.write_bytes(one * 3)
    found = list(records(path))
    assert [(r.body, r.status, r.url, r.http_headers) for r in found] == [
        (PAGE, 200, URL, [(b"X-A", b"b")])
    ] * 3
    assert {r.at for r in found} == {datetime(2012, 3, 22, 5, 6, 7, tzinfo=UTC)}
    assert [r.place.offset for r in found] == [0, len(one), 2 * len(one)]
    assert list(records(path, len(one))) == found[1:]
    assert list(check(path)) == []


@pytest.mark.parametrize("stated", [{}, {"WARC-Payload-Digest": digest("Xin chào".encode())}])
def test_chunks_of_others_are_joined(tmp_path, stated):
    body = b"5\r\nXin c\r\n4\r\nh\xc3\xa0o\r\n0\r\n\r\n"
    path = tmp_path / "theirs.warc.gz"
    path.write_bytes(foreign(body, [("Transfer-Encoding", "chunked")], is_gzip=True, **stated))
    [record] = records(path)
    assert (record.body, decoded(record)) == (body, "Xin chào".encode())
    assert list(check(path)) == []


def test_an_address_in_angle_brackets_is_read_without(tmp_path):
    path = tmp_path / "wget.warc"
    path.write_bytes(foreign(b"", is_gzip=False).replace(URL.encode(), f"<{URL}>".encode()))
    assert next(records(path)).url == URL


@pytest.mark.parametrize("window", [4, 2**20])
@pytest.mark.parametrize("byte", [0, 60])
def test_a_damaged_record_costs_no_other(tmp_path, monkeypatch, window, byte):
    monkeypatch.setattr("archive.warc_reading._WINDOW", window)
    path = small_file(tmp_path)
    sound = list(records(path))
    for number, record in enumerate(sound):
        altered = bytearray(path.read_bytes())
        altered[record.place.offset + byte] ^= 1
        path.with_name("altered.warc.gz").write_bytes(altered)
        found = list(records(path.with_name("altered.warc.gz")))
        assert isinstance(found.pop(number), Damage)
        assert [r.id for r in found] == [r.id for r in sound if r is not record]


def altered(**fields):
    """One plain record of WARC 1.0 with other fields; None takes one out."""
    told = {
        "WARC-Type": "response",
        "WARC-Date": "2012-03-22T05:06:07Z",
        "Content-Length": "5",
        **fields,
    }
    lines = [f"{name.replace('_', '-')}: {value}\r\n" for name, value in told.items() if value]
    return f"WARC/1.0\r\n{''.join(lines)}\r\nhello\r\n\r\n".encode()


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (altered(**{"Content-Length": "4"}), "Content-Length is 4"),
        (altered(**{"Content-Length": "9999"}), "Content-Length is 9999"),
        (altered(**{"Content-Length": "9" * 17}), "Content-Length is 9{17}|larger than"),
        (altered(**{"Content-Length": "9" * 5000}), "Content-Length is missing or no number"),
        (altered(**{"Content-Length": "-1"}), "Content-Length is missing or no number"),
        (altered(**{"Content-Length": None}), "Content-Length is missing or no number"),
        (altered(**{"WARC-Date": "yesterday"}), "isoformat"),
        (altered(**{"WARC-Date": "0001-01-01T00:00:00+07:00"}), "out of range"),
        (altered(**{"WARC-Date": None}), "isoformat"),
        (altered(A="b" * 200_000), "does not end within"),
        (b"WARC/1.0\r\nA: " + b"b" * 200_000, "does not end within"),
    ],
)
@pytest.mark.parametrize("is_gzip", [True, False])
def test_lying_records_are_passed_over(tmp_path, record, reason, is_gzip):
    path = tmp_path / "hostile.warc"
    pack = gzip.compress if is_gzip else bytes
    path.write_bytes(pack(altered()) + pack(record) + pack(altered()))
    first, damage, *rest = records(path)
    assert damage.offset == first.place.length
    assert re.search(reason, damage.reason)
    assert [record.body for record in rest] == [b"hello"]


def test_two_records_in_one_member_are_refused(tmp_path):
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(altered() * 2))
    [damage] = records(path)
    assert "Content-Length is 5" in damage.reason


def test_hostile_sizes_take_little_memory(tmp_path):
    bomb = bytes(200 * 2**20)
    shrunk = zlib.compress(bomb, 1, wbits=31)
    (tmp_path / "member.warc.gz").write_bytes(shrunk + gzip.compress(altered()))
    for coding, body in (
        ("gzip", shrunk),
        ("br", brotli.compress(bomb, quality=1)),
        ("zstd", zstd.compress(bomb, 1)),
    ):
        packed = foreign(body, [("Content-Encoding", coding)], is_gzip=True)
        (tmp_path / f"{coding}.warc.gz").write_bytes(packed)
    with (tmp_path / "header.warc").open("wb") as file:
        file.write(b"WARC/1.0\r\nContent-Length: 99999999999\r\nA: ")
        file.truncate(200 * 2**20)
    code = """
import json, re, sys
from pathlib import Path
from archive.warc import Damage, decoded, records
told = {}
for path in Path(sys.argv[1]).iterdir():
    for found in records(path):
        try:
            if isinstance(found, Damage):
                raise found
            decoded(found)
        except Damage as damage:
            told[path.name] = damage.reason
# ru_maxrss would count the test runner's own peak: it outlives fork and exec.
peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
print(json.dumps([told, int(peak[1]) // 1024]))
"""
    here = Path(__file__).parent.parent
    answer = subprocess.check_output([sys.executable, "-c", code, tmp_path], cwd=here)
    told, megabytes = json.loads(answer)
    assert len(told) == 5, told
    assert all("larger" in reason or "does not end" in reason for reason in told.values()), told
    assert megabytes <= 300

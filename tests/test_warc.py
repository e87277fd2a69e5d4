"""What is appended comes back byte for byte, in files that other tools read too."""

import subprocess
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from archive.model import Place
from archive.warc import Damage, Record, WarcFolder, check, read, records

URL = "https://baolamdong.vn/mua-he-nam-ay-398711.html"
AT = datetime(2025, 10, 22, 12, 25, 7, 123456, tzinfo=UTC)
PAGE = "<h1>Mùa hè năm ấy</h1>".encode() * 50
ZONE = timezone(timedelta(hours=7))
TEXT = st.text('aĐạ\u0300😀 "\\{}\r\n\0')
NAMES = st.text("abcXYZ-_!~09", min_size=1).map(str.encode)
VALUES = st.binary().map(lambda value: b" ".join(value.splitlines()).strip())


def exchange(folder, body=PAGE, **other):
    told = {
        "url": URL,
        "fetched_at": AT,
        "status": 200,
        "headers": [(b"Content-Type", b"text/html")],
    }
    return folder.append_exchange(**{**told, "body": body, **other})


def fact(folder, number):
    return folder.append_metadata({"article": number}, url=URL, at=AT)


def end(place):
    return place.offset + place.length


def whole(path):
    found = list(records(path))
    assert all(isinstance(record, Record) for record in found), found
    return found


def small_file(archive):
    """A file of five records: warcinfo, response, request and two of metadata."""
    with closing(WarcFolder(archive)) as folder:
        exchange(folder)
        fact(folder, 1)
        fact(folder, 2)
    return files(archive)[0]


@pytest.fixture
def folder(tmp_path):
    with closing(WarcFolder(tmp_path, info={"operator": "Thư viện\nĐà Lạt"})) as folder:
        yield folder


def files(archive):
    return sorted((archive / "warc").glob("*.warc.gz"))


@settings(max_examples=60, deadline=None)
@given(
    body=st.binary() | st.binary(min_size=1).map(lambda some: some * 5000),
    headers=st.lists(st.tuples(NAMES, VALUES)),
    status=st.integers(100, 599),
    at=st.timedeltas(timedelta(-9999), timedelta(9999)).map(
        lambda gone: (AT + gone).astimezone(ZONE)
    ),
    truncated=st.sampled_from([None, "length", "disconnect"]),
)
def test_an_exchange_comes_back_as_received(body, headers, status, at, truncated):
    with tempfile.TemporaryDirectory() as name, closing(WarcFolder(Path(name))) as folder:
        told = {"headers": headers, "status": status, "fetched_at": at, "truncated": truncated}
        place, digest = exchange(folder, body, **told)
        record = read(Path(name), place)
        assert (record.body, record.http_headers, record.status) == (body, headers, status)
        assert (record.at, record.url, record.type) == (at, URL, "response")
        assert record.field("WARC-Date").endswith("Z")
        assert (record.digest, record.field("warc-truncated")) == (digest, truncated)
        _, response, request = whole(files(Path(name))[0])
        assert response == record
        assert record.place == place
        assert request.field("WARC-Concurrent-To") == record.id
        assert list(check(files(Path(name))[0])) == []


@settings(max_examples=40, deadline=None)
@given(facts=st.dictionaries(TEXT, st.none() | st.booleans() | st.integers() | TEXT))
def test_facts_come_back(facts):
    with tempfile.TemporaryDirectory() as name, closing(WarcFolder(Path(name))) as folder:
        place = folder.append_metadata(facts, url=None, at=AT)
        record = read(Path(name), place)
        assert (record.facts(), record.type, record.url) == (facts, "metadata", None)


def test_other_tools_read_it(folder, tmp_path):
    exchange(
        folder, request_headers=[(b"User-Agent", b"lamdong (+https://a.example)")], ip="127.0.0.1"
    )
    fact(folder, 1)
    folder.sync()
    path = files(tmp_path)[0]
    assert subprocess.run(["gzip", "-t", path], check=False).returncode == 0
    seen = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            content = record.content_stream().read()
            seen.append(
                (record.rec_type, record.rec_headers.protocol, record.digest_checker.passed)
            )
            if record.rec_type == "warcinfo":
                warcinfo, told = record.rec_headers["WARC-Record-ID"], content.decode()
            else:
                assert record.rec_headers["WARC-Warcinfo-ID"] == warcinfo
    kinds = ["warcinfo", "response", "request", "metadata"]
    assert seen == [(kind, "WARC/1.1", True) for kind in kinds]
    assert "operator: Thư viện Đà Lạt\r\n" in told
    assert "reason phrase" in told


def test_the_request_names_host_path_and_headers(folder, tmp_path):
    asked = "https://baolamdong.vn:444/tin?trang=2#cuoi"
    exchange(folder, url=asked, method="HEAD", request_headers=[(b"Accept", b"*/*")])
    request = whole(files(tmp_path)[0])[2]
    assert (
        request.head
        == b"HEAD /tin?trang=2 HTTP/1.1\r\nHost: baolamdong.vn:444\r\nAccept: */*\r\n\r\n"
    )


def test_a_line_break_begins_no_header(folder, tmp_path):
    place, _ = exchange(
        folder, url=f"{URL}\r\nWARC-Type: x", headers=[(b"A", b"b\r\nSet-Cookie: c")]
    )
    record = read(tmp_path, place)
    assert record.type == "response"
    assert record.http_headers == [(b"A", b"b Set-Cookie: c")]


def test_what_cannot_be_kept_is_refused_before_anything_is_written(folder, tmp_path):
    place = fact(folder, 1)
    with pytest.raises(ValueError, match="zone"):
        exchange(folder, fetched_at=AT.replace(tzinfo=None))
    with pytest.raises(ValueError, match="large"):
        exchange(folder, bytes(2**26))
    assert files(tmp_path)[0].stat().st_size == end(place)


def test_runs_go_on_with_one_file_until_it_is_full(tmp_path):
    closed = b""
    for number in range(12):
        with closing(WarcFolder(tmp_path, roll_at=2500)) as folder:
            fact(folder, number)
        if len(files(tmp_path)) == 2 and not closed:
            closed = files(tmp_path)[0].read_bytes()
    assert [path.name[-13:] for path in files(tmp_path)] == ["00001.warc.gz", "00002.warc.gz"]
    assert files(tmp_path)[0].read_bytes() == closed
    assert 2500 <= len(closed) < 3000
    kept = [record for path in files(tmp_path) for record in whole(path)]
    assert [r.facts()["article"] for r in kept if r.type == "metadata"] == list(range(12))
    assert sum(r.type == "warcinfo" for r in kept) == 2


def test_a_run_with_other_facts_about_itself_begins_a_new_file(tmp_path):
    for user_agent in ("one", "one", "two"):
        with closing(WarcFolder(tmp_path, info={"http-header-user-agent": user_agent})) as folder:
            fact(folder, 1)
    assert [len(whole(path)) for path in files(tmp_path)] == [3, 2]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(Damage, match=r"warc/a\.warc\.gz, offset 7: the file is missing"):
        read(tmp_path, Place("warc/../../a.warc.gz", 7, 1))

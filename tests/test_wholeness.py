"""A capture that is visibly not whole is kept, counted and said, and never read: crawled, brought in, read again."""

import gzip
import random
import zlib
from dataclasses import replace

import brotli
import pytest
from backports import zstd
from runs import crawl, database, exported, lamdong
from test_import import EDITED, HTML, NEWSPAPER, PAGE, STORY, held, taken, theirs
from test_warc import AT, URL

from archive.model import Place
from archive.warc import Record, decoded
from archive.warc_content import unpacked
from crawler import imported
from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.rebuilding import rebuild

TEXT = ("<html>" + random.Random(7).randbytes(20_000).hex()).encode()  # packed it has 20 KB
CODINGS = {
    b"gzip": gzip.compress,
    b"deflate": zlib.compress,
    b"br": brotli.compress,
    b"zstd": zstd.compress,
}
RAW_DEFLATE = zlib.compress(TEXT, wbits=-15)
CHUNKED = [(b"Transfer-Encoding", b"chunked")]


def record(headers, body, fields=(), status=200):
    head = b"HTTP/1.1 %d\r\n" % status + b"".join(b"%b: %b\r\n" % each for each in headers)
    place = Place("warc/a.warc.gz", 7, 1)
    return Record(place, list(fields), "response", URL, AT, head + b"\r\n", body)


def chunks(body, size=1000, end=b"0\r\n\r\n", line=b"\r\n"):
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x%b%b%b" % (len(each), line, each, line) for each in pieces) + end


def length(number):
    return (b"Content-Length", str(number).encode())


CUT = {
    "shorter than its Content-Length": record([length(len(TEXT) + 1)], TEXT),
    "nothing of it": record([length(9)], b""),
    "the larger of two lengths": record([length(len(TEXT) + 2), length(len(TEXT) + 1)], TEXT),
    "packed and shorter": record(
        [length(99_999), (b"Content-Encoding", b"gzip")], gzip.compress(TEXT)
    ),
    "gzip that no header names": record([], gzip.compress(TEXT)[:-9]),
    "the second of two members": record(
        [(b"Content-Encoding", b"gzip")], gzip.compress(TEXT) + gzip.compress(TEXT)[:99]
    ),
    "raw deflate": record([(b"Content-Encoding", b"deflate")], RAW_DEFLATE[:-9]),
    "gzip within chunks that are whole": record(
        [*CHUNKED, (b"Content-Encoding", b"gzip")], chunks(gzip.compress(TEXT)[:-9])
    ),
    "no last chunk": record(CHUNKED, chunks(TEXT, end=b"")),
    "within a chunk": record(CHUNKED, chunks(TEXT, end=b"")[:-30]),
    "within the size of a chunk": record(CHUNKED, chunks(TEXT, end=b"3")),
    "marked by its crawler": record([], TEXT, [("WARC-Truncated", "time")]),
    "a segment": record([], TEXT, [("WARC-Segment-Number", "1")]),
    **{
        coding.decode(): record([(b"Content-Encoding", coding)], pack(TEXT)[:-5])
        for coding, pack in CODINGS.items()
    },
    **{
        f"{coding.decode()}, its beginning": record([(b"Content-Encoding", coding)], pack(TEXT)[:9])
        for coding, pack in CODINGS.items()
    },
}
WHOLE = {
    "no length, as HTTP/2 has it": record([], TEXT),
    "longer than its Content-Length": record([length(9)], TEXT),
    "a length that is no number": record([(b"Content-Length", b"-1")], TEXT),
    "unpacked by its crawler, the length that of the packed": record(
        [length(len(TEXT) + 99), (b"Content-Encoding", b"gzip")], TEXT
    ),
    "without its chunks": record([*CHUNKED, length(99_999)], TEXT),
    "chunks that end in line feeds": record(CHUNKED, chunks(TEXT, line=b"\n", end=b"0\n\n")),
    "a last chunk without its line": record(CHUNKED, chunks(TEXT, end=b"0")),
    "gzip with zeros behind it": record(
        [(b"Content-Encoding", b"gzip")], gzip.compress(TEXT) + bytes(9)
    ),
    "gzip with words behind it": record(
        [(b"Content-Encoding", b"gzip")], gzip.compress(TEXT) + b"\n<!-- cached -->"
    ),
    "gzip that no header names": record(
        [(b"Content-Type", b"text/html"), length(len(gzip.compress(TEXT)))], gzip.compress(TEXT)
    ),
    "raw deflate": record([(b"Content-Encoding", b"deflate")], RAW_DEFLATE),
    **{
        f"{coding.decode()}, unpacked by its crawler": record(
            [(b"Content-Encoding", coding), length(99_999)], TEXT
        )
        for coding in CODINGS
    },
}


@pytest.mark.parametrize("name", CUT)
def test_what_shows_that_it_is_cut_off_is_seen(name):
    body, lacks = unpacked(CUT[name])
    assert lacks
    assert TEXT.startswith(body[: len(TEXT)])


@pytest.mark.parametrize("name", WHOLE)
def test_what_others_keep_in_their_own_way_is_whole(name):
    assert unpacked(WHOLE[name]) == (TEXT, None)
    assert decoded(WHOLE[name]) == TEXT


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_body_may_state_a_length(status):
    assert unpacked(record([length(99)], b"", status=status)) == (b"", None)


def test_a_picture_that_happens_to_be_gzip_stays_one():
    packed = gzip.compress(TEXT)
    assert unpacked(record([(b"Content-Type", b"application/gzip")], packed)) == (packed, None)


# -- brought in -------------------------------------------------------------------------------------

LATER = "2026-03-02T00:00:00Z"
ARRIVED = [
    ("Content-Length", [HTML, ("Content-Length", str(len(EDITED)))], EDITED[: len(EDITED) // 2]),
    ("gzip", [HTML, ("Content-Encoding", "gzip")], gzip.compress(EDITED)[:900]),
    ("chunked", [HTML, ("Transfer-Encoding", "chunked")], chunks(EDITED)[: len(EDITED) // 2]),
]


@pytest.mark.parametrize(("name", "headers", "body"), ARRIVED, ids=[each[0] for each in ARRIVED])
def test_a_later_capture_cut_off_is_no_version(tmp_path, capsys, name, headers, body):
    archive = tmp_path / "archive"
    taken(archive, theirs(tmp_path / "full.warc.gz", (STORY.url, PAGE, "2026-03-01T00:00:00Z")))
    before = held(archive, versions=True)
    cut = theirs(tmp_path / "cut.warc.gz", (STORY.url, body, LATER, headers))
    assert taken(archive, cut) == (1, {"unusable": 1})
    said = capsys.readouterr().err
    assert "cut.warc.gz, offset 0: cut off: " in said
    assert "1 from which nothing could be taken" in said
    assert taken(archive, cut) == (0, {"known": 1})
    for _ in range(2):
        assert held(archive, versions=True) == before
        with database(archive) as db:
            rows = db.execute("SELECT outcome FROM observations ORDER BY at").fetchall()
            assert [row["outcome"] for row in rows] == ["live", "failed"]
            assert db.execute("SELECT count(*) FROM captures").fetchone()[0] == 2
        db.close()
        assert lamdong("verify", "--archive", archive).returncode == 0
        rebuild(archive, workers=0)


def test_a_cut_off_capture_is_no_first_text_either_and_its_address_is_asked(tmp_path):
    headers, body = ARRIVED[0][1:]
    archive = tmp_path / "archive"
    cut = (STORY.url, body, LATER, headers)
    assert taken(archive, theirs(tmp_path / "a.warc.gz", cut)) == (1, {"unusable": 1})
    assert held(archive) == []
    with Replica(NEWSPAPER, tmp_path) as replica:
        crawl(archive, replica, "--limit", "3", "--no-images")
    [row] = [each for each in held(archive, versions=True) if each["url"] == STORY.url]
    assert (row["title"], row["versions"]) == (STORY.title, 1)


def test_marks_of_a_cut_off_record_are_kept_with_it(tmp_path):
    archive, file = tmp_path / "archive", tmp_path / "a.warc"
    theirs(file, (STORY.url, PAGE, LATER), gzip=False)
    whole = file.read_bytes()
    for mark in (b"WARC-Truncated: length", b"WARC-Segment-Number: 1"):
        file.write_bytes(whole.replace(b"WARC-Type: response", b"WARC-Type: response\r\n" + mark))
        assert taken(archive, file)[1] in ({"unusable": 1}, {"known": 1})
        rebuild(archive, workers=0)
        assert held(archive) == []


def test_a_rebuild_takes_back_what_was_read_from_a_cut_off_capture(tmp_path, monkeypatch):
    archive, (headers, body) = tmp_path / "archive", ARRIVED[0][1:]
    taken(archive, theirs(tmp_path / "full.warc.gz", (STORY.url, PAGE, "2026-03-01T00:00:00Z")))
    before = held(archive, versions=True)
    with monkeypatch.context() as as_it_was:
        as_it_was.setattr(imported, "unpacked", lambda *given: (decoded(*given), None))
        cut = theirs(tmp_path / "cut.warc.gz", (STORY.url, body, LATER, headers))
        assert taken(archive, cut) == (0, {"changed": 1})
    said = list(rebuild(archive, workers=0).changes.lines())
    assert "versions no longer read: 1" in said
    assert held(archive, versions=True) == before


# -- crawled ----------------------------------------------------------------------------------------


class Cutting(SampleNewspaper):
    """A newspaper behind a proxy that cuts off packed answers: their length is right, their gzip has no end."""

    def __init__(self) -> None:
        super().__init__(troubles=False)
        self.is_cutting = True

    def answer(self, host, path, headers) -> Answer:
        answer = super().answer(host, path, headers)
        if answer.status != 200 or path != STORY.path or not self.is_cutting:
            return answer
        packed = gzip.compress(answer.body)[:900]
        return replace(answer, body=packed, packed=packed)


def test_a_crawl_asks_again_for_what_came_cut_off(tmp_path):
    newspaper, archive = Cutting(), tmp_path / "archive"
    with Replica(newspaper, tmp_path) as replica:
        done = lamdong(
            "crawl", "--archive", archive, "--no-images", STORY.url, "--json", replica=replica
        )
        assert "its gzip has no end" in done.stderr
        assert exported(archive) == []
        rebuild(archive, workers=0)
        assert held(archive) == []
        newspaper.is_cutting = False
        crawl(archive, replica, STORY.url, "--no-images")
    [row] = exported(archive)
    assert (row["title"], row["versions"]) == (STORY.title, 1)

"""The WARC files of an archive, as other people's tools judge them; and what archivists look for in the records."""

import gzip
import hashlib
import subprocess
import sys
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from runs import crawl, exported, lamdong
from warcio.archiveiterator import ArchiveIterator

from archive.fixity import closed
from archive.model import Outcome
from archive.warc import Record, WarcFolder, decoded, read, records
from archive.warc_content import is_unchanged
from archive.warc_reading import NOT_MODIFIED
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.reread import read_again

pytestmark = pytest.mark.thorough
BIN = Path(sys.executable).parent
HTTP = frozenset({"request", "response", "revisit"})
AT = datetime(2026, 9, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The sample newspaper with all its troubles, crawled twice and asked again; an article withheld and released."""
    folder = tmp_path_factory.mktemp("valid") / "lamdong-archive"
    newspaper = SampleNewspaper()
    with (
        pytest.MonkeyPatch.context() as patch,
        Replica(newspaper, tmp_path_factory.mktemp("replica")) as replica,
    ):
        patch.setenv("LAMDONG_CONTACT", "me@example.org")
        crawl(folder, replica)
        live = [row for row in exported(folder) if row["state"] == "live"]
        # Never of the same bytes twice: a new file begins, and the one before is closed.
        with closing(WarcFolder(folder, info={"operator": "another"})) as other:
            other.append_metadata({"noted": "by hand"}, url=None, at=AT)
        newspaper.edit(live[0]["url"], title="Tựa đã sửa cho đúng với nội dung")
        crawl(folder, replica)
        lamdong("crawl", "--archive", folder, *(row["url"] for row in live[:4]), replica=replica)
    for command in (("withhold", "--why", "thử"), ("release",)):
        name, *options = command
        done = lamdong(name, live[-1]["id"], *options, "--archive", folder)
        assert done.returncode == 0, done.stderr
    return folder


def files(archive):
    return sorted((archive / "warc").glob("*.warc.gz"))


@pytest.fixture(scope="module")
def kept(archive):
    """Every record of the archive; they are whole."""
    found = [record for path in files(archive) for record in records(path)]
    assert all(isinstance(record, Record) for record in found)
    return found


def of_type(kept, *kinds):
    return [record for record in kept if record.type in kinds]


def acts(kept):
    """What the journal in the WARC says, each act as its name and what it says."""
    noted = (record.facts() for record in of_type(kept, "metadata"))
    return [tuple(act) for facts in noted for act in facts.get("acts", ())]


# -- the tools of others ------------------------------------------------------------------------------


def test_gzip_finds_every_file_whole(archive):
    for path in files(archive):
        subprocess.run(["gzip", "-t", path], check=True)


def test_warcio_finds_every_digest_right(archive):
    done = subprocess.run(
        [BIN / "warcio", "check", "-v", *files(archive)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:]
    assert "digest pass" in done.stdout
    assert "fail" not in done.stdout


def test_fastwarc_finds_every_digest_right(archive, kept, tmp_path):
    """It holds the digest of a revisit, which is its original's, against the revisit's own body, which is empty."""
    failed = set()
    for path in files(archive):
        command = [BIN / "fastwarc", "check", "--quiet", path]
        assert subprocess.run(command, check=False).returncode == 0
        told = tmp_path / "told"
        subprocess.run([*command, "--verify-payloads", "--output", told], check=False)
        lines = told.read_text().splitlines()
        assert all(": OK" in line for line in lines)
        failed |= {line.partition(": OK")[0] for line in lines if "PAYLOAD_FAIL" in line}
    assert failed == {record.id for record in of_type(kept, "revisit")}


def test_fastwarc_would_notice_one_wrong_byte(archive, tmp_path):
    path = tmp_path / "wrong.warc"
    path.write_bytes(gzip.decompress(files(archive)[0].read_bytes()).replace(b"<h1", b"<h2", 1))
    command = [BIN / "fastwarc", "check", "--verify-payloads", "--quiet", path]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 1


def test_all_three_readers_see_the_same_records(archive, kept):
    ours = [(record.id, record.type, record.url) for record in kept]
    warcio, fast = [], []
    for path in files(archive):
        with path.open("rb") as file:
            for record in ArchiveIterator(file):
                header = record.rec_headers.get_header
                warcio.append(
                    (header("WARC-Record-ID"), record.rec_type, header("WARC-Target-URI"))
                )
        heads = [record.headers for record in FastIterator(str(path), parse_http=False)]
        names = ("WARC-Record-ID", "WARC-Type", "WARC-Target-URI")
        fast += [tuple(head.get(name) for name in names) for head in heads]
    assert ours == warcio == fast


# -- what archivists look for -------------------------------------------------------------------------


def test_it_has_something_of_everything(kept):
    kinds = Counter(record.type for record in kept)
    assert kinds.keys() == {"warcinfo", "request", "response", "revisit", "metadata"}
    statuses = {record.status for record in of_type(kept, "response", "revisit")}
    assert statuses >= {200, 301, 302, 304, 403, 404, 410, 429, 503}
    urls = {record.url for record in of_type(kept, "response")}
    assert any(url.endswith("/robots.txt") for url in urls)
    assert any("rss" in url for url in urls)
    assert any("sitemap" in url for url in urls)
    types = {dict(r.http_headers).get(b"Content-Type", b"") for r in of_type(kept, "response")}
    assert any(each.startswith(b"image/") for each in types)


def test_each_file_says_how_it_was_made(kept):
    infos = [
        record for record in of_type(kept, "warcinfo") if b"operator: another" not in record.body
    ]
    assert len(infos) >= 2
    for record in infos:
        said = dict(line.split(": ", 1) for line in record.body.decode().splitlines())
        named = {"software", "format", "conformsTo", "operator", "robots", "http-header-user-agent"}
        assert said.keys() >= named | {"description", "settings"}
        assert "lamdong-news-archive/" in said["software"]
        assert "Bodies are undecoded" in said["description"]
        assert "reason phrase" in said["description"]
        is_clone = (Path(__file__).parent.parent / ".git").exists()
        assert (len(said.get("commit", "")) == 40) == is_clone


def test_every_answer_has_its_request_and_both_digests(kept):
    asked = {record.field("WARC-Concurrent-To"): record for record in of_type(kept, "request")}
    for record in of_type(kept, "response", "revisit"):
        request = asked.pop(record.id)
        assert (request.url, request.at) == (record.url, record.at)
        assert b"\r\nUser-Agent: lamdong-news-archive/" in request.head
        assert record.field("WARC-Payload-Digest")
    assert not asked
    infos = {record.id for record in of_type(kept, "warcinfo")}
    for record in kept:
        assert record.field("WARC-Block-Digest")
        assert record.type == "warcinfo" or record.field("WARC-Warcinfo-ID") in infos


def test_bodies_are_as_they_came(kept):
    packed = [
        r for r in of_type(kept, "response") if (b"Content-Encoding", b"gzip") in r.http_headers
    ]
    assert packed
    for record in packed:
        assert record.body.startswith(b"\x1f\x8b")
        assert decoded(record) != record.body


def test_an_unchanged_page_is_a_revisit_that_can_be_replayed(kept):
    originals = {record.id: record for record in of_type(kept, "response")}
    revisits = of_type(kept, "revisit")
    assert revisits
    assert not [record for record in originals.values() if record.status == 304]
    for record in revisits:
        original = originals[record.field("WARC-Refers-To")]
        assert record.field("WARC-Profile") == NOT_MODIFIED
        assert record.field("WARC-Refers-To-Target-URI") == original.url
        assert record.field("WARC-Refers-To-Date") == original.field("WARC-Date")
        assert record.digest == original.digest
        assert record.head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert (record.status, record.body, is_unchanged(record)) == (304, b"", True)
        for name in (b"Content-Encoding", b"Content-Type"):
            of_both = [dict(each.http_headers).get(name) for each in (record, original)]
            assert of_both[0] == of_both[1]
    assert any((b"Content-Encoding", b"gzip") in record.http_headers for record in revisits)


@pytest.mark.parametrize("is_revisit", [True, False])
def test_a_304_means_the_same_as_a_revisit_and_as_older_archives_hold_it(tmp_path, is_revisit):
    url = "https://baolamdong.vn/mua-he-nam-ay-398711.html"
    told = {"url": url, "fetched_at": AT, "headers": [(b"ETag", b'"1"')]}
    with closing(WarcFolder(tmp_path)) as folder:
        place, _ = folder.append_exchange(**told, status=200, body=b"<h1>M\xc3\xb9a</h1>")
        original = read(tmp_path, place) if is_revisit else None
        unchanged, digest = folder.append_exchange(**told, status=304, body=b"", repeats=original)
    record = read(tmp_path, unchanged)
    assert record.type == ("revisit" if is_revisit else "response")
    [reading] = read_again([record])
    assert (reading.look.outcome, reading.capture.status) == (Outcome.UNCHANGED, 304)
    assert reading.capture.digest == digest


def test_what_no_answer_shows_is_in_the_journal(kept):
    noted = acts(kept)
    assert {name for name, *_ in noted} >= {"began", "ended", "withhold", "release", "look"}
    looks = [said[0] for name, *said in noted if name == "look"]
    assert any("article" in look for look in looks)  # ids given
    silent = [look for look in looks if not look.get("capture")]
    assert silent  # requests without an answer
    assert all(look["outcome"] and look["detail"] for look in silent)


def test_a_closed_file_has_its_sum_and_never_changes(archive):
    sums = closed(archive / "warc")
    assert set(sums) == {path.name for path in files(archive)[:-1]} != set()
    for path in files(archive)[:-1]:
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sums[path.name]
    subprocess.run(
        ["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=archive / "warc", check=True
    )


def test_the_archive_holds_together_and_is_made_again_from_them(archive):
    before = exported(archive, "--versions")
    assert lamdong("rebuild", "--archive", archive).returncode == 0
    assert exported(archive, "--versions") == before
    assert lamdong("verify", "--archive", archive).returncode == 0

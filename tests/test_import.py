"""What others kept, brought in: at its own time, byte for byte, among what is known; hostile files cost a sentence."""

import gzip
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
import zipfile
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import starting
from runs import COMMAND, crawl, environment, exported, lamdong
from test_web import get, serving
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from archive.export import Selection, articles
from archive.store.opening import open_database
from archive.warc import Record, records
from crawler import importing
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.importing import run_import
from crawler.rebuilding import rebuild

NEWSPAPER = SampleNewspaper(troubles=False)
STORIES = [s for s in NEWSPAPER.stories if s.published.year < 2026 and s.generation != "onecms-old"]
STORY = next(s for s in STORIES if s.generation == "numbered-new" and "3151200" in s.path)
PAGE = NEWSPAPER.page(STORY).encode()
SENTENCE = next(p.text for p in STORY.pieces if p.text and len(p.text) > 60)[:40].encode()
EDITED = PAGE.replace(SENTENCE, b"Ban sua: " + SENTENCE)
HTML = ("Content-Type", "text/html; charset=utf-8")


def theirs(path, *captures, gzip=True, version="1.0"):
    """Write captures as warcio does: (url, body, when) and, where they differ, headers, status and type."""
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=gzip, warc_version=version)
        for url, body, when, *rest in captures:
            headers, status, kind = (*rest, *([HTML], "200 OK", "response")[len(rest) :])
            head = StatusAndHeaders(status, headers, protocol="HTTP/1.1")
            record = writer.create_warc_record(
                url,
                kind,
                payload=io.BytesIO(body),
                length=len(body),
                http_headers=head if kind == "response" else None,
                warc_headers_dict={"WARC-Date": when},
                warc_content_type="text/html" if kind == "resource" else "",
            )
            writer.write_record(record)
    return path


def taken(archive, *files, url=None):
    """Import and return exit status and counts."""
    import contextlib

    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        status = run_import(archive, list(files), url, as_json=True)
    return status, {name: n for name, n in json.loads(out.getvalue()).items() if n}


def held(archive, *, versions=False):
    db = open_database(archive, writable=False)
    try:
        return list(articles(db, Selection(versions=versions)))
    finally:
        db.close()


def size(archive):
    return sum(path.stat().st_size for path in (archive / "warc").iterdir())


# -- WARC files of others ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gzip", "version", "name"), [(True, "1.0", "a.warc.gz"), (False, "1.1", "a.warc")]
)
def test_articles_come_in_at_their_own_time_with_their_own_bytes(tmp_path, gzip, version, name):
    pages = [
        (s.url, NEWSPAPER.page(s).encode(), f"2026-01-02T03:04:{n % 60:02}Z")
        for n, s in enumerate(STORIES)
    ]
    other = ("https://other.example/", PAGE, "2026-01-02T03:04:05Z")
    list_ = ("http://baolamdong.vn/kinhte/", PAGE, "2026-01-02T03:04:05Z")
    file = theirs(tmp_path / name, other, list_, *pages, gzip=gzip, version=version)
    archive = tmp_path / "archive"
    status, counts = taken(archive, file)
    assert (status, counts["other_sites"], counts["other_pages"]) == (0, 1, 1)
    by_url = {row["url"]: row for row in held(archive)}
    for url, body, when in pages:
        row = by_url[url]
        truth = next(s for s in STORIES if s.url == url).expected()
        assert (row["title"], row["body"], row["state"]) == (
            truth["title"],
            truth["body"],
            "live",
        )
        at = datetime.fromisoformat(when)
        assert datetime.fromisoformat(row["first_seen_at"]) == at
        copy = next(records(archive / row["capture"]["warc"], row["capture"]["offset"]))
        assert (copy.type, copy.url, copy.at, copy.body) == ("response", url, at, body)
        offset = int(copy.field("WARC-Source-URI").removeprefix(f"file:{name}#"))
        original = next(records(file, offset))
        assert (original.head + original.body) == (copy.head + copy.body)
    assert b"WARC/1.0" not in b"".join(
        zlib.decompress(p.read_bytes(), 31) for p in (archive / "warc").iterdir()
    )
    assert lamdong("verify", "--archive", archive).returncode == 0


def test_importing_twice_changes_nothing(tmp_path):
    file = theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, "2026-01-02T03:04:05Z"))
    archive = tmp_path / "archive"
    assert taken(archive, file) == (0, {"new": 1})
    before, bytes_before = held(archive, versions=True), size(archive)
    assert taken(archive, file, file) == (0, {"known": 2})
    assert (held(archive, versions=True), size(archive)) == (before, bytes_before)


def test_a_resource_of_others_is_a_page(tmp_path):
    file = theirs(
        tmp_path / "warcit.warc.gz",
        (STORY.url, PAGE, "2026-01-02T03:04:05Z", [], "", "resource"),
    )
    assert taken(tmp_path / "archive", file) == (0, {"new": 1})
    assert held(tmp_path / "archive")[0]["title"] == STORY.title


# -- the past among what is known -------------------------------------------------------------------


def captured(tmp_path, *captures):
    """Import one capture after the other, each from a file of its own; return archive and what came of each."""
    archive, came = tmp_path / "archive", []
    for number, capture in enumerate(captures):
        file = theirs(tmp_path / f"{number}.warc.gz", capture)
        came.append(next(iter(taken(archive, file)[1])))
    return archive, came


def test_an_older_text_is_a_version_at_its_own_time(tmp_path):
    archive, came = captured(
        tmp_path,
        (STORY.url, PAGE, "2026-03-01T00:00:00Z"),
        (STORY.url, EDITED, "2025-03-01T00:00:00Z"),
        (STORY.url, PAGE, "2024-03-01T00:00:00Z"),
    )
    assert came == ["new", "changed", "changed"]
    [latest] = held(archive)
    assert (latest["version"], latest["versions"]) == (3, 3)
    rows = held(archive, versions=True)
    assert [row["version"] for row in rows] == [1, 2, 3]
    assert [row["first_seen_at"][:4] for row in rows] == ["2024", "2025", "2026"]
    assert ["Ban sua" in row["body"] for row in rows] == [False, True, False]
    assert [row["capture"]["fetched_at"][:4] for row in rows] == ["2024", "2025", "2026"]


@pytest.mark.parametrize("middle", ["2025-03-01", "2025-09-01"])
def test_a_text_known_before_or_after_is_no_version(tmp_path, middle):
    archive, came = captured(
        tmp_path,
        (STORY.url, EDITED, "2026-03-01T00:00:00Z"),
        (STORY.url, PAGE, "2025-01-01T00:00:00Z"),
        (STORY.url, PAGE, f"{middle}T00:00:00Z"),
    )
    assert came == ["new", "changed", "unchanged"]
    assert [r["first_seen_at"][:7] for r in held(archive, versions=True)] == ["2025-01", "2026-03"]


def test_the_same_text_seen_earlier_was_there_earlier(tmp_path):
    archive, came = captured(
        tmp_path,
        (STORY.url, PAGE, "2026-03-01T00:00:00Z"),
        (STORY.url, PAGE, "2025-01-01T00:00:00Z"),
    )
    assert came == ["new", "unchanged"]
    [row] = held(archive)
    assert (row["versions"], row["first_seen_at"][:7], row["last_seen_at"][:7]) == (
        1,
        "2025-01",
        "2026-03",
    )


GONE = (b"", [HTML], "404 Not Found", "response")


@pytest.mark.parametrize(("gone_on", "state"), [("2024-09-01", "live"), ("2026-10-09", "gone")])
def test_the_state_follows_the_latest_observation(tmp_path, gone_on, state):
    archive, _ = captured(
        tmp_path,
        (STORY.url, PAGE, "2026-03-01T00:00:00Z"),
        (STORY.url, b"", f"{gone_on}T00:00:00Z", *GONE[1:]),
        (STORY.url, PAGE, "2026-04-01T00:00:00Z"),
    )
    [row] = held(archive)
    assert (row["state"], row["last_seen_at"][:7]) == (state, "2026-04")


def test_an_old_address_leads_to_the_article_it_moved_to(tmp_path):
    old = "http://www.baolamdong.vn/xahoi/202212/mot-bai-3151999/"
    location = [("Location", STORY.url)]
    archive, _ = captured(
        tmp_path,
        (STORY.url, PAGE, "2026-03-01T00:00:00Z"),
        (old, b"", "2026-03-02T00:00:00Z", location, "301 Moved", "response"),
    )
    [row] = held(archive)
    assert row["url"] == STORY.url
    assert old in row["urls"]


def test_what_is_dated_in_the_future_is_left_out(tmp_path):
    file = theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, "2091-01-02T03:04:05Z"))
    assert taken(tmp_path / "archive", file) == (1, {"unusable": 1})


def test_pictures_come_in_where_an_article_shows_them(tmp_path):
    story = next(s for s in STORIES if s.expected()["images"] and s.generation == "numbered-new")
    shown = story.expected()["images"][0]["url"]
    jpeg = [("Content-Type", "image/jpeg")]
    file = theirs(
        tmp_path / "a.warc.gz",
        (shown, b"\xff\xd8 shown", "2026-01-01T00:00:00Z", jpeg),
        ("https://baolamdong.vn/assets/logo.jpg", b"\xff\xd8", "2026-01-01T00:00:00Z", jpeg),
        (story.url, NEWSPAPER.page(story).encode(), "2026-01-01T00:00:00Z"),
    )
    archive = tmp_path / "archive"
    assert taken(archive, file) == (0, {"new": 1, "pictures": 1})
    assert taken(archive, file)[1]["known"] == 2
    assert lamdong("verify", "--archive", archive).returncode == 0


# -- copies on other sites --------------------------------------------------------------------------

ORIGINAL = "http://baolamdong.vn/kinhte/202202/da-teh-mua-sau-rieng-muon-duoc-gia-3098121/"
TITLE = "Đạ Tẻh: Mùa sầu riêng muộn được giá"
CAPTION = "Vườn sầu riêng của gia đình ông K’Brôi ở thôn 3. Ảnh: N.Minh"
LEAD = "Mùa sầu riêng muộn ở Đạ Tẻh năm nay bán được giá, thương lái vào tận vườn đặt cọc từ sớm."
FIRST = "Gia đình ông K’Brôi trồng 2 ha sầu riêng xen trong vườn điều từ năm 2014, mỗi năm một vụ."
SECOND = "“Làm ít mà chắc, đủ nước, đủ công thì vườn mới bền”, ông K’Brôi nói với đoàn tham quan."
COPY = f"""Bạn đang xem {TITLE}

{TITLE}

{LEAD}

{CAPTION}
{CAPTION}

{FIRST}

\u00a0

{SECOND}

N.MINH

Nguồn: {ORIGINAL}
"""


def text(tmp_path, content, name="copy.txt"):
    path = tmp_path / name
    path.write_text(content, "utf-8")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    return path


def test_a_republished_text_is_filed_under_its_original_address(tmp_path):
    archive = tmp_path / "archive"
    assert taken(archive, text(tmp_path, COPY)) == (0, {"new": 1})
    [row] = held(archive)
    assert row["url"] == ORIGINAL.replace("http:", "https:")
    assert (row["title"], row["lead"], row["authors"]) == (TITLE, LEAD, ["N.MINH"])
    assert row["body"] == f"{FIRST}\n\n{SECOND}"
    caption, credit = CAPTION.removesuffix(" Ảnh: N.Minh"), "N.Minh"
    assert row["images"] == [{"url": None, "caption": caption, "credit": credit}]
    assert (row["published_at"], row["published_precision"]) == ("2022-02", "month")
    assert (row["section"], row["section_slug"]) == ("Kinh tế", "kinh-te")
    assert (row["layout"], row["state"]) == ("republished", "unreachable")
    with serving(archive / "archive.db") as site:
        page = get(site, f"/articles/{row['id']}?lang=en").text
    assert "read from a copy: file:copy.txt." in page
    assert taken(archive, text(tmp_path, COPY)) == (0, {"known": 1})


@pytest.mark.parametrize(
    ("original_seen", "first_seen"), [("2023", "2023-03"), ("2026", "2023-11")]
)
def test_a_copy_yields_to_the_original_and_never_the_other_way_round(
    tmp_path, original_seen, first_seen
):
    archive, copy = tmp_path / "archive", COPY.replace(ORIGINAL, STORY.url)
    assert taken(archive, text(tmp_path, copy)) == (0, {"new": 1})
    assert held(archive)[0]["layout"] == "republished"
    file = theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, f"{original_seen}-03-01T00:00:00Z"))
    assert taken(archive, file) == (0, {"changed": 1})
    [row] = held(archive, versions=True)
    assert (row["title"], row["layout"], row["state"]) == (STORY.title, "dataimages", "live")
    assert row["first_seen_at"].startswith(first_seen)
    another = text(tmp_path, copy.replace("đặt cọc", "trả giá"), "b.txt")
    assert taken(archive, another) == (0, {"unchanged": 1})
    assert held(archive, versions=True) == [row]


def test_a_copy_yields_when_a_crawl_finds_the_original(tmp_path):
    copy, archive = COPY.replace(ORIGINAL, STORY.url), tmp_path / "archive"
    taken(archive, text(tmp_path, copy))
    [before] = held(archive)
    with Replica(NEWSPAPER, tmp_path) as replica:
        crawl(archive, replica, STORY.url, "--no-images")
    [row] = held(archive, versions=True)
    assert (row["id"], row["version"], row["layout"]) == (before["id"], 1, "dataimages")
    assert (row["title"], row["state"]) == (STORY.title, "live")
    assert row["capture"] != before["capture"]


def test_a_copy_that_only_names_the_newspaper_needs_an_address(tmp_path, capsys):
    archive = tmp_path / "archive"
    nameless = text(tmp_path, COPY.replace(f"Nguồn: {ORIGINAL}", "(Theo Báo Lâm Đồng)"))
    assert run_import(archive, [nameless], None, as_json=False) == 1
    assert "give it with --url" in capsys.readouterr().err
    assert taken(archive, nameless, url=ORIGINAL) == (0, {"new": 1})
    assert held(archive)[0]["body"] == f"{FIRST}\n\n{SECOND}"


def test_a_copy_that_only_names_the_newspaper_is_known_by_an_announced_title(tmp_path):
    from crawler.links import found
    from crawler.opening import open_archive

    archive = tmp_path / "archive"
    nameless = text(tmp_path, COPY.replace(f"Nguồn: {ORIGINAL}", "Nguồn: Báo Lâm Đồng Online"))
    with open_archive(archive) as opened:
        opened.found([found(ORIGINAL, None, TITLE)], datetime.now(UTC))
    assert taken(archive, nameless) == (0, {"new": 1})
    assert held(archive)[0]["url"] == ORIGINAL.replace("http:", "https:")


def test_where_a_copy_stood_can_be_told(tmp_path):
    archive, stood = tmp_path / "archive", "https://xa.example/copy"
    taken(archive, text(tmp_path, COPY), url=stood)
    capture = held(archive)[0]["capture"]
    record = next(records(archive / capture["warc"], capture["offset"]))
    assert (record.type, record.url, record.at.year) == ("resource", stood, 2023)
    assert record.body.decode() == COPY


def test_a_record_of_others_cannot_call_itself_a_copy(tmp_path):
    file = theirs(
        tmp_path / "a.warc", ("https://x.example/", PAGE, "2026-01-01T00:00:00Z"), gzip=False
    )
    forged = file.read_bytes().replace(
        b"WARC-Date:", f"Original-URI: {ORIGINAL}\r\nWARC-Date:".encode()
    )
    file.write_bytes(forged)
    assert taken(tmp_path / "archive", file) == (1, {"other_sites": 1})


# -- saved pages ------------------------------------------------------------------------------------


SAVED = "Tue Mar 14 2023 08:00:00 GMT+0700 (Indochina Time)"


def saved(tmp_path, before="", canonical=True, name="saved.html"):
    page = PAGE.decode() if canonical else re.sub(r"<link[^>]*canonical[^>]*>", "", PAGE.decode())
    page = page if canonical else re.sub(r'<meta property="og:url"[^>]*>', "", page)
    return text(tmp_path, before + page, name)


@pytest.mark.parametrize(
    ("note", "when"),
    [
        ("", "2023-11-14T22:13:20"),
        (f"<!-- saved from url=(0088){STORY.url} -->\n", "2023-11-14T22:13:20"),
        (
            f"<!--\n Page saved with SingleFile \n url: {STORY.url} \n saved date: {SAVED}\n-->",
            "2023-03-14T01:00:00",
        ),
        (
            f"<!-- saved from url=(0118)https://web.archive.org/web/20230214010203/{STORY.url} -->",
            "2023-02-14T01:02:03",
        ),
    ],
)
def test_a_saved_page_tells_where_and_when(tmp_path, note, when):
    file = saved(tmp_path, note, canonical=not note)
    status, counts = taken(tmp_path / "archive", file, url=None if note else STORY.url)
    assert (status, counts) == (0, {"new": 1})
    [row] = held(tmp_path / "archive")
    assert (row["url"], row["title"]) == (STORY.url, STORY.title)
    assert row["capture"]["fetched_at"].startswith(when)
    assert row["layout"] == "dataimages"


def test_a_saved_page_of_nowhere_is_refused_with_one_sentence(tmp_path):
    file = text(tmp_path, "<html><h1>Một trang nào đó</h1><p>Không có gì.</p></html>", "x.html")
    done = lamdong("import", "--archive", tmp_path / "archive", file)
    assert done.returncode == 1
    assert re.fullmatch(r"x\.html: it names no address .*--url\.\n.*nothing.*\n", done.stderr)


def test_a_page_that_breaks_the_reading_is_kept_and_ends_nothing(tmp_path, monkeypatch):
    def broken(*_):
        raise KeyError("a fault of ours")

    monkeypatch.setattr("crawler.imported.judge", broken)
    file = theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, "2026-01-02T03:04:05Z"))
    assert taken(tmp_path / "archive", file) == (0, {"others": 1})
    monkeypatch.undo()
    rebuild(tmp_path / "archive", workers=0)
    assert [row["title"] for row in held(tmp_path / "archive")] == [STORY.title]


def test_usage(tmp_path):
    file = text(tmp_path, COPY)
    assert lamdong("import").returncode == 2
    assert lamdong("import", tmp_path / "none.warc").returncode == 2
    assert lamdong("import", "--url", ORIGINAL, file, file).returncode == 2
    done = lamdong("import", "--archive", tmp_path / "a", text(tmp_path, "x", "x.pdf"))
    assert done.returncode == 1
    assert "it is no WARC" in done.stderr


# -- WACZ -------------------------------------------------------------------------------------------


def packed(path, **parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return path


def test_the_files_of_a_package_are_read_and_no_path_is_followed(tmp_path):
    one = theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, "2026-01-02T03:04:05Z")).read_bytes()
    names = ["archive/../../evil.warc.gz", "/archive/evil.warc.gz", "../archive/evil.warc.gz"]
    odd = dict.fromkeys([*names, "datapackage.json"], b"not read")
    package = packed(tmp_path / "crawl.wacz", **{"archive/data.warc.gz": one}, **odd)
    archive = tmp_path / "deep" / "archive"
    archive.mkdir(parents=True)
    (archive / ".importing-by a run that was killed").write_bytes(one)
    assert taken(archive, package) == (0, {"new": 1})
    assert not list(tmp_path.rglob("*evil*"))
    assert sorted(path.name for path in archive.iterdir() if "importing" in path.name) == []
    capture = held(archive)[0]["capture"]
    record = next(records(archive / capture["warc"], capture["offset"]))
    assert record.field("WARC-Source-URI") == "file:crawl.wacz%21archive/data.warc.gz#0"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"archive/bomb.warc": bytes(300 * 2**20)}, "it would unpack to 314,572,800 bytes"),
        (dict.fromkeys((f"{n:040}" for n in range(15_000)), b""), "its directory names more files"),
        ({"pages/pages.jsonl": b"{}"}, "there is no WARC file in its folder archive/"),
    ],
)
def test_packages_that_are_bombs_or_empty_are_refused(tmp_path, capsys, content, reason):
    file = packed(tmp_path / "x.wacz", **content)
    assert run_import(tmp_path / "archive", [file], None, as_json=False) == 1
    assert f"x.wacz: {reason}" in capsys.readouterr().err


def test_a_package_that_is_none_is_refused(tmp_path, capsys):
    file = text(tmp_path, "PK no zip", "x.wacz")
    assert run_import(tmp_path / "archive", [file], None, as_json=False) == 1
    assert "x.wacz: it is no WACZ file" in capsys.readouterr().err


# -- damage and malice ------------------------------------------------------------------------------


def test_damaged_records_are_named_and_passed_over(tmp_path, capsys):
    pages = [(s.url, NEWSPAPER.page(s).encode(), "2026-01-02T03:04:05Z") for s in STORIES[:4]]
    file = theirs(tmp_path / "a.warc.gz", *pages)
    second = [found.place.offset for found in records(file) if isinstance(found, Record)][1]
    content = bytearray(file.read_bytes())
    content[second + 60] ^= 1
    file.write_bytes(content[:-5])
    assert run_import(tmp_path / "archive", [file], None, as_json=False) == 3
    said = capsys.readouterr().err
    assert f"a.warc.gz, offset {second}: its gzip member is damaged" in said
    assert "the file ends inside this record" in said
    assert len(held(tmp_path / "archive")) == 2


def hostile(path):
    """A file that lies in every way known, with one good page at its end."""
    bomb = zlib.compress(bytes(200 * 2**20), 1, wbits=31)
    coded_page = zlib.compress(b"<b>" * 20_000_000, 1, wbits=31)
    page = f"<html><h1>x</h1>{'<b>' * 3_000_000}".encode()
    good = theirs(path.with_name("good"), (STORY.url, PAGE, "2026-01-02T03:04:05Z")).read_bytes()
    coded = [HTML, ("Content-Encoding", "gzip")]
    packed_bomb = theirs(
        path.with_name("b"), (STORY.url, coded_page, "2026-01-01T00:00:00Z", coded)
    )
    large = theirs(path.with_name("c"), (STORY.url, page, "2026-01-01T00:00:00Z"))
    picture = theirs(
        path.with_name("d"), ("http://x.example/v", os.urandom(60 * 2**20), "2026-01-01T00:00:00Z")
    )
    lines = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://baolamdong.vn/a-100000.html\r\n"
    dated = b"WARC-Date: 2026-01-01T00:00:00Z\r\n"
    lying = [
        gzip.compress(lines + dated + b"Content-Length: 99999999999\r\n\r\nx\r\n\r\n"),
        gzip.compress(lines + b"WARC-Date: then\r\nContent-Length: 1\r\n\r\nx\r\n\r\n"),
        gzip.compress(lines + dated + b"A: " + b"b" * 1_000_000),
        bomb,
    ]
    odd = theirs(
        path.with_name("e"),
        ("https://baolamdong.vn/../../etc/passwd-386954.html", PAGE, "2026-01-01T00:00:00Z"),
        (
            "https://baolamdong.vn/\x1b[2J-386955.html",
            b"\xff\xfe\x00<",
            "2026-01-01T00:00:00Z",
            [("Content-Type", "text/html; charset=utf-7")],
        ),
    )
    others = [each.read_bytes() for each in (packed_bomb, large, picture, odd)]
    path.write_bytes(good.join([*lying, *others, b""]))
    return path


MEASURED = """
import re, resource, sys
from pathlib import Path
from crawler.importing import run_import
if __name__ == "__main__":
    status = run_import(Path(sys.argv[1]), [Path(sys.argv[2])], None, as_json=True)
    peak = re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())
    print(status, int(peak[1]) // 1024, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
"""


def test_a_hostile_file_costs_sentences_and_little_memory(tmp_path):
    script = tmp_path / "measured.py"
    script.write_text(MEASURED)
    done = subprocess.run(
        [sys.executable, script, tmp_path / "archive", hostile(tmp_path / "hostile.warc.gz")],
        capture_output=True,
        text=True,
        check=True,
        env={**environment(None), "PYTHONPATH": str(Path(__file__).parents[1])},
    )
    counts, measured = done.stdout.splitlines()
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr
    assert json.loads(counts)["damaged"] == 4
    assert json.loads(counts)["unusable"] >= 2
    assert done.stderr.count("passed over") == 4
    status, own, workers = map(int, measured.split())
    assert status == 3
    assert own <= 300
    assert workers <= 300
    assert STORY.url in {row["url"] for row in held(tmp_path / "archive")}
    assert not list(tmp_path.parent.rglob("passwd*"))


# -- many processes, and their end ------------------------------------------------------------------


def test_other_processes_read_the_same(tmp_path, monkeypatch):
    pages = [(s.url, NEWSPAPER.page(s).encode(), "2026-01-02T03:04:05Z") for s in STORIES]
    file = theirs(tmp_path / "a.warc.gz", *pages)
    alone = taken(tmp_path / "alone", file)
    monkeypatch.setattr(importing, "_LARGE", 0)
    assert taken(tmp_path / "many", file) == alone
    texts = [[(r["id"], r["body"]) for r in held(tmp_path / name)] for name in ("alone", "many")]
    assert texts[0] == texts[1]


def responses(archive):
    found = (each for path in (archive / "warc").iterdir() for each in records(path))
    return [each for each in found if isinstance(each, Record) and each.type == "response"]


@pytest.mark.thorough
def test_killed_and_begun_again_all_is_there_once(tmp_path):
    newspaper = SampleNewspaper(troubles=False, filler=500)
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    urls = newspaper.article_urls()[-500:]
    bodies = [newspaper.answer("baolamdong.vn", url.split("vn", 1)[1], {}).body for url in urls]
    captures = [(url, body, now) for url, body in zip(urls, bodies, strict=True)]
    file, archive = theirs(tmp_path / "a.warc.gz", *captures), tmp_path / "archive"
    command = [*COMMAND, "import", "--archive", str(archive), str(file)]
    running = starting.begin(command, env=environment(None), stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until and not (
        (archive / "warc").exists()
        and sum(f.stat().st_size for f in (archive / "warc").iterdir()) > 300_000
    ):
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert 0 < len(responses(archive)) < 500
    assert lamdong("import", "--archive", archive, file).returncode == 0
    rows = exported(archive)
    assert len({row["url"] for row in rows}) == len(rows) == 500
    assert lamdong("verify", "--archive", archive).returncode == 0
    assert len(responses(archive)) == 500


def test_a_rebuild_from_the_warc_gives_the_same(tmp_path):
    archive, _ = captured(
        tmp_path,
        (STORY.url, PAGE, "2026-03-01T00:00:00Z"),
        (STORY.url, EDITED, "2025-03-01T00:00:00Z"),
        (STORIES[0].url, NEWSPAPER.page(STORIES[0]).encode(), "2026-03-01T00:00:00Z"),
        (STORY.url, b"", "2026-09-01T00:00:00Z", *GONE[1:]),
    )
    taken(archive, text(tmp_path, COPY), url="https://xa.example/copy")
    before = held(archive, versions=True)
    rebuild(archive, workers=0)
    assert held(archive, versions=True) == before

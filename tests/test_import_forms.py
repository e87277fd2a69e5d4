"""Files as others really write them: packed as one, in ARC, with odd dates, ends and names; repeats of what is held."""

import gzip
import os
import zipfile
from base64 import encodebytes
from datetime import datetime

import pytest
from backports import zstd
from runs import database, lamdong
from test_import import HTML, NEWSPAPER, PAGE, STORIES, STORY, held, taken, theirs

from archive.warc import Damage, Record, records
from archive.warc_reading import moment
from archive.warc_writing import digest
from crawler.rebuilding import rebuild

AT = "2026-01-02T03:04:05Z"
SHOWN = next(s for s in STORIES if s.expected()["images"] and s.generation == "numbered-new")
THREE = [STORY, SHOWN, next(s for s in STORIES if s.generation == "hexadecimal")]
PAGES = [(s.url, NEWSPAPER.page(s).encode(), AT) for s in THREE]
PICTURE = SHOWN.expected()["images"][0]["url"]


def plain(tmp_path, *captures, **options):
    """Return captures as one uncompressed WARC file of warcio."""
    path = theirs(tmp_path / "plain", *(captures or PAGES), gzip=False, **options)
    content = path.read_bytes()
    path.unlink()
    return content


def pieces(content):
    """Return the records of an uncompressed WARC file, without what stands between them."""
    parts = content.split(b"\r\n\r\nWARC/")
    return [parts[0], *(b"WARC/" + part for part in parts[1:-1]), b"WARC/" + parts[-1].rstrip()]


def longer(content, by):
    """Return the file with each Content-Length of a record too large."""
    lines = []
    for record in pieces(content):
        head, _, block = record.partition(b"\r\n\r\n")
        fields = [
            b"Content-Length: %d" % (int(f.split(b":")[1]) + by)
            if f.startswith(b"Content-L")
            else f
            for f in head.split(b"\r\n")
        ]
        lines.append(b"\r\n".join(fields) + b"\r\n\r\n" + block)
    return b"\r\n\r\n".join(lines) + b"\r\n\r\n"


def in_line_feeds(content):
    """Return the file as writers do that know line feeds only; their lengths are right."""
    records_ = []
    for record in pieces(content):
        head, _, block = record.partition(b"\r\n\r\n")
        http, _, body = block.partition(b"\r\n\r\n")
        block = http.replace(b"\r\n", b"\n") + b"\n\n" + body
        fields = [f for f in head.split(b"\r\n") if not f.startswith((b"Content-L", b"WARC-Block"))]
        fields.append(b"Content-Length: %d" % len(block))
        records_.append(b"\n".join(fields) + b"\n\n" + block + b"\n\n")
    return b"".join(records_)


PLAIN = {
    "a byte order mark": lambda content: b"\xef\xbb\xbf" + content,
    "line breaks before": lambda content: b"\r\n\r\n" + content,
    "line feeds": in_line_feeds,
    "nothing between": lambda content: b"".join(pieces(content)),
    "one break between": lambda content: b"\r\n".join(pieces(content)),
    "five breaks between": lambda content: (b"\r\n" * 5).join(pieces(content)),
    "four too long": lambda content: longer(content, 4),
    "two too long": lambda content: longer(content, 2),
    "no Content-Type": lambda content: content.replace(
        b"Content-Type: application/http; msgtype=response\r\n", b""
    ),
}


def is_whole(archive):
    titles = {row["title"]: row["body"] for row in held(archive)}
    expected = {s.title: s.expected()["body"] for s in THREE}
    return titles == expected


@pytest.mark.parametrize("name", PLAIN)
def test_what_stands_between_records_does_not_matter(tmp_path, name):
    content, path = plain(tmp_path), tmp_path / "odd.warc"
    path.write_bytes(PLAIN[name](content))
    assert path.read_bytes() != content
    assert taken(tmp_path / "archive", path) == (0, {"new": 3})
    assert is_whole(tmp_path / "archive")


def test_a_record_too_short_is_damage_and_costs_no_other(tmp_path):
    path = tmp_path / "odd.warc"
    first, *rest = pieces(plain(tmp_path))
    path.write_bytes(b"\r\n\r\n".join([first[:-100], *rest]))
    found = list(records(path))
    assert [type(each) for each in found] == [Damage, Record, Record]
    assert taken(tmp_path / "archive", path) == (3, {"new": 2, "damaged": 1})


# -- packed as one -----------------------------------------------------------------------------------


def with_dictionary(content, *, is_packed):
    samples = [content[at : at + 500] for at in range(0, len(content) - 500, 500)]
    words = zstd.train_dict(samples, 4000)
    stored = zstd.compress(words.dict_content) if is_packed else words.dict_content
    frames = [zstd.compress(each + b"\r\n\r\n", zstd_dict=words) for each in pieces(content)]
    mark = b"\x5d\x2a\x4d\x18" + len(stored).to_bytes(4, "little")
    return mark + stored + b"".join(frames)


def in_members(content):
    first, *rest = pieces(content)
    ends = [[first], rest]
    return b"".join(gzip.compress(b"\r\n\r\n".join(end) + b"\r\n\r\n") for end in ends)


PACKED = {
    "a.warc.gz": gzip.compress,
    "members.warc.gz": in_members,
    "a.warc.zst": zstd.compress,
    "dictionary.warc.zst": lambda content: with_dictionary(content, is_packed=False),
    "packed.warc.zst": lambda content: with_dictionary(content, is_packed=True),
}


@pytest.mark.parametrize("name", PACKED)
def test_a_file_packed_as_one_is_read_with_its_pictures(tmp_path, name):
    jpeg = [("Content-Type", "image/jpeg")]
    content = plain(tmp_path, (PICTURE, b"\xff\xd8 shown", AT, jpeg), *PAGES)
    path, archive = tmp_path / name, tmp_path / "archive"
    path.write_bytes(PACKED[name](content))
    assert taken(archive, path) == (0, {"new": 3, "pictures": 1})
    assert list(archive.glob(".importing-*")) == []
    assert lamdong("verify", "--archive", archive).returncode == 0


def test_a_packed_file_that_was_cut_gives_what_is_whole(tmp_path):
    path = tmp_path / "cut.warc.zst"
    frames = [zstd.compress(each + b"\r\n\r\n") for each in pieces(plain(tmp_path))]
    path.write_bytes(b"".join(frames)[:-200])
    status, counts = taken(tmp_path / "archive", path)
    assert (status, counts["new"]) in {(0, 2), (3, 2)}


def test_a_bomb_is_refused_in_a_sentence(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("crawler.unpacking._AT_LEAST", 1000)
    path = tmp_path / "bomb.warc.zst"
    path.write_bytes(zstd.compress(plain(tmp_path) + bytes(5_000_000)))
    assert taken(tmp_path / "archive", path) == (1, {"refused_files": 1})
    assert "bomb.warc.zst: it would unpack to more than " in capsys.readouterr().err
    assert list((tmp_path / "archive").glob(".importing-*")) == []


# -- ARC ---------------------------------------------------------------------------------------------


def arc(version, *, is_packed):
    """Return three pages as an ARC file, of version 1 or 2."""
    blocks = []
    for url, body, _ in PAGES:
        block = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + body
        more = "" if version == 1 else "200 - - 0 a.arc "
        line = f"{url} 1.2.3.4 20260102030405 text/html {more}{len(block)}\n"
        blocks.append(line.encode() + block + b"\n")
    about = (
        f"{version} 0 InternetArchive\nURL IP-address Archive-date Content-type Archive-length\n"
    )
    first = f"filedesc://a.arc 0.0.0.0 20260102030405 text/plain {len(about)}\n{about}\n"
    records_ = [first.encode(), *blocks]
    return b"".join(gzip.compress(each) if is_packed else each for each in records_)


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize(("is_packed", "name"), [(True, "a.arc.gz"), (False, "a.arc")])
def test_arc_files_are_read(tmp_path, version, is_packed, name):
    path, archive = tmp_path / name, tmp_path / "archive"
    path.write_bytes(arc(version, is_packed=is_packed))
    assert taken(archive, path) == (0, {"new": 3})
    assert is_whole(archive)
    assert {row["capture"]["fetched_at"][:19] for row in held(archive)} == {AT[:19]}


def test_a_damaged_arc_file_gives_what_stands_before(tmp_path):
    path = tmp_path / "a.arc"
    whole = arc(1, is_packed=False)
    path.write_bytes(whole[: -len(PAGES[-1][1]) // 2])
    assert taken(tmp_path / "archive", path) == (3, {"new": 2, "damaged": 1})
    path.write_bytes(b"filedesc:" + bytes(300))
    assert taken(tmp_path / "other", path) == (1, {"damaged": 1})


def test_parts_of_a_package_may_lie_deeper_and_in_any_form(tmp_path):
    path, content = tmp_path / "a.wacz", plain(tmp_path)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/sub/data.warc.gz", gzip.compress(content))
        package.writestr("archive/a/b/c.arc.gz", arc(1, is_packed=True))
        package.writestr("archive/d.warc.zst", zstd.compress(content))
        package.writestr("elsewhere/e.warc", content)
    assert taken(tmp_path / "archive", path) == (0, {"new": 3, "known": 6})


# -- moments, addresses, names -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stated", "read"),
    [
        ("20260102030405", "2026-01-02T03:04:05"),
        ("2026-01-02T03:04Z", "2026-01-02T03:04:00"),
        ("2026-01-02T03:04:05.123456789Z", "2026-01-02T03:04:05.123456"),
        ("2026-01-02T10:04:05+07:00", "2026-01-02T03:04:05"),
        ("2026-01-02 03:04:05", "2026-01-02T03:04:05"),
        ("Fri, 02 Jan 2026 03:04:05 GMT", "2026-01-02T03:04:05"),
        ("2026-01-02", "2026-01-02T23:59:59"),
        ("2026-02", "2026-02-28T23:59:59"),
        ("2025", "2025-12-31T23:59:59"),
    ],
)
def test_odd_dates_of_captures_are_read(tmp_path, stated, read):
    assert moment(stated) == datetime.fromisoformat(f"{read}+00:00")
    path = tmp_path / "a.warc"
    path.write_bytes(plain(tmp_path, PAGES[0]).replace(AT.encode(), stated.encode()))
    assert next(records(path)).at == moment(stated)


@pytest.mark.parametrize("stated", ["", "2026-13", "soon", "99999", "2026-02-30"])
def test_dates_that_are_none_are_damage(tmp_path, stated):
    path = tmp_path / "a.warc"
    path.write_bytes(plain(tmp_path, PAGES[0]).replace(AT.encode(), stated.encode()))
    assert isinstance(next(records(path)), Damage)


@pytest.mark.parametrize(
    "before",
    [
        "http://web.archive.org/web/20250102030405id_/",
        "https://web.archive.org/web/20250102030405/",
        "https://web.archive.org:443/web/20250102030405mp_/",
    ],
)
def test_a_snapshot_is_filed_under_its_original_at_its_own_time(tmp_path, before):
    links = b'src="https://web.archive.org/web/20250102030405im_/http'
    page = NEWSPAPER.page(SHOWN).encode().replace(b'src="http', links)
    archive = tmp_path / "archive"
    assert taken(archive, theirs(tmp_path / "a.warc.gz", (before + SHOWN.url, page, AT)))[0] == 0
    [row] = held(archive)
    assert (row["url"], row["first_seen_at"][:19]) == (SHOWN.url, "2025-01-02T03:04:05")
    assert [each["url"] for each in row["images"]] == [
        each["url"] for each in SHOWN.expected()["images"]
    ]
    rebuild(archive, workers=0)
    assert held(archive) == [row]


def test_an_address_in_other_bytes_than_utf_8_is_percent_encoded_as_it_came(tmp_path):
    path = tmp_path / "a.warc"
    content = plain(tmp_path, (STORY.url, PAGE, AT)).replace(
        b"/xahoi/202212/", b"/xahoi/202212/\xe9\xff-"
    )
    path.write_bytes(content)
    assert "/202212/%E9%FF-" in next(records(path)).url
    assert taken(tmp_path / "archive", path)[0] == 0


@pytest.mark.parametrize("ending", [b".warc.gz", b".html"])
def test_a_file_whose_name_is_no_utf_8_is_read(tmp_path, ending):
    name = os.fsdecode(b"l\xe9u \xff" + ending)
    path, archive = tmp_path / name, tmp_path / "archive"
    if ending == b".html":
        path.write_bytes(b"<!-- saved from url=(0042)" + STORY.url.encode() + b" -->\n" + PAGE)
    else:
        theirs(path, (STORY.url, PAGE, AT))
    assert taken(archive, path) == (0, {"new": 1})
    assert taken(archive, path) == (0, {"known": 1})
    copies = [r for file in (archive / "warc").iterdir() for r in records(file)]
    sources = [r.field("WARC-Source-URI") for r in copies if r.field("WARC-Source-URI")]
    assert [source.partition("#")[0] for source in sources] == [
        "file:l%E9u%20%FF" + ending.decode()
    ]
    rebuild(archive, workers=0)
    assert len(held(archive)) == 1


# -- saved pages -------------------------------------------------------------------------------------


def mhtml(body, coding, *, place=True):
    encoded = encodebytes(body) if coding == "base64" else body
    where = f"Content-Location: {STORY.url}\n" if place else ""
    head = (
        "From: <Saved by Blink>\n"
        f"Snapshot-Content-Location: {STORY.url}\n"
        "Date: Fri, 02 Jan 2026 03:04:05 -0000\nMIME-Version: 1.0\n"
        'Content-Type: multipart/related; type="text/html"; boundary="b"\n\n'
        f"--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: {coding}\n{where}\n"
    )
    picture = b"\n--b\nContent-Type: image/png\nContent-Location: cid:1\n\npng\n--b--\n"
    return head.encode() + encoded + picture


@pytest.mark.parametrize("place", [True, False])
@pytest.mark.parametrize("coding", ["base64", "8bit"])
@pytest.mark.parametrize("name", ["a.mhtml", "b.MHT"])
def test_pages_saved_as_mhtml_are_read(tmp_path, name, coding, place):
    path, archive = tmp_path / name, tmp_path / "archive"
    path.write_bytes(mhtml(PAGE, coding, place=place))
    assert taken(archive, path) == (0, {"new": 1})
    [row] = held(archive)
    assert (row["title"], row["body"]) == (STORY.title, STORY.expected()["body"])
    assert (row["url"], row["first_seen_at"][:19]) == (STORY.url, "2026-01-02T03:04:05")


@pytest.mark.parametrize("content", [b"", b"Content-Type: text/html", b"\0" * 999, b"--b\n" * 9999])
def test_what_is_no_mhtml_costs_a_sentence(tmp_path, content):
    path = tmp_path / "a.mhtml"
    path.write_bytes(content)
    assert taken(tmp_path / "archive", path) == (1, {"refused_files": 1})


@pytest.mark.parametrize("mark", ["utf-16-le", "utf-16-be"])
def test_a_page_saved_in_utf_16_names_its_address(tmp_path, mark):
    path, archive = tmp_path / "a.html", tmp_path / "archive"
    text = f"\ufeff<!-- saved from url=(0042){STORY.url} -->\n{PAGE.decode()}"
    path.write_bytes(text.encode(mark))
    assert taken(archive, path) == (0, {"new": 1})
    assert held(archive)[0]["title"] == STORY.title


def test_a_page_that_the_wayback_machine_rewrote_names_its_address_and_time(tmp_path):
    path, archive = tmp_path / "a.html", tmp_path / "archive"
    before = b"https://web.archive.org/web/20250102030405/"
    link = b'<link rel="canonical" href="' + before + STORY.url.encode() + b'">'
    path.write_bytes(PAGE.replace(b"<head>", b"<head>" + link, 1))
    assert taken(archive, path) == (0, {"new": 1})
    assert (held(archive)[0]["url"], held(archive)[0]["first_seen_at"][:4]) == (STORY.url, "2025")


# -- revisits ----------------------------------------------------------------------------------------

LATER = "2026-03-02T00:00:00Z"
BY_DIGEST = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
BY_SERVER = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
SAME = digest(PAGE)


def revisit(path, at=LATER, url=STORY.url, **fields):
    """Write a revisit as other crawlers do: these fields, a status line and no body."""
    told = {"Profile": BY_DIGEST, **fields}
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 999\r\n\r\n"
    lines = [
        "WARC/1.0",
        "WARC-Type: revisit",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {at}",
        "Content-Type: application/http; msgtype=response",
        f"Content-Length: {len(head)}",
        *(f"WARC-{name.replace('_', '-')}: {value}" for name, value in told.items()),
    ]
    path.write_bytes("\r\n".join(lines).encode() + b"\r\n\r\n" + head + b"\r\n\r\n")
    return path


REVISITS = {
    "digest": {"Payload_Digest": SAME},
    "digest in lower case": {"Payload_Digest": SAME.lower()},
    "moment": {"Refers_To_Target_URI": STORY.url, "Refers_To_Date": AT},
    "moment in digits": {"Refers_To_Date": "20260102030405", "Payload_Digest": "sha256:00"},
    "server": {"Profile": BY_SERVER},
    "id alone": {"Profile": BY_SERVER, "Refers_To": "<urn:uuid:0>"},
}


@pytest.mark.parametrize("name", REVISITS)
@pytest.mark.parametrize("order", ["held", "same command", "the other way round"])
def test_a_revisit_of_what_is_held_shows_that_it_was_there(tmp_path, name, order):
    archive, file = tmp_path / "archive", theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, AT))
    again = revisit(tmp_path / "b.warc", **REVISITS[name])
    if order == "held":
        assert taken(archive, file) == (0, {"new": 1})
        assert taken(archive, again) == (0, {"unchanged": 1})
    else:
        files = [file, again] if order == "same command" else [again, file]
        assert taken(archive, *files) == (0, {"new": 1, "unchanged": 1})
    [row] = held(archive, versions=True)
    assert (row["first_seen_at"][:10], row["last_seen_at"][:10]) == (AT[:10], LATER[:10])
    assert row["capture"]["fetched_at"][:10] == AT[:10]
    assert taken(archive, again) == (0, {"known": 1})
    assert lamdong("verify", "--archive", archive).returncode == 0
    rebuild(archive, workers=0)
    assert held(archive, versions=True) == [row]


@pytest.mark.parametrize(
    "fields",
    [
        {"Payload_Digest": digest(b"another text")},
        {"Refers_To_Date": "2025-01-02T03:04:05Z"},
        {"Profile": BY_SERVER, "url": THREE[1].url},
        {"Profile": BY_SERVER, "at": "2024-01-01T00:00:00Z"},
    ],
)
def test_a_revisit_of_what_is_not_held_is_left_out_and_said(tmp_path, fields, capsys):
    archive, file = tmp_path / "archive", theirs(tmp_path / "a.warc.gz", (STORY.url, PAGE, AT))
    again = revisit(tmp_path / "b.warc", **fields)
    assert taken(archive, file, again) == (0, {"new": 1, "revisits": 1})
    assert "1 revisits without a page of their own" in capsys.readouterr().err
    assert held(archive)[0]["last_seen_at"][:10] == AT[:10]


def test_a_revisit_of_what_was_no_article_says_nothing(tmp_path):
    archive = tmp_path / "archive"
    empty = (STORY.url, b"<html>nothing</html>", AT, [HTML])
    again = revisit(tmp_path / "b.warc", Profile=BY_SERVER)
    assert taken(archive, theirs(tmp_path / "a.warc.gz", empty), again)[1]["revisits"] == 1
    with database(archive) as db:
        assert db.execute("SELECT count(*) FROM captures").fetchone()[0] == 1
    db.close()

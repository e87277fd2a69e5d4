"""A WACZ file of an archive: as its specification wants it, whole, without what is withheld, and to be read again."""

import contextlib
import gzip
import hashlib
import json
import os
import subprocess
import zipfile
from types import SimpleNamespace

import pytest
from runs import crawl, database, exported, lamdong
from test_web import get, serving

from archive import packing, packing_records
from archive.cdxj import sortable
from archive.export import Selection
from archive.store.opening import open_database
from archive.warc import Record, records
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

CDX, IDX, PAGES = "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl"


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """The sample newspaper, some articles of which were asked for again and had not changed."""
    folder = tmp_path_factory.mktemp("packed") / "lamdong-archive"
    with Replica(SampleNewspaper(), tmp_path_factory.mktemp("replica")) as replica:
        crawl(folder, replica)
        live = [row["url"] for row in exported(folder) if row["state"] == "live"]
        crawl(folder, replica, *live[:5])
    return folder


def pack(archive, path, *options):
    done = lamdong("export", "--archive", archive, "--format", "wacz", "--output", path, *options)
    assert done.returncode == 0, done.stderr
    return SimpleNamespace(path=path, said=done.stderr, **opened(path))


def opened(path):
    with zipfile.ZipFile(path) as package:
        assert package.testzip() is None
        parts = {name: package.read(name) for name in package.namelist()}
        stored = {e.filename for e in package.infolist() if e.compress_type == zipfile.ZIP_STORED}
    pages = [json.loads(line) for line in parts[PAGES].splitlines()]
    lines = gzip.decompress(parts[CDX]).decode().splitlines()
    index = [(*line.split(" ", 2)[:2], json.loads(line.split(" ", 2)[2])) for line in lines]
    return {"parts": parts, "stored": stored, "pages": pages, "lines": lines, "index": index}


@pytest.fixture(scope="module")
def whole(archive, tmp_path_factory):
    return pack(archive, tmp_path_factory.mktemp("whole") / "all.wacz")


def held(package, tmp_path):
    """All records of the WARC files of a package."""
    found = []
    for name, content in package.parts.items():
        if name.startswith("archive/"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(content)
            found += records(path)
    assert all(isinstance(record, Record) for record in found)
    return found


def unmet(package):
    """The revisits of a package whose original is not in it."""
    originals = {
        (e["url"], e["digest"]) for _, _, e in package.index if e["mime"] != "warc/revisit"
    }
    revisits = [e for _, _, e in package.index if e["mime"] == "warc/revisit"]
    return [each["url"] for each in revisits if (each["url"], each["digest"]) not in originals]


def test_it_has_the_parts_the_specification_wants(whole):
    assert {CDX, IDX, PAGES, "datapackage.json", "datapackage-digest.json"} < whole.parts.keys()
    assert {name for name in whole.parts if name.endswith(".gz")} <= whole.stored
    described = json.loads(whole.parts["datapackage.json"])
    assert described["profile"] == "data-package"
    assert described["wacz_version"] == "1.1.1"
    header, *pages = whole.pages
    assert header["format"] == "json-pages-1.0"
    assert len({page["id"] for page in pages}) == len(pages) > 40
    assert all(page["title"] and page["ts"].endswith("Z") for page in pages)


def test_every_digest_is_true_and_no_part_is_without(whole):
    described = json.loads(whole.parts["datapackage.json"])
    listed = {each["path"]: each for each in described["resources"]}
    assert listed.keys() == whole.parts.keys() - {"datapackage.json", "datapackage-digest.json"}
    for path, each in listed.items():
        content = whole.parts[path]
        assert each["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert each["bytes"] == len(content)
    stated = json.loads(whole.parts["datapackage-digest.json"])
    digest = hashlib.sha256(whole.parts["datapackage.json"]).hexdigest()
    assert stated == {"path": "datapackage.json", "hash": f"sha256:{digest}"}


def test_warc_files_go_in_byte_for_byte(archive, whole):
    for path in (archive / "warc").glob("*.warc.gz"):
        assert whole.parts[f"archive/{path.name}"] == path.read_bytes()


def test_every_line_of_the_index_leads_to_the_whole_record_of_that_address(whole, tmp_path):
    assert whole.lines == sorted(whole.lines, key=str.encode)
    by_place = {(r.place.warc, r.place.offset): r for r in held(whole, tmp_path)}
    for surt, timestamp, told in whole.index:
        record = by_place.pop((f"archive/{told['filename']}", int(told["offset"])))
        assert (record.url, record.digest) == (told["url"], told["digest"])
        assert record.place.length == int(told["length"])
        assert timestamp == f"{record.at:%Y%m%d%H%M%S}"
        assert surt.partition(")")[0].startswith("vn,")
    assert {r.type for r in by_place.values()} == {"warcinfo", "request", "metadata"}
    assert {e["status"] for *_, e in whole.index} >= {"200", "301", "302", "404", "503"}


def test_the_blocks_of_the_index_are_where_it_says(whole):
    first, *blocks = whole.parts[IDX].decode().splitlines()
    assert first.startswith("!meta 0 ")
    text = b""
    for block in blocks:
        told = json.loads(block[block.index("{") :])
        part = whole.parts[CDX][told["offset"] :][: told["length"]]
        assert told["digest"] == f"sha256:{hashlib.sha256(part).hexdigest()}"
        assert gzip.decompress(part).decode().startswith(block[: block.index("{")])
        text += gzip.decompress(part)
    assert text.decode().splitlines() == whole.lines


def test_every_page_is_in_the_index(whole):
    known = {(told["url"], timestamp) for _, timestamp, told in whole.index}
    for page in whole.pages[1:]:
        stamp = page["ts"].translate({ord(mark): None for mark in "-T:Z"})
        assert (page["url"], stamp) in known


def test_a_revisit_comes_with_its_original(whole):
    assert any(told["mime"] == "warc/revisit" for *_, told in whole.index)
    assert unmet(whole) == []


def test_read_into_another_archive_it_gives_the_same_articles(archive, whole, tmp_path):
    done = lamdong("import", "--archive", tmp_path / "new", whole.path)
    assert done.returncode in {0, 3}, done.stderr
    told = ("url", "title", "lead", "body", "authors", "section", "published_at", "tags", "kind")
    before, after = (
        sorted(([row[name] for name in told] for row in exported(folder)), key=str)
        for folder in (archive, tmp_path / "new")
    )
    assert before == after


def test_a_section_brings_its_articles_their_pictures_and_nothing_else(archive, tmp_path):
    package = pack(archive, tmp_path / "one.wacz", "--section", "kinh-te")
    rows = exported(archive, "--section", "kinh-te")
    assert {page["url"] for page in package.pages[1:]} >= {row["url"] for row in rows}
    asked = {told["url"] for *_, told in package.index}
    pictures = {image["url"] for row in rows for image in row["images"]}
    with database(archive) as db:
        kept = {
            url
            for (url,) in db.execute(
                "SELECT url FROM urls WHERE kind = 'picture' AND capture_id IS NOT NULL"
            )
        }
    assert pictures & kept <= asked
    others = {row["url"] for row in exported(archive)} - {row["url"] for row in rows}
    assert not others & asked
    assert unmet(package) == []
    found = held(package, tmp_path)
    assert {record.type for record in found} - {"revisit"} == {"warcinfo", "response", "request"}
    ids = {record.id for record in found if record.type in {"response", "revisit"}}
    asks = [r.field("WARC-Concurrent-To") for r in found if r.type == "request"]
    assert set(asks) == ids


def test_no_article_makes_an_empty_package(archive, tmp_path):
    package = pack(archive, tmp_path / "none.wacz", "--until", "1999-01-01")
    assert (package.lines, len(package.pages)) == ([], 1)


def test_what_is_withheld_is_in_no_package(archive, whole, tmp_path):
    row = next(row for row in exported(archive) if row["images"] and row["lead"])
    words = [row["title"].encode(), row["url"].rstrip("/").rpartition("/")[2].encode()]
    assert any(words[1] in record.body for record in held(whole, tmp_path))
    lamdong("withhold", row["id"], "--why", "thử", "--archive", archive)
    try:
        package = pack(archive, tmp_path / "rest.wacz")
        narrowed = pack(archive, tmp_path / "some.wacz", "--since", "2000-01-01")
    finally:
        lamdong("release", row["id"], "--archive", archive)
    assert "Withheld and left out: articles 1." in package.said
    for each in (package, narrowed):
        for record in held(each, tmp_path):
            text = packing_records.decoded(record) if record.head else record.body
            assert not [word for word in words if word in text], record.url
        assert not {told["url"] for *_, told in each.index} & set(row["urls"])
        pictures = {image["url"] for image in row["images"]}
        assert not {told["url"] for *_, told in each.index} & pictures
        assert b"th\xe1\xbb\xad" not in b"".join(r.body for r in held(each, tmp_path) if not r.head)


def test_a_record_being_written_is_no_damage_and_a_damaged_one_is_counted(archive, tmp_path):
    copy = tmp_path / "copy"
    (copy / "warc").mkdir(parents=True)
    (copy / "archive.db").write_bytes((archive / "archive.db").read_bytes())
    [path] = (archive / "warc").glob("*.warc.gz")
    content = path.read_bytes()
    (copy / "warc" / path.name).write_bytes(content[:-40])
    torn = pack(copy, tmp_path / "torn.wacz")
    assert "damaged" not in torn.said
    assert content.startswith(torn.parts[f"archive/{path.name}"])
    wrong = bytearray(content)
    wrong[len(wrong) // 2] ^= 0xFF
    (copy / "warc" / path.name).write_bytes(wrong)
    damaged = pack(copy, tmp_path / "damaged.wacz")
    assert "damaged or missing parts of warc/: 1" in damaged.said
    held(damaged, tmp_path)


def test_a_full_disk_leaves_no_part_and_one_sentence(archive, tmp_path, monkeypatch):
    from click.testing import CliRunner

    from crawler.cli import cli

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(packing._Part, "write", full)
    path = tmp_path / "x.wacz"
    arguments = ["export", "--archive", str(archive), "--format", "wacz", "--output", str(path)]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 1
    assert "no space left on device" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_it_can_go_into_a_pipe(archive, whole, tmp_path):
    class Pipe:
        def __init__(self):
            self.content = bytearray()

        def write(self, content):
            self.content += content
            return len(content)

        def flush(self):
            pass

    pipe = Pipe()
    with contextlib.closing(open_database(archive, writable=False)) as db:
        packing.pack(archive, db, Selection(), pipe)
    path = tmp_path / "piped.wacz"
    path.write_bytes(pipe.content)
    assert opened(path)["lines"] == whole.lines


def test_a_pipe_with_a_name_is_written_to_and_stays_one(archive, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with (
        (tmp_path / "read.wacz").open("wb") as read,
        subprocess.Popen(["cat", pipe], stdout=read) as cat,
    ):
        done = lamdong("export", "--archive", archive, "--format", "wacz", "--output", pipe)
        if not pipe.is_fifo():
            cat.kill()  # it would wait for ever
    assert done.returncode == 0, done.stderr
    assert pipe.is_fifo()
    assert len(opened(tmp_path / "read.wacz")["pages"]) > 40


def test_of_a_page_that_had_not_changed_the_site_gives_the_bytes_that_still_hold(archive, whole):
    revisits = [told for *_, told in whole.index if told["mime"] == "warc/revisit"]
    assert revisits
    with database(archive) as db, serving(archive / "archive.db") as site:
        for told in revisits:
            rows = db.execute(
                "SELECT id, status FROM captures WHERE url = ? AND digest = ?",
                [told["url"], told["digest"]],
            ).fetchall()
            given = {row["status"]: get(site, f"/captures/{row['id']}") for row in rows}
            assert given.keys() == {200, 304}
            assert given[304].content == given[200].content != b""


@pytest.mark.parametrize(
    ("address", "looked_up"),  # as the library `surt` 0.3.1 spells them, which pywb uses
    [
        ("https://www.baolamdong.vn/Kinh-te/?b=2&a=1", "vn,baolamdong)/kinh-te?a=1&b=2"),
        ("http://www2.x.vn", "vn,x)/"),
        ("http://x.vn//a//b/../c/./", "vn,x)/a/c"),
        ("https://x.vn/../a//..", "vn,x)/../a"),
        ("https://x.vn/%2F..%2Fa", "vn,x)/a"),
        ("http://x.vn:8080/a?", "vn,x:8080)/a"),
        ("https://x.vn:443/a?b&a=&A=1", "vn,x)/a?a=&a=1&b"),
        ("http://x.vn/đồi", "vn,x)/%c4%91%e1%bb%93i"),
        ("http://x.vn/%C4%91%E1%BB%93i", "vn,x)/%c4%91%e1%bb%93i"),
        ("http://x.vn/a b%2520c?d e", "vn,x)/a%20b%20c?d%20e"),
        ("http://x.vn/a%23b#c", "vn,x)/a%23b"),
        ("http://đồi.vn/a", "vn,xn--i-kia869t)/a"),
        ("http://u:p@x.vn./a;b=c", "vn,x)/a;b=c"),
        ("http://x.vn/a/?PHPSESSID=0123456789abcdef0123456789abcdef&b=1", "vn,x)/a?b=1"),
        ("file:abc.html", "file:abc.html"),
    ],
)
def test_addresses_are_looked_up_as_other_tools_spell_them(address, looked_up):
    assert sortable(address) == looked_up

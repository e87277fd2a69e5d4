"""The database made anew from the WARC alone: the same rows, whatever happened; and what today's reading changes."""

import contextlib
import json
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import starting
from runs import COMMAND, crawl, database, environment, lamdong
from test_failures import free_port

from archive import export
from archive.model import Capture, Found, Look, Outcome
from archive.store import Archive, Locked
from archive.store.opening import DATABASE, ArchiveError
from archive.verifying import faults
from archive.warc import records
from crawler import reread
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_archive
from crawler.rebuilding import rebuild, run_rebuild
from crawler.recovering import recover
from crawler.verifying import tools

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)
# The index has its own tests; when a migration was made belongs to the file.
NOT_COMPARED = ("search", "suggestions", "sqlite_", "_sqlite")


def contents(folder, name=DATABASE):
    """All rows of all tables."""
    with contextlib.closing(sqlite3.connect(folder / name)) as db:
        tables = [
            row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        kept = [table for table in tables if not table.startswith(NOT_COMPARED)]
        return {table: db.execute(f"SELECT * FROM {table}").fetchall() for table in kept}


def exported(folder):
    with database(folder) as db:
        return [json.dumps(row) for row in export.articles(db, export.Selection(versions=True))]


def kill_midway(folder, replica):
    """Crawl until the first rows are there, then `kill -9`."""
    command = [*COMMAND, "crawl", "--archive", str(folder), "--no-images"]
    with starting.begin(
        command, env=environment(replica), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    ) as running:
        asked = len(replica.asked)
        while len(replica.asked) < asked + 40 and running.poll() is None:
            time.sleep(0.005)
        running.kill()


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """An archive with all troubles: killed runs, moves, edits, gone, refusals, unchanged answers."""
    newspaper = SampleNewspaper()
    folder = tmp_path_factory.mktemp("lived") / "archive"
    with Replica(newspaper, tmp_path_factory.mktemp("replica")) as replica:
        kill_midway(folder, replica)
        crawl(folder, replica)
        kill_midway(folder, replica)
        stories = today(newspaper)
        edited, moved, gone = (stories[n].url for n in (1, 3, 5))
        newspaper.edit(edited, title="Một tựa mới")
        newspaper.remove(gone)
        to = newspaper.move(moved, "/dia-chi-moi-499999.html").url
        given = (edited, moved, gone, to, stories[7].url)
        lamdong("crawl", "--archive", folder, *given, replica=replica)
    return folder


@pytest.fixture
def archive(lived, tmp_path):
    return Path(shutil.copytree(lived, tmp_path / "archive"))


@pytest.fixture
def small(tmp_path):
    """An archive of two articles, the second of which no layout could read, a third came later."""
    folder, newspaper = tmp_path / "small", SampleNewspaper(troubles=False)
    with Archive(folder) as archive:
        archive.begin_run("newest", {})
        for number, story in enumerate(today(newspaper)[:3]):
            keep(archive, newspaper.page(story).encode(), story.url, number)
        archive.end_run("done", {})
    return folder


def today(newspaper):
    """Its stories under today's system."""
    return [story for story in newspaper.stories if story.generation == "onecms"]


def keep(archive, body, url, number):
    at = AT + timedelta(minutes=number)
    place, digest = archive.warc.append_exchange(
        url=url, fetched_at=at, status=200, headers=[(b"Content-Type", b"text/html")], body=body
    )
    key = f"c/{url.rpartition('/')[2].removesuffix('.html')}"
    archive.found([Found(key, url, url, "article", dated=at.date())], at)
    entry = archive.urls.entries("key = ?", [key])[0]
    look = reread.reread(next(r for r in records(archive.folder / place.warc, place.offset))).look
    look.url_id = entry.id
    if number == 1:
        capture = Capture(url, at, 200, place, digest, "text/html")
        look = Look(entry.id, at, Outcome.NO_ARTICLE, 200, capture, detail="no article found: x")
    archive.keep(look)


# -- the same ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [0, 2])
def test_all_rows_are_the_same(archive, workers, monkeypatch):
    monkeypatch.setattr("crawler.cores._RANGE", 50_000)
    before, rows = contents(archive), exported(archive)
    assert {o[4] for o in before["observations"]} >= {"live", "moved", "gone", "refused", "failed"}
    assert {run[4] for run in before["runs"]} == {"died", "done"}
    assert len(before["versions"]) > len(before["articles"])
    rebuilt = rebuild(archive, workers=workers)
    after = contents(archive)
    assert [table for table in before if before[table] != after[table]] == []
    assert exported(archive) == rows
    assert (rebuilt.damages, dict(rebuilt.changes.fields)) == ([], {})
    assert list(faults(archive, tools(0))) == []
    assert sorted(path.name for path in archive.glob("archive.db*")) == [
        "archive.db",
        "archive.db.sha256",
    ]


@pytest.mark.parametrize("damage", ["missing", "no database", "torn apart", "holed"])
def test_a_database_that_is_lost(archive, damage, capsys):
    rows, path = exported(archive), archive / DATABASE
    if damage == "missing":
        path.unlink()
    elif damage == "no database":
        path.write_bytes(b"x" * 50_000)
    elif damage == "torn apart":
        path.write_bytes(path.read_bytes()[:100] + bytes(path.stat().st_size - 100))
    else:
        whole = path.read_bytes()
        path.write_bytes(whole[:8192] + bytes(200_000) + whole[208_192:])
    (archive / f"{DATABASE}-wal").write_bytes(b"what another database left")
    assert run_rebuild(archive, dry_run=False) == 0
    assert "no database to compare with" in capsys.readouterr().out
    assert exported(archive) == rows
    assert list(faults(archive, tools(0))) == []


def test_a_crawl_makes_a_lost_database_anew(archive):
    rows = exported(archive)
    (archive / DATABASE).unlink()
    with open_archive(archive) as opened:
        recover(opened, 0)
    assert exported(archive) == rows


def test_a_dry_run_writes_nothing(archive):
    def files():
        return {
            p.name: (p.stat().st_size, p.read_bytes()) for p in archive.rglob("*") if p.is_file()
        }

    before = files()
    done = lamdong("rebuild", "--dry-run", "--archive", archive)
    assert (done.returncode, "Nothing was written" in done.stderr) == (0, True)
    assert files() == before


# -- what today's reading changes ----------------------------------------------------------------------


def test_changed_extraction_is_reported_by_field(archive, monkeypatch, capsys):
    judged = reread.judge

    def changed(answer, at):
        look = judged(answer, at)
        if look.article and look.article.layout == "onecms":
            look.article.authors = ["Ai Đó"]
            look.article.section = (
                None if look.article.section == "Kinh tế" else look.article.section
            )
        return look

    monkeypatch.setattr(reread, "judge", changed)
    monkeypatch.setattr("crawler.cores.pool_size", lambda: 0)
    before = contents(archive)
    assert run_rebuild(archive, dry_run=True) == 0
    said = capsys.readouterr().out
    assert '→ ["Ai Đó"]' in said and "section: " in said and '"Kinh tế" → null' in said
    assert "title" not in said
    assert contents(archive) == before
    run_rebuild(archive, dry_run=False)
    with database(archive) as db:
        authors = {
            row[0] for row in db.execute("SELECT authors FROM articles WHERE layout = 'onecms'")
        }
    assert authors == {'["Ai Đó"]'}
    assert [row[0] for row in contents(archive)["articles"]] == [
        row[0] for row in before["articles"]
    ]


def test_a_page_that_can_be_read_now_becomes_an_article_and_keeps_its_id(small):
    before = {row[0] for row in contents(small)["articles"]}
    assert len(before) == 2
    assert dict(rebuild(small, workers=0).changes.fields) == {"articles read now": 1}
    healed = {row[0] for row in contents(small)["articles"]}
    assert healed > before and len(healed) == 3
    with Archive(small) as archive:  # of the same day, and later
        story = today(SampleNewspaper(troubles=False))[1]
        page = SampleNewspaper(troubles=False).page(story).replace(story.title, "Một tựa khác")
        url = "https://baolamdong.vn/khac-499998.html"
        keep(archive, page.replace(story.url, url).encode(), url, 3)
    rows = exported(small)
    assert len({json.loads(row)["id"] // 10_000 for row in rows}) < len(rows) == 4
    (small / DATABASE).unlink()
    rebuild(small, workers=0)
    assert exported(small) == rows


# -- troubles ------------------------------------------------------------------------------------------


def test_a_torn_tail_and_a_damaged_record(small):
    rows = exported(small)
    warc = next((small / "warc").iterdir())
    whole = warc.read_bytes()
    warc.write_bytes(whole + whole[:20])
    assert rebuild(small, workers=0).torn.cut == 20
    first = next(r for r in records(warc) if r.type == "response")
    broken = bytearray(warc.read_bytes())
    broken[first.place.offset + first.place.length // 2] ^= 1
    warc.write_bytes(broken)
    done = lamdong("rebuild", "--archive", small)
    assert done.returncode == 4
    assert f"offset {first.place.offset}: " in done.stderr
    assert (
        len(exported(small)) == 2
    )  # the damaged one is gone, the healed one and the third are there
    assert rows[1] in exported(small)


def test_archives_older_than_the_journal(archive):
    titles = {json.loads(row)["title"] for row in exported(archive)}
    for path in (archive / "warc").iterdir():
        old = path.read_bytes()
        kept = [
            old[r.place.offset : r.place.offset + r.place.length]
            for r in records(path)
            if r.type != "metadata"
        ]
        path.write_bytes(b"".join(kept))
    (archive / DATABASE).unlink()
    assert rebuild(archive, workers=0).damages == []
    assert {json.loads(row)["title"] for row in exported(archive)} == titles


def test_another_run_holds_the_archive(small):
    with Archive(small), pytest.raises(Locked):
        rebuild(small)


def test_nothing_to_make_it_from(tmp_path):
    with pytest.raises(ArchiveError, match="no WARC files"):
        rebuild(tmp_path)


MOMENTS = {
    "reading": "replaying.Replay.finish = die",
    "before it takes its place": "rebuilding.replace = die",
    "within": "replacing._copy = lambda new, old: connect(new).backup(connect(old), pages=9, progress=die)",
    "after": "replacing.discard = die",
}
PROGRAM = """
import os, sys
from pathlib import Path
from sqlite3 import connect
from archive.store import replacing
from crawler import rebuilding, replaying
def die(*_):
    os.kill(os.getpid(), 9)
{moment}
rebuilding.rebuild(Path(sys.argv[1]), workers=0)
"""


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_any_moment_it_leaves_a_whole_database(small, moment):
    before = contents(small)
    program = PROGRAM.format(moment=MOMENTS[moment])
    done = subprocess.run([sys.executable, "-c", program, small], check=False)
    assert done.returncode == -signal.SIGKILL
    with database(small) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    articles = len(contents(small)["articles"])
    assert articles == len(before["articles"]) + (moment == "after")
    rebuild(small, workers=0)
    assert len(contents(small)["articles"]) == 3
    assert sorted(path.name for path in small.glob("archive.db*")) == [
        "archive.db",
        "archive.db.sha256",
    ]


def test_a_full_disk_is_one_sentence(archive):
    before, room = contents(archive), (archive / DATABASE).stat().st_size // 2

    def little_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = starting.run(
        [*COMMAND, "rebuild", "--archive", str(archive)],
        preexec_fn=little_room, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1
    assert [line for line in done.stderr.splitlines() if "disk is full" in line], done.stderr
    assert "Traceback" not in done.stderr
    assert contents(archive) == before


# -- readers -------------------------------------------------------------------------------------------


def test_a_reader_in_the_midst_of_a_question_sees_the_old_rows_then_the_new(small):
    with database(small) as db:
        db.execute("BEGIN")
        count = "SELECT count(*) FROM articles"
        assert db.execute(count).fetchone()[0] == 2
        rebuild(small, workers=0)
        assert db.execute(count).fetchone()[0] == 2
        db.execute("COMMIT")
        assert db.execute(count).fetchone()[0] == 3
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"


def test_a_site_that_is_running_goes_on_and_shows_the_new_rows(small):
    port = free_port()
    with starting.begin(
        [*COMMAND, "serve", "--archive", str(small), "--port", str(port)],
        env=environment(None), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as site:  # fmt: skip
        try:
            address = f"http://127.0.0.1:{port}/export.jsonl"
            assert len(fetched(address).splitlines()) == 2
            rebuild(small, workers=0)
            assert len(fetched(address).splitlines()) == 3
            with Archive(small) as archive:  # a crawl goes on in the new one
                archive.begin_run("newest", {})
            assert len(fetched(address).splitlines()) == 3
        finally:
            site.terminate()


def fetched(address):
    """What a site answers, once it does."""
    for _ in range(300):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.read()
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the site does not answer")

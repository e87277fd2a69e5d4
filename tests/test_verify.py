"""Whether an archive is sound: damage is noticed and named, what is sound is not; repair, sample, the kept result."""

import contextlib
import json
import random
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from runs import crawl, database, lamdong

from archive import fixity, verified
from archive.store import Archive
from archive.store.opening import DATABASE
from archive.store.read_by import note_extraction
from archive.verifying import Listener, faults
from archive.verifying_sample import sample_faults
from archive.warc import Record, WarcFolder, records
from benchmarks.damages import ROWS, WARC
from crawler.cli import cli
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_archive
from crawler.verifying import tools
from crawler.version import extraction

AT = datetime(2026, 9, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawled") / "archive"
    with Replica(SampleNewspaper(), tmp_path_factory.mktemp("replica")) as replica:
        crawl(folder, replica, "--limit", 12)
    return folder


@pytest.fixture
def archive(crawled, tmp_path):
    return Path(shutil.copytree(crawled, tmp_path / "archive"))


def found(archive):
    return list(faults(archive, tools(0)))


def altered(archive, statement, *values):
    with contextlib.closing(sqlite3.connect(archive / DATABASE, isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        assert db.execute(statement, values).rowcount


def warc(archive):
    (path,) = (archive / "warc").glob("*.warc.gz")
    return path


# -- noticed and named ------------------------------------------------------------------------------


def test_a_sound_archive(archive):
    before = {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()}
    assert found(archive) == []
    assert {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("kind", (*WARC, *ROWS))
def test_random_damages(crawled, tmp_path, kind):
    for number in range(4):
        folder = Path(shutil.copytree(crawled, tmp_path / str(number)))
        damage = kind(folder, random.Random(number))
        said = found(folder)
        assert any(all(part in each for part in damage.named) for each in said), (damage, said)


def test_where_a_changed_text_stands_is_said(archive):
    altered(archive, "UPDATE versions SET reading = replace(reading, ' ', '  ') WHERE version = 1")
    (archive / f"{DATABASE}.sha256").unlink()
    with database(archive) as db:
        url = db.execute("SELECT url FROM articles").fetchone()[0]
    assert any(
        "table versions" in said and url in said and "reading is" in said for said in found(archive)
    )


@pytest.mark.parametrize("statement", [
    "CREATE TRIGGER t AFTER UPDATE ON articles BEGIN DELETE FROM versions; END",
    "CREATE TABLE guests (id INTEGER)",
    "DROP INDEX articles_layout",
])  # fmt: skip
def test_a_schema_that_no_migration_makes(archive, statement):
    with contextlib.closing(sqlite3.connect(archive / DATABASE)) as db:
        db.execute(statement)
    (archive / f"{DATABASE}.sha256").unlink()
    (said,) = found(archive)
    assert said.startswith(
        f"archive.db: the {statement.split()[1].lower()} {statement.split()[2]} is"
    )


def test_words_missing_from_the_index(archive):
    altered(
        archive, "DELETE FROM suggestions_data WHERE id = (SELECT max(id) FROM suggestions_data)"
    )
    assert any("suggestions" in said or "damaged" in said for said in found(archive)[1:])


def test_bytes_that_no_reader_looks_at(archive):
    path = archive / DATABASE
    content = bytearray(path.read_bytes())
    content[72] ^= 1  # of the header, for extensions yet to come
    path.write_bytes(content)
    (said,) = found(archive)
    assert "not those the last run left" in said


def test_a_revisit_without_its_original(archive):
    with Archive(archive) as opened:
        at = next(records(warc(archive))).at
        fields = {"WARC-Refers-To-Target-URI": "https://baolamdong.vn/khong-co.html"}
        opened.warc.append("revisit", "application/http", fields, b"", url="https://a.vn/", at=at)
    (said,) = found(archive)
    assert "repeats https://baolamdong.vn/khong-co.html, which is not there" in said


def test_readings_that_are_none(archive):
    altered(archive, "UPDATE versions SET reading = replace(reading, '\"title\"', '\"tit\"')")
    assert any("version 1: its reading cannot be read" in said for said in found(archive))


# -- not taken for damage ---------------------------------------------------------------------------


def test_while_a_run_is_under_way(archive):
    with open_archive(archive) as opened:
        opened.begin_run("newest", {})
        opened.warc.append_exchange(
            url="https://baolamdong.vn/moi-499990.html", fetched_at=next(records(warc(archive))).at,
            status=200, headers=[], body=b"under way",
        )  # fmt: skip
        assert found(archive) == []
        opened.begin_run(
            "newest", {}
        )  # the journal goes on, behind a response that is still being read
        assert found(archive) == []
        altered(archive, "UPDATE captures SET status = 201 WHERE id = 3")
        assert any("captures, id 3" in said for said in found(archive))


def test_after_a_run_that_died(archive):
    left = archive.with_name("left")
    with open_archive(archive) as opened:
        opened.begin_run("newest", {})
        opened.warc.append_exchange(
            url="https://baolamdong.vn/moi-499990.html", fetched_at=next(records(warc(archive))).at,
            status=200, headers=[], body=b"received",
        )  # fmt: skip
        shutil.copytree(archive, left)  # as a kill leaves it
    with max((left / "warc").glob("*.warc.gz")).open("ab") as file:
        file.write(next((left / "warc").glob("*.warc.gz")).read_bytes()[:100])
    notes = []
    assert list(faults(left, tools(0), Listener(note=notes.append))) == []
    assert notes[0].startswith(
        "A run was cut short (responses without rows 1, bytes of a record cut short 100)"
    )
    assert verify(left).exit_code == 0
    open_archive(left).close()
    notes.clear()
    assert list(faults(left, tools(0), Listener(note=notes.append))) == []
    assert notes == []


def test_a_row_that_is_missing_is_not_what_a_run_left(archive):
    altered(archive, "DELETE FROM captures WHERE id = (SELECT max(id) FROM captures)")
    assert any("is in no row of captures" in said for said in found(archive))


def test_an_archive_that_has_just_begun(tmp_path):
    open_archive(tmp_path).close()
    assert found(tmp_path) == []
    with open_archive(tmp_path) as opened:
        opened.begin_run("newest", {})
        assert found(tmp_path) == []


def test_a_schema_is_what_it_means(archive):
    with contextlib.closing(sqlite3.connect(archive / DATABASE, isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        db.execute("UPDATE sqlite_master SET sql = replace(sql, '-- ', '--  of old: ')")
    (archive / f"{DATABASE}.sha256").unlink()
    assert found(archive) == []
    with contextlib.closing(sqlite3.connect(archive / DATABASE, isolation_level=None)) as db:
        db.execute("DROP INDEX urls_url")
    assert found(archive) == ["archive.db: the index urls_url is missing"]


def test_what_another_extraction_read_is_not_compared(archive):
    altered(archive, "UPDATE versions SET reading = replace(reading, ' ', '  ') WHERE version = 1")
    altered(archive, "DELETE FROM settings WHERE name = 'extraction'")
    (archive / f"{DATABASE}.sha256").unlink()
    assert any("which extraction read" in said for said in found(archive))
    with contextlib.closing(sqlite3.connect(archive / DATABASE, isolation_level=None)) as db:
        note_extraction(db, "0123456789abcdef")
    notes = []
    assert list(faults(archive, tools(0), Listener(note=notes.append))) == []
    assert "another extraction than today's" in notes[0]
    with contextlib.closing(sqlite3.connect(archive / DATABASE, isolation_level=None)) as db:
        db.execute("UPDATE captures SET id = id")
        note_extraction(db, extraction())
    assert found(archive) == []  # from the next capture on they are compared


# -- closed files -----------------------------------------------------------------------------------


def test_a_closed_file_is_never_written_to_again(tmp_path):
    def append(size):
        folder = WarcFolder(tmp_path, roll_at=size)
        folder.append_metadata({"x": 1}, url=None, at=AT)
        folder.close()

    append(1)
    append(1)
    first, second = sorted((tmp_path / "warc").glob("*.warc.gz"))
    assert list(fixity.closed(tmp_path / "warc")) == [first.name]
    whole = first.read_bytes()
    second.unlink()
    append(10**9)
    assert first.read_bytes() == whole
    assert list(fixity.closed_faults(tmp_path / "warc")) == []
    first.write_bytes(whole[:-1])
    assert "not those it was closed with" in next(fixity.closed_faults(tmp_path / "warc"))[1]
    first.unlink()
    assert "the file is missing" in next(fixity.closed_faults(tmp_path / "warc"))[1]


# -- the command ------------------------------------------------------------------------------------


def verify(archive, *arguments):
    return CliRunner().invoke(cli, ["verify", "--archive", str(archive), *arguments])


def test_the_result_is_kept_and_shown(archive):
    assert "Verified: never" in lamdong("status", "--archive", archive).stdout
    done = verify(archive)
    assert (done.exit_code, done.stdout) == (0, "")
    status = json.loads(lamdong("status", "--json", "--archive", archive).stdout)
    assert (status["verified"]["faults"], status["verified"]["sample"]) == (0, None)
    altered(archive, "UPDATE captures SET status = 201 WHERE id = 3")
    done = verify(archive)
    assert done.exit_code == 4
    assert verified.last(archive)["said"] == done.stdout.splitlines()
    assert "faults" in verified.as_line(verified.last(archive))


def test_a_sample(archive):
    assert list(sample_faults(archive, tools(0), 1000)) == []
    altered(archive, "UPDATE captures SET status = 201 WHERE id = 3")
    altered(archive, "UPDATE versions SET reading = replace(reading, ' ', '  ') WHERE version = 1")
    said = list(sample_faults(archive, tools(0), 1000))
    assert any("captures, id 3 " in each and "status is 201" in each for each in said)
    assert any("its reading is not what is read from" in each for each in said)
    path = warc(archive)
    begin = next(r.place for r in records(path) if isinstance(r, Record) and r.type == "response")
    content = bytearray(path.read_bytes())
    content[begin.offset + begin.length // 2] ^= 1
    path.write_bytes(content)
    said = verify(archive, "--sample", "1000")
    assert said.exit_code == 4
    assert f"offset {begin.offset}: " in said.stdout


def test_rows_are_made_again_and_the_damaged_database_is_kept(archive, monkeypatch):
    monkeypatch.setattr("crawler.cores.pool_size", lambda: 0)
    altered(archive, "DELETE FROM articles WHERE id = (SELECT max(id) FROM articles)")
    damaged = (archive / DATABASE).read_bytes()
    assert verify(archive, "--repair").exit_code == 0
    (kept,) = archive.glob("archive.db.damaged-*")
    assert kept.read_bytes() == damaged
    assert found(archive) == []


def test_the_index_is_made_again(archive):
    altered(archive, "DELETE FROM texts WHERE id = (SELECT max(id) FROM texts)")
    (archive / f"{DATABASE}.sha256").unlink()
    assert verify(archive, "--repair").exit_code == 0
    assert found(archive) == []


def test_damaged_files_are_not_made_the_measure(archive):
    path = warc(archive)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    before = {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()}
    done = verify(archive, "--repair")
    assert done.exit_code == 4
    assert "from a backup first" in done.stderr
    (archive / verified.RESULT).unlink()
    assert {path: path.read_bytes() for path in archive.rglob("*") if path.is_file()} == before


def test_no_archive_is_one_sentence(tmp_path):
    done = verify(tmp_path)
    assert (done.exit_code, len(done.stderr.splitlines())) == (1, 1)

"""A backup is an archive like any other: as it was at one moment, made also while a crawl writes, never half."""

import contextlib
import io
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest
import starting
from click.testing import CliRunner
from runs import COMMAND, environment, lamdong
from test_web import AT, Writer, an_article, fill

from archive import backup as backing_up
from archive import export
from archive.backup import LEDGER, backup
from archive.model import Place
from archive.store import Archive, ArchiveError
from archive.store.opening import open_database
from archive.warc import check, read, records
from crawler.cli import cli
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

HOST = "https://baolamdong.vn"


def exported(folder):
    out = io.StringIO()
    with contextlib.closing(open_database(folder, writable=False)) as db:
        export.write(export.articles(db, export.Selection(versions=True)), out, "jsonl")
    return out.getvalue()


def faults(folder):
    """What keeps a folder from being a sound archive: database, rows against records, records against rows."""
    found = [str(damage) for path in (folder / "warc").glob("*.warc.gz") for damage in check(path)]
    with contextlib.closing(open_database(folder, writable=False)) as db:
        found += [row[0] for row in db.execute("PRAGMA integrity_check") if row[0] != "ok"]
        rows = {(row["warc"], row["offset"]): row for row in db.execute("SELECT * FROM captures")}
    for row in rows.values():
        record = read(folder, Place(row["warc"], row["offset"], row["length"]))
        if (record.url, record.digest) != (row["url"], row["digest"]):
            found.append(f"another record at {row['offset']}")
    for path in (folder / "warc").glob("*.warc.gz"):
        places = {record.place.offset for record in records(path) if record.type == "response"}
        found += [f"no row for {n}" for n in places if (f"warc/{path.name}", n) not in rows]
    return found


def files(folder):
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def add(archive, number):
    url = f"{HOST}/them-{number}.html"
    Writer(archive).keep(f"c/them-{number}", an_article(url, f"Thêm {number}"))


@pytest.fixture
def folder(tmp_path):
    """An archive of two closed WARC files and an open one."""
    path = tmp_path / "archive"
    for operator in ("a", "b", "c"):
        with Archive(path, {"operator": operator}) as archive:
            fill(archive) if operator == "a" else add(archive, 386000 + ord(operator))
    assert len(list((path / "warc").glob("*.warc.gz"))) == 3
    return path


def test_it_is_an_archive_with_the_same_export(folder, tmp_path):
    done = backup(folder, tmp_path / "copy")
    assert (done.files, done.kept, done.faults) == (3, 0, [])
    assert exported(tmp_path / "copy") == exported(folder)
    assert faults(tmp_path / "copy") == []
    assert not list(tmp_path.rglob("*.part"))


def test_the_next_copies_only_what_is_new(folder, tmp_path):
    copy = tmp_path / "copy"
    backup(folder, copy)
    closed = sorted((copy / "warc").glob("*.gz"))[:2]
    before = [path.stat() for path in closed]
    with Archive(folder) as archive:
        add(archive, 386700)
    done = backup(folder, copy)
    assert (done.files, done.kept) == (1, 2)
    assert [(path.stat().st_ino, path.stat().st_mtime_ns) for path in closed] == [
        (stat.st_ino, stat.st_mtime_ns) for stat in before
    ]
    assert exported(copy) == exported(folder)
    assert backup(folder, copy).files == 0


def test_what_no_transaction_has_yet_is_left_out(folder, tmp_path):
    with Archive(folder) as archive:
        add(archive, 386800)
        archive.settle(at_once=True)
        Writer(archive).capture(f"{HOST}/chua-ghi.html", b"received, not committed")
        backup(folder, tmp_path / "copy")
        assert "Thêm 386800" in exported(tmp_path / "copy")
        assert faults(tmp_path / "copy") == []
    sizes = [
        sum(p.stat().st_size for p in (f / "warc").iterdir()) for f in (folder, tmp_path / "copy")
    ]
    assert sizes[0] > sizes[1]


def test_while_a_crawl_runs(tmp_path):
    folder, copy = tmp_path / "archive", tmp_path / "copy"
    with Replica(SampleNewspaper(), tmp_path) as replica:
        command = [*COMMAND, "crawl", "--archive", str(folder)]
        with starting.begin(
            command, env=environment(replica), stderr=subprocess.DEVNULL
        ) as running:
            made = 0
            while running.poll() is None:
                with contextlib.suppress(ArchiveError):  # at its beginning there is nothing
                    waiting = backup(folder, copy).waiting
                    made += 1
                    assert len(faults(copy)) == waiting
                time.sleep(0.05)
    assert made >= 2
    backup(folder, copy)
    assert exported(copy) == exported(folder)
    assert lamdong("verify", "--archive", copy).returncode == 0


@pytest.mark.parametrize(
    "step", ["snapshot", "copy_bytes", "_row_faults", "_copy_sums", "_take_name", "sync"]
)
@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_in_between_the_earlier_one_stays_and_the_next_goes_on(folder, tmp_path, step, when):
    copy = tmp_path / "copy"
    backup(folder, copy)
    earlier = exported(copy)
    with Archive(folder) as archive:
        add(archive, 386900)
    killed = os.fork()
    if not killed:
        inner = getattr(backing_up, step)

        def kill(*arguments):
            if when == "after":
                inner(*arguments)
            os.kill(os.getpid(), signal.SIGKILL)

        setattr(backing_up, step, kill)
        with contextlib.suppress(BaseException):
            backup(folder, copy)
        os._exit(0)
    assert os.waitpid(killed, 0)[1] == signal.SIGKILL
    assert exported(copy) in {earlier, exported(folder)}
    with contextlib.closing(open_database(copy, writable=False)) as db:
        for row in db.execute("SELECT warc, offset, length FROM captures"):
            read(copy, Place(**row))
    assert backup(folder, copy).faults == []
    assert exported(copy) == exported(folder)
    assert faults(copy) == []


def test_a_full_disk_is_one_sentence(folder, tmp_path):
    copy = tmp_path / "copy"
    backup(folder, copy)
    before = exported(copy)
    with Archive(folder) as archive:
        add(archive, 386950)

    def small():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = starting.run(
        [*COMMAND, "backup", "--archive", str(folder), str(copy)],
        capture_output=True, text=True, preexec_fn=small,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert "disk" in done.stderr
    assert exported(copy) == before
    assert not list(copy.rglob("*.part*"))


def test_other_folders_are_refused_and_stay_as_they_are(folder, tmp_path):
    other, foreign = tmp_path / "other", tmp_path / "foreign"
    (other / "photos").mkdir(parents=True)
    with Archive(foreign) as archive:
        add(archive, 386100)
    backup(foreign, tmp_path / "foreign-copy")
    for target in (other, foreign, tmp_path / "foreign-copy", folder, folder / "warc", tmp_path):
        before = files(target)
        with pytest.raises(ArchiveError):
            backup(folder, target)
        assert files(target) == before
    done = CliRunner().invoke(cli, ["backup", "--archive", str(folder), str(other)])
    assert done.exit_code == 1
    assert (
        done.stderr == f"Error: {other}: this is no backup of {folder}; choose an empty folder.\n"
    )


def test_a_damaged_archive_does_not_spoil_its_backup(folder, tmp_path):
    copy = tmp_path / "copy"
    backup(folder, copy)
    before = files(copy)
    first = min((folder / "warc").glob("*.gz"))
    damaged = bytearray(first.read_bytes())
    damaged[-100] ^= 1
    first.write_bytes(damaged)
    with pytest.raises(ArchiveError, match="not what was backed up"):
        backup(folder, copy)
    assert files(copy) == before


def test_a_damaged_copy_is_made_anew(folder, tmp_path):
    copy = tmp_path / "copy"
    backup(folder, copy)
    first = min((copy / "warc").glob("*.gz"))
    first.write_bytes(first.read_bytes()[:-7])
    assert backup(folder, copy).files == 1
    assert faults(copy) == []


def test_damage_in_the_archive_is_said_by_its_first_backup(folder, tmp_path):
    last = max((folder / "warc").glob("*.gz"))
    damaged = bytearray(last.read_bytes())
    damaged[1000] ^= 1
    last.write_bytes(damaged)
    done = CliRunner().invoke(cli, ["backup", "--archive", str(folder), str(tmp_path / "copy")])
    assert done.exit_code == 4
    assert "offset" in done.stdout


def test_a_row_without_record_is_said(folder, tmp_path, monkeypatch):
    monkeypatch.setattr("archive.snapshot._PATIENCE", 0)
    with contextlib.closing(sqlite3.connect(folder / "archive.db")) as db, db:
        db.execute("UPDATE captures SET offset = offset + 1 WHERE id = 2")
    assert len(backup(folder, tmp_path / "copy").faults) == 1


def test_it_can_be_written_to_like_any_archive(folder, tmp_path):
    copy = tmp_path / "copy"
    backup(folder, copy)
    moved = shutil.move(copy, tmp_path / "restored")
    with Archive(Path(moved)) as archive:
        add(archive, 386990)
    assert "Thêm 386990" in exported(Path(moved))
    assert faults(Path(moved)) == []


def test_one_line_says_what_was_copied(folder, tmp_path):
    done = CliRunner().invoke(cli, ["backup", "--archive", str(folder), str(tmp_path / "copy")])
    assert (done.exit_code, done.stdout) == (0, "")
    assert len(done.stderr.splitlines()) == 1
    assert "3 WARC files copied" in done.stderr
    ledger = json.loads((tmp_path / "copy" / LEDGER).read_text())
    assert ledger["made_at"] > AT.isoformat()[:4]


def test_nothing_to_back_up_is_said(tmp_path):
    done = CliRunner().invoke(
        cli, ["backup", "--archive", str(tmp_path / "none"), str(tmp_path / "copy")]
    )
    assert (done.exit_code, "nothing to back up" in done.stderr) == (1, True)
    assert not (tmp_path / "copy").exists()

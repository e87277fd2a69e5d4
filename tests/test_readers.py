"""Who may read an archive but not write it, and folders in which there is none."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import urllib.request
from pathlib import Path

import pytest
import starting
from runs import COMMAND, crawl, environment

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

DROP = 24  # PR_CAPBSET_DROP of Linux
OVERRIDING = (1, 2, 3)  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER
READING = (
    ("status", "--json"), ("search", "lam"), ("export",), ("export", "--format", "wacz"), ("verify",),
    ("verify", "--sample", "3"),
)  # fmt: skip
WRITING = (
    ("crawl",), ("withhold", "1", "--why", "x"), ("release", "1"), ("rebuild",), ("rebuild", "--index"),
    ("import", __file__),
)  # fmt: skip


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawled") / "archive"
    with Replica(SampleNewspaper(None, False), tmp_path_factory.mktemp("replica")) as replica:
        crawl(folder, replica, "--limit", 2)
    return folder


@pytest.fixture
def shelf(crawled, tmp_path):
    """An archive that its owner may only read."""
    folder = Path(shutil.copytree(crawled, tmp_path / "archive"))
    closed(folder)
    yield folder
    closed(folder, 0o755, 0o644)


def closed(folder, folders=0o555, files=0o444):
    for path in (folder, *folder.rglob("*")):
        path.chmod(folders if path.is_dir() else files)


def bound():
    """Take from root, in the process to be, what sets it above permissions."""
    if os.geteuid() == 0:
        for capability in OVERRIDING:
            ctypes.CDLL(None).prctl(DROP, capability)


def as_reader(*arguments, **more):
    """Run a command as one who may not write."""
    return starting.run(
        [*COMMAND, *map(str, arguments)], env=environment(None), capture_output=True,
        preexec_fn=bound, **more,
    )  # fmt: skip


def listing(folder):
    return sorted((str(path), path.stat().st_size) for path in folder.rglob("*"))


@pytest.mark.parametrize("arguments", READING, ids=" ".join)
def test_a_reader_reads_and_changes_nothing(shelf, arguments):
    before = listing(shelf)
    done = as_reader(*arguments, "--archive", shelf)
    assert (done.returncode, b"Error" in done.stderr) == (0, False), done.stderr
    assert done.stdout or arguments[0] == "verify"
    assert listing(shelf) == before


def test_a_reader_reads_while_a_run_holds_it_and_after_it_died(shelf, crawled):
    closed(shelf, 0o755, 0o644)
    with contextlib.closing(sqlite3.connect(shelf / "archive.db", isolation_level=None)) as db:
        db.execute("CREATE TABLE IF NOT EXISTS told (x)")
        closed(shelf)
        done = as_reader("export", "--archive", shelf)
        assert (done.returncode, done.stdout.count(b"\n")) == (0, 2), done.stderr
        dead = shelf.with_name("dead")
        shutil.copytree(shelf, dead)
    (dead / "archive.db-shm").chmod(0o644)
    dead.chmod(0o755)
    (dead / "archive.db-shm").unlink()
    closed(dead)
    done = as_reader("export", "--archive", dead)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"a run was cut short here, and only who may write" in done.stderr
    closed(dead, 0o755, 0o644)


def test_a_reader_backs_it_up(shelf, tmp_path):
    target = tmp_path / "backup"
    target.mkdir()
    target.chmod(0o777)
    done = as_reader("backup", target, "--archive", shelf)
    assert done.returncode == 0, done.stderr
    assert (target / "archive.db").exists()


def test_a_reader_is_told_where_a_backup_cannot_be_written(shelf):
    target = shelf.with_name("target")
    target.mkdir(0o555)
    done = as_reader("backup", target, "--archive", shelf)
    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"choose a folder you may write to as DIR" in done.stderr


@pytest.mark.parametrize("arguments", WRITING, ids=" ".join)
def test_what_writes_is_one_sentence(shelf, arguments):
    done = as_reader(*arguments, "--archive", shelf)
    said = [line for line in done.stderr.splitlines() if b"LAMDONG_CONTACT" not in line]
    assert (done.returncode, len(said)) == (1, 1), done.stderr
    assert b"permission denied; choose a folder you may write to with --archive." in done.stderr


def test_a_reader_serves_it(shelf):
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    served = starting.begin(
        [*COMMAND, "serve", "--port", str(port), "--archive", str(shelf)], env=environment(None),
        stderr=subprocess.PIPE, preexec_fn=bound,
    )  # fmt: skip
    with served:
        assert b"http://" in served.stderr.readline()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/.json") as answer:
            assert len(json.load(answer)["articles"]) == 2
        served.send_signal(signal.SIGTERM)
    assert served.returncode == 0


# -- where there is none ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments", [*READING, ("serve", "--port", "0"), ("backup", "copy")], ids=" ".join
)
def test_no_command_that_reads_makes_an_archive(tmp_path, arguments):
    for folder in (tmp_path / "typo", tmp_path / "empty"):
        if folder.name == "empty":
            folder.mkdir()
        done = starting.run(
            [*COMMAND, *arguments, "--archive", str(folder)], env=environment(None), cwd=tmp_path,
            capture_output=True,
        )  # fmt: skip
        assert (done.returncode, done.stderr.count(b"\n")) == (1, 1), done.stderr
        assert not folder.exists() or list(folder.iterdir()) == []
    assert not (tmp_path / "copy").exists()

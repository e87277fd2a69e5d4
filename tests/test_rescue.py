"""Failures of commands are one sentence each: of a damaged database, and of a standard output nobody can write to."""

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

import pytest
import starting
from runs import COMMAND, crawl, environment

from benchmarks import damage
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.rebuilding import rebuild


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawled") / "archive"
    with Replica(SampleNewspaper(None, False), tmp_path_factory.mktemp("replica")) as replica:
        crawl(folder, replica, "--limit", 3)
    return folder


@pytest.fixture
def archive(crawled, tmp_path):
    return Path(shutil.copytree(crawled, tmp_path / "archive"))


# -- a damaged database -----------------------------------------------------------------------------

# What the rows then hold, and what reads them raises.
MADE = {
    "JSONDecodeError": "UPDATE versions SET reading = substr(reading, 1, 200)",
    "UnicodeDecodeError": "UPDATE versions SET reading = CAST(x'ff00ff' || reading AS TEXT)",
    "TypeError": "UPDATE versions SET reading = '[1]'",
    "KeyError": "UPDATE versions SET reading = '{}'",
    "no table": "DROP TABLE versions",
}


@pytest.mark.parametrize("name", MADE)
def test_it_is_said_in_one_sentence_and_made_anew(archive, crawled, name):
    with contextlib.closing(sqlite3.connect(archive / "archive.db", isolation_level=None)) as db:
        db.execute("PRAGMA foreign_keys = OFF")
        db.execute(MADE[name])
    before = damage.exported(crawled)
    assert len(before) == 3
    assert damage.said(archive, ["status"]) == ""
    assert damage.said(archive, ["export"]) == ""
    assert damage.status_of(archive, ["export"]) == 1
    assert damage.status_of(archive, ["verify"]) == 4
    rebuild(archive, workers=0)
    assert damage.exported(archive) == before


def test_the_comparison_with_a_damaged_database_is_a_courtesy(archive):
    with contextlib.closing(sqlite3.connect(archive / "archive.db", isolation_level=None)) as db:
        db.execute(MADE["JSONDecodeError"])
    (line,) = rebuild(archive, workers=0).changes.lines()
    assert line.startswith("3 articles in 3 versions; no database to compare with (it is damaged: ")


NO_TEXT = b"\xff\x8b"
SCHEMA = {
    "name": ("name", NO_TEXT),
    "its table": ("tbl_name", NO_TEXT),
    "its statement": ("sql", NO_TEXT),
    "said in SQLite's message": ("sql", b"CREATE INDEX articles_layout ON artic\x8bes (layout)"),
}


@pytest.mark.filterwarnings(
    "ignore:coroutine 'Database.table_exists':RuntimeWarning"
)  # Datasette's
@pytest.mark.parametrize("of", SCHEMA)
def test_a_schema_that_is_no_text(archive, crawled, of):
    column, garbage = SCHEMA[of]
    with contextlib.closing(sqlite3.connect(archive / "archive.db", isolation_level=None)) as db:
        db.execute("PRAGMA writable_schema = ON")
        update = (
            f"UPDATE sqlite_master SET {column} = CAST(? AS TEXT) WHERE name = 'articles_layout'"
        )
        assert db.execute(update, [garbage]).rowcount == 1
    assert damage.wrong_pages(archive, 1) == []
    assert [damage.said(archive, [command]) for command in ("status", "export")] == ["", ""]
    assert damage.status_of(archive, ["verify"]) == 4
    rebuild(archive, workers=0)
    assert damage.exported(archive) == damage.exported(crawled)
    assert damage.status_of(archive, ["verify"]) == 0


@pytest.mark.parametrize("number", [0, 4, 6])
def test_damages_at_random(crawled, number):
    assert damage.tried(crawled, 12, "archive.db", number).wrong == ""


@pytest.mark.thorough
@pytest.mark.parametrize("of", damage.KINDS)
@pytest.mark.parametrize("number", range(100, 120))
def test_more_damages_at_random(crawled, of, number):
    assert damage.tried(crawled, 12, of, number).wrong == ""


# -- standard output --------------------------------------------------------------------------------


def printed_to(output, *arguments):
    """Run a command in a process of its own; what it said on standard error, and its exit status."""
    done = starting.run(
        [*COMMAND, *map(str, arguments)], env=environment(None) | {"LAMDONG_CONTACT": "me@example.org"},
        stdout=output, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "arguments",
    [("export",), ("export", "--format", "wacz"), ("status", "--json"), ("search", "lam"), ("--help",)],
    ids=" ".join,
)  # fmt: skip
def test_a_full_standard_output_is_one_sentence(archive, arguments):
    folder = () if arguments == ("--help",) else ("--archive", archive)
    with Path("/dev/full").open("wb") as full:
        status, said = printed_to(full, *arguments, *folder)
    assert status == 1
    (line,) = (line for line in said.splitlines() if not line.startswith("Left out"))
    assert line.startswith(
        "Error: Standard output: no space left on device, so not all was written"
    )


@pytest.mark.parametrize(
    "arguments",
    [("export",), ("export", "--format", "wacz"), ("status", "--json"), ("search", "lam"), ("--help",)],
    ids=" ".join,
)  # fmt: skip
def test_a_reader_that_has_gone_is_nothing_to_speak_of(archive, arguments):
    folder = () if arguments == ("--help",) else ("--archive", archive)
    reading, writing = os.pipe()
    os.close(reading)
    try:
        status, said = printed_to(writing, *arguments, *folder)
    finally:
        os.close(writing)
    about_data = ("Left out", f"{len(damage.exported(archive))} of ")
    assert (status, [line for line in said.splitlines() if not line.startswith(about_data)]) == (
        141,
        [],
    )


def with_it_closed(*arguments):
    words = ["sh", "-c", 'exec "$@" >&-', "sh", *COMMAND, *map(str, arguments)]
    return subprocess.run(words, env=environment(None), capture_output=True, text=True, check=False)


def test_a_closed_standard_output_is_one_sentence_and_no_file_of_the_archive_gets_its_number(
    archive,
):
    done = with_it_closed("export", "--archive", archive)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Standard output: " in done.stderr
    code = "import os; os.close(1); from archive import standard_output as o; o.prepare(); print(os.open('/', 0))"
    assert subprocess.run([COMMAND[0], "-c", code], check=False).returncode != 0
    code = code.replace("print(os.open('/', 0))", "assert os.open('/', 0) > 2")
    subprocess.run([COMMAND[0], "-c", code], check=True)


def test_what_needs_no_standard_output_does_without(archive):
    done = with_it_closed("verify", "--archive", archive)
    assert (done.returncode, "sound" in done.stderr) == (0, True)
    assert json.loads((archive / "verified.json").read_text())["faults"] == 0

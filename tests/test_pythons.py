"""What newer Pythons refuse, found by whichever one runs the tests; and what is said where something is too old."""

import os
import re
import sqlite3
from pathlib import Path

import pytest
import starting
from runs import COMMAND, database, environment

from archive.store import Archive, ArchiveError, opening
from archive.store import archive as opening_to_write

ROOT = Path(__file__).parent.parent


def test_no_placeholder_is_numbered():
    """Python 3.14 refuses `?1` together with a sequence: values have names, or stand in order."""
    sources = [path for part in ("archive", "crawler") for path in (ROOT / part).rglob("*.py")]
    assert sources
    found = [p.name for p in sources if re.search(r"[ (=<>]\?[1-9]", p.read_text("utf-8"))]
    assert found == []


@pytest.fixture
def opened(monkeypatch):
    """Return the connections to an archive that are opened within the test."""
    made, connect = [], sqlite3.connect

    def noted(*args, **kwargs):
        made.append(connect(*args, **kwargs))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", noted)
    return made


def is_closed(connection):
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


def test_an_archive_that_does_not_open_leaves_no_connection_open(opened, tmp_path, monkeypatch):
    Archive(tmp_path).close()
    damaged = tmp_path / "archive.db"
    monkeypatch.setattr(opening_to_write.WarcFolder, "repair", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        Archive(tmp_path)
    damaged.write_bytes(b"no database" * 100)
    for writable in (True, False):
        with pytest.raises(ArchiveError):
            opening.open_database(tmp_path, writable=writable)
    assert len(opened) == 4
    assert all(is_closed(each) for each in opened)


def test_an_archive_that_cannot_commit_is_closed_all_the_same(opened, tmp_path, monkeypatch):
    archive = Archive(tmp_path)
    monkeypatch.setattr(archive, "_leave", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        archive.close()
    assert len(opened) == 1
    assert is_closed(opened[0])
    with database(tmp_path) as db:  # and the lock let go
        assert db.execute("SELECT count(*) FROM articles").fetchone()[0] == 0


@pytest.mark.skipif("newer_sqlite" not in os.environ.get("PYTHONPATH", ""), reason="the usual one")
def test_where_a_newer_sqlite_is_asked_for_it_is_used():
    assert sqlite3.sqlite_version_info >= (3, 51)


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("import sqlite3; sqlite3.sqlite_version_info = (3, 37, 2)", "SQLite 3.38 or newer"),
        ("import sys; sys.modules['fcntl'] = None", "Linux, macOS or another Unix"),
    ],
)
def test_what_is_too_old_or_not_there_is_one_sentence(missing, sentence, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(missing)
    done = starting.run(
        [*COMMAND, "status", "--archive", str(tmp_path / "none")],
        env={**environment(None), "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1

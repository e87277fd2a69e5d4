"""What newer Pythons refuse, found by whichever one runs the tests; and what is said where something is too old."""

import re
import sqlite3
from pathlib import Path

import pytest
from runs import database

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

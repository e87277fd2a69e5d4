"""The archive as a Datasette: whatever its folder is called, and without a word about this machine."""

import asyncio
import os
import urllib.request
from pathlib import Path

import pytest
from test_web import TODAY, Writer, address_of, an_article, command, get

from archive.store import Archive
from archive.web.served import Allowed, served

NAMES = (
    "a%41b", "50%", "a#b", "what?mode=memory", "a b", "báo lâm đồng", "it's \"quoted\"", "a&b=c;d", "[x]{y}", "%00",
    "file:a", "-a",
)  # fmt: skip
MACHINE = ("/-/databases", "/-/threads", "/-/plugins", "/-/settings", "/-/versions", "/-/metadata")


def make(folder):
    with Archive(folder) as archive:
        Writer(archive).keep("c/mot-bai-386954", an_article(TODAY, "Một bài"))


def close(datasette):
    for database in datasette.databases.values():
        database.close()
    datasette.executor.shutdown()


@pytest.fixture
def site(tmp_path):
    make(tmp_path / "archive")
    datasette = served(tmp_path / "archive", Allowed())
    yield datasette
    close(datasette)


@pytest.mark.parametrize("name", [*NAMES, os.fsdecode(b"not-utf-8-\xff")])
def test_a_folder_may_have_any_name(tmp_path, name):
    make(tmp_path / name)
    before = sorted(map(str, tmp_path.rglob("*")))
    datasette = served(tmp_path / name, Allowed())
    try:
        assert "Một bài" in get(datasette, "/").text
        assert "Một bài" in get(datasette, "/archive/articles").text
        assert len(get(datasette, "/export.jsonl").text.splitlines()) == 1
    finally:
        close(datasette)
    beside = {"archive.db-wal", "archive.db-shm"}
    assert [
        each for each in sorted(map(str, tmp_path.rglob("*"))) if Path(each).name not in beside
    ] == [each for each in before if Path(each).name not in beside]


@pytest.mark.parametrize("written", ["relative", "double slash"])
def test_a_path_may_be_written_in_any_way(tmp_path, monkeypatch, written):
    make(tmp_path / "a#b")
    monkeypatch.chdir(tmp_path)
    datasette = served(Path("a#b" if written == "relative" else f"/{tmp_path}/a#b"), Allowed())
    try:
        assert "Một bài" in get(datasette, "/").text
    finally:
        close(datasette)


def test_the_command_serves_such_a_folder_too(tmp_path):
    make(tmp_path / "100%#?")
    with command(tmp_path / "100%#?") as process:
        with urllib.request.urlopen(address_of(process)) as answer:
            assert "Một bài" in answer.read().decode()
        process.terminate()
        assert process.wait(5) == 0


@pytest.mark.parametrize("path", MACHINE)
@pytest.mark.parametrize("ending", ["", ".json"])
def test_nothing_tells_where_the_archive_or_the_program_lies(site, tmp_path, path, ending):
    answer = get(site, path + ending)
    assert answer.status_code == 200
    for place in (
        str(tmp_path),
        str(Path(asyncio.__file__).parent),
        str(Path(__file__).parents[1]),
    ):
        assert place not in answer.text

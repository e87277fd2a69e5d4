"""Archives of every schema there was: each opens, migrates, verifies, searches and rebuilds."""

import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli import cli
from crawler.rebuilding import rebuild

MOMENTS = ("state_since", "first_seen_at", "last_seen_at")
OLD = sorted((Path(__file__).parent / "archives").glob("*.tar.gz"))


@pytest.fixture(params=OLD, ids=lambda path: path.name.removesuffix(".tar.gz"))
def archive(request, tmp_path):
    with tarfile.open(request.param) as packed:
        packed.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    return folder


def lamdong(folder, *arguments):
    return CliRunner().invoke(cli, [*arguments, "--archive", str(folder)])


def exported(folder):
    rows = [json.loads(line) for line in lamdong(folder, "export").stdout.splitlines()]
    # The first commit noted when a page had been read, milliseconds after it came; the WARC knows when it came.
    left_out = MOMENTS if folder.name == "f9d8a9f" else ()
    return [{name: row[name] for name in row if name not in left_out} for row in rows]


def is_sound(folder):
    done = lamdong(folder, "verify")
    assert (done.exit_code, done.stdout) == (0, "")
    return done.stderr


def test_there_is_one_of_every_schema():
    assert len(OLD) == 11


def test_it_opens_verifies_and_rebuilds(archive):
    assert "made by an older version; the next command that writes adds" in is_sound(archive)
    before = exported(archive)
    assert len(before) == 3
    assert lamdong(archive, "rebuild", "--index").exit_code == 0
    assert "made by an older version" not in is_sound(archive)
    assert exported(archive) == before
    assert before[0]["url"] in lamdong(archive, "search", before[0]["title"]).stdout
    rebuild(archive, workers=0)
    is_sound(archive)
    assert exported(archive) == before


def test_it_can_be_written_to(archive):
    assert lamdong(archive, "rebuild", "--index").exit_code == 0
    number = exported(archive)[0]["id"]
    assert lamdong(archive, "withhold", str(number), "--why", "x").exit_code == 0
    assert len(exported(archive)) == 2
    is_sound(archive)

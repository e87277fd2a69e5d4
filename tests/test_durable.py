"""In the order of evidence: on the disk before the rows that point there, and taken over before anything is written."""

import ast
import json
import os
import re
import shutil
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner
from runs import crawl, exported, queried
from runs import lamdong as run
from test_import import EDITED, PAGE, STORY, theirs
from test_recovery import AT, LIST, received
from test_verify import found as faults_of
from test_warc import fact

from archive.alarms import Alarm
from archive.fixity import SUMS, add_closed, closed, seal, sum_of, unseal
from archive.model import Found
from archive.store import Archive
from archive.store.alarms import Alarms
from archive.store.holding import withheld
from archive.store.journal import Connection
from archive.warc import WarcFolder, records
from crawler.cli import cli
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.importing import run_import
from crawler.notifying import notify
from crawler.opening import open_to_note
from crawler.rebuilding import rebuild

HOUSE = Path(__file__).parents[1]


class Disk:
    """What a power cut would leave: of each file (by inode) the bytes that were synced, of each folder the names."""

    def __init__(self, monkeypatch):
        self.sizes, self.names, self.commits = {}, {}, 0
        sync, commit = os.fsync, Connection.commit

        def fsync(held):
            sync(held)
            found = os.fstat(held)
            if stat.S_ISDIR(found.st_mode):
                self.names[found.st_ino] = set(os.listdir(held))  # noqa: PTH208 - by number
            self.sizes[found.st_ino] = found.st_size

        def checked(connection):
            (_, _, path) = connection.execute("PRAGMA database_list").fetchone()
            if Path(path).name == "archive.db":
                self.commits += 1
                assert self.lacks(Path(path).parent) == []
            commit(connection)

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(Connection, "commit", checked)

    def lacks(self, folder):
        """What of the WARC files of an archive would be lost now."""
        files = [*(folder / "warc").glob("*.warc.gz")]
        lost = [path for path in [folder / "warc", *files] if not self.has_name(path)]
        return lost + [path for path in files if self.size(path) != path.stat().st_size]

    def has_name(self, path):
        return path.name in self.names.get(path.parent.stat().st_ino, ())

    def size(self, path):
        return self.sizes.get(path.stat().st_ino)


@pytest.fixture
def disk(monkeypatch):
    return Disk(monkeypatch)


def lamdong(folder, command, *arguments):
    done = CliRunner().invoke(cli, [command, "--archive", str(folder), *arguments])
    assert done.exit_code == 0, done.output


def imported(folder, tmp_path, body=PAGE, day="2024-05-06"):
    file = theirs(tmp_path / f"{day}.warc.gz", (STORY.url, body, f"{day}T07:08:09Z"))
    assert run_import(folder, [file], None, as_json=False) == 0


# -- on the disk before the commit ------------------------------------------------------------------


def test_no_commit_comes_before_the_bytes_its_rows_point_to(tmp_path, disk, monkeypatch):
    folder = tmp_path / "deep" / "archive"
    imported(folder, tmp_path)
    imported(folder, tmp_path, EDITED, "2024-06-07")
    with Archive(folder) as archive:
        article = str(archive.db.execute("SELECT id FROM articles").fetchone()[0])
    lamdong(folder, "withhold", article, "--why", "x")
    lamdong(folder, "release", article)
    assert disk.commits > 5
    with Archive(folder, {"operator": "another, so a new file begins"}) as archive:
        archive.found([Found(LIST, LIST, LIST, "listing")], AT)
        archive.add_capture(received(archive, "a"))
    assert len(closed(folder / "warc")) == 1
    assert disk.size(folder / "warc" / SUMS) == (folder / "warc" / SUMS).stat().st_size
    before = disk.commits
    with Archive(folder) as archive:
        archive.add_capture(received(archive, "b"))
        archive.settle(at_once=True)
    assert disk.commits == before + 1


def test_what_a_killed_run_left_is_synced_before_it_is_taken_over(tmp_path, disk):
    killed = WarcFolder(tmp_path)
    fact(killed, 1)
    disk.names.clear()  # as if nothing had been synced by that run
    disk.sizes.clear()
    open_to_note(tmp_path).close()
    assert disk.commits
    killed.close()


def test_a_torn_tail_is_off_the_disk_before_anything_is_appended(tmp_path, disk):
    with Archive(tmp_path) as archive:
        received(archive, "a")
    path = archive.warc._newest()
    whole = path.stat().st_size
    with path.open("ab") as file:
        file.write(path.read_bytes()[:200])
    archive.warc.repair()
    assert disk.size(path) == path.stat().st_size == whole


def test_a_sum_is_noted_of_bytes_that_are_on_the_disk(tmp_path, disk):
    (tmp_path / "a.warc.gz").write_bytes(b"closed by a kill")
    add_closed(tmp_path)
    assert disk.size(tmp_path / "a.warc.gz") == len(b"closed by a kill")
    assert {SUMS, "a.warc.gz"} <= disk.names[tmp_path.stat().st_ino]


def test_the_seal_of_a_database_is_whole_or_not_there(tmp_path, disk):
    database, sum_ = tmp_path / "archive.db", tmp_path / "archive.db.sha256"
    database.write_bytes(b"rows")
    seal(database)
    assert disk.size(sum_) == len(f"{sum_of(database)}  archive.db\n")
    assert sum_.name in disk.names[tmp_path.stat().st_ino]
    unseal(database)
    assert sum_.name not in disk.names[tmp_path.stat().st_ino]


def test_a_new_database_is_on_the_disk_before_it_takes_the_place_of_the_old(
    tmp_path, disk, monkeypatch
):
    imported(tmp_path / "archive", tmp_path)
    (tmp_path / "archive" / "archive.db").write_bytes(b"no database")
    replace, renamed = Path.replace, []

    def checked(path, target):
        if path.name == "archive.db.new":
            renamed.append((disk.size(path), path.stat().st_size))
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", checked)
    rebuild(tmp_path / "archive", workers=0)
    assert renamed
    assert [synced for synced, _ in renamed] == [size for _, size in renamed]
    assert disk.has_name(tmp_path / "archive" / "archive.db")


# -- one way to open --------------------------------------------------------------------------------

# What opens an archive, or its database to write, or takes its lock, and where that is said.
DOORS = {
    "Archive": {"crawler/opening.py"},
    "recover": {"crawler/opening.py"},
    "take_lock": {
        "archive/store/archive.py",
        "archive/backup.py",  # of the copy
        "crawler/rebuilding.py",  # takes all of the journal
    },
    "open_database(writable=True)": {
        "archive/store/archive.py",
        "archive/store/former.py",  # a copy kept aside
        "archive/verifying.py",  # one to compare with
        "crawler/rebuilding.py",  # a new one
        "crawler/verifying.py",  # one to compare with
    },
}


def calls(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            writes = any(
                each.arg == "writable" and getattr(each.value, "value", True)
                for each in node.keywords
            )
            yield f"{name}(writable=True)" if writes else name


def test_whatever_writes_opens_an_archive_in_the_one_way_that_recovers_first():
    opened = {name: set() for name in DOORS}
    for package in ("archive", "crawler"):
        for path in (HOUSE / package).rglob("*.py"):
            for name in set(calls(path)) & opened.keys():
                opened[name].add(str(path.relative_to(HOUSE)))
    assert opened == DOORS


@pytest.fixture
def killed(tmp_path):
    """An archive whose last run was killed between journal and commit, and the article it had withheld."""
    folder = tmp_path / "archive"
    imported(folder, tmp_path)
    with Archive(folder) as archive:
        (article,) = archive.db.execute("SELECT id FROM articles").fetchone()
        archive.begin()
        archive.holding.withhold(str(article), "Kill.", AT)
        received(archive, "unread")
        archive._finish()
        archive.db.rollback()
    return folder, str(article)


@pytest.mark.parametrize("command", ["withhold", "release", "rebuild --index", "import"])
def test_every_command_that_writes_takes_over_first(killed, tmp_path, command):
    folder, article = killed
    if command == "import":
        imported(folder, tmp_path, EDITED, "2024-06-07")
    else:
        picture = "--why", "another"
        arguments = {"withhold": (article, *picture), "release": (article,), "rebuild --index": ()}
        name, *options = command.split()
        status = 1 if command == "withhold" else 0  # it is withheld already
        done = CliRunner().invoke(
            cli, [name, *options, "--archive", str(folder), *arguments[command]]
        )
        assert done.exit_code == status, done.output
    with Archive(folder) as archive:
        held = [subject for subject, _, _ in withheld(archive.db)]
        assert held == ([] if command == "release" else [article])
        urls = [row["url"] for row in archive.db.execute("SELECT url FROM captures")]
        assert "https://baolamdong.vn/unread.html" in urls
    assert faults_of(folder) == []


def test_a_database_that_is_lost_whole_is_made_again_as_a_rebuild_makes_it(tmp_path):
    with Archive(tmp_path) as archive:
        left = received(archive, "a")  # no row, when the power failed
        archive.add_capture(received(archive, "b"))
    for path in tmp_path.glob("archive.db*"):
        path.unlink()
    with open_to_note(tmp_path) as archive:
        assert [row["offset"] for row in archive.db.execute("SELECT * FROM captures")][
            -1
        ] == left.place.offset
    assert faults_of(tmp_path) == []


# -- rows ahead of the files ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    with Replica(SampleNewspaper(troubles=False), tmp_path_factory.mktemp("replica")) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(replica, tmp_path_factory):
    folder = tmp_path_factory.mktemp("crawled") / "archive"
    crawl(folder, replica, "--limit", 8)
    crawl(folder, replica, "--no-images")
    ids = [row["id"] for row in exported(folder)]
    for article in (ids[0], ids[-1]):  # the first by its old capture, the last by one that is lost
        lamdong(folder, "withhold", str(article), "--why", "x")
    return folder


def cut(folder, share):
    """Let a disk lose what lies behind this share of the records of the newest file."""
    path = max((folder / "warc").glob("*.gz"))
    places = [found.place for found in records(path)]
    size = places[int(len(places) * share)].offset if share else 0
    os.truncate(path, size) if size else path.unlink()
    return path, size


def alarms_of(folder):
    rows = queried(folder, "SELECT name, until FROM alarms")
    return [(row["name"], "closed" if row["until"] else "open") for row in rows]


def rows_of(folder):
    return {row["url"]: row["id"] for row in exported(folder)}


def overwritten(folder, replica):
    """Let a program that does not notice write on at stale offsets, as every version before did."""
    with Archive(folder) as archive:
        for number in range(3):
            archive.add_capture(received(archive, f"later-{number}"))


QUICK = [(0.5, "written on")]
THOROUGH = [
    (share, also)
    for share in (0, 0.05, 0.5, 0.97)
    for also in ("", "torn", "zeros", "written on")
    if (share, also) not in QUICK
]


@pytest.mark.parametrize(
    ("share", "also"),
    [*QUICK, *(pytest.param(*each, marks=pytest.mark.thorough) for each in THOROUGH)],
)
def test_rows_beyond_the_files_are_noticed_and_healed(crawled, replica, tmp_path, share, also):
    folder = Path(shutil.copytree(crawled, tmp_path / "archive"))
    before, held = rows_of(folder), queried(folder, "SELECT * FROM withheld")
    path, size = cut(folder, share)
    if size and also in {"torn", "zeros"}:
        with path.open("ab") as file:
            file.write(path.read_bytes()[:200] if also == "torn" else bytes(5000))
    if also == "written on":
        overwritten(folder, replica)
    done = run("crawl", "--archive", folder, "--no-images", replica=replica)
    assert done.returncode == 3, done.stderr
    assert alarms_of(folder) == [("lost", "closed")]
    assert re.search(r"[1-9]\d* addresses are asked again", done.stderr) or share > 0.9, done.stderr
    assert faults_of(folder) == []
    assert rows_of(folder) == before
    assert [tuple(row) for row in queried(folder, "SELECT * FROM withheld")] == [
        tuple(row) for row in held
    ]
    versions = exported(folder, "--versions")
    again = run("rebuild", "--archive", folder)
    assert again.returncode == 0, again.stderr
    assert exported(folder, "--versions") == versions
    assert run("crawl", "--archive", folder, "--no-images", replica=replica).returncode == 0


def test_the_alarm_lasts_until_all_that_was_lost_was_asked_again(crawled, replica, tmp_path):
    folder = Path(shutil.copytree(crawled, tmp_path / "archive"))
    cut(folder, 0.5)
    for options, status, alarm in ((("--limit", 1), 3, "open"), (("--no-images",), 0, "closed")):
        done = run("crawl", "--archive", folder, *options, replica=replica)
        assert (done.returncode, alarms_of(folder)) == (status, [("lost", alarm)]), done.stderr


def test_an_alarm_that_one_run_opens_and_closes_is_told_once(tmp_path):
    told, lost, key = tmp_path / "told", Alarm("lost", facts={"count": 7}), ("lost", "")
    command = ["sh", "-c", f"cat >> {told}"]
    with Archive(tmp_path) as archive:
        archive.begin()
        Alarms(archive.db).settle([lost], [key], AT)
        notify(archive, command)
        notify(archive, command)
        assert Alarms(archive.db).open() == {}
    assert [json.loads(line)["name"] for line in told.read_text().splitlines()] == ["lost"]

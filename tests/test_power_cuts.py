"""The power cut at random moments of every command that writes: nothing durable is lost."""

import shutil

import pytest

from benchmarks import power_cuts
from benchmarks.disk import Call, Disk, File

CHANCE = power_cuts.random.Random(1)


def test_the_disk_keeps_what_was_synced_and_any_part_of_the_rest():
    file = File(b"synced", size=6)
    file.write(6, b"a" * 600)
    file.cut(300)
    left = {file.left(CHANCE) for _ in range(200)}
    assert {b"synced", b"synced" + b"a" * 294, b"synced" + b"a" * 506} <= left
    assert all(each.startswith(b"synced") for each in left)
    file.sync()
    assert {file.left(CHANCE) for _ in range(20)} == {b"synced" + b"a" * 294}


def test_a_name_is_lost_unless_its_folder_was_synced(tmp_path):
    (tmp_path / "before").mkdir()
    folder = tmp_path / "archive"
    disk = Disk(tmp_path / "before", folder)
    made = Call("openat", "", [f"{folder}/a.warc.gz".encode()], "O_CREAT")
    disk.do(made)
    disk.do(Call("fsync", f"{folder}/a.warc.gz", [], ""))
    assert disk.unsynced(".warc.gz") == [f"{folder}/a.warc.gz"]
    assert _names_left(disk, tmp_path) == {(), ("a.warc.gz",)}
    disk.do(Call("fsync", str(folder), [], ""))
    assert disk.unsynced(".warc.gz") == []
    assert _names_left(disk, tmp_path) == {("a.warc.gz",)}


def _names_left(disk, tmp_path):
    found = set()
    for _ in range(40):
        copy = tmp_path / "left"
        copy.mkdir()
        disk.left(CHANCE, copy)
        found.add(tuple(path.name for path in copy.iterdir()))
        shutil.rmtree(copy)
    return found


@pytest.mark.thorough
@pytest.mark.skipif(not shutil.which("strace"), reason="strace records what is written")
def test_power_cuts(capsys):
    assert power_cuts.main(["--cuts", "20"]) == 0, capsys.readouterr().out

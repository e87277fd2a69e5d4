"""Killed, cut off from power or out of disk: what was whole stays, and nothing else is accepted."""

import gzip
import itertools
import json
import os
import random
import signal
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from test_warc import end, exchange, fact, files, whole

from archive.model import Place
from archive.warc import Torn, WarcFolder, check, read, records


@pytest.fixture
def folder(tmp_path):
    with closing(WarcFolder(tmp_path)) as folder:
        yield folder


def child(code, archive):
    """A process of its own that appends, with the functions of test_warc at hand."""
    start = (
        "import json, os, random, resource\n"
        "from test_warc import *\n"
        f"archive = Path({str(archive)!r})\n"
        "folder = WarcFolder(archive)\n"
    )
    here = Path(__file__).parent
    found = {**os.environ, "PYTHONPATH": f"{here}{os.pathsep}{here.parent}"}
    return subprocess.Popen([sys.executable, "-c", start + code], env=found, stdout=subprocess.PIPE)


@pytest.mark.parametrize("filled", [0, 400], ids=["cut", "filled with zeros"])
@pytest.mark.parametrize(
    "known", [None, 0, 1], ids=["nothing known", "the one before known", "itself known"]
)
def test_a_tail_torn_at_any_length_is_cut_off(folder, tmp_path, filled, known):
    places = _, last = fact(folder, 1), fact(folder, 2)
    folder.close()
    path = files(tmp_path)[0]
    content = path.read_bytes()
    for size in range(last.offset, end(last) + 1):
        torn_file = content[:size] + bytes(filled)
        kept = end(last) if torn_file.startswith(content) else last.offset
        path.write_bytes(torn_file)
        torn = folder.repair(None if known is None else places[known])
        assert path.read_bytes() == content[:kept]
        expected = Torn(path, kept, len(torn_file) - kept)
        assert torn == (expected if expected.cut else None)
    assert read(tmp_path, fact(folder, 3)).facts() == {"article": 3}
    assert list(check(path)) == []


def test_of_a_torn_pair_the_whole_response_stays(folder, tmp_path):
    place, _ = exchange(folder)
    folder.close()
    path = files(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-1])
    assert folder.repair(place).offset == end(place)
    assert [record.type for record in whole(path)] == ["warcinfo", "response"]


def test_a_file_torn_in_its_first_record_goes(folder, tmp_path):
    assert folder.repair() is None
    fact(folder, 1)
    path = files(tmp_path)[0]
    for content in (b"", path.read_bytes()[:100]):
        path.write_bytes(content)
        assert folder.repair(Place(path.name, 5000, 10)).cut == len(content)
        assert files(tmp_path) == []


def test_damage_that_is_no_torn_tail_stays(folder, tmp_path):
    last = [fact(folder, number) for number in range(3)][-1]
    folder.close()
    path = files(tmp_path)[0]
    content = path.read_bytes()
    for position in range(
        end(last) - 8, end(last)
    ):  # CRC and length: gzip sees that they are wrong
        altered = bytearray(content)
        altered[position] ^= 0xFF
        path.write_bytes(altered)
        assert folder.repair() is None
    for rubbish in (gzip.compress(b"and more"), b"and more"):
        path.write_bytes(content + rubbish)
        assert folder.repair() is None
    fact(folder, 4)
    assert [type(found).__name__ for found in records(path)] == ["Record"] * 4 + [
        "Damage",
        "Record",
    ]


def test_a_torn_page_cannot_pass_off_its_own_records(folder, tmp_path):
    with closing(WarcFolder(tmp_path / "elsewhere")) as elsewhere:
        fact(elsewhere, 666)
    forged = files(tmp_path / "elsewhere")[0].read_bytes()
    noise = random.Random(1).randbytes  # deflate cannot shorten it, so the forgery stays legible
    before = fact(folder, 1)
    exchange(folder, noise(30_000) + forged + noise(30_000))
    folder.close()
    path = files(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-2000])
    assert forged in path.read_bytes()
    assert [type(found).__name__ for found in records(path)] == ["Record", "Record", "Damage"]
    assert folder.repair(before).offset == end(before)


KILLED = """
while True:
    place, digest = exchange(folder, random.randbytes(random.randrange(3_000_000)))
    print(json.dumps([place.warc, place.offset, place.length, digest]), flush=True)
"""


def test_kill_9_loses_nothing_that_was_told(tmp_path):
    for told_before in (1, 2, 5):
        with child(KILLED, tmp_path) as process:
            lines = [process.stdout.readline() for _ in range(told_before)]
            process.send_signal(signal.SIGKILL)
            lines += process.stdout.readlines()
        with closing(WarcFolder(tmp_path)) as folder:
            folder.repair()
            fact(folder, told_before)
        for *place, digest in map(json.loads, lines):
            assert read(tmp_path, Place(*place)).digest == digest
        assert [damage for path in files(tmp_path) for damage in check(path)] == []


FULL = """
def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
limit(200)
try:
    fact(folder, 0)
except OSError:
    left_by_the_first = len(files(archive))
limit(100_000)
places = []
try:
    while True:
        places.append(exchange(folder, os.urandom(30_000))[0])
except OSError as error:
    reason = error.strerror
size = files(archive)[0].stat().st_size
limit(resource.RLIM_INFINITY)
fact(folder, 1)
folder.close()
print(json.dumps([left_by_the_first, len(places), reason, size]))
"""


def test_a_full_disk_leaves_whole_records_and_goes_on_later(tmp_path):
    with child(FULL, tmp_path) as process:
        left_by_the_first, count, reason, size = json.loads(process.stdout.read())
    assert (left_by_the_first, count, reason) == (0, 3, "File too large")
    kept = whole(files(tmp_path)[0])
    assert [record.type for record in kept][-3:] == ["response", "request", "metadata"]
    assert kept[-1].place.offset == size


def holed(folder, *kept, behind=None):
    """Two groups, each synced as a whole; of the second a disk wrote only some records. Return file and its begin."""
    exchange(folder)
    known = fact(folder, 1)
    places = [exchange(folder)[0], exchange(folder)[0], fact(folder, 2)]
    path = files(folder._folder.parent)[0]
    if behind:
        exchange(folder)
    folder.close()
    content = bytearray(path.read_bytes())
    bounds = [*(place.offset for place in places), end(places[-1])]
    for number, (begin, until) in enumerate(itertools.pairwise(bounds)):
        if number not in kept:
            content[begin:until] = bytes(until - begin)
    path.write_bytes(content)
    return path, known, bounds


@pytest.mark.parametrize("is_known", [True, False])
@pytest.mark.parametrize("kept", [(), (0,), (1,), (2,), (0, 2), (1, 2), (0, 1)])
def test_what_a_power_cut_left_with_holes_is_cut_off_before_the_first(
    folder, tmp_path, kept, is_known
):
    path, known, bounds = holed(folder, *kept)
    first = next(number for number in range(3) if number not in kept)
    torn = folder.repair(known if is_known else None)
    assert torn.offset == path.stat().st_size == bounds[first]
    assert list(check(path)) == []


def test_a_hole_before_what_was_received_after_a_sync_is_damage(folder, tmp_path):
    path, known, _ = holed(folder, 1, 2, behind=True)
    before = path.read_bytes()
    assert folder.repair(known) is None
    assert path.read_bytes() == before
    assert list(check(path))

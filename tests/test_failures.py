"""What goes wrong around a crawl: one sentence with the next step, the right exit status, nothing lost."""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
import starting
from runs import COMMAND, crawl, environment, exported, lamdong

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.opening import open_archive


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    with Replica(SampleNewspaper(troubles=False), tmp_path_factory.mktemp("replica")) as running:
        yield running


@pytest.fixture(scope="module")
def archive(replica, tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive") / "held"
    crawl(folder, replica, "--no-images")
    return folder


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def one_sentence(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_unreachable_newspaper(tmp_path):
    nowhere = f"http://127.0.0.1:{free_port()}"
    done = starting.run(
        [*COMMAND, "crawl", "--archive", str(tmp_path)],
        env={**environment(None), "https_proxy": nowhere, "http_proxy": nowhere},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1
    assert "cannot be reached" in one_sentence(done)
    assert lamdong("status", "--archive", tmp_path).returncode == 0


def test_folder_that_cannot_be_written(tmp_path):
    done = lamdong("crawl", "--archive", "/proc/nowhere")
    assert done.returncode == 1
    assert "--archive" in one_sentence(done)


def test_no_archive_yet(tmp_path):
    done = lamdong("export", "--archive", tmp_path / "none")
    assert done.returncode == 1
    assert "lamdong crawl" in one_sentence(done)


def test_second_run_on_the_same_archive(archive, replica):
    with open_archive(archive):
        done = lamdong("crawl", "--archive", archive, replica=replica)
        assert lamdong("export", "--archive", archive).returncode == 0
    assert done.returncode == 75
    assert "another run" in one_sentence(done)


@pytest.mark.parametrize("where", [0, pytest.param(4096 * 8, marks=pytest.mark.thorough)])
def test_damaged_database_is_said_and_the_captures_make_a_new_one(
    archive, replica, tmp_path, where
):
    before = exported(archive)
    folder = tmp_path / "copy"
    shutil.copytree(archive, folder)
    for beside in ("archive.db-wal", "archive.db-shm"):
        (folder / beside).unlink(missing_ok=True)
    with (folder / "archive.db").open("r+b") as file:
        file.seek(where)
        file.write(os.urandom(1 << 17))
    assert lamdong("verify", "--archive", folder).returncode == 4
    done = lamdong("crawl", "--archive", folder, replica=replica)
    assert done.returncode == 1
    assert "archive.db" in one_sentence(done)
    (folder / "archive.db").unlink()
    crawl(folder, replica, "--no-images")
    # A page without ETag or date is as it was: only the day it was last seen may differ.
    assert [{**row, "last_seen_at": ""} for row in exported(folder)] == [
        {**row, "last_seen_at": ""} for row in before
    ]


@pytest.mark.parametrize(
    "size", [60_000, *(pytest.param(n, marks=pytest.mark.thorough) for n in (200_000, 700_000))]
)
def test_full_disk_stops_the_run_and_loses_nothing(replica, tmp_path, size):
    def full() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = starting.run(
        [*COMMAND, "crawl", "--archive", str(tmp_path), "--no-images"],
        env=environment(replica),
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=full,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "disk" in one_sentence(done)
    crawl(tmp_path, replica, "--no-images")
    verified = lamdong("verify", "--archive", tmp_path)
    assert (verified.returncode, verified.stdout) == (0, "")
    assert len(exported(tmp_path)) == len(set(SampleNewspaper(troubles=False).article_urls()))


def test_torn_tail_is_repaired_and_said(archive, replica, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(archive, folder)
    warc = max((folder / "warc").glob("*.gz"))
    with warc.open("ab") as file:
        file.write(warc.read_bytes()[:200])
    done = lamdong("crawl", "--archive", folder, "--no-images", replica=replica)
    assert done.returncode == 0
    assert "cut short" in done.stderr
    assert lamdong("verify", "--archive", folder).returncode == 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
@pytest.mark.parametrize(
    "number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.thorough)]
)
def test_start_serves_at_once_and_ends_when_told(replica, tmp_path, number):
    port = free_port()
    running = starting.begin(
        [*COMMAND, "start", "--archive", str(tmp_path / "new"), "--port", str(port)],
        env=environment(replica, 1),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert answers(port, within=60)
        time.sleep(1)
        asked = len(replica.asked)
        running.send_signal(number)
        _, said = running.communicate(timeout=60)
    finally:
        running.kill()
    assert len(replica.asked) - asked <= 2  # one a second: the one in flight, perhaps the next
    assert running.returncode == 0
    assert "Traceback" not in said


def answers(port: int, within: float) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        with socket.socket() as one:
            one.settimeout(1)
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return True
        time.sleep(0.1)
    return False


def test_refusals_end_a_run_and_need_a_person(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    from crawler.demo import troubles

    for url in newspaper.article_urls():
        newspaper.disturb(url, troubles.refused)
    with Replica(newspaper, tmp_path / "replica") as replica:
        done = lamdong("crawl", "--archive", tmp_path / "archive", "--no-images", replica=replica)
    assert done.returncode == 3
    assert "refused" in done.stderr
    assert lamdong("status", "--archive", tmp_path / "archive").returncode == 3

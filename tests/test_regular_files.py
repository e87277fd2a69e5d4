"""A FIFO or a device is never opened; what interrupts the demonstration ends it."""

import os
import signal
import subprocess

import pytest
import starting
from runs import COMMAND, environment, lamdong


@pytest.mark.parametrize("name", ["x.warc.gz", "x.wacz", "x.html", "x.txt"])
def test_a_fifo_to_import(tmp_path, name):
    os.mkfifo(tmp_path / name)
    done = lamdong("import", tmp_path / name, "--archive", tmp_path / "archive", timeout=60)
    assert done.returncode == 1
    assert "this is no regular file and was not opened" in done.stderr


def test_a_fifo_as_an_index(tmp_path):
    os.mkfifo(tmp_path / "index")
    index = tmp_path / "index"
    done = lamdong("crawl", "--from-cdx", index, "--archive", tmp_path / "archive", timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)


@pytest.mark.parametrize("command", ["verify", "rebuild", "crawl"])
def test_a_fifo_among_the_warc_files(tmp_path, command):
    (tmp_path / "warc").mkdir()
    os.mkfifo(tmp_path / "warc" / "lamdong-20260101000000-00001.warc.gz")
    done = lamdong(command, "--archive", tmp_path, timeout=60)
    assert done.returncode == 1
    assert "lamdong-20260101000000-00001.warc.gz: this is no regular file" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_demonstration_ends(tmp_path, number):
    folder = tmp_path / "archive"
    shown = starting.begin(
        [*COMMAND, "demo", "--folder", str(folder)], env=environment(None), stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    )  # fmt: skip
    with shown:
        for line in shown.stderr:
            if line == "$ lamdong crawl\n":
                break
        os.killpg(shown.pid, number) if number == signal.SIGINT else shown.send_signal(number)
        said = shown.stderr.read()
    assert shown.returncode == 1
    assert "Interrupted" in said
    assert "lamdong verify" not in said
    assert "Traceback" not in said

"""Ctrl-C and SIGTERM end a crawl by itself, whatever it waits for; what was received is kept."""

import contextlib
import signal
import subprocess
import sys
import time

import pytest
import starting
from runs import COMMAND, environment, lamdong, queried

from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

WAIT = 120  # seconds that a test waits; each answer here takes an hour
HOUR = 3600.0
SLOW = """
import sys, threading, time
import crawler.spiders.newspaper as spider
from crawler.cli import main

def slowly(*_):
    print("reading", file=sys.stderr, flush=True)
    time.sleep(3600)

spider.list_in = slowly
main()
"""


class Hanging(SampleNewspaper):
    """Answers robots.txt, perhaps, and nothing else."""

    def __init__(self, robots):
        super().__init__(troubles=False)
        self.robots = robots

    def answer(self, host, path, headers):
        if path == "/robots.txt" and self.robots:
            return self.robots
        return Answer(200, delay=HOUR)


@contextlib.contextmanager
def crawling(archive, replica, *command):
    run = starting.begin(
        [*(command or (*COMMAND, "crawl"))],
        env={**environment(replica, 1), "LAMDONG_ARCHIVE": str(archive)},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield run
    finally:
        run.kill()
        run.communicate()


def until(is_so):
    end = time.monotonic() + WAIT
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


OPEN = Answer(200, b"User-agent: *\nAllow: /\n")
WAITS = {
    "robots.txt never answers": (None, 1),
    "a list never answers": (OPEN, 2),
    "the next try of robots.txt": (Answer(503), 1),
    "the turn after a Crawl-delay": (Answer(200, b"User-agent: *\nCrawl-delay: 300\n"), 1),
}


@pytest.mark.parametrize(
    "number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.thorough)]
)
@pytest.mark.parametrize("waits", WAITS)
def test_a_crawl_ends_whatever_it_waits_for(tmp_path, waits, number):
    robots, asked = WAITS[waits]
    with Replica(Hanging(robots), tmp_path / "replica") as replica:
        with crawling(tmp_path / "archive", replica) as run:
            until(lambda: len(replica.asked) >= asked)
            run.send_signal(number)
            _, said = run.communicate(timeout=WAIT)
        assert (run.returncode, "Traceback" in said, "Error" in said) == (0, False, False), said
    assert [row["outcome"] for row in queried(tmp_path / "archive", "SELECT * FROM runs")] == [
        "stopped"
    ]
    looks = queried(tmp_path / "archive", "SELECT count(*) AS n FROM observations")
    assert looks[0]["n"] == 0  # what was given up was not looked at
    assert lamdong("verify", "--archive", tmp_path / "archive").returncode == 0


def test_scrapy_ends_as_well(tmp_path):
    with Replica(Hanging(OPEN), tmp_path / "replica") as replica:
        command = [sys.executable, "-m", "scrapy", "crawl", "baolamdong"]
        with crawling(tmp_path / "archive", replica, *command) as run:
            until(lambda: len(replica.asked) >= 2)
            run.send_signal(signal.SIGTERM)
            run.communicate(timeout=WAIT)
    assert [row["outcome"] for row in queried(tmp_path / "archive", "SELECT * FROM runs")] == [
        "stopped"
    ]


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [([signal.SIGTERM], "Ended before all was entered"), ([signal.SIGINT] * 2, "Ended at once")],
)
def test_a_reading_that_takes_long_is_ended_and_taken_over(tmp_path, numbers, sentence):
    folder = tmp_path / "archive"
    with Replica(SampleNewspaper(troubles=False), tmp_path / "replica") as replica:
        with crawling(folder, replica, sys.executable, "-c", SLOW, "crawl") as run:
            assert "reading\n" in iter(run.stderr.readline, "")
            for number in numbers:
                run.send_signal(number)
                time.sleep(1)
            _, said = run.communicate(timeout=WAIT)
        assert run.returncode == 1
        assert said.count("Error: ") == 1
        assert f"{sentence}; what was received is kept" in said
        assert "report" not in said
        assert "Traceback" not in said
        done = lamdong("crawl", "--archive", folder, "--no-images", "--limit", 3, replica=replica)
        assert "taken over" in done.stderr
    assert lamdong("verify", "--archive", folder).returncode == 0

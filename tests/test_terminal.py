"""Nothing from outside steers a terminal: whatever a command prints, and however it fails."""

import json
import os
import pty
import re
import subprocess
import sys

import pytest
from runs import environment, lamdong

from archive.terminal import escaped_json, printable
from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.notifying import _run

NASTY = [
    "\x1b]0;owned\x07",
    "\x1b[2J",
    "\x9b31m",
    "\x08\x7f",
    "\r",
    "\u202e\u2066",
    "\ufeff",
    "\u200f",
]
STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)
WHOLE = "".join(NASTY)


@pytest.mark.parametrize("nasty", NASTY, ids=ascii)
def test_it_is_shown_not_obeyed(nasty):
    assert not STEERING.search(printable(f"a{nasty}b"))
    text = escaped_json({"title": f"Đà Lạt {nasty}"})
    assert not STEERING.search(text)
    assert json.loads(text) == {"title": f"Đà Lạt {nasty}"}


def test_what_is_read_stays():
    assert printable("Đà Lạt\tcà phê\n") == "Đà Lạt\tcà phê\n"


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """An archive of a newspaper that sends such signs in headers, addresses and titles; and what the crawl printed."""
    folder = tmp_path_factory.mktemp("hostile")
    newspaper = SampleNewspaper(None, False)
    moved, titled, sound, *_ = newspaper.article_urls()
    away = f"https://elsewhere.example/{WHOLE}".encode().replace(b"\r", b"").decode("latin-1")
    newspaper.disturb(moved, lambda _: Answer(302, headers=(("Location", away),)))
    newspaper.disturb(titled, lambda _: Answer.page(f"<title>{WHOLE}</title><h1>{WHOLE}</h1>"))
    with Replica(newspaper, folder / "replica") as replica:
        archive, given = folder / "archive", (moved, titled, sound)
        done = lamdong("crawl", "--archive", archive, "--no-images", *given, replica=replica)
        watch = [
            sys.executable,
            "-m",
            "crawler",
            "watch",
            "--archive",
            str(archive),
            "--every",
            "1h",
        ]
        watched = first_run_of(watch, environment(replica))
    return archive, done, watched


def first_run_of(command, around):
    """Return what a schedule printed of its first run, and then end it."""
    with subprocess.Popen(command, env=around, stderr=subprocess.PIPE, text=True) as process:
        first = process.stderr.readline()
        process.terminate()
        return first + process.stderr.read()


def test_the_lines_of_a_schedule_do_not_hand_it_on_either(hostile):
    _, _, watched = hostile
    assert "failed" in watched
    assert not STEERING.search(watched)


SCRAPY = """
import logging
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings
process = AsyncCrawlerProcess({**get_project_settings(), "LOG_LEVEL": "DEBUG"})
crawler = process.create_crawler("baolamdong")
spider = crawler.spidercls.from_crawler(crawler)
logging.getLogger("scrapy.core").warning(%r)
print(%r)
spider.archive.close()
"""


def test_nor_do_the_log_and_the_lines_of_scrapy(tmp_path):
    around = {**environment(None), "LAMDONG_ARCHIVE": str(tmp_path)}
    code = SCRAPY % (WHOLE, WHOLE)
    done = subprocess.run(
        [sys.executable, "-c", code], env=around, capture_output=True, text=True, check=True
    )
    assert "WARNING" in done.stderr
    for said in (done.stdout, done.stderr):
        assert "\ufffd" in said
        assert not STEERING.search(said)


def test_an_alarm_is_told_without_them(tmp_path):
    told = tmp_path / "told.json"
    alarm = {"name": "layout", "message": WHOLE, "archive": f"/{WHOLE}"}
    assert (
        _run(
            [sys.executable, "-c", f"import sys; open({str(told)!r}, 'w').write(sys.stdin.read())"],
            alarm,
            None,
        )
        is None
    )
    text = told.read_text()
    assert json.loads(text) == alarm
    assert not STEERING.search(text)


def test_no_command_hands_it_on(hostile, tmp_path):
    archive, crawled, *_ = hostile
    file = tmp_path / f"file{WHOLE}.html"
    file.write_text("no page")
    said = [crawled.stdout + crawled.stderr]
    for command in (
        ["status"],
        ["status", "--json"],
        ["search", WHOLE],
        ["search", "--json", WHOLE],
        ["search", "đà lạt"],
        ["verify"],
        ["rebuild", "--dry-run"],
        ["import", file],
        ["crawl", f"https://x/{WHOLE[1:]}"],
        ["withhold", f"{WHOLE}", "--why", WHOLE],
        ["export", "--since", WHOLE],
        [WHOLE],
    ):
        done = lamdong(
            *command[:1], *(["--archive", archive] if len(command[0]) < 20 else []), *command[1:]
        )
        said.append(done.stdout + done.stderr)
    assert all(said)
    assert [text for text in said if STEERING.search(text)] == []


def test_nor_does_a_terminal_get_it(hostile):
    """On a terminal data is shown, too; there alone it is not byte for byte."""
    mine, its = pty.openpty()
    code = f"import sys; from archive import terminal; terminal.guard(); terminal.data().write({WHOLE!r})"
    subprocess.run([sys.executable, "-c", code], stdout=its, check=True)
    os.close(its)
    shown = os.read(mine, 4096).decode()
    os.close(mine)
    assert shown
    assert not STEERING.search(shown)

"""The watch: one run after another, for years; and the command that is told of alarms."""

import contextlib
import json
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import starting
from click.testing import CliRunner
from runs import COMMAND, environment, exported, lamdong, queried

from archive.alarms import Alarm
from archive.dates import now
from archive.model import Found
from archive.store import Archive
from archive.store.alarms import Alarms
from crawler import notifying, supervising
from crawler.cli import cli
from crawler.demo import troubles
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.rounds import Ledger, Pace, line

# -- pace -----------------------------------------------------------------------------------------


def test_it_waits_longer_while_the_newspaper_refuses_and_not_longer_after(monkeypatch):
    monkeypatch.setattr("random.uniform", lambda *_: 1.0)
    pace = Pace(1800)
    asked = [pace.seconds(refused=refused) for refused in (False, True, True, True, True, True)]
    assert asked == [1800, 3600, 7200, 14400, 21600, 21600]
    assert pace.seconds(refused=False) == 1800
    assert Pace(86400).seconds(refused=True) == 86400  # never less than was asked for


def test_the_pause_is_never_the_same():
    pauses = {Pace(1000).seconds(refused=False) for _ in range(20)}
    assert len(pauses) > 10
    assert 900 <= min(pauses) <= max(pauses) <= 1100


def test_a_run_is_one_line():
    run = {"id": 7, "outcome": "done", "counts": {"new": 3, "changed": 1, "fetched": 4}}
    before, after = Ledger({**run, "id": 6}), Ledger(run, ["gap"])
    said = line(before, after, 3, ["a page: trouble"], 1800)
    assert re.fullmatch(
        r"20\d\d-\d\d-\d\d \d\d:\d\d; done; 3 new, 1 changed, 0 unchanged, 0 refused, 0 failed;"
        r" needs a person: gap; next in 30 min",
        said,
    )
    locked = line(after, after, 75, ["Error: /x: another run holds this archive."], 60)
    assert "no run; /x: another run holds this archive; needs a person: gap; next in 60 s" in locked
    assert "broke off; ended with status -9" in line(
        before, Ledger({**run, "outcome": None, "counts": {}}), -9, [], 1
    )


# -- one after another ----------------------------------------------------------------------------


@pytest.fixture
def rehearse(monkeypatch, tmp_path):
    """Let the watch run a script instead of the crawl, so many times; return what the script noted."""
    noted = tmp_path / "noted"
    monkeypatch.setattr(supervising, "_SHORTEST", 0.1)
    monkeypatch.setattr(supervising, "_LOOK", 0.02)
    monkeypatch.setattr(supervising, "_LAST_WORDS", 0.3)

    def rehearsed(script: str, times: int, every: float = 0.2) -> list[str]:
        note = (
            f"import sys, time, signal\ndef note(w): open({str(noted)!r}, 'a').write(w + chr(10))\n"
        )
        monkeypatch.setattr(supervising, "COMMAND", (sys.executable, "-c", note + script))

        def ended() -> int | None:
            return 0 if _lines(noted).count("begin") > times else None

        with supervising.Children() as children:
            watch = supervising.Watch(children, tmp_path, every, None, is_brief=True)
            assert watch.for_ever(ended) == 0
        return _lines(noted)

    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield rehearsed
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_runs_never_overlap_and_setting_the_clock_is_no_harm(rehearse, monkeypatch):
    monkeypatch.setattr("time.time", lambda: 1 / 0)  # whoever asks the clock that can be set, fails
    noted = rehearse("note('begin'); time.sleep(0.4); note('end')", times=3, every=0.1)
    assert noted[:6] == ["begin", "end"] * 3


def test_runs_that_fail_are_followed_by_others(rehearse, capfd):
    rehearse("note('begin'); print('Error: no network.', file=sys.stderr); sys.exit(1)", times=3)
    assert capfd.readouterr().err.count("no run; no network; next in") == 3


def test_a_run_that_hangs_is_ended_even_if_it_will_not_go(rehearse, monkeypatch, capfd):
    monkeypatch.setattr(supervising, "_HANGS", 0.5)
    rehearse("signal.signal(15, signal.SIG_IGN); note('begin'); time.sleep(60)", times=1)
    said = capfd.readouterr().err
    assert "The run hangs" in said
    assert "ended with status -9" in said


def test_a_long_run_says_what_is_left(rehearse, monkeypatch, tmp_path, capfd):
    with Archive(tmp_path) as archive:
        url = "https://baolamdong.vn/mot-bai-386954.html"
        archive.found([Found("c/mot-bai-386954", url, url, "article")], now())
    monkeypatch.setattr(supervising, "_SAYS", 0.1)
    rehearse("note('begin'); time.sleep(0.6)", times=1)
    assert "the run goes on; 1 addresses are left" in capfd.readouterr().err


def test_a_run_that_writes_does_not_hang(rehearse, monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(supervising, "_HANGS", 0.3)
    work = f"for n in range(12): time.sleep(0.1); open({str(tmp_path / 'archive.db')!r}, 'a').write('x')"
    noted = rehearse(f"note('begin')\n{work}\nnote('end')", times=1)
    assert noted[:2] == ["begin", "end"]
    assert "hangs" not in capfd.readouterr().err


def test_what_will_not_end_is_killed(monkeypatch, rehearse, tmp_path):
    deaf = (
        "import signal, time; signal.signal(15, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    )
    monkeypatch.setattr(supervising, "COMMAND", (sys.executable, "-c", deaf))
    with supervising.Children() as children:
        child = children.run()
        time.sleep(0.5)
    assert child.returncode == -signal.SIGKILL


# -- the command ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    with Replica(SampleNewspaper(troubles=False), tmp_path_factory.mktemp("replica")) as running:
        yield running


def watching(replica, archive, *arguments, delay=0.0, name="watch"):
    return starting.begin(
        [*COMMAND, name, "--archive", str(archive), *arguments],
        env=environment(replica, delay),
        stderr=subprocess.PIPE,
        text=True,
    )


def test_watch_says_a_line_for_each_run_and_stops_within_one(replica, tmp_path):
    running = watching(replica, tmp_path, "--every", "1s")
    try:
        first = running.stderr.readline()
        _until_running(tmp_path, 2)
        running.send_signal(signal.SIGTERM)
        _, rest = running.communicate(timeout=60)
    finally:
        running.kill()
    assert (running.returncode, rest) == (0, "")
    assert "; done; 47 new" in first
    runs = queried(tmp_path, "SELECT outcome, version, settings FROM runs")
    assert [row["outcome"] for row in runs] in (["done", "stopped"], ["done", None])
    assert all(row["version"] for row in runs)
    assert len(exported(tmp_path)) == 47
    assert lamdong("verify", "--archive", tmp_path).returncode == 0


def _until_running(archive, number, patience=60):
    until = time.monotonic() + patience
    while time.monotonic() < until:
        with contextlib.suppress(sqlite3.OperationalError):  # there is no database yet
            if queried(archive, "SELECT max(id) FROM runs")[0][0] == number:
                return
        time.sleep(0.05)
    raise AssertionError(f"run {number} did not begin")


def test_a_watch_that_is_killed_takes_its_run_along_and_the_next_marks_it_died(replica, tmp_path):
    running = watching(replica, tmp_path, delay=1)
    try:
        _until_running(tmp_path, 1)
    finally:
        running.kill()
        running.communicate()
    until = time.monotonic() + 60
    while time.monotonic() < until:
        done = lamdong("crawl", "--archive", tmp_path, "--limit", 1, "--no-images", replica=replica)
        if done.returncode != 75:  # the run holds the archive until it has ended
            break
    assert done.returncode == 0
    rows = queried(tmp_path, "SELECT outcome, ended_at FROM runs")
    assert [row["outcome"] for row in rows] in (["died", "done"], ["stopped", "done"])
    assert all(row["ended_at"] for row in rows)


# -- notifying ------------------------------------------------------------------------------------


@pytest.fixture
def alarmed(tmp_path):
    with Archive(tmp_path / "archive") as archive:
        Alarms(archive.db).settle(
            [Alarm("index"), Alarm("disk", facts={"free": 3, "share": 0.1})], [], now()
        )
        yield archive


def told(command, archive):
    notifying.notify(archive, notifying.words_of(command))


def test_each_alarm_is_told_once(alarmed, tmp_path):
    command = (
        f"{sys.executable} -c \"import sys; open('{tmp_path}/told', 'a').write(sys.stdin.read())\""
    )
    for _ in range(2):
        told(command, alarmed)
    found = [json.loads(text) for text in _lines(tmp_path / "told")]
    assert [alarm["name"] for alarm in found] == ["index", "disk"]
    assert list(found[0]) == ["name", "since", "message", "archive"]
    assert found[0]["archive"] == str(alarmed.folder)
    Alarms(alarmed.db).settle([], [("disk", "")], now())
    Alarms(alarmed.db).settle([Alarm("disk", facts={"free": 2, "share": 0.1})], [], now())
    told(command, alarmed)
    assert len(_lines(tmp_path / "told")) == 3  # it began anew


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("false", "ended with status 1"),
        ("/no/such/program", "cannot be run (no such file or directory)"),
        ("sleep 60", "did not end within"),
        ("sh -c 'sleep 60 & wait'", "did not end within"),
    ],
)
def test_a_command_that_fails_is_tried_again_by_the_next_run(
    alarmed, monkeypatch, capsys, command, said
):
    monkeypatch.setattr(notifying, "_PATIENCE", 0.3)
    told(command, alarmed)
    assert capsys.readouterr().err.count(said) == 1
    assert len(Alarms(alarmed.db).untold()) == 2
    told("true", alarmed)  # reads nothing of its input
    assert Alarms(alarmed.db).untold() == []


def test_a_command_that_hangs_is_ended_with_all_it_started(alarmed, monkeypatch, tmp_path):
    monkeypatch.setattr(notifying, "_PATIENCE", 0.5)
    told(f"sh -c 'sleep 60 & echo $! > {tmp_path}/started; wait'", alarmed)
    number = int(_lines(tmp_path / "started")[0])
    until = time.monotonic() + 5
    while time.monotonic() < until and _is_alive(number):
        time.sleep(0.05)
    assert not _is_alive(number)


def _is_alive(number):
    state = Path(f"/proc/{number}/stat")
    with contextlib.suppress(OSError):
        return state.read_text().split()[2] != "Z"
    return False


def test_no_shell_is_involved(alarmed, tmp_path):
    told(f"true ; touch {tmp_path}/shell", alarmed)
    assert not (tmp_path / "shell").exists()


@pytest.mark.parametrize("command", ["", "  ", "mail 'x"])
@pytest.mark.parametrize("name", ["crawl", "watch", "start", "schedule --cron"])
def test_a_command_that_is_none_is_refused(tmp_path, name, command):
    arguments = [*name.split(), "--archive", str(tmp_path), "--notify", command]
    done = CliRunner().invoke(cli, arguments)
    assert done.exit_code == 2
    assert "Error: " in done.stderr


def test_a_newspaper_that_refuses_is_told_and_asked_less_often(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    for url in newspaper.article_urls():
        newspaper.disturb(url, troubles.refused)
    command = (
        f"{sys.executable} -c \"import sys; open('{tmp_path}/told', 'a').write(sys.stdin.read())\""
    )
    archive = tmp_path / "archive"
    with Replica(newspaper, tmp_path / "replica") as replica:
        running = watching(replica, archive, "--every", "20s", "--notify", command)
        try:
            said = running.stderr.readline()
        finally:
            running.terminate()
            running.communicate(timeout=15)
    assert "needs a person: refusals" in said
    assert int(re.search(r"next in (\d+) s", said)[1]) > 22  # twice twenty, less what the run took
    (alarm,) = [json.loads(text) for text in _lines(tmp_path / "told")]
    assert alarm["name"] == "refusals"
    assert lamdong("status", "--archive", archive).returncode == 3

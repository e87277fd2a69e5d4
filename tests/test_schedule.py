"""What `lamdong schedule` prints works: systemd reads its units, a shell its line of cron."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from runs import lamdong

from crawler import scheduling

ODD = "kho báo 100% \"$HOME\" 'x'"  # a name that is hard to quote
NOTIFY = "sh -c 'cat >> \"$HOME/alarms\"; echo 100%'"


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / ODD
    folder.mkdir()
    return folder


@pytest.fixture
def written(archive, tmp_path):
    units = tmp_path / "units"
    units.mkdir()
    done = lamdong(
        "schedule", "--systemd", "--archive", archive, "--notify", NOTIFY, "--output", units
    )
    assert done.returncode == 0, done.stderr
    assert "systemctl enable --now lamdong-crawl.timer" in done.stderr
    return units


def read(path: Path) -> configparser.ConfigParser:
    unit = configparser.ConfigParser(interpolation=None, delimiters=("=",), strict=False)
    unit.optionxform = str
    unit.read_string(path.read_text("utf-8"))
    return unit


def test_the_service_is_confined_to_the_archive(written, archive):
    service = read(written / "lamdong-crawl.service")["Service"]
    assert service["ProtectSystem"] == "strict"
    assert [words(service["ReadWritePaths"])] == [[str(archive)]]
    assert {service[name] for name in ("NoNewPrivileges", "PrivateTmp")} == {"true"}
    assert service["SuccessExitStatus"].split() == ["3", "75"]
    assert service["MemoryMax"]
    program, *rest = words(service["ExecStart"])
    assert Path(program).is_absolute()
    assert os.access(program, os.X_OK)
    assert not re.search(r"(?<!\$)\$(?!\$)", service["ExecStart"])  # would be a variable
    assert rest == ["crawl", "--archive", str(archive), "--notify", NOTIFY]


def words(text: str) -> list[str]:
    """Take a setting apart as systemd.syntax(7) does; within double quotes a shell's rules are the same."""
    return [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(text)]


def test_the_timer_makes_up_for_what_was_missed(written):
    timer = read(written / "lamdong-crawl.timer")
    assert timer["Timer"]["Persistent"] == "true"
    assert timer["Timer"]["OnCalendar"] == "*:0/30"
    assert timer["Timer"]["RandomizedDelaySec"] == "180s"
    assert timer["Install"]["WantedBy"] == "timers.target"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_takes_the_units(written):
    checked = subprocess.run(
        ["systemd-analyze", "verify", *sorted(map(str, written.iterdir()))],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (checked.returncode, checked.stderr) == (0, "")


@pytest.mark.parametrize(
    ("every", "calendar", "cron"),
    [
        (600, "*:0/10", "-59/10 * * * *"),
        (3600, "0/1:00", " */1 * * *"),
        (6 * 3600, "0/6:00", " */6 * * *"),
        (86400, "0:00", " 0 * * *"),
    ],
)
def test_intervals(tmp_path, every, calendar, cron):
    timer = scheduling.units(tmp_path, every, None)["lamdong-crawl.timer"]
    assert f"OnCalendar={calendar}\n" in timer
    assert cron in scheduling.cron_line(tmp_path, every, None)


@pytest.mark.parametrize("every", [90, 45 * 60, 5 * 3600, 20])
def test_an_interval_no_clock_keeps_is_refused(tmp_path, every):
    with pytest.raises(click.UsageError, match="30m"):
        scheduling.units(tmp_path, every, None)


def test_what_a_unit_passes_on_holds_no_password(tmp_path, monkeypatch):
    monkeypatch.setenv("https_proxy", "http://me:secret@proxy.example:3128")
    monkeypatch.setenv("LAMDONG_CONTACT", "me@example.org, 100%")
    service = scheduling.units(tmp_path, 1800, None)["lamdong-crawl.service"]
    assert "secret" not in service
    assert 'Environment="LAMDONG_CONTACT=me@example.org, 100%%"\n' in service


# -- cron -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "mailed", "ends"),
    [
        (0, "", 0),
        (3, "cat\n", 0),  # what the command of --notify prints
        (75, "", 0),
        (1, "Error: it failed.\n", 1),
    ],
)
def test_the_line_of_cron_mails_failures_and_alarms_and_nothing_else(
    archive, monkeypatch, status, mailed, ends
):
    fake = archive.parent / "lamdong"
    fake.write_text(
        f"#!{sys.executable}\nimport sys\nprint('Error: it failed.', file=sys.stderr)\n"
        f"if {status} == 3: print(sys.argv[-1])\nsys.exit({status})\n"
    )
    fake.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(archive.parent / "python"))
    when, command = scheduling.cron_line(archive, 1800, None).rstrip("\n").split(" * * * * ", 1)
    assert when.endswith("-59/30")
    assert not re.search(r"(?<!\\)%", command)
    command = command.replace(r"\%", "%")  # as cron does; a bare one would end the line
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == (mailed, "", ends)


def test_say_for_what(archive):
    done = lamdong("schedule", "--archive", archive)
    assert done.returncode == 2
    assert "--cron" in done.stderr


def test_units_on_standard_output_are_both_and_nothing_else(archive):
    done = lamdong("schedule", "--systemd", "--archive", archive)
    assert done.stdout.count("\n[Unit]\n") == 2
    assert done.stdout.startswith("# lamdong-crawl.service\n")
    cron = lamdong("schedule", "--cron", "--archive", archive)
    assert cron.stdout.count("\n") == 1

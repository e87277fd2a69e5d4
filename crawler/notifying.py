"""Telling somebody: the command of --notify gets each alarm once, as JSON on its input."""

import os
import shlex
import signal
import subprocess
from typing import IO, Any, Final

import click

from archive.dates import now
from archive.store import Archive
from archive.store.alarms import Alarms
from archive.terminal import escaped_json

_PATIENCE: Final = 30.0  # seconds a command may take


def words_of(command: str) -> list[str]:
    """Return a command's words; no shell is involved. Raises click.BadParameter where it has none."""
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise click.BadParameter(f"{command!r} cannot be read: {str(error).lower()}.") from error
    if not words:
        raise click.BadParameter("give a command that reads the alarm as JSON from its input.")
    return words


def notify(archive: Archive, command: list[str], output: IO[Any] | None = None) -> None:
    """Hand each open alarm that was not handed over yet to the command; `output` is its standard output.

    Where it fails or takes too long that is said in one line; the next run tries again.
    """
    alarms = Alarms(archive.db)
    for alarm in alarms.untold():
        alarm_id = alarm.pop("id")
        problem = _run(command, {**alarm, "archive": str(archive.folder.resolve())}, output)
        if problem:
            click.echo(f"--notify: {command[0]} {problem}; the next run tries again.", err=True)
            return
        archive.begin()
        alarms.told(alarm_id, now())
        archive.settle(at_once=True)


def _run(command: list[str], alarm: dict[str, Any], output: IO[Any] | None) -> str | None:
    """Run the command in a group of its own; return what went wrong."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=output, start_new_session=True
        )
    except OSError as error:
        return f"cannot be run ({(error.strerror or str(error)).lower()})"
    try:
        process.communicate((escaped_json(alarm) + "\n").encode(), _PATIENCE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # with all it started
        process.wait()
        return f"did not end within {_PATIENCE:.0f} s"
    return f"ended with status {process.returncode}" if process.returncode else None

"""Processes of the command that begin at once: forked from one that has imported everything.

Importing costs each start of `lamdong` about a second, and the suite starts it some hundred times. What is forked is a
process of its own all the same: its own arguments, environment, folder and streams; a child of the test, to be waited
for and killed. It needs Linux; elsewhere, and where the interpreter is to begin otherwise, the command starts from
nothing, as a shell starts it.
"""

import ctypes
import functools
import gc
import importlib
import json
import os
import pkgutil
import runpy
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
COMMAND = [sys.executable, "-m", "crawler"]
BEFORE_IMPORTS = ("PYTHONPATH", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8")
WITH_WARNINGS = {"PYTHONWARNINGS": "default"}
BECOME_PARENT_OF_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER
LENGTH = 8


class _Forked(subprocess.Popen):
    """`subprocess.Popen` in all but how the process begins."""

    # fmt: off
    def _execute_child(
        self, args, executable, preexec_fn, close_fds, pass_fds, cwd, env, startupinfo, creationflags, shell,
        p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, restore_signals, gid, gids, uid, umask,
        start_new_session, process_group,
    ):
        theirs = enumerate((p2cread, c2pwrite, errwrite))
        streams = [own if given == -1 else given for own, given in theirs]
        wanted = [args[len(COMMAND):], dict(env), str(cwd or Path.cwd()), start_new_session]
        self.pid = _forker().begin(wanted, streams)
        self._child_created = True
        self._close_pipe_fds(p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite)
    # fmt: on


def begin(
    command: list[str], *, env: dict[str, str] | None = None, **options: Any
) -> subprocess.Popen:
    """Begin a process as `subprocess.Popen` does; at once where it is `lamdong`, `[*COMMAND, …]`."""
    env = dict(os.environ) if env is None else env
    otherwise = any(env.get(name) != WITH_WARNINGS.get(name) for name in BEFORE_IMPORTS)
    ours = command[: len(COMMAND)] == COMMAND and sys.platform == "linux" and not otherwise
    kind = _Forked if ours and "preexec_fn" not in options else subprocess.Popen
    return kind(command, env=env, **options)


def run(
    command: list[str], *, timeout: float | None = None, **options: Any
) -> subprocess.CompletedProcess:
    """Run a process to its end and return what it printed, as `subprocess.run` does."""
    if options.pop("capture_output", False):
        options |= {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with begin(command, **options) as process:
        try:
            printed = process.communicate(timeout=timeout)
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, *printed)


class _Forker:
    """The process that has imported everything, and the way to it."""

    def __init__(self) -> None:
        ctypes.CDLL(None).prctl(BECOME_PARENT_OF_ORPHANS, 1, 0, 0, 0)
        self.channel, its = socket.socketpair()
        env = {name: value for name, value in os.environ.items() if name not in BEFORE_IMPORTS}
        self.process = subprocess.Popen(
            [sys.executable, __file__, str(its.fileno())],
            pass_fds=[its.fileno()], cwd=ROOT, env=env | WITH_WARNINGS,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        )  # fmt: skip
        its.close()
        self.one_at_a_time = threading.Lock()

    def begin(self, wanted: list[Any], streams: list[int]) -> int:
        """Return the number of the process begun."""
        message = json.dumps(wanted).encode()
        with self.one_at_a_time:
            socket.send_fds(self.channel, [len(message).to_bytes(LENGTH)], streams)
            self.channel.sendall(message)
            return int.from_bytes(self.channel.recv(LENGTH, socket.MSG_WAITALL))


@functools.cache
def _forker() -> _Forker:
    return _Forker()


def end() -> None:
    """End the process that is forked from, if there is one."""
    if _forker.cache_info().currsize:
        forker = _forker()
        forker.channel.close()
        forker.process.wait()


def _import_everything() -> None:
    for package in ("archive", "crawler"):
        for module in pkgutil.walk_packages([str(ROOT / package)], f"{package}."):
            if (
                not module.name.endswith("__main__") and module.name != "crawler.settings"
            ):  # it reads the environment
                importlib.import_module(module.name)
    assert "twisted.internet.reactor" not in sys.modules  # each run installs its own


def _serve(channel: socket.socket) -> None:
    """Fork for each message, for ever; returns only in what was forked."""
    while True:
        length, streams, *_ = socket.recv_fds(channel, LENGTH, 3)
        if not length:
            os._exit(0)
        wanted = json.loads(channel.recv(int.from_bytes(length), socket.MSG_WAITALL))
        told, tells = os.pipe()
        if not (between := os.fork()):
            if child := os.fork():
                os.write(tells, child.to_bytes(LENGTH))
                os._exit(0)  # an orphan now: whoever began us becomes its parent
            for each in (told, tells, channel.detach()):
                os.close(each)
            return _become(*wanted, streams)
        number = os.read(told, LENGTH)
        os.waitpid(between, 0)
        for each in (told, tells, *streams):
            os.close(each)
        channel.sendall(number)


def _become(
    arguments: list[str],
    environment: dict[str, str],
    folder: str,
    session: bool,
    streams: list[int],
) -> None:
    if session:
        os.setsid()
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    sys.modules["archive.dates"].set_clock(environment.get("LAMDONG_NOW"))
    importlib.reload(sys.modules["crawler.settings"])  # these two have read another environment
    sys.argv = ["lamdong", *arguments]


if __name__ == "__main__":
    sys.path[0] = str(ROOT)
    _import_everything()
    gc.freeze()  # no forked process looks through all that again
    _serve(socket.socket(fileno=int(sys.argv[1])))
    runpy.run_module("crawler", run_name="__main__", alter_sys=True)

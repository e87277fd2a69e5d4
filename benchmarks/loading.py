"""Servers as processes of their own, and wrk that asks them."""

import json
import math
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

CONNECTIONS = 8
PATIENCE = 60.0  # seconds a server may take to answer at all
TIMEOUT = 30  # seconds after which wrk counts an answer as failed
WARMING = 2  # seconds asked before anything counts
OURS = [sys.executable, "-c", "from archive.cli import cli; cli()", "serve", "--archive"]
STOCK = [sys.executable, "-m", "datasette", "serve"]
WALK = Path(__file__).with_name("walk.lua")


@dataclass(frozen=True)
class Load:
    """What wrk saw: answers and failures, seconds of all, milliseconds of one."""

    requests: int
    failed: int
    seconds: float
    p50: float
    p95: float
    p99: float
    slowest: float
    cpu: float  # seconds of the server's processor time

    @property
    def rate(self) -> float:
        """Good answers per second."""
        return (self.requests - self.failed) / self.seconds

    @property
    def cost(self) -> float:
        """Milliseconds of processor per answer: steady even where others use the machine."""
        return 1000 * self.cpu / self.requests if self.requests else math.inf


@dataclass(frozen=True)
class Server:
    """A process that serves at an address."""

    address: str
    pid: int

    def cpu(self) -> float:
        """Seconds of processor it has used so far; not a number where the system has no /proc (proc(5))."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return math.nan
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def asked(server: Server, paths: list[str], seconds: int) -> Load:
    """Ask a server for these paths in turn over all connections, after a while that does not count."""
    with tempfile.NamedTemporaryFile("w", suffix=".paths") as file:
        file.write("\n".join(paths))
        file.flush()
        _wrk(server.address, file.name, WARMING)
        began = server.cpu()
        told = _wrk(server.address, file.name, seconds)
        cpu = server.cpu() - began
    failed = told["refused"] + told["broken"]
    waits = {name: told[name] / 1000 for name in ("p50", "p95", "p99", "slowest")}
    return Load(told["requests"], failed, told["duration"] / 1e6, **waits, cpu=cpu)


def _wrk(server: str, paths: str, seconds: int) -> dict[str, int]:
    options = [f"-c{CONNECTIONS}", "-t1", f"-d{seconds}s", f"--timeout={TIMEOUT}s", f"-s{WALK}"]
    command = ["wrk", *options, server, "--", paths]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told: dict[str, int] = json.loads(done.stdout.splitlines()[-1])
    return told


@contextmanager
def serving(command: list[str], **environment: str) -> Iterator[Server]:
    """Run a server until the block ends, and give it as soon as it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [*command, "--port", f"{port}"],
        env={**os.environ, **environment},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(server, process)
        yield Server(server, process.pid)
    finally:
        process.terminate()
        process.wait()


def _await(server: str, process: "subprocess.Popen[bytes]") -> None:
    give_up = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < give_up:
        try:
            urllib.request.urlopen(f"{server}/-/versions.json", timeout=5).close()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
        else:
            return
    raise click.ClickException(f"A server did not come up: {process.args!r}")

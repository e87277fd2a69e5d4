"""`lamdong serve`: Datasette with our pages in front, in this process, until it is told to end."""

import socket
import sqlite3
import sys
import time
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click
import uvicorn
from datasette.plugins import pm

from archive.store import ArchiveError, Locked, Opener
from archive.store.opening import DATABASE, open_database
from archive.verifying import migrations_missing
from archive.web.served import Allowed, served

_PATIENCE: Final = 10.0  # seconds a crawl that has just begun may take to make the database


def run(
    archive: Path, opener: Opener, host: str, port: int, allowed: Allowed | None = None
) -> None:
    """Serve an archive until SIGTERM or Ctrl-C. Raises ArchiveError where it cannot be served."""
    with _listening(host, port) as listener:
        _make_ready(archive, opener)
        tell_failures_briefly()
        datasette = served(archive, allowed or Allowed())
        _Server(datasette, _shown(host, listener)).run(sockets=[listener])


def tell_failures_briefly() -> None:
    """Let Datasette say a failure in one line of standard error.

    With rich at hand it prints a traceback with all variables for every wrong address; that takes seconds, in which
    nobody else is answered. Without, it still prints one for whatever is damaged in the database.
    """
    handler = pm.get_plugin("datasette.handle_exception")
    handler.rich, handler.traceback = None, _OneLine


class _OneLine:
    """Stands for the module `traceback` there."""

    @staticmethod
    def print_exc() -> None:
        error = sys.exception()
        click.echo(f"{type(error).__name__}: {str(error)!r}", err=True)


class _Server(uvicorn.Server):
    """Says when it answers, and ends quietly."""

    def __init__(self, datasette: Any, address: str) -> None:
        # No request is worth more than a second of the two a reader waits after Ctrl-C.
        config = uvicorn.Config(
            datasette.app(),
            lifespan="on",
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        click.echo(f"Báo Lâm Đồng archive: {self._address} (Ctrl-C ends it)", err=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002 - uvicorn's
        # Not noted as uvicorn does, for it would raise the signal again once all is closed.
        self.force_exit, self.should_exit = self.should_exit, True


def _listening(host: str, port: int) -> socket.socket:
    if not 0 <= port < 2**16:
        raise ArchiveError(f"{port} is no port; --port takes a number up to 65535.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (")[0].lower()
        problem = f"Port {port} of {host}: {reason}; choose another with --port or --host."
        raise ArchiveError(problem) from error
    # asyncio leaves it off for a socket it has not made itself: then the end of each answer on a
    # connection that is kept waits 40 ms for word that its beginning has arrived.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _shown(host: str, listener: socket.socket) -> str:
    """Return the address to open in a browser on this machine."""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}/"


def _make_ready(folder: Path, opener: Opener) -> None:
    """Make the database, or bring it up to date; a run that holds the archive does so itself."""
    give_up = time.monotonic() + _PATIENCE
    while not _is_ready(folder):
        try:
            opener(folder).close()
        except Locked:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.1)


def _is_ready(folder: Path) -> bool:
    if not (folder / DATABASE).exists():
        return False
    db = open_database(folder, writable=False)
    try:
        return not migrations_missing(db)
    except sqlite3.OperationalError:  # it has no tables yet
        return False
    finally:
        db.close()

"""`lamdong serve`: Datasette with our pages in front, in this process, until it is told to end."""

import asyncio
import ipaddress
import socket
import sqlite3
import time
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, Final

import click
import uvicorn

from archive.store import ArchiveError, Locked, Opener
from archive.store.opening import DATABASE, at_rest, open_database
from archive.verifying import migrations_missing
from archive.web.apart import Apart
from archive.web.connections import Bounded, look_after
from archive.web.public import Address, Hosts, at_its_address
from archive.web.served import Allowed, served

_PATIENCE: Final = 10.0  # seconds a crawl that has just begun may take to make the database


@dataclass(slots=True, frozen=True)
class Offer:
    """What the operator said of the site; `sql` is None where nothing was said of it."""

    indexing: bool = False
    sql: bool | None = None
    public_url: str | None = None


def run(archive: Path, opener: Opener, host: str, port: int, offer: Offer | None = None) -> None:
    """Serve an archive until SIGTERM or Ctrl-C. Raises ArchiveError where it cannot be served."""
    offer = offer or Offer()
    public = Address.of(offer.public_url) if offer.public_url else None
    with _listening(host, port) as listener:
        number = listener.getsockname()[0]
        _make_ready(archive, opener)
        allowed = Allowed(offer.indexing, _is_sql_open(offer, number), public)
        apart = Apart(archive, allowed)
        # Readers' SQL is asked there; no limit of it holds up our own pages here.
        app = apart.before(served(archive, allowed, is_bounded=False).app())
        app = at_its_address(app, Hosts.of(host, number, public), public)
        try:
            _Server(app, _shown(host, listener, public)).run(sockets=[listener])
        finally:
            apart.end()


def _is_sql_open(offer: Offer, number: str) -> bool:
    """Whether anyone may ask in SQL: unless it was said, only where nobody but this machine asks."""
    if offer.sql is not None:
        return offer.sql
    return ipaddress.ip_address(number).is_loopback and not offer.public_url


class _Server(uvicorn.Server):
    """Says when it answers, and ends quietly."""

    def __init__(self, app: Any, address: str) -> None:
        # No request is worth more than a second of the two a reader waits after Ctrl-C.
        config = uvicorn.Config(
            app,
            lifespan="on",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            http=Bounded,
            proxy_headers=False,
            timeout_graceful_shutdown=1,
        )
        super().__init__(config)
        self._address = address

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._looking = asyncio.ensure_future(look_after(self.server_state.connections))
        click.echo(f"Báo Lâm Đồng archive: {self._address} (Ctrl-C ends it)", err=True)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._looking.cancel()
        await super().shutdown(sockets)

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


def _shown(host: str, listener: socket.socket, public: Address | None) -> str:
    """Return the address to open in a browser on this machine."""
    prefix = public.prefix if public else ""
    name = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{f'[{name}]' if ':' in name else name}:{listener.getsockname()[1]}{prefix}/"


def _make_ready(folder: Path, opener: Opener) -> None:
    """Bring the database up to date; a run that holds the archive does so itself, or makes it just now.

    Raises ArchiveError where there is none: serving makes no archive.
    """
    give_up = time.monotonic() + _PATIENCE
    while not _is_ready(folder):
        try:
            with at_rest(folder) as nobody_makes_it:
                if nobody_makes_it and not (folder / DATABASE).exists():
                    open_database(folder, writable=False)
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

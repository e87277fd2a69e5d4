"""Datasette's own pages, and with them all SQL of one's own, in another process.

Whatever is asked there, this process only waits for it: no thread, no interpreter lock, no memory is shared with the
pages for readers. The other process is begun when somebody first asks, and has a low priority (nice 10). Few questions
run at once, the others wait their turn for some seconds. One that gives no sign for long ends the process, for
SQLite cannot be interrupted within a function; the next question begins another.

Each question has a pair of sockets of its own, whose other end is handed over (`archive.web.questions` reads it).
"""

import asyncio
import json
import socket
import subprocess
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from archive.web.guarding import App
from archive.web.questions import frame, read_frame
from archive.web.refusing import refuse
from archive.web.served import Allowed

_SLOTS: Final = 3  # questions at once
_TURN: Final = 8.0  # seconds a question waits for its turn
_BEGINNING: Final = 60.0  # seconds the process may take to begin
_SILENCE: Final = 10.0  # seconds until an answer begins; a single statement has one
_WHOLE: Final = 120.0  # seconds a streamed table may take
_ASKED: Final = ("method", "scheme", "path", "http_version")
_AS_BYTES: Final = ("raw_path", "query_string")
_RETRY: Final = {"Retry-After": "5"}


class _Ended(Exception):
    """The process has ended, or was ended, before it answered."""


class Apart:
    """The process that answers Datasette's pages of an archive."""

    def __init__(self, archive: Path, allowed: Allowed) -> None:
        options = json.dumps(asdict(allowed))
        self._command = [sys.executable, "-m", "archive.web.questions", str(archive), options]
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._begun: asyncio.Task[bytes] | None = None  # ends when the process answers
        self._slots = asyncio.Semaphore(_SLOTS)

    def before(self, app: App) -> App:
        """Return an ASGI application that asks here for Datasette's pages, and `app` for all others."""

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            if scope["type"] == "http" and _is_datasettes(scope["path"]):
                await self._asked(scope, receive, send)
            else:
                await app(scope, receive, send)

        return answer

    async def _asked(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._running()  # to begin it is no part of waiting for a turn
            await asyncio.wait_for(self._slots.acquire(), _TURN)
        except (TimeoutError, _Ended):
            await refuse(scope, send, 503, "busy", _RETRY)
            return
        try:
            ours, control = await self._handed_over()
            reader, writer = await asyncio.open_unix_connection(sock=ours)
            try:
                await self._answered(reader, writer, control, scope, receive, send)
            finally:
                writer.close()
        except _Ended:
            await refuse(scope, send, 503, "busy", _RETRY)
        finally:
            self._slots.release()

    async def _answered(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, control: socket.socket, scope: Any,
        receive: Any, send: Any,
    ) -> None:  # fmt: skip
        """Pass an answer on. Raises EOFError where it ends early: the reader's connection then ends too."""
        gone = asyncio.ensure_future(_leaves(receive))
        gone.add_done_callback(lambda _: writer.close())  # which ends the question over there
        try:
            writer.write(frame(json.dumps(_question(scope)).encode()))
            start = await self._begin(reader, control)
            await send(_start(start))
            async with asyncio.timeout(_WHOLE):
                while body := await read_frame(reader):
                    await send({"type": "http.response.body", "body": body, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            gone.cancel()

    async def _begin(self, reader: asyncio.StreamReader, control: socket.socket) -> dict[str, Any]:
        """Return how an answer begins. Raises _Ended where it does not, and ends the process that is silent."""
        try:
            begin: dict[str, Any] = json.loads(await asyncio.wait_for(read_frame(reader), _SILENCE))
        except TimeoutError:
            if control is self._control:  # else it has ended, and another was begun
                self.end()
            raise _Ended from None
        except (EOFError, OSError) as error:
            raise _Ended from error
        return begin

    async def _handed_over(self) -> tuple[socket.socket, socket.socket]:
        """Return our end of a new pair of sockets, and the way to the process that has the other. Raises _Ended."""
        control = await self._running()
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                socket.send_fds(control, [b"?"], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise _Ended from error
        return ours, control

    async def _running(self) -> socket.socket:
        """The way to the process, which is begun anew where it has ended. Raises _Ended where it does not begin."""
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._start()
        assert self._control and self._begun
        control, begun = self._control, self._begun
        await asyncio.wait(
            {begun}, timeout=_BEGINNING
        )  # which, unlike begun itself, raises nothing when that is cancelled
        is_over = begun.done() and not begun.cancelled()
        if not is_over or begun.exception() or not begun.result() or control is not self._control:
            raise _Ended
        return control

    def _start(self) -> None:
        self.end()
        self._control, theirs = socket.socketpair()
        self._control.setblocking(False)
        with theirs:
            # What it says would be about what somebody asked: nothing an operator could act upon.
            self._process = subprocess.Popen(
                self._command, stdin=theirs.fileno(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True,
            )  # fmt: skip
        loop = asyncio.get_running_loop()
        self._begun = loop.create_task(loop.sock_recv(self._control, 1))

    def end(self) -> None:
        """End the process; all it was asked ends with it."""
        if self._begun:
            self._begun.cancel()
        if self._control:
            self._control.close()
        if self._process:
            self._process.kill()
            self._process.wait()
        self._process = self._control = None


def _is_datasettes(path: str) -> bool:
    if path.startswith(("/-/static/", "/-/static-plugins/")):
        return False
    return path.startswith(("/archive/", "/archive.", "/-/")) or path in {"/archive", "/-"}


def _question(scope: Any) -> dict[str, Any]:
    named = {name: scope[name] for name in _ASKED}
    encoded = {name: scope[name].decode("latin-1") for name in _AS_BYTES}
    headers = [
        [name.decode("latin-1"), value.decode("latin-1")] for name, value in scope["headers"]
    ]
    return {**named, **encoded, "headers": headers}


def _start(start: dict[str, Any]) -> dict[str, Any]:
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in start["headers"]
    ]
    return {"type": "http.response.start", "status": start["status"], "headers": headers}


async def _leaves(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass

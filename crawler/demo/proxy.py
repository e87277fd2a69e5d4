"""A loopback CONNECT proxy that ends TLS itself and answers for every host of a newspaper.

The program under test needs nothing but the variables of `Replica.environment`.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from archive import addresses
from crawler.demo.answers import Answer
from crawler.demo.certificates import make_certificates

END = b"\r\n\r\n"
OPENED = b"HTTP/1.1 200 Connection established" + END
UNKNOWN_HOST = b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close" + END
BACKLOG = 256  # connections waiting to be taken: load tests open many at once


class Newspaper(Protocol):
    """What a replica answers from."""

    hosts: tuple[str, ...]

    def answer(self, host: str, path: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one GET; `path` holds the query, header names are in lower case."""


@dataclass(frozen=True)
class Asked:
    """One request as it came in. `at` is in seconds of the monotonic clock."""

    method: str
    scheme: str
    host: str
    path: str
    at: float
    lines: tuple[str, ...]

    @cached_property
    def headers(self) -> dict[str, str]:
        """The request's headers, names in lower case."""
        pairs = (line.partition(":") for line in self.lines)
        return {name.lower(): value.strip() for name, _, value in pairs}

    @property
    def url(self) -> str:
        """The absolute address that was asked for."""
        return f"{self.scheme}://{self.host}{self.path}"

    @classmethod
    def read(cls, block: bytes, tunnel_to: str | None) -> Self:
        """Read the head of one request; outside a tunnel its target is absolute (or host:port)."""
        first, *lines = block.removesuffix(END).decode("utf-8", "replace").split("\r\n")
        method, target, _ = first.split(" ", 2)
        at = time.monotonic()
        if tunnel_to is not None:
            return cls(method, "https", tunnel_to, target, at, tuple(lines))
        if method == "CONNECT":
            return cls(method, "https", target.rpartition(":")[0], "", at, tuple(lines))
        path = "/" + target.partition("://")[2].partition("/")[2]
        return cls(method, "http", addresses.host(target), path, at, tuple(lines))


class Replica:
    """Serves a newspaper on the loopback interface while the `with` block runs.

    `folder` receives the certificates. `asked` is the log of all requests, oldest first; a CONNECT
    is logged only when it was refused, because its host is none of the newspaper's.
    """

    def __init__(self, newspaper: Newspaper, folder: Path, port: int = 0) -> None:
        self.newspaper = newspaper
        self.folder = folder
        self.port = port
        self.asked: list[Asked] = []
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._certificates = make_certificates(self.folder, self.newspaper.hosts)
        self._tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._tls.load_cert_chain(self._certificates.server)
        self._socket = socket.create_server(("127.0.0.1", self.port), backlog=BACKLOG)
        self.port = self._socket.getsockname()[1]
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    @property
    def environment(self) -> dict[str, str]:
        """The variables that send a program here, with the certificate authority it may trust."""
        address = f"http://127.0.0.1:{self.port}"
        authority = str(self._certificates.authority)
        return {
            "https_proxy": address,
            "http_proxy": address,
            "no_proxy": "",
            "SSL_CERT_FILE": authority,
        }

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        self._open: set[asyncio.Task[None]] = set()
        server = await asyncio.start_server(self._accept, sock=self._socket)
        async with server:
            self._ready.set()
            await self._stop.wait()
            server.close()
            for task in self._open:
                task.cancel()
            await asyncio.gather(*self._open, return_exceptions=True)
            await asyncio.sleep(0)  # aborted connections are closed in the next turn

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._connection(reader, writer))
        self._open.add(task)
        task.add_done_callback(self._open.discard)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A client may leave at any point: between requests, in the handshake, in an answer.
        try:
            with contextlib.suppress(OSError, EOFError):
                await self._talk(reader, writer)
                writer.close()
                await writer.wait_closed()
        finally:
            writer.transport.abort()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = Asked.read(await reader.readuntil(END), None)
            if asked.method == "CONNECT":
                return await self._tunnel(asked, reader, writer)
            self.asked.append(asked)
            answer = Answer.redirect(f"https://{asked.host}{asked.path}")
            writer.writelines(answer.wire(asked.method, asked.headers))
            await writer.drain()

    async def _tunnel(
        self, wish: Asked, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if wish.host not in self.newspaper.hosts:
            self.asked.append(wish)
            writer.write(UNKNOWN_HOST)
            return await writer.drain()
        writer.write(OPENED)
        await writer.drain()
        await writer.start_tls(self._tls)
        while await self._exchange(wish.host, reader, writer):
            pass
        return None

    async def _exchange(
        self, host: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        asked = Asked.read(await reader.readuntil(END), host)
        self.asked.append(asked)
        answer = self.newspaper.answer(host, asked.path, asked.headers)
        if answer.delay:
            await asyncio.sleep(answer.delay)
        writer.writelines(answer.wire(asked.method, asked.headers))
        await writer.drain()
        return answer.cut_at is None and asked.headers.get("connection") != "close"

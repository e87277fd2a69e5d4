"""Connections that cannot shut others out: what a request may hold, how long it may take, how many there are.

uvicorn bounds none of it: a header of any size is taken, and whoever sends half of one may wait for ever. Here a
request comes whole within seconds and has no body; of connections that wait for one, the oldest makes room.
"""

import asyncio
import resource
from http import HTTPStatus
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_LONGEST: Final = 8_192  # bytes of an address
_LARGEST: Final = 65_536  # bytes of a request
_WHOLE: Final = 10.0  # seconds in which a request comes whole
_TAKING: Final = 60.0  # seconds in which a reader takes something of an answer
_LOOK: Final = 1.0  # seconds between two looks at all connections
_MOST: Final = 400  # connections at once
_SPARE: Final = 100  # files the process needs besides
_READING: Final = {"GET", "HEAD", "OPTIONS"}

Refusal = tuple[HTTPStatus, str]
_TOO_LONG: Final[Refusal] = (
    HTTPStatus.REQUEST_URI_TOO_LONG,
    f"An address has {_LONGEST} bytes at most.",
)
_TOO_LARGE: Final[Refusal] = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    f"A request has {_LARGEST} bytes at most.",
)
_TOO_SLOW: Final[Refusal] = (
    HTTPStatus.REQUEST_TIMEOUT,
    f"The request did not come whole within {_WHOLE:.0f} seconds.",
)
_BODY: Final[Refusal] = HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This site only reads: send no body."
_METHOD: Final[Refusal] = HTTPStatus.METHOD_NOT_ALLOWED, "This site only reads."


def most_connections() -> int:
    """Return how many connections there may be: fewer where the system lets a process open few files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return _MOST if soft == resource.RLIM_INFINITY else max(10, min(_MOST, soft - _SPARE))


class Bounded(HttpToolsProtocol):
    """A connection; `waiting` since when a request has not come whole, or None while one is answered."""

    waiting: float | None
    taking: float | None  # since when the reader has taken nothing of what is written

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin; where there are too many connections the one that has waited longest ends."""
        super().connection_made(transport)
        self.waiting, self.taking, self._taken = self.loop.time(), None, 0
        self.url = b""
        if len(self.connections) > most_connections():
            _make_room(self.connections, self)

    def data_received(self, data: bytes) -> None:
        """Take a piece of a request, as long as it is not too large."""
        if self.transport.is_closing():
            return
        if self.waiting is None:
            self._taken = 0
        self._taken += len(data)
        if self._taken > _LARGEST:
            first = data.partition(b"\n")[0] if self._taken == len(data) else self.url
            self.refuse(_TOO_LONG if len(first) > _LONGEST else _TOO_LARGE)
            return
        super().data_received(data)

    def on_headers_complete(self) -> None:
        """Answer a request that is whole, is not too long and brings nothing."""
        if len(self.url) > _LONGEST:
            self.refuse(_TOO_LONG)
        elif _has_body(self.headers):
            is_reading = self.parser.get_method().decode("ascii") in _READING
            self.refuse(_BODY if is_reading else _METHOD)
        else:
            self.waiting = None
            super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Drop what is not wanted."""

    def on_message_complete(self) -> None:
        """Go on where the request was not refused."""
        if not self.transport.is_closing():
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request of this connection."""
        super().on_response_complete()
        if self.cycle.response_complete:
            self.waiting, self._taken = self.loop.time(), 0

    def pause_writing(self) -> None:
        """Note that the reader takes less than is written."""
        super().pause_writing()
        self.taking = self.loop.time()

    def resume_writing(self) -> None:
        """Note that the reader has taken something."""
        super().resume_writing()
        self.taking = None

    def refuse(self, refusal: Refusal) -> None:
        """Answer with one sentence, and end the connection."""
        status, sentence = refusal
        content = f"{sentence}\n".encode()
        lines = (
            f"HTTP/1.1 {status.value} {status.phrase}",
            "content-type: text/plain; charset=utf-8",
            f"content-length: {len(content)}",
            *(["allow: GET, HEAD"] if status is HTTPStatus.METHOD_NOT_ALLOWED else []),
            "connection: close",
        )
        self.transport.write("\r\n".join([*lines, "", ""]).encode() + content)
        self.transport.close()


def _has_body(headers: list[tuple[bytes, bytes]]) -> bool:
    return any(
        name == b"transfer-encoding" or (name == b"content-length" and value.strip() != b"0")
        for name, value in headers
    )


def _make_room(connections: set[Any], newest: Any) -> None:
    """End the connection that has waited longest; one whose reader takes nothing where none waits."""
    others = [each for each in connections if each is not newest and isinstance(each, Bounded)]
    waiting = [(each.waiting, id(each), each) for each in others if each.waiting is not None]
    taking = [(each.taking, id(each), each) for each in others if each.taking is not None]
    for _, _, oldest in (*sorted(waiting)[:1], *(sorted(taking)[:1] if not waiting else [])):
        connections.discard(oldest)
        oldest.transport.abort()
        return
    newest.transport.abort()


async def look_after(connections: set[Any]) -> None:
    """End connections that take too long, for ever: requests that do not come whole, answers nobody takes."""
    loop = asyncio.get_running_loop()
    while True:
        await asyncio.sleep(_LOOK)
        now = loop.time()
        for each in [each for each in connections if isinstance(each, Bounded)]:
            if each.waiting is not None and now - each.waiting > _WHOLE:
                each.refuse(_TOO_SLOW)
            elif each.taking is not None and now - each.taking > _TAKING:
                each.transport.abort()

"""The process that answers Datasette's own pages: `python -m archive.web.questions OPTIONS`.

Its standard input is a socket over which each question comes as a socket of its own (`archive.web.apart` sends it).
There a question is one frame of JSON; the answer is a frame of JSON with status and headers, frames of the body, and
an empty one. Its end is the end of the process that asks.
"""

import asyncio
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, Final

_LENGTH: Final = 4  # bytes in front of a frame
_NICE: Final = 10  # whoever reads comes first
_PIECE: Final = 65_536  # bytes of a body that are sent at once


def frame(content: bytes) -> bytes:
    """Return bytes as a frame; the empty one ends an answer."""
    return len(content).to_bytes(_LENGTH, "big") + content


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """Return what the next frame holds. Raises EOFError where there is no whole one."""
    length = int.from_bytes(await reader.readexactly(_LENGTH), "big")
    return await reader.readexactly(length)


def main(archive: Path, options: dict[str, Any]) -> None:
    """Answer until the process that asks has ended."""
    from archive.web.limits import bound_memory
    from archive.web.public import Address
    from archive.web.served import Allowed, served

    public = Address(**options.pop("public")) if options["public"] else None
    datasette = served(archive, Allowed(**options | {"public": public}), is_bounded=True)
    bound_memory()
    os.nice(_NICE)
    asyncio.run(_answer_all(datasette.app(), socket.socket(fileno=sys.stdin.fileno())))


async def _answer_all(app: Any, control: socket.socket) -> None:
    answering: set[asyncio.Task[None]] = set()

    def handed_over() -> None:
        sign, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not sign:  # nobody is left to ask: threads that still compute would keep us here
            os._exit(0)
        for descriptor in descriptors:
            task = asyncio.ensure_future(_answer(app, socket.socket(fileno=descriptor)))
            answering.add(task)
            task.add_done_callback(answering.discard)

    control.send(b"!")  # ready
    asyncio.get_running_loop().add_reader(control, handed_over)
    await asyncio.Event().wait()


async def _answer(app: Any, link: socket.socket) -> None:
    """Answer one question; whoever asked and has gone is not answered to the end."""
    reader, writer = await asyncio.open_unix_connection(sock=link)
    try:
        scope = _scope(json.loads(await read_frame(reader)))
        gone = asyncio.ensure_future(reader.read(1))
        answered = asyncio.ensure_future(app(scope, _receiving(gone), _sending(writer)))
        await asyncio.wait({gone, answered}, return_when=asyncio.FIRST_COMPLETED)
        answered.cancel()
        gone.cancel()
        await asyncio.gather(answered, gone, return_exceptions=True)
    finally:
        writer.close()


def _scope(question: dict[str, Any]) -> dict[str, Any]:
    encoded = {name: question[name].encode("latin-1") for name in ("raw_path", "query_string")}
    headers = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in question["headers"]
    ]
    return {"type": "http", "asgi": {"version": "3.0"}, **question, **encoded, "headers": headers}


def _receiving(gone: "asyncio.Future[bytes]") -> Any:
    messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        if message := next(messages, None):
            return message
        await asyncio.wait({gone})
        return {"type": "http.disconnect"}

    return receive


def _sending(writer: asyncio.StreamWriter) -> Any:
    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            headers = [
                [name.decode("latin-1"), value.decode("latin-1")]
                for name, value in message["headers"]
            ]
            writer.write(
                frame(json.dumps({"status": message["status"], "headers": headers}).encode())
            )
            return
        body = message.get("body", b"")
        for at in range(0, len(body), _PIECE):
            writer.write(frame(body[at : at + _PIECE]))
            await writer.drain()
        if not message.get("more_body", False):
            writer.write(frame(b""))
            await writer.drain()

    return send


if __name__ == "__main__":
    main(Path(os.fsdecode(sys.argv[1])), json.loads(sys.argv[2]))

"""Real sockets: what a request may hold, how long it may take, and that nobody's connections shut others out."""

import asyncio
import contextlib
import http.client
import socket
from urllib.parse import urlsplit

import pytest
from test_served import make
from test_web import address_of, command

from archive.web import connections
from archive.web.connections import Bounded, look_after, most_connections


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    folder = tmp_path_factory.mktemp("connections") / "archive"
    make(folder)
    with command(folder) as process:
        yield urlsplit(address_of(process)).port


def told(port, *pieces):
    """What is answered to these bytes, until the connection ends."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        answer = b""
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                line.sendall(piece)
            while more := line.recv(65_536):
                answer += more
        return answer.decode("utf-8", "replace")


START = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
REFUSED = {
    "header": (431, START + b"X: " + b"a" * 200_000 + b"\r\n\r\n"),
    "headers": (431, START + b"".join(b"X%d: a\r\n" % n for n in range(9_000)) + b"\r\n"),
    "address": (414, b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "query": (414, b"GET /search?q=" + b"a" * 90_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "body": (413, START + b"Content-Length: 5\r\n\r\nhello"),
    "huge body": (413, START + b"Content-Length: 5000000000\r\n\r\n"),
    "chunks": (413, START + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
    "form": (405, b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\na=b"),
    "no HTTP": (400, b"hello\r\n\r\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_too_much_is_refused_in_one_sentence_and_the_connection_ends(port, name):
    status, request = REFUSED[name]
    head, _, sentence = told(port, request).partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert "connection: close" in head.lower()
    assert len(sentence.strip().splitlines()) == 1


def test_a_long_header_is_not_read_to_its_end(port):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
        line.sendall(START)
        sent = 0
        with pytest.raises(ConnectionError):
            while sent < 50_000_000:
                line.sendall(b"X" * 65_536)
                sent += 65_536
    assert sent < 50_000_000


def test_requests_in_a_row_on_one_connection_are_each_answered(port):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as line:
        for _ in range(30):
            line.request("GET", "/status.json", headers={"X": "a" * 8_000})
            answer = line.getresponse()
            assert answer.status == 200
            answer.read()


def test_half_sent_requests_do_not_keep_a_reader_out(port):
    with contextlib.ExitStack() as open_:
        for number in range(500):
            line = socket.create_connection(("127.0.0.1", port), timeout=60)
            open_.enter_context(line)
            with contextlib.suppress(ConnectionError):
                line.sendall(START if number % 2 else b"")
        with contextlib.closing(
            http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        ) as reader:
            reader.request("GET", "/")
            assert reader.getresponse().status == 200


def test_what_does_not_come_whole_is_ended(port):
    assert told(port, START).startswith("HTTP/1.1 408 ")
    assert told(port).startswith("HTTP/1.1 408 ")


class Line:
    """Stands for the transport of a connection."""

    ended = ""

    def abort(self):
        self.ended = "aborted"


def connection(waiting, taking=None):
    made = object.__new__(Bounded)
    made.waiting, made.taking, made.transport = waiting, taking, Line()
    made.refuse = lambda refusal: setattr(made.transport, "ended", refusal[0].name)
    return made


def test_the_one_that_waits_longest_makes_room_and_never_one_that_is_answered():
    answered, old, new = connection(None), connection(1.0), connection(2.0)
    newest = connection(3.0)
    connections._make_room({answered, old, new, newest}, newest)
    assert [each.transport.ended for each in (answered, old, new, newest)] == [
        "",
        "aborted",
        "",
        "",
    ]
    answered, slow, newest = connection(None), connection(None, 1.0), connection(3.0)
    connections._make_room({answered, slow, newest}, newest)
    assert [each.transport.ended for each in (answered, slow, newest)] == ["", "aborted", ""]
    answered, newest = connection(None), connection(3.0)
    connections._make_room({answered, newest}, newest)
    assert [each.transport.ended for each in (answered, newest)] == ["", "aborted"]


def test_who_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(connections, "_LOOK", 0.0)

    async def looked():
        now = asyncio.get_running_loop().time()
        some = [
            connection(now - 11), connection(now), connection(None, now - 61), connection(None, now), connection(None),
        ]  # fmt: skip
        looking = asyncio.ensure_future(look_after(set(some)))
        while not some[0].transport.ended or not some[2].transport.ended:
            await asyncio.sleep(0)
        looking.cancel()
        return [each.transport.ended for each in some]

    assert asyncio.run(looked()) == ["REQUEST_TIMEOUT", "", "aborted", "", ""]


def test_there_are_never_more_connections_than_files():
    assert 10 <= most_connections() <= 400

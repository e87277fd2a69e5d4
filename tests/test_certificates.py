"""A certificate that does not hold: what is wrong with it and its day, in the crawl's sentence and in the alarm."""

import asyncio
import contextlib
import json
import ssl
from datetime import UTC, datetime, timedelta

import pytest
import starting
from cryptography import x509
from runs import COMMAND, environment
from scrapy import Request
from scrapy.exceptions import DownloadFailedError

from crawler import certificates
from crawler.certificates import Certificates, Unverified, fault, told
from crawler.demo.certificates import make_certificates
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

HOST = "baolamdong.vn"
NOW, DAY = datetime.now(UTC), timedelta(days=1)
FAILED = DownloadFailedError("[('SSL routines', '', 'certificate verify failed')]")
UNKNOWN = "its certificate cannot be verified"
# What is shown: when its thirty days begin, for which host; and what is said of it, with which day.
SHOWN = {
    "ended": (NOW - 40 * DAY, HOST, "certificate ended on {}", "ended on {}", NOW - 10 * DAY),
    "begins": (NOW + 5 * DAY, HOST, "certificate begins on {}", "begins only on {}", NOW + 5 * DAY),
    "other": (NOW - DAY, "other.example", "ends on {}, is for other hosts", "ends on {}, is for other hosts",
              NOW + 29 * DAY),
    "untrusted": (NOW - DAY, HOST, "ends on {}, comes from nobody", "ends on {}, comes from nobody", NOW + 29 * DAY),
}  # fmt: skip


@pytest.fixture(scope="module")
def replica(tmp_path_factory):
    with Replica(SampleNewspaper(troubles=False), tmp_path_factory.mktemp("replica")) as replica:
        yield replica


@pytest.fixture
def shown(tmp_path):
    """Make a certificate of SHOWN; return where it lies, and its authority."""

    def make(name):
        begins, host, *_ = SHOWN[name]
        return make_certificates(tmp_path, [host], begins)

    return make


@pytest.mark.parametrize("name", SHOWN)
def test_crawl_and_alarm_say_what_is_wrong_with_it_and_its_day(replica, shown, tmp_path, name):
    *_, sentence, alarm, day = SHOWN[name]
    made = shown(name)
    replica._tls.load_cert_chain(made.server)
    known = {} if name == "untrusted" else {"SSL_CERT_FILE": str(made.authority)}
    done = starting.run(
        [*COMMAND, "crawl", "--archive", str(tmp_path / "archive"), "--json"],
        env={**environment(replica), **known},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert sentence.format(day.date()) in done.stderr.splitlines()[-1]
    (opened,) = json.loads(done.stdout)["alarms"]
    assert opened["name"] == "certificate"
    assert alarm.format(day.date()) in opened["message"]
    assert replica.asked == []  # it was looked at, and nothing was asked


@pytest.mark.parametrize("name", SHOWN)
def test_what_is_said_of_a_fault_is_found_again(shown, name):
    certificate = x509.load_pem_x509_certificate(shown(name).server.read_bytes())
    clause = fault(certificate, HOST, NOW)
    assert told(f"{HOST}/robots.txt cannot be asked ({clause})") == (
        name,
        str(SHOWN[name][4].date()),
    )


def test_a_certificate_that_names_nobody_is_for_other_hosts(shown):
    authority = x509.load_pem_x509_certificate(shown("untrusted").authority.read_bytes())
    assert "is for other hosts" in fault(authority, HOST, NOW)


@pytest.mark.parametrize(
    "detail", [UNKNOWN, "", "its certificate ended on a day", "no safe connection"]
)
def test_other_sentences_tell_no_fault(detail):
    assert told(detail) is None


async def failed(middleware, url=f"https://{HOST}/", proxy=None):
    request = Request(url, meta={"proxy": proxy})
    with pytest.raises(Unverified) as raised:
        await middleware.process_exception(request, FAILED)
    return str(raised.value)


def looked_at(talk, *, is_proxy, context=None):
    """What three failed requests say where `talk` answers: through it as a proxy, or as the host itself."""
    met = []

    async def counted(reader, writer):
        met.append(1)
        try:
            with contextlib.suppress(OSError):
                await talk(reader, writer)
        finally:
            writer.transport.abort()

    async def ask():
        async with await asyncio.start_server(counted, "127.0.0.1", 0, ssl=context) as server:
            port = server.sockets[0].getsockname()[1]
            certificates._PORT, proxy = port, f"http://127.0.0.1:{port}" if is_proxy else None
            middleware = Certificates()
            return [await failed(middleware, "https://127.0.0.1/", proxy) for _ in range(3)], met

    return asyncio.run(ask())


@pytest.fixture(autouse=True)
def _as_they_were(monkeypatch):
    monkeypatch.setattr(certificates, "_PORT", certificates._PORT)


async def ends(reader, writer):
    await reader.read(1)


async def says_nothing(reader, writer):
    await reader.read()


async def refuses(reader, writer):
    writer.write(b"HTTP/1.1 407 Who are you\r\n\r\n")
    await reader.read()


async def never_ends(reader, writer):
    writer.write(b"x" * 2**20)
    await reader.read()


@pytest.mark.parametrize("talk", [ends, says_nothing, refuses, never_ends])
def test_what_cannot_be_looked_at_is_said_shortly_and_tried_once(monkeypatch, talk):
    monkeypatch.setattr(certificates, "_PATIENCE", 0.3)
    assert looked_at(talk, is_proxy=True) == ([UNKNOWN] * 3, [1])


def test_without_a_proxy_the_host_itself_is_looked_at(shown):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(shown("ended").server)
    said, met = looked_at(ends, is_proxy=False, context=context)
    assert said == [f"its certificate ended on {(NOW - 10 * DAY).date()}"] * 3
    assert len(met) == 1


@pytest.mark.parametrize("error", [DownloadFailedError("reset"), OSError("no way"), TimeoutError()])
def test_other_failures_are_none_of_a_certificate(error):
    asyncio.run(Certificates().process_exception(Request(f"https://{HOST}/"), error))

"""What is wrong with a host's certificate, in the words of the certificate itself.

Where its verification fails, OpenSSL says neither why nor until when it held. So the certificate is looked at once
more: a handshake on the same way, in which nothing is believed and nothing is asked.
"""

import asyncio
import re
import ssl
from datetime import datetime
from typing import Any, Final

from cryptography import x509
from scrapy import Request
from scrapy.exceptions import DownloadFailedError, IgnoreRequest
from service_identity import CertificateError, VerificationError
from service_identity.cryptography import verify_certificate_hostname

from archive import addresses
from archive.dates import now

_SIGNS: Final = ("certificate", "service_identity")  # in what Twisted says of a failed handshake
_PATIENCE: Final = 10.0  # seconds
_PORT: Final = 443  # the only one that is asked, see crawler.reach
_FAULTS: Final = {
    "ended": "its certificate ended on {day}",
    "begins": "its certificate begins on {day}",
    "other": "its certificate, which ends on {day}, is for other hosts",
    "untrusted": "its certificate, which ends on {day}, comes from nobody whom this machine trusts",
}


class Unverified(DownloadFailedError):
    """The host's certificate is not good; its text is one clause that says why."""


class Certificates:
    """A downloader middleware that says what is wrong with a certificate; it looks at each host's once a run."""

    def __init__(self) -> None:
        self._faults: dict[str, asyncio.Future[str]] = {}

    async def process_exception(self, request: Request, exception: Exception) -> None:
        """Raise Unverified where a certificate is why there was no answer."""
        if isinstance(exception, IgnoreRequest) or not any(
            sign in str(exception) for sign in _SIGNS
        ):
            return
        host = addresses.host(request.url)
        if host not in self._faults:
            self._faults[host] = asyncio.ensure_future(_fault(host, request))
        raise Unverified(await self._faults[host]) from exception


async def _fault(host: str, request: Request) -> str:
    proxy, leave = request.meta.get("proxy"), request.headers.get("Proxy-Authorization")
    try:
        async with asyncio.timeout(_PATIENCE):
            shown = x509.load_der_x509_certificate(await _shown(host, proxy, leave))
    except (OSError, EOFError, ValueError, asyncio.LimitOverrunError):
        return "its certificate cannot be verified"
    return fault(shown, host, now())


async def _shown(host: str, proxy: str | None, leave: bytes | None) -> bytes:
    """Return the certificate that a host shows, in DER. Raises OSError, EOFError or LimitOverrunError without one."""
    way = addresses.split(proxy or f"https://{host}/")
    if way is None:
        raise OSError("the proxy has no address")
    reader, writer = await asyncio.open_connection(way.hostname, way.port or _PORT)
    try:
        if proxy:
            writer.write(_wish(host, leave))
            if b" 200" not in (await reader.readuntil(b"\r\n\r\n")).splitlines()[0]:
                raise OSError("the proxy opens no way")
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        await writer.start_tls(context, server_hostname=host)
        tls: Any = writer.get_extra_info("ssl_object")
        return tls.getpeercert(binary_form=True) or b""
    finally:
        writer.transport.abort()
        await asyncio.sleep(0)  # it is closed in the next turn


def _wish(host: str, leave: bytes | None) -> bytes:
    wish = f"CONNECT {host}:{_PORT} HTTP/1.1\r\nHost: {host}:{_PORT}\r\n".encode()
    return wish + (b"Proxy-Authorization: %b\r\n" % leave if leave else b"") + b"\r\n"


def fault(certificate: x509.Certificate, host: str, at: datetime) -> str:
    """Return one clause that says why a certificate does not hold for a host; its day is UTC's, as it is there."""
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if ends < at:
        return _FAULTS["ended"].format(day=ends.date())
    if begins > at:
        return _FAULTS["begins"].format(day=begins.date())
    try:
        verify_certificate_hostname(certificate, host)
    except (CertificateError, VerificationError):
        return _FAULTS["other"].format(day=ends.date())
    return _FAULTS["untrusted"].format(day=ends.date())


def told(detail: str) -> tuple[str, str] | None:
    """Return which fault of a certificate a sentence tells, and the day in it; None where it tells none.

    >>> told("robots.txt cannot be asked (its certificate ended on 2026-11-01)")
    ('ended', '2026-11-01')
    """
    for name, clause in _FAULTS.items():
        before, after = map(re.escape, clause.split("{day}"))
        if found := re.search(rf"{before}(\d{{4}}-\d\d-\d\d){after}", detail):
            return name, found[1]
    return None

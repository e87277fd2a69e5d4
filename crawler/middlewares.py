"""Between Scrapy and the newspaper: robots.txt obeyed, Crawl-delay applied, every answer kept before it is read."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final, Self

from scrapy import Request, signals
from scrapy.crawler import Crawler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.http.request import NO_CALLBACK

from archive import addresses
from archive.dates import now
from archive.model import Capture, Place
from archive.warc import Damage, Record
from archive.warc_content import unpacked
from archive.warc_writing import Headers, fitting, freshened, response_head
from crawler.certificates import Unverified
from crawler.reach import why_not
from crawler.robots import LARGEST, LONGEST_DELAY, RobotsTxt
from crawler.robots import unpacked as unpacked_robots
from crawler.waiting import retry_after, until_when, wait_before

NO_ANSWER: Final = (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
    OSError,
)
_TRIES: Final = 4
_HOPS: Final = 5
_LONGEST: Final = 120  # seconds that a run waits for a robots.txt
_NOWHERE: Final = Place("", 0, 0)


class Forbidden(IgnoreRequest):
    """robots.txt does not allow this address."""


class RobotsUnknown(IgnoreRequest):
    """robots.txt could not be asked; without its answer nothing may be fetched (RFC 9309, 2.3.1.4)."""


@dataclass(slots=True)
class _Rules:
    text: RobotsTxt | None  # None: everything is allowed
    problem: str | None = None


class OutOfReach(IgnoreRequest):
    """The address is none that this archive asks for."""


class Reach:
    """The gate before the network: whatever made a request, it passes here."""

    def process_request(self, request: Request) -> None:
        """Let a request pass, or raise OutOfReach."""
        entry = request.meta.get("entry")
        is_robots = request.meta.get("is_robots")
        if why := why_not(
            request.url, "robots" if is_robots else entry.kind if entry else "article"
        ):
            raise OutOfReach(f"not asked for: {why}")


class Robots:
    """Asks each host's robots.txt once a run, obeys it and applies its Crawl-delay."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._name: str = crawler.settings["BOT_NAME"]
        self._delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        self._hosts: dict[str, asyncio.Future[_Rules]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Let a request pass, or raise OutOfReach, Forbidden or RobotsUnknown."""
        Reach().process_request(request)
        if request.meta.get("is_robots"):
            return
        rules = await self._rules(request.url)
        if rules.problem:
            raise RobotsUnknown(rules.problem)
        if rules.text and not await self._allows(rules.text, request.url):
            raise Forbidden("robots.txt does not allow it")

    async def _allows(self, text: RobotsTxt, url: str) -> bool:
        if not text.is_long:
            return text.allows(url)
        spider: Any = self.crawler.spider
        return bool(await spider.beside(text.allows, url))

    async def _rules(self, url: str) -> _Rules:
        host = (addresses.joined(url, "/") or url).rstrip("/")
        if host not in self._hosts:
            asked = self._hosts[host] = asyncio.get_running_loop().create_future()
            try:
                asked.set_result(await self._ask(host))
            except Exception as error:  # noqa: BLE001 - others wait for the answer: they must get one
                asked.set_result(_Rules(None, f"{host}/robots.txt cannot be asked ({said(error)})"))
        return await self._hosts[host]

    async def _ask(self, host: str) -> _Rules:
        spider: Any = self.crawler.spider
        problem, url, wait = "", f"{host}/robots.txt", None
        if until := spider.archive.urls.waits_until(url, now()):
            return self._waits(host, f"{url} is {until_when(until)}; nothing may be fetched before")
        for attempt in range(_TRIES):
            if attempt:
                await asyncio.sleep(wait_before(attempt, self._delay, wait))
            response = await self._fetch(url)
            if isinstance(response, str):
                return _Rules(None, f"{host}/robots.txt cannot be asked ({response})")
            if response.status < 300:
                return await self._understood(host, response)
            if response.status not in {401, 403, 408, 425, 429} and response.status < 500:
                return _Rules(None)
            problem = f"{url} answers {response.status}"
            wait = retry_after(response.headers.get("Retry-After"))
            if wait and wait > _LONGEST:
                until = spider.robots_refused(url, response.status, wait)
                return self._waits(host, f"{problem} and is {until_when(until)}")
        return _Rules(None, problem if not problem.endswith(("401", "403")) else None)

    def _waits(self, host: str, problem: str) -> _Rules:
        self.crawler.spider.robots_forbids(host, f"{problem}.")  # type: ignore[union-attr]
        return _Rules(None, problem)

    async def _fetch(self, url: str) -> Response | str:
        """Return the answer, redirects followed, or one clause on why there is none."""
        for _ in range(_HOPS):
            meta = {
                "is_robots": True,
                "download_maxsize": 0,
            }  # its beginning is taken, see Beginning
            request = Request(url, callback=NO_CALLBACK, meta=meta, dont_filter=True)
            try:
                response = await self._engine().download_async(request)
            except (*NO_ANSWER, IgnoreRequest) as error:
                return said(error)
            location = response.headers.get("Location")
            if response.status not in {301, 302, 303, 307, 308} or not location:
                return response  # type: ignore[no-any-return]
            target = addresses.joined(url, addresses.as_sent(location))
            if why := why_not(target or "", "robots"):
                return f"it redirects to {target or 'no address'}, which is not asked for: {why}"
            url = target or ""
        return "it redirects in a circle"

    async def _understood(self, host: str, response: Response) -> _Rules:
        spider: Any = self.crawler.spider
        text = await spider.beside(RobotsTxt, response.body, self._name)
        if text.delay > LONGEST_DELAY:
            problem = (
                f"{host}/robots.txt asks for {text.delay:g} s between two requests (Crawl-delay); this program"
                f" waits {LONGEST_DELAY:g} s at most, so nothing is fetched there: ask the newspaper for leave."
            )
            spider.robots_forbids(host, problem)
            return _Rules(None, problem)
        self._slow_down(addresses.host(host), text.delay)
        spider.robots_said(host, text.sitemaps)
        return _Rules(text)

    def _slow_down(self, host: str, delay: float) -> None:
        """Let a host's requests go out so far apart, also once Scrapy has forgotten a host that was idle."""
        downloader = self._engine().downloader
        known = downloader.per_slot_settings.get(host, {}).get("delay", self._delay)
        if delay <= known:
            return
        downloader.per_slot_settings[host] = {"delay": delay, "concurrency": 1}
        slot = downloader.slots.get(host)
        if slot is not None:
            slot.delay, slot.concurrency = delay, 1

    def _engine(self) -> Any:
        return self.crawler.engine


class Beginning:
    """Of a robots.txt only the beginning is received and unpacked, however long it is."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        made = cls()
        crawler.signals.connect(made.received, signals.bytes_received)
        return made

    def received(self, data: bytes, request: Request) -> None:
        """Count what came; raise StopDownload once it is enough."""
        if request.meta.get("is_robots"):
            came = request.meta["came"] = request.meta.get("came", 0) + len(data)
            if came > LARGEST:
                raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the beginning of a robots.txt, its Content-Encoding taken off."""
        if not request.meta.get("is_robots"):
            return response
        headers = response.headers.copy()
        coding = (headers.pop("Content-Encoding", None) or [b""])[-1].decode("latin-1")
        body = unpacked_robots(response.body, coding.strip().lower())
        return response.replace(body=body, headers=headers)


class Capturing:
    """Appends every answer to the WARC as received, before anything of it is understood."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler, self._most = crawler, crawler.settings.getint("DOWNLOAD_MAXSIZE")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer; hand it on with its capture in `request.meta`."""
        spider: Any = self.crawler.spider
        cut = "disconnect" if "dataloss" in response.flags else None
        cut = "length" if "download_stopped" in response.flags else cut
        fetched_at = now()
        spider.report.heard(_header(response, "Date"), fetched_at)
        repeats, headers = self._repeated(request, response), fitting(_pairs(response))
        if len(headers) < len(_pairs(response)):
            cut = "length"
        if repeats:
            headers = freshened(headers, repeats.http_headers)
        try:
            place, digest = spider.archive.warc.append_exchange(
                url=request.url,
                fetched_at=fetched_at,
                status=response.status,
                headers=headers,
                body=response.body,
                method=request.method,
                request_headers=_pairs(request),
                truncated=cut,
                repeats=repeats,
            )
        except OSError as error:
            spider.stop_for(error)
            raise IgnoreRequest("the archive cannot be written") from error
        request.meta["capture"] = Capture(
            url=request.url,
            fetched_at=fetched_at,
            status=response.status,
            place=place,
            digest=digest,
            content_type=_stated(headers, "Content-Type"),
            etag=_stated(headers, "ETag"),
            last_modified=_stated(headers, "Last-Modified"),
            truncated=self._lacks(request, response, headers, cut),
        )
        if request.meta.get("is_robots"):
            spider.archive.add_capture(request.meta["capture"])
        return response

    def _lacks(
        self, request: Request, response: Response, headers: Headers, cut: str | None
    ) -> str | None:
        """Return why an answer is visibly not whole, as a rebuild finds it in the record."""
        kind = "revisit" if response.status == 304 else "response"
        fields, head = (
            [("WARC-Truncated", cut)] if cut else [],
            response_head(response.status, headers),
        )
        record = Record(_NOWHERE, fields, kind, request.url, now(), head, response.body)
        most = request.meta.get("download_maxsize") or self._most
        try:
            return unpacked(record, most)[1]
        except Damage:  # too large, which Scrapy says of it
            return None

    def _repeated(self, request: Request, response: Response) -> Record | None:
        """The response that a 304 says still holds: the one whose ETag or date was sent. None where none is at hand."""
        entry, spider = request.meta.get("entry"), self.crawler.spider
        if response.status != 304 or response.body or entry is None:
            return None
        try:
            record = spider.archive.last_record(entry.id)  # type: ignore[union-attr]
        except (Damage, OSError):
            return None
        return record if record and _is_asked_about(record, request) else None


def _is_asked_about(record: Record, request: Request) -> bool:
    if record.type != "response" or record.status != 200 or not record.digest:
        return False
    condition = "If-None-Match" if "If-None-Match" in request.headers else "If-Modified-Since"
    validator = "ETag" if condition == "If-None-Match" else "Last-Modified"
    sent = request.headers.get(condition)
    return sent is not None and sent.decode("latin-1") == _stated(record.http_headers, validator)


def _pairs(message: Request | Response) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, values in message.headers.items() for value in values]


def _header(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _stated(headers: list[tuple[bytes, bytes]], name: str) -> str | None:
    found = (value for key, value in headers if key.lower() == name.lower().encode())
    return next((value.decode("latin-1") for value in found), None)


def said(error: BaseException) -> str:
    """Return one clause that says why there was no answer."""
    text = " ".join(str(error).split()).rstrip(".")
    name = type(error).__name__
    if isinstance(error, Unverified | RobotsUnknown):  # which say it in our words
        return text
    for sign, clause in (
        ("Timeout", "no answer in time"),
        ("timeout", "no answer in time"),
        ("Refused", "the connection was refused"),
        ("Resolve", "the host's name cannot be resolved"),
        ("DNSLookup", "the host's name cannot be resolved"),
        ("SSL", "no safe connection"),
    ):
        if sign in name or sign in text:
            return clause
    return (
        (text[:120] or name)
        if name not in {"ResponseFailed", "DownloadFailedError"}
        else "the connection broke off"
    )

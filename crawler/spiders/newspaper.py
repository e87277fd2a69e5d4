"""The spider: newest, backfill, given addresses and re-checks. It holds no selector and writes no SQL."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from archive import addresses
from archive.dates import now
from archive.model import Look, Outcome
from archive.store import Archive
from archive.store.archive import described
from archive.store.urls import Entry
from archive.terminal import guard
from archive.warc import Damage, Record, decoded
from crawler.alarms import look_for_alarms
from crawler.discovery import Listing, list_in
from crawler.ending import GivenUp
from crawler.frontier import Frontier, Turn
from crawler.judgement import REDIRECTS, Answer, judge
from crawler.middlewares import Forbidden, OutOfReach, RobotsUnknown, said
from crawler.newspapers import baolamdong as newspaper
from crawler.opening import open_archive
from crawler.pipelines import keep
from crawler.plan import Plan
from crawler.reach import why_not
from crawler.report import Report
from crawler.waiting import retry_after
from crawler.walks import Step

Result = TypeVar("Result")

_HOPS: Final = 5  # redirects between spellings of one address
_PICTURE_SIZE: Final = 32 * 2**20  # bytes


class NewspaperSpider(scrapy.Spider):
    """Crawls baolamdong.vn into the archive named by LAMDONG_ARCHIVE, or into the one handed over."""

    name = newspaper.NAME
    delay = 1.0  # seconds, as in the settings
    has_ended = False  # and what came of it is entered
    frontier: Frontier  # this run's view of it, made in `from_crawler`

    def __init__(
        self,
        plan: Plan | None = None,
        archive: Archive | None = None,
        report: Report | None = None,
        **options: str,
    ) -> None:
        super().__init__(self.name)
        self.plan = plan or Plan(limit=int(options["limit"]) if "limit" in options else None)
        folder = Path(os.environ.get("LAMDONG_ARCHIVE", "lamdong-archive"))
        self.archive = archive or open_archive(folder)
        self._owns_archive = archive is None
        self.report = report or Report()
        self._reader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="reader")

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        guard()  # `scrapy crawl` prints and logs, too
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        spider.frontier = Frontier(spider.plan, spider.archive, spider.report, spider.delay)
        crawler.signals.connect(spider.spider_error, scrapy.signals.spider_error)
        return spider

    @property
    def problem(self) -> str | None:
        """Why the run could not go on, if so."""
        return self.frontier.problem

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Yield what is to be asked for, as the frontier has it, until nothing is left or wanted."""
        if self._owns_archive:
            self.report.recovered(self.archive.taken_over)
        self.archive.begin_run(self.plan.kind, self.plan.as_settings())
        self.frontier.begin()
        # One request at a time goes out per host; a few more wait at hand.
        most = 4 if self.delay else 2 * self.settings.getint("CONCURRENT_REQUESTS")
        while self.frontier.problem is None:
            turns = self.frontier.next(most)
            for turn in turns:
                yield self._request(turn)
            if not turns and not await self.frontier.wait():
                break

    def _request(self, turn: Turn) -> scrapy.Request:
        entry, step = turn.entry, turn.step
        known = self.frontier.walking.conditional(step) if step else entry.article_id is not None
        meta: dict[str, Any] = {"entry": entry, "step": step}
        if entry.kind == "picture":
            meta["download_maxsize"] = _PICTURE_SIZE
        return scrapy.Request(
            entry.asked,
            self.parse_listing if step else self.parse,
            headers=_conditions(entry) if known else {},
            meta=meta,
            errback=self.failed,
            dont_filter=True,
        )

    def robots_said(self, host: str, sitemaps: list[str]) -> None:
        """Take the sitemaps a robots.txt names."""
        if host == newspaper.ORIGIN:
            self.frontier.walking.add_sitemaps(sitemaps)

    def robots_forbids(self, host: str, problem: str) -> None:
        """End the run where the newspaper's own robots.txt leaves nothing to be asked for."""
        if host == newspaper.ORIGIN:
            self.frontier.stop(problem)

    def robots_refused(self, url: str, status: int, wait: float) -> datetime:
        """Keep how long a robots.txt is not to be asked for, for the next runs too; return until when."""
        self.archive.begin()
        entry = self.archive.urls.listing(url, now())
        look = Look(entry.id, now(), Outcome.REFUSED, status, wait=wait)
        look.detail = f"answers {status}"
        keep(self.archive, look, self.delay)
        self.archive.settle(at_once=True)
        return look.at + timedelta(seconds=wait)

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        """Judge the answer of an article's or picture's address; its look goes through the pipelines."""
        again = _same_address(response)
        if again is not None:
            self.archive.add_capture(response.meta["capture"])
            yield again
            return
        yield await self.beside(judge, _answer(response), response.meta["capture"].fetched_at)

    async def parse_listing(self, response: Response) -> AsyncIterator[Any]:
        """Put the links of a listing on disk, let the walk decide how to go on, then keep the look."""
        again = _same_address(response)
        if again is not None:
            self.archive.add_capture(response.meta["capture"])
            yield again
            return
        step: Step = response.meta["step"]
        look = await self.beside(judge, _answer(response), response.meta["capture"].fetched_at)
        is_unchanged = look.outcome is Outcome.UNCHANGED
        kept = self.archive.last_record(look.url_id) if is_unchanged else None
        listing = await self.beside(_listing, response, look, step, kept)
        if listing is not None:
            self._leave_out(listing, response.url)
            links = step.walk.links(listing)
            self.frontier.found(self.plan.wanted(links, newest=step.walk.is_fresh))
            self.frontier.walking.read(step, listing)
        yield look

    async def beside(self, work: Callable[..., Result], *given: Any) -> Result:
        """Read beside the requests: lxml parses without the interpreter's lock, and a huge page holds nothing up."""
        return await asyncio.get_running_loop().run_in_executor(self._reader, work, *given)

    def _leave_out(self, listing: Listing, url: str) -> None:
        """Leave out sitemaps that are not the newspaper's, whatever names them; a list with any is one line."""
        foreign = [
            (each[0], why) for each in listing.sitemaps if (why := why_not(each[0], "listing"))
        ]
        if foreign:
            others = f"; nor are {len(foreign) - 1} more that {url} names" if foreign[1:] else ""
            self.report.trouble(foreign[0][0], f"not asked for: {foreign[0][1]}{others}")
            listing.sitemaps = [
                each for each in listing.sitemaps if not why_not(each[0], "listing")
            ]

    async def failed(self, failure: Failure) -> AsyncIterator[Look]:
        """Judge a request that got no answer, or whose answer could not be taken."""
        request: Any = failure.request  # type: ignore[attr-defined]
        error: Any = failure.value
        if isinstance(error, GivenUp):
            return
        look = Look(request.meta["entry"].id, now(), Outcome.UNREACHABLE, detail=said(error))
        look.capture = request.meta.get("capture")
        if isinstance(error, Forbidden):
            look.outcome = Outcome.FORBIDDEN
        elif isinstance(error, OutOfReach):
            look.outcome = Outcome.ELSEWHERE
        elif _is_too_large(error):
            look.outcome, look.is_final = Outcome.FAILED, True
            look.detail = "larger than this archive takes"
        elif look.capture is not None:
            look.outcome, look.is_final = Outcome.FAILED, look.capture.truncated is None
            look.detail = f"its content cannot be unpacked ({said(error)})"
        elif isinstance(error, IgnoreRequest) and not isinstance(error, RobotsUnknown):
            look.outcome = Outcome.FAILED
        yield look

    def spider_error(self, failure: Failure, response: Response | None) -> None:
        """A page that breaks the reading of it costs one line in the report; its capture stands."""
        if isinstance(failure.value, sqlite3.Error | OSError):
            self.stop_for(failure.value)
        elif response is not None and "entry" in response.meta:
            capture = response.meta.get("capture")
            look = Look(
                response.meta["entry"].id, now(), Outcome.NO_ARTICLE, response.status, capture
            )
            name = type(failure.value).__name__
            look.detail = f"the reading of it failed ({name}); please report this address"
            self.frontier.answered(look, self.archive.keep(look))

    def stop_for(self, error: sqlite3.Error | OSError) -> None:
        """Stop the run because the archive cannot be written."""
        self.frontier.stop(described(error, self.archive))

    def closed(self, reason: str) -> None:
        """Enter the end of the run; close an archive that was opened here."""
        self._reader.shutdown()
        outcome = "failed" if self.problem else "done" if reason == "finished" else "stopped"
        self.report.ended(outcome, self.problem)
        try:
            self.archive.begin()
            if self.problem is None:
                self.frontier.close()
            self.archive.end_run(outcome, self.report.as_counts())
            look_for_alarms(self.archive, self.plan, self.report, self.problem)
        except (sqlite3.Error, OSError) as error:
            self.stop_for(error)
        self.has_ended = True
        if self._owns_archive:
            self.archive.close()


def _listing(response: Response, look: Look, step: Step, kept: Record | None) -> Listing | None:
    """Read a listing; an unchanged one is read again from what was kept, for the lists it names."""
    if kept is not None:
        try:
            return list_in(look, step.url, decoded(kept), None)
        except Damage as error:
            look.outcome, look.detail = Outcome.NO_ARTICLE, f"no list: {error}"
    elif look.outcome is Outcome.LIVE:
        return list_in(look, response.url, response.body, _text(response, "Content-Type"))
    return None


def _same_address(response: Response) -> scrapy.Request | None:
    """A redirect between spellings of one address is followed as it is given."""
    location = response.headers.get("Location")
    hops = response.meta.get("hops", 0)
    if response.status not in REDIRECTS or not location or hops >= _HOPS or not response.request:
        return None
    entry: Entry = response.meta["entry"]
    target = addresses.joined(response.url, addresses.as_sent(location))
    if target is None:
        return None
    address = newspaper.article_address(target)
    # Lists and pictures may redirect to anywhere on the newspaper's own hosts.
    is_same = address.key == entry.key if address else entry.kind != "article"
    if not is_same or target == response.url or why_not(target, entry.kind):
        return None
    return response.request.replace(url=target, meta={**response.meta, "hops": hops + 1})


def _answer(response: Response) -> Answer:
    entry: Entry = response.meta["entry"]
    return Answer(
        url_id=entry.id,
        key=entry.key,
        kind=entry.kind,
        url=response.url,
        status=response.status,
        body=response.body,
        location=_location(response),
        capture=response.meta.get("capture"),
        wait=retry_after(response.headers.get("Retry-After")),
    )


def _is_too_large(error: BaseException) -> bool:
    """Scrapy says it in words only, for packed and unpacked sizes alike."""
    text = str(error).lower()
    return "size" in text and any(word in text for word in ("larger", "exceed", "limit"))


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _location(response: Response) -> str | None:
    value = response.headers.get("Location")
    return addresses.as_sent(value) if value else None


def _conditions(entry: Entry) -> dict[str, str]:
    stated = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
    return {name: value for name, value in stated.items() if value}

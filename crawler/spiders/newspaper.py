"""The spider: newest, backfill, given addresses and re-checks. It holds no selector and writes no SQL."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urljoin

import scrapy
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.python.failure import Failure

from archive.dates import now
from archive.model import Look, Outcome
from archive.store import Archive
from archive.store.archive import described
from archive.store.urls import Entry
from crawler.discovery import Listing, read_listing, robots_sitemaps
from crawler.judgement import REDIRECTS, Answer, judge
from crawler.middlewares import Forbidden, RobotsUnknown, said
from crawler.newspapers import baolamdong as newspaper
from crawler.opening import open_archive
from crawler.pipelines import MISSED
from crawler.plan import Plan
from crawler.report import Report
from crawler.reread import recover
from crawler.waiting import retry_after, wait_before
from crawler.walking import Step, Walking, wanted

_ATTEMPTS: Final = 5  # of one address in one run
_PATIENCE: Final = 120  # seconds; who asks for more is left for the next run
_RECHECKS: Final = 40  # a run; with the listings a quiet run stays under 150 requests
_HOPS: Final = 5  # redirects between spellings of one address
_DEAD: Final = 2  # requests in a row without any answer before a run that never got one gives up
_LOST: Final = 12  # the same for a run that had answers before
_REFUSED: Final = 30  # refusals in a row before a run gives up
_PICTURE_SIZE: Final = 32 * 2**20  # bytes


class NewspaperSpider(scrapy.Spider):
    """Crawls baolamdong.vn into the archive named by LAMDONG_ARCHIVE, or into the one handed over."""

    name = newspaper.NAME
    delay = 1.0  # seconds, as in the settings

    def __init__(self, plan: Plan | None = None, archive: Archive | None = None, report: Report | None = None, **options: str) -> None:
        super().__init__(self.name)
        self.plan = plan or Plan(limit=int(options["limit"]) if "limit" in options else None)
        self.archive = archive or open_archive(Path(os.environ.get("LAMDONG_ARCHIVE", "lamdong-archive")))
        self._owns_archive = archive is None
        self.report = report or Report()
        self.problem: str | None = None
        self.walking = Walking(self.plan, self.archive.urls)
        self._scope: set[int] | None = set() if self.plan.is_narrow else None
        self._asked: dict[int, Entry] = {}  # requests under way, by address
        self._tries: dict[int, int] = {}
        self._given_up: set[int] = set()
        self._changed = asyncio.Event()
        self._silent = self._refused = self._answers = 0
        self._rechecked = False
        self._steps: dict[int, Step] = {}  # pages of lists under way, by address
        self._later: list[tuple[datetime, Step]] = []

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider.delay = crawler.settings.getfloat("DOWNLOAD_DELAY")
        crawler.signals.connect(spider.spider_error, scrapy.signals.spider_error)
        return spider

    # -- the run --------------------------------------------------------------------------------------

    async def start(self) -> AsyncIterator[scrapy.Request]:
        """Yield what is to be asked for, as the frontier has it, until nothing is left or wanted."""
        self.report.recovered(recover(self.archive, self.delay))
        self.archive.begin_run(self.plan.kind, self.plan.as_settings())
        self._take_given()
        self.walking.begin()
        while self.problem is None:
            ready = list(self._next(self._room()))
            for request in ready:
                yield request
            if not ready and not await self._wait():
                break

    def _take_given(self) -> None:
        given = [*self.plan.given, *self.plan.indexed]
        self.report.found += len(self.archive.found(given, now()))
        ids = [one for found in given for one in self.archive.urls.ids([found.key])]
        self.archive.begin()
        if self.plan.given:
            self.archive.urls.ask_again(ids)
        self.archive.settle(at_once=True)
        if self._scope is not None:
            self._scope.update(ids)

    def _room(self) -> int:
        window: int = 2 * self.settings.getint("CONCURRENT_REQUESTS") if not self.delay else 4
        return max(0, window - len(self._asked))

    def _next(self, room: int) -> Iterator[scrapy.Request]:
        """Lists first, then articles, lists behind lists, pictures, re-checks."""
        if not self._is_satisfied():
            self._retry_lists()
            for _ in range(min(room, len(self.walking.steps))):
                room -= 1
                yield self._listing_request(self.walking.steps.popleft())
            for entry in self._pending("article", min(room, self._articles_left())):
                room -= 1
                yield self._request(entry)
        if room and not self._asked and not self.walking.steps:
            yield from self._when_articles_are_done(room)

    def _when_articles_are_done(self, room: int) -> Iterator[scrapy.Request]:
        if not self._is_satisfied():
            self.walking.missing_lists()
            step = self._deeper()
            if step is not None:
                yield self._listing_request(step)
            if step is not None or self.walking.steps:
                return
        if self.plan.pictures and (pictures := self._pending("picture", room)):
            yield from map(self._request, pictures)
        elif not self._rechecked and self.plan.kind == "newest" and not self.plan.is_narrow and self.plan.limit is None:
            self._rechecked = True
            self._recheck()

    def _deeper(self) -> Step | None:
        """The next page behind a list, where one is needed now that the articles before it are known."""
        while self.walking.deep:
            step = self.walking.deep.popleft()
            if self.walking.is_needed(step):
                return step
            self.walking.ended(step)
        return None

    def _recheck(self) -> None:
        due = self.archive.urls.rechecks(now(), _RECHECKS)
        self.archive.begin()
        self.archive.urls.ask_again(entry.id for entry in due)
        self.archive.settle(at_once=True)

    def _retry_lists(self) -> None:
        """Queue again the lists whose time has come after a refusal or a failure."""
        moment = now()
        self.walking.steps.extend(step for due, step in self._later if due <= moment)
        self._later = [(due, step) for due, step in self._later if due > moment]

    def _is_satisfied(self) -> bool:
        return self.plan.limit is not None and self.report.articles >= self.plan.limit

    def _articles_left(self) -> int:
        under_way = sum(entry.kind == "article" for entry in self._asked.values())
        return 10**9 if self.plan.limit is None else max(0, self.plan.limit - self.report.articles - under_way)

    def _pending(self, kind: Any, room: int) -> list[Entry]:
        if room <= 0:
            return []
        without = {*self._asked, *self._given_up}
        if self._scope is None:
            return self.archive.urls.pending(kind, now(), room, without)
        return self.archive.urls.pending(kind, now(), room, without, self._scope)

    async def _wait(self) -> bool:
        """Wait for an answer, or for an address whose time comes; return False when there is nothing to wait for."""
        due = self._next_due()
        self.archive.settle(at_once=not self._asked)
        if not self._asked and due is None:
            return self._has_more()
        seconds = max(0.01, (due - now()).total_seconds()) if due else 1.0
        self._changed.clear()
        try:
            await asyncio.wait_for(self._changed.wait(), min(seconds, 1.0))
        except TimeoutError:
            self.archive.settle()
        return True

    def _next_due(self) -> datetime | None:
        if self._is_satisfied():
            return None
        due = [when for when, _ in self._later]
        waiting = self.archive.urls.waiting(now(), self._tries.keys() - self._given_up)
        return min([*due, waiting] if waiting else due, default=None)

    def _has_more(self) -> bool:
        """Whether this very turn queued something new (a deeper list, a re-check)."""
        lists = bool(self.walking.steps or self.walking.deep) and not self._is_satisfied()
        return lists or (self._articles_left() > 0 and bool(self._pending("article", 1)))

    # -- requests -------------------------------------------------------------------------------------

    def _request(self, entry: Entry) -> scrapy.Request:
        headers = _conditions(entry) if entry.kind == "article" and entry.article_id else {}
        meta: dict[str, Any] = {"entry": entry}
        if entry.kind == "picture":
            meta["download_maxsize"] = _PICTURE_SIZE
        self._asked[entry.id] = entry
        self._tries[entry.id] = self._tries.get(entry.id, 0) + 1
        return scrapy.Request(entry.asked, self.parse, headers=headers, meta=meta, errback=self.failed, dont_filter=True)

    def _listing_request(self, step: Step) -> scrapy.Request:
        self.archive.begin()
        entry = self.archive.urls.listing(step.url, now())
        self.walking.starts(step, entry)
        headers = _conditions(entry) if self.walking.conditional(step) else {}
        self._asked[entry.id] = entry
        self._tries[entry.id] = self._tries.get(entry.id, 0) + 1
        self._steps[entry.id] = step
        meta = {"entry": entry, "step": step}
        return scrapy.Request(step.url, self.parse_listing, headers=headers, meta=meta, errback=self.failed, dont_filter=True)

    def robots_said(self, host: str, body: bytes) -> None:
        """Take the sitemaps a robots.txt names."""
        if host == newspaper.ORIGIN:
            self.walking.add_sitemaps(robots_sitemaps(body))

    # -- answers --------------------------------------------------------------------------------------

    async def parse(self, response: Response) -> AsyncIterator[Any]:
        """Judge the answer of an article's or picture's address; its look goes through the pipelines."""
        entry: Entry = response.meta["entry"]
        again = self._same_address(response, entry)
        if again is not None:
            yield again
            return
        yield judge(_answer(response, entry), now())

    def _same_address(self, response: Response, entry: Entry) -> scrapy.Request | None:
        """A redirect between spellings of one address is followed as it is given."""
        location = response.headers.get("Location")
        hops = response.meta.get("hops", 0)
        if response.status not in REDIRECTS or not location or hops >= _HOPS:
            return None
        target = urljoin(response.url, location.decode("latin-1"))
        address = newspaper.article_address(target)
        same = address.key == entry.key if address else entry.kind != "article" and newspaper.is_own(target)
        if not same or target == response.url:
            return None
        return response.request.replace(url=target, meta={**response.meta, "hops": hops + 1}) if response.request else None

    async def parse_listing(self, response: Response) -> AsyncIterator[Any]:
        """Put the links of a listing on disk, then let the walk decide how to go on."""
        entry, step = response.meta["entry"], response.meta["step"]
        again = self._same_address(response, entry)
        if again is not None:
            yield again
            return
        look = judge(_answer(response, entry), now())
        listing = self._listing(response, look, step)
        yield look
        if listing is None:
            return
        links = wanted(self.plan, listing)
        self.report.found += len(self.archive.found(links, now()))
        if self._scope is not None and links:
            self._scope.update(self.archive.urls.ids([link.key for link in links]))
        self.walking.read(step, listing)
        self._changed.set()

    def _listing(self, response: Response, look: Look, step: Step) -> Listing | None:
        """Read a listing; one that is unchanged and names other lists is read again from what was kept."""
        try:
            if look.outcome is Outcome.UNCHANGED:
                body = self.archive.last_body(look.url_id)
                return read_listing(step.url, body) if body is not None else None
            if look.outcome is Outcome.LIVE:
                return read_listing(response.url, response.body, _text(response, "Content-Type"))
        except (ValueError, OSError) as error:
            look.outcome, look.detail = Outcome.NO_ARTICLE, f"no list that can be read ({error})"
        return None

    async def failed(self, failure: Failure) -> AsyncIterator[Look]:
        """Judge a request that got no answer, or whose answer could not be taken."""
        request: Any = failure.request  # type: ignore[attr-defined]
        entry, error = request.meta["entry"], failure.value
        look = Look(entry.id, now(), Outcome.UNREACHABLE, capture=request.meta.get("capture"), detail=said(error))
        if isinstance(error, Forbidden):
            look.outcome = Outcome.FORBIDDEN
        elif "size" in str(error).lower() and ("larger" in str(error).lower() or "exceed" in str(error).lower() or "limit" in str(error).lower()):
            look.outcome, look.detail, look.is_final = Outcome.FAILED, "larger than this archive takes", True
        elif look.capture is not None:
            look.outcome, look.detail, look.is_final = Outcome.FAILED, f"its content cannot be unpacked ({said(error)})", True
        elif not isinstance(error, RobotsUnknown) and isinstance(error, IgnoreRequest):
            look.outcome = Outcome.FAILED
        yield look

    def spider_error(self, failure: Failure, response: Response | None) -> None:
        """A page that breaks the reading of it costs one line in the report; its capture stands."""
        if response is not None and "entry" in response.meta:
            entry: Entry = response.meta["entry"]
            look = Look(entry.id, now(), Outcome.NO_ARTICLE, response.status, response.meta.get("capture"))
            look.detail = f"the reading of it failed ({type(failure.value).__name__}); please report this address"
            self.kept(look, self.archive.keep(look))

    def kept(self, look: Look, change: str | None) -> None:
        """Count what came of an address, and decide whether it is asked for again in this run."""
        entry = self._asked.pop(look.url_id, None)
        if entry is None:
            return
        self.report.count(entry, look, change)
        step = self._steps.pop(look.url_id, None)
        if step is not None and look.outcome not in {Outcome.LIVE, Outcome.UNCHANGED}:
            self.walking.failed(step)
        if self._scope is not None:
            self._widen(look)
        if look.outcome in MISSED:
            self._missed(entry, look, step)
        else:
            self._silent = self._refused = 0
            self._answers += 1
        self._changed.set()

    def _widen(self, look: Look) -> None:
        keys = [found.key for found in look.pictures] + ([look.moved_to.key] if look.moved_to else [])
        if keys and self._scope is not None:
            self._scope.update(self.archive.urls.ids(keys))

    def _missed(self, entry: Entry, look: Look, step: Step | None) -> None:
        """Ask again later in this run, or leave the address for the next one; give up a newspaper that is away."""
        silent = look.outcome is Outcome.UNREACHABLE
        self._silent = self._silent + 1 if silent else 0
        self._refused = self._refused + 1 if look.outcome is Outcome.REFUSED else self._refused
        self._answers += not silent
        if (look.wait or 0) > _PATIENCE or self._tries[entry.id] >= _ATTEMPTS or look.is_final:
            self._given_up.add(entry.id)
            self.report.trouble(entry.url, look.detail or look.outcome)
        elif step is not None:
            wait = wait_before(self._tries[entry.id], self.delay, look.wait)
            self._later.append((now() + timedelta(seconds=wait), step))
        self._give_up_if_away(look)

    def _give_up_if_away(self, look: Look) -> None:
        if self._silent >= (_LOST if self._answers else _DEAD):
            self._stop(f"{newspaper.ORIGIN} cannot be reached ({look.detail}); the archive is as it was, try again later.")
        elif self._refused >= _REFUSED:
            said_so = f"{newspaper.ORIGIN} refused {self._refused} requests in a row; the run ended, try again in some hours."
            self.report.alarm("refusals", said_so)
            self._stop(None)

    # -- ends -----------------------------------------------------------------------------------------

    def stop_for(self, error: sqlite3.Error | OSError) -> None:
        """Stop the run because the archive cannot be written."""
        self._stop(described(error, self.archive))

    def _stop(self, problem: str | None) -> None:
        self.problem = self.problem or problem or ""
        self._changed.set()

    def closed(self, reason: str) -> None:
        """Enter the end of the run; close an archive that was opened here."""
        outcome = "failed" if self.problem else "done" if reason == "finished" else "stopped"
        self.report.ended(outcome, self.problem)
        try:
            self.archive.begin()
            if not self.problem:
                self.walking.close()
            self.archive.end_run(outcome, self.report.as_counts())
        except (sqlite3.Error, OSError) as error:
            self.problem = self.problem or described(error, self.archive)
        if self._owns_archive:
            self.archive.close()


def _answer(response: Response, entry: Entry) -> Answer:
    return Answer(
        url_id=entry.id,
        key=entry.key,
        kind=entry.kind,
        url=response.url,
        status=response.status,
        body=response.body,
        location=_text(response, "Location"),
        capture=response.meta.get("capture"),
        wait=retry_after(response.headers.get("Retry-After")),
    )


def _text(response: Response, name: str) -> str | None:
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _conditions(entry: Entry) -> dict[str, str]:
    stated = {"If-None-Match": entry.etag, "If-Modified-Since": entry.last_modified}
    return {name: value for name, value in stated.items() if value}



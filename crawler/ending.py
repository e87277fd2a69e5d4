"""Ctrl-C and SIGTERM: what is under way is given up, what was received is entered, and soon all ends in any case."""

import asyncio
import faulthandler
import os
import signal
import sys
import threading
from collections.abc import Generator
from types import FrameType
from typing import Any, Final, Self

from scrapy import Request, signals
from scrapy.core.downloader import Downloader
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from twisted.internet.defer import Deferred, inlineCallbacks

KEPT: Final = "what was received is kept, and the next run takes it over."
_PATIENCE: Final = 7.0  # seconds from the signal for what was received to be entered
_LAST: Final = 9.0  # seconds, then also where a thread lets no other run


class GivenUp(IgnoreRequest):
    """The run ends; the address stays as if it had not been asked."""


class EndingDownloader(Downloader):
    """Scrapy's; but what waits for its turn, for robots.txt or for an answer can be given up."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._asked: set[Deferred[Any]] = set()
        self._ends = False

    @inlineCallbacks
    def fetch(self, request: Request) -> Generator[Deferred[Any], Any, Response | Request]:  # type: ignore[override]
        """Return the answer; raise GivenUp once the run ends."""
        if self._ends:
            raise GivenUp("the run ends")
        asked: Deferred[Any] = super().fetch(request)
        self._asked.add(asked)
        try:
            answer: Response | Request = yield asked
        except BaseException as error:  # asyncio's cancelling is no Exception
            if self._ends:
                raise GivenUp("the run ends") from error
            raise
        finally:
            self._asked.discard(asked)
        return answer

    def give_up(self) -> None:
        """Let go of all that is under way."""
        self._ends = True
        for asked in list(self._asked):
            asked.cancel()


class Ending:
    """Hears a signal before Scrapy does, whose own ending waits for every answer."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler, self.was_told = crawler, False
        self._before: dict[int, Any] = {}
        self._timer = threading.Timer(_PATIENCE, _end)
        self._timer.daemon = True
        crawler.signals.connect(self._listen, signals.spider_opened)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def _listen(self) -> None:
        self._loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._told)

    def _told(self, number: int, frame: FrameType | None) -> None:
        if not self.was_told:
            self.was_told = True
            nowhere = os.open(os.devnull, os.O_WRONLY)  # it would show a traceback
            faulthandler.dump_traceback_later(_LAST, exit=True, file=nowhere)
            self._timer.start()
            downloader: Any = self._crawler.engine.downloader
            self._loop.call_soon_threadsafe(downloader.give_up)
        self._before[number](number, frame)

    def is_said(self) -> None:
        """Leave it to others to say what was ended."""
        self._timer.cancel()


def _end() -> None:
    os.write(sys.stderr.fileno(), f"Error: Ended before all was entered; {KEPT}\n".encode())
    os._exit(1)

"""The sample newspaper as a life makes it: `at` says what moment it is, every page and listing follows."""

import threading
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import count
from typing import Final, Literal, NamedTuple

from crawler.demo.answers import Answer
from crawler.demo.life import Channel, Life, Lifeline, State
from crawler.demo.listings import MORE, Listings
from crawler.demo.newspaper import LOSSES
from crawler.demo.pages import Pages
from crawler.demo.story import HOST, VIETNAM, Entry, key, listing_sections
from crawler.demo.troubles import missing, refused

CHANNELS: Final[tuple[Channel, ...]] = ("front", "section", "feed", "sitemap")
RELATED = 3
REFUSED_OF_TWELVE = frozenset({1, 4, 6, 9, 11})  # as a sister site's firewall did


class Shown(NamedTuple):
    """What was answered to a request for an article: the version as counted by its life, and how.

    `what` is its state, "moved" for an older address of it, or the trouble that stood before it.
    """

    at: datetime
    path: str
    line: Lifeline
    version: int
    what: State | Literal["moved", "overloaded", "refusing"]


class Issue:
    """What the listings know at one moment, newest first: the `Listed` of a life."""

    def __init__(self, life: Life, at: datetime) -> None:
        at = life.listed_at(at)
        slugs = dict(zip(life.sections, life.sections_at(at), strict=True))
        self._slugs = {then.slug: now.slug for then, now in slugs.items()}
        self.lines: dict[Channel, list[Lifeline]] = {}
        live = [line for line in life.lines if line.published <= at and line.state_at(at) == "live"]
        for channel in CHANNELS:
            known = ((line.announced.get(channel), line) for line in reversed(live))
            self.lines[channel] = [line for since, line in known if since and since <= at]
        self._at = at

    def newest(self) -> list[Entry]:
        """Return what the front page shows."""
        return self.entries(self.lines["front"])

    def of_section(self, slug: str) -> list[Entry]:
        """Return what a section page shows."""
        return self.entries(self.within("section", slug))

    def feed(self, slug: str) -> list[Entry]:
        """Return what the feed of a section shows."""
        return self.entries(self.within("feed", slug))

    def days(self) -> dict[date, list[Entry]]:
        """Return what the sitemaps show, by Vietnamese day."""
        return {day: self.entries(lines) for day, lines in self.by_day().items()}

    def within(self, channel: Channel, slug: str) -> list[Lifeline]:
        """Return the articles of a section that a kind of listing knows."""
        return [line for line in self.lines[channel] if self._slugs[line.section] == slug]

    def by_day(self) -> dict[date, list[Lifeline]]:
        """Return the articles the sitemaps know, by Vietnamese day."""
        days: dict[date, list[Lifeline]] = {}
        for line in self.lines["sitemap"]:
            days.setdefault(line.published.date(), []).append(line)
        return days

    def entries(self, lines: Iterable[Lifeline]) -> list[Entry]:
        """Return the lines of a listing for articles, as they are at the moment."""
        return [_entry(line, self._slugs[line.section], self._at) for line in lines]


def _entry(line: Lifeline, slug: str, at: datetime) -> Entry:
    path = line.path_at(at)
    return Entry(path, line.title_at(at), line.published, listing_sections(path, slug))


class LivingNewspaper:
    """Answers as the newspaper of a life does at the moment `at`, and notes in `shown` what it answered."""

    hosts = (HOST,)

    def __init__(self, life: Life) -> None:
        self.life = life
        self.shown: list[Shown] = []
        self._lock = threading.Lock()
        self._pages = Pages(life.begins.date())
        self._printed: dict[tuple[int, int, str, str], Answer] = {}
        self._requests = count()
        self.at = life.begins

    @property
    def at(self) -> datetime:
        """What moment it is at the newspaper."""
        return self._at

    @at.setter
    def at(self, moment: datetime) -> None:
        with self._lock:
            self._at = moment.astimezone(VIETNAM)
            self._pages.today = self._at.date()
            self._pages.sections = self.life.sections_at(self._at)
            listed = self.life.listed_at(self._at)
            issue = Issue(self.life, self._at)
            self._listings = Listings(issue, self._pages, None, self.life.sizes)
            past = bisect_right(self.life.changes, listed)
            last = self.life.changes[past - 1] if past else self.life.begins
            self._listings.changed_at = last.astimezone(UTC)
            self._lists: dict[str, Answer] = {}

    def answer(self, host: str, path: str, headers: Mapping[str, str]) -> Answer:
        """Return the answer to one request; `path` holds the query.

        Raises ConnectionResetError while there is no network: the replica then hangs up without a word.
        """
        del host, headers
        with self._lock:
            line = self.life.by_path.get(key(path))
            trouble = self._trouble()
            if line is not None and line.published <= self._at:
                self._note(line, path, trouble)
            if trouble is not None:
                return TROUBLES[trouble]
            return self._list(path) if line is None else self._article(line, path)

    def _trouble(self) -> Literal["overloaded", "refusing"] | None:
        names = {fault.name for fault in self.life.faults_at(self._at)}
        if "no-network" in names:
            raise ConnectionResetError
        if "overloaded" in names:
            return "overloaded"
        number = next(self._requests)
        at_times = "refusing-at-times" in names and number % 12 in REFUSED_OF_TWELVE
        return "refusing" if at_times or "refusing" in names else None

    def _note(
        self, line: Lifeline, path: str, trouble: Literal["overloaded", "refusing"] | None
    ) -> None:
        is_old = key(path) != key(line.path_at(self._at))
        what = trouble or ("moved" if is_old else line.state_at(self._at))
        self.shown.append(Shown(self._at, key(path), line, line.version_at(self._at), what))

    def _article(self, line: Lifeline, path: str) -> Answer:
        now, at = line.path_at(self._at), self._at
        known = [key(address.path) for address in line.addresses if address.since <= at]
        if key(path) not in known:
            return missing(self._pages)
        if key(path) != key(now):
            return Answer.redirect(f"https://{HOST}{now}")
        state = line.state_at(at)
        return self._page(line) if state == "live" else LOSSES[state](self._pages)

    def _page(self, line: Lifeline) -> Answer:
        # Printed once for each version, so that its ETag stays until something changes.
        at = self._at
        section = self.life.section_at(line.section, at).slug
        name = (line.number, line.version_at(at), self.life.skeleton_at(at), section)
        if name not in self._printed:
            page = self._pages.story(self.life.story(line, at), self._neighbours(line), name[2])
            self._printed[name] = Answer.page(page).with_etag()
        return self._printed[name]

    def _neighbours(self, line: Lifeline) -> list[Entry]:
        before = self.life.lines[max(0, line.number - RELATED) : line.number]
        return [_entry(each, each.section, line.published) for each in before]

    def _list(self, path: str) -> Answer:
        if path not in self._lists:
            self._lists[path] = self._print(path)
        return self._lists[path]

    def _print(self, path: str) -> Answer:
        name, _, query = path.partition("?")
        renaming, slug = self.life.renaming, name.strip("/").removeprefix(MORE)
        if renaming and slug == renaming.slug and self._at >= renaming.since:
            return Answer.redirect(f"https://{HOST}/{renaming.section.slug}")
        return self._listings.answer(name, query) or missing(self._pages)


TROUBLES: dict[str, Answer] = {
    "refusing": refused(Answer(200)),
    "overloaded": Answer.page("Service Unavailable", status=503),
}

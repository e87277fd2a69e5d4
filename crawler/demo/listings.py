"""The pages, feeds and files of the newspaper whose content is links."""

from datetime import date, datetime, time, timedelta
from typing import NamedTuple, Protocol
from urllib.parse import parse_qs

from crawler.demo.answers import XML, Answer
from crawler.demo.pages import Pages
from crawler.demo.sections import OLD_SECTIONS, Section
from crawler.demo.story import HOST, VIETNAM, Entry

NEWS_DAYS = 2  # how far back sitemap-news.xml goes
SITEMAP_DAYS = 10  # the index names at least these days, with articles or without
MORE = "api/getmorearticle/"
LATEST = "api/getarticlelastest/302"  # their spelling; pages load it by script
SECOND = timedelta(seconds=1)


class Sizes(NamedTuple):
    """How many articles fit into a listing: what is older has rolled over."""

    front: int = 12
    feed: int = 5
    page: int = 3  # few, so that few stories fill several pages
    pages: int = 10**6  # of a section
    news: int = 10**6  # sitemap-news.xml
    day: int = 10**6  # the sitemap of a day


LONG_PAGES = Sizes(page=40)  # with thousands of pages of filler


class Listed(Protocol):
    """What the listings show, newest first."""

    def newest(self) -> list[Entry]:
        """Return what the front page shows."""

    def of_section(self, slug: str) -> list[Entry]:
        """Return what a section page shows."""

    def feed(self, slug: str) -> list[Entry]:
        """Return what the feed of a section shows."""

    def days(self) -> dict[date, list[Entry]]:
        """Return what the sitemaps show, by Vietnamese day."""


class Listings:
    """Answers for every address that lists others.

    Feeds carry Last-Modified, sitemaps an ETag; section pages and the front page carry neither.
    """

    def __init__(
        self,
        catalogue: Listed,
        pages: Pages,
        crawl_delay: float | None,
        sizes: Sizes,
    ) -> None:
        self._catalogue = catalogue
        self._pages = pages
        self._crawl_delay = crawl_delay
        self.changed_at = datetime.combine(pages.today, time(), VIETNAM)
        self._sizes = sizes

    def answer(self, path: str, query: str) -> Answer | None:
        """Return the listing at a path; None where the path is none of a listing."""
        name = path.strip("/")
        fixed = {
            "": self._front,
            "robots.txt": self._robots,
            "rss": self._feeds,
            "sitemap.xml": self._sitemap_index,
            "sitemap-category.xml": self._sitemap_category,
            "sitemap-news.xml": self._sitemap_news,
            LATEST: self._latest,
        }
        if name in fixed:
            return fixed[name]()
        if name.startswith("sitemap-article-"):
            return self._sitemap_day(name)
        if name.startswith("rss/"):
            return self._feed(name.removeprefix("rss/"))
        return self._section(name, int(parse_qs(query).get("page", ["1"])[0]))

    def _front(self) -> Answer:
        entries = self._catalogue.newest()[: self._sizes.front]
        return Answer.page(self._pages.page("front", entries=entries))

    def _latest(self) -> Answer:
        facts = {"section": self._pages.sections[0], "number": 1, "last": 1}
        entries = self._catalogue.newest()[: self._sizes.feed]
        return Answer.page(self._pages.page("fragment", entries=entries, **facts))

    def _robots(self) -> Answer:
        lines = ["User-agent: *", "Disallow: /search", "Disallow: /print/", "Disallow: /quang-cao-"]
        if self._crawl_delay is not None:
            lines.append(f"Crawl-delay: {self._crawl_delay:g}")
        lines += [
            "",
            *(f"Sitemap: https://{HOST}/{name}.xml" for name in ("sitemap", "sitemap-news")),
        ]
        return Answer.page("\n".join(lines) + "\n", "text/plain; charset=utf-8")

    def _feeds(self) -> Answer:
        return Answer.page(self._pages.page("feeds"))

    def _feed(self, slug: str) -> Answer | None:
        section = self._known(slug)
        if section is None or section in OLD_SECTIONS:
            return None
        entries = self._catalogue.feed(slug)[: self._sizes.feed]
        answer = self._xml("rss", section=section, entries=entries)
        return answer.dated(self.changed_at)

    def _sitemap_index(self) -> Answer:
        today = self._pages.today
        recent = {today - timedelta(days=back) for back in range(SITEMAP_DAYS)}
        days = sorted(recent | self._catalogue.days().keys(), reverse=True)
        names = ["sitemap-news.xml", "sitemap-category.xml"]
        names += [f"sitemap-article-{day}.xml" for day in days]
        return self._xml("sitemap_index", names=names).with_etag(weak=True)

    def _sitemap_category(self) -> Answer:
        return self._xml("sitemap_category").with_etag(weak=True)

    def _sitemap_news(self) -> Answer:
        first = self._pages.today - timedelta(days=NEWS_DAYS)
        days = sorted((day for day in self._catalogue.days() if day >= first), reverse=True)
        newest = [entry for day in days for entry in self._catalogue.days()[day]]
        return self._xml("sitemap_news", entries=newest[: self._sizes.news]).with_etag(weak=True)

    def _sitemap_day(self, name: str) -> Answer | None:
        try:
            day = date.fromisoformat(name.removeprefix("sitemap-article-").removesuffix(".xml"))
        except ValueError:
            return None
        entries = self._catalogue.days().get(day, [])[: self._sizes.day]
        return self._xml("sitemap_day", entries=entries, second=SECOND).with_etag(weak=True)

    def _xml(self, skeleton: str, **facts: object) -> Answer:
        return Answer.page(self._pages.page(f"{skeleton}.xml", **facts), XML)

    def _section(self, name: str, number: int) -> Answer | None:
        section = self._known(name.removeprefix(MORE))
        if section is None or number < 1:
            return None
        skeleton = "old_section" if section in OLD_SECTIONS else "section"
        if name.startswith(MORE):
            skeleton = "fragment"
        entries, last = self._slice(section, number)
        page = self._pages.page(
            skeleton, section=section, entries=entries, number=number, last=last
        )
        return Answer.page(page)

    def _slice(self, section: Section, number: int) -> tuple[list[Entry], int]:
        per_page = self._sizes.page
        listed = self._catalogue.of_section(section.slug)[: per_page * self._sizes.pages]
        start = (number - 1) * per_page
        last = max(1, -(-len(listed) // per_page))
        return listed[start : start + per_page], last

    def _known(self, slug: str) -> Section | None:
        sections = (*self._pages.sections, *OLD_SECTIONS)
        return next((section for section in sections if section.slug == slug), None)

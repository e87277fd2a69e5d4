"""Listings to links: feeds, sitemaps, section pages and what a "more" button answers."""

import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from archive import addresses
from archive.dates import printed_dates
from archive.model import Found
from archive.vietnamese import normalise
from crawler.feeds import read_xml
from crawler.links import Listing, found
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.paging import next_page, targets

__all__ = ["Listing", "found", "read_listing", "robots_sitemaps"]

_ITEM: Final = frozenset({"li", "article", "tr", "dd", "figure", "section", "div"})


def read_listing(url: str, body: bytes, content_type: str | None = None) -> Listing:
    """Return what the listing at `url` shows. Raises ValueError where it is none that can be read."""
    beginning = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if beginning.startswith((b"{", b"[")):
        return _fragment(url, _strings(json.loads(body)))
    if (
        beginning.startswith(b"<?xml")
        or b"<rss" in beginning
        or b"<urlset" in beginning
        or b"<sitemapindex" in beginning
    ):
        return read_xml(url, body)
    page = Page(url, body, content_type)
    listing = Listing(links=list(_page_links(page)), next_page=next_page(page))
    for target in targets(page):
        if _is_feed(target):
            listing.feeds.append(target)
        elif section := newspaper.section_page(target):
            listing.sections.append(section)
    listing.feeds, listing.sections = _once(listing.feeds), _once(listing.sections)
    return listing


def _page_links(page: Page) -> Iterator[Found]:
    """Article links of a page, each spelling once, with the longest title and the date printed in their box."""
    titles: dict[tuple[str, str], tuple[str, str, Any]] = {}
    for link in page.root.iter("a"):
        target = addresses.joined(page.url, link.get("href") or "")
        address = newspaper.article_address(target) if target else None
        if target is None or address is None:
            continue
        title = normalise(" ".join(link.itertext())) or normalise(link.get("title") or "")
        spelling = (address.key, target.split("#")[0].split("?")[0])
        if len(title) >= len(titles.get(spelling, ("", "", None))[1]):
            titles[spelling] = (target, title, link)
    for target, title, link in titles.values():
        one = found(target, page.url, title or None, _day_beside(link))
        if one:
            yield one


def _day_beside(link: Any) -> date | None:
    """The date printed in the smallest box around a link that holds no other article's link."""
    own, box = link.get("href"), link
    for _ in range(4):
        box = box.getparent()
        if (
            box is None
            or box.tag in {"body", "html"}
            or any(_is_other(each, own) for each in box.iter("a"))
        ):
            return None
        if box.tag in _ITEM:
            text = normalise(" ".join(box.itertext()))
            dates = printed_dates(text[:1000])
            if dates:
                return dates[0].day
    return None


def _is_other(link: Any, own: str | None) -> bool:
    href = link.get("href")
    target = addresses.joined(newspaper.FRONT_PAGE, href) if href and href != own else None
    return target is not None and newspaper.article_address(target) is not None


def _is_feed(url: str) -> bool:
    path = addresses.path(url).lower().rstrip("/")
    return addresses.host(url) in newspaper.HOSTS and (
        "/rss/" in path or path.endswith((".rss", "/feed", "/atom.xml", "/rss.xml"))
    )


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for each in value.values():
                yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)


def _fragment(url: str, texts: Iterator[str]) -> Listing:
    """A "more" button's JSON: pieces of HTML, or bare addresses."""
    listing = Listing()
    for text in texts:
        if "<" in text:
            part = read_listing(url, text.encode(errors="replace"), "text/html; charset=utf-8")
            listing.links += part.links
            listing.next_page = listing.next_page or part.next_page
        elif (target := addresses.joined(url, text)) and (one := found(target, url)):
            listing.links.append(one)
    return listing


def robots_sitemaps(body: bytes) -> list[str]:
    """Return the sitemaps a robots.txt names."""
    stated = re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", body.decode("utf-8", "replace"))
    return [url for url in stated if addresses.host(url) in newspaper.HOSTS]


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))

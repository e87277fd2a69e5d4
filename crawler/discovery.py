"""Listings to links: feeds, sitemaps, section pages and what a "more" button answers."""

import json
from collections.abc import Iterator
from typing import Any, Final

from archive import addresses
from archive.model import Found, Look, Outcome
from archive.vietnamese import normalise
from crawler import bounds
from crawler.feeds import read_xml
from crawler.links import Listing, found
from crawler.listed import check_json, check_page
from crawler.neighbours import Neighbours
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.paging import next_page, targets
from crawler.reach import why_not
from crawler.unread import named

__all__ = ["Listing", "found", "list_in", "read_listing"]

_LONGEST_TITLE: Final = 1000  # characters of a link that are looked at

_MOST_PIECES: Final = 2_000  # of HTML in JSON, each a page to be parsed
_MOST_TEXTS: Final = 20_000  # in JSON, each perhaps an address


def read_listing(url: str, body: bytes, content_type: str | None = None) -> Listing:
    """Return what the listing at `url` shows; of one cut off its whole entries.

    Raises ValueError where it is none that can be read, or too much.
    """
    bounds.LIST.check_size(body)
    beginning = body[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if beginning.startswith((b"{", b"[")):
        listing = _fragment(url, body)
        check_json(url, body, listing)
        return listing
    if b"<html" not in beginning and (
        beginning.startswith(b"<?xml")
        or b"<rss" in beginning
        or b"<feed" in beginning
        or b"<urlset" in beginning
        or b"<sitemapindex" in beginning
    ):
        return read_xml(url, body)
    page = Page(url, body, content_type)
    listing = _page(page)
    check_page(page, listing)
    return listing


def list_in(look: Look, url: str, body: bytes, content_type: str | None) -> Listing | None:
    """Return the listing a look received; where it is none, or cut off, the look says so."""
    try:
        listing = read_listing(url, body, content_type)
    except ValueError as error:
        look.outcome = Outcome.NO_ARTICLE
        look.detail = f"no list: {error} {named(url, body, content_type)}".strip()
        return None
    if not listing.is_whole:
        look.outcome = Outcome.NO_ARTICLE
        entries = len(listing.links) + len(listing.sitemaps)
        look.detail = f"the list is cut off; its {entries} whole entries were taken"
    return listing


def _page(page: Page) -> Listing:
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
    links: list[tuple[Any, str]] = []
    for link, target in page.links:
        address = newspaper.article_address(target) if link.tag == "a" else None
        if address is None:
            continue
        links.append((link, link.get("href")))
        words = bounds.beginning(link, _LONGEST_TITLE, " ")
        title = normalise(words) or normalise(link.get("title") or "")
        spelling = (address.key, target.split("#")[0].split("?")[0])
        if len(title) >= len(titles.get(spelling, ("", "", None))[1]):
            titles[spelling] = (target, title, link)
    neighbours = Neighbours(links)
    for target, title, link in titles.values():
        one = found(target, page.url, title or None, neighbours.day_beside(link))
        if one:
            yield one


def _is_feed(url: str) -> bool:
    path = addresses.path(url).lower().rstrip("/")
    return not why_not(url, "listing") and (
        "/rss/" in path or path.endswith((".rss", "/feed", "/atom.xml", "/rss.xml"))
    )


def _fragment(url: str, body: bytes) -> Listing:
    """A "more" button's JSON: pieces of HTML, or bare addresses."""
    bounds.LIST.check_json(body)
    try:
        texts = list(_strings(json.loads(body)))
    except RecursionError:
        raise bounds.TooMuch("JSON nested too deep to be read") from None
    listing = Listing()
    pieces = [text for text in texts if "<" in text]
    bounds.check(len(texts), _MOST_TEXTS, "texts")
    bounds.check(len(pieces), _MOST_PIECES, "pieces of HTML")
    bounds.check(sum(text.count("<") for text in pieces), bounds.PAGE.tags, "tags")
    for text in texts:
        if "<" in text:
            part = _page(Page(url, text.encode(errors="replace"), "text/html; charset=utf-8"))
            listing.links += part.links
            listing.next_page = listing.next_page or part.next_page
        elif (target := addresses.joined(url, text)) and (one := found(target, url)):
            listing.links.append(one)
    return listing


def _strings(value: Any) -> Iterator[str]:
    """The strings within, in their order; without recursion, for JSON nests deeper than Python recurses."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case dict(inner):
                waiting.extend(reversed(inner.values()))
            case list(inner):
                waiting.extend(reversed(inner))


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))

"""Listings to links: feeds, sitemaps, section pages and what a "more" button answers."""

import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

from lxml import etree

from archive.dates import machine_time, printed_dates, vietnamese_day
from archive.model import Found
from archive.vietnamese import fold, normalise
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page, decode

_DAY_FILE: Final = re.compile(r"(?P<year>20\d\d)[-_]?(?P<month>[01]\d)(?:[-_]?(?P<day>[0-3]\d))?(?!\d)")
_NEXT_WORDS: Final = frozenset(
    {"trang sau", "sau", "tiep", "trang tiep", "trang tiep theo", "tiep theo", "xem tiep", "xem them", "tai them", "next", "more", "load more"}
)
_NEXT_SIGNS: Final = frozenset({">", "»", "›", ">>", "→", "next »", "sau »", "tiếp »"})
_MORE_DATA: Final = ("data-url", "data-href", "data-next", "data-link", "data-action", "data-src-more", "data-load")
_PAGE_NUMBER: Final = re.compile(r"(?:[?&](?:p|page|trang|paged)=|/(?:page|trang|p)[/-]?)(\d{1,4})(?=\D|$)", re.IGNORECASE)
_ITEM: Final = frozenset({"li", "article", "tr", "dd", "figure", "section", "div"})


@dataclass(slots=True)
class Listing:
    """What a listing shows: articles, further listings by kind, and the addresses of its next page."""

    links: list[Found] = field(default_factory=list)
    feeds: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    sitemaps: list[tuple[str, date | None, date | None]] = field(default_factory=list)  # first and last day it covers
    next_page: str | None = None


def read_listing(url: str, body: bytes, content_type: str | None = None) -> Listing:
    """Return what the listing at `url` shows. Raises ValueError where it is none that can be read."""
    beginning = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:300].lower()
    if beginning.startswith((b"{", b"[")):
        return _fragment(url, _strings(json.loads(body)))
    if beginning.startswith(b"<?xml") or b"<rss" in beginning or b"<urlset" in beginning or b"<sitemapindex" in beginning:
        return _xml(url, body)
    page = Page(url, body, content_type)
    listing = Listing(links=list(_page_links(page)), next_page=_next_page(page))
    for target in _targets(page):
        if _is_feed(target):
            listing.feeds.append(target)
        elif section := newspaper.section_page(target):
            listing.sections.append(section)
    listing.feeds, listing.sections = _once(listing.feeds), _once(listing.sections)
    return listing


def found(url: str, listing: str | None, title: str | None = None, dated: date | None = None) -> Found | None:
    """Return the article address `url` stands for, as found in `listing`, or None where it is none."""
    address = newspaper.article_address(url)
    if address is None:
        return None
    seen = url.strip().split("#")[0].split("?")[0]
    day = dated or month_end(address)
    return Found(address.key, address.url, _askable(seen, address), "article", listing, title, day, seen=seen)


def _askable(seen: str, address: Address) -> str:
    """Ask for the form found, for it answers; but by https, at the main host, percent-encoded."""
    path = urlsplit(seen).path
    if "/bbt/" in path or "/dno/" in path:
        return urljoin(newspaper.ORIGIN, path.split("/")[1] + "/" + urlsplit(address.url).path.lstrip("/"))
    return address.url


def month_end(address: Address) -> date | None:
    """Return the last day of the month an older address names, the latest its article can be of."""
    if not address.month or not "01" <= address.month[4:] <= "12":
        return None
    first = date(int(address.month[:4]), int(address.month[4:]), 28)
    return (first + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _xml(url: str, body: bytes) -> Listing:
    root: Any = etree.fromstring(body, etree.XMLParser(recover=True, resolve_entities=False, no_network=True, huge_tree=False))
    if root is None:
        raise ValueError("no XML in it")
    listing, covered = Listing(), _days_of_file(url)
    for item in root.iter("{*}item", "{*}entry", "{*}url", "{*}sitemap"):
        name = etree.QName(item).localname
        if name == "sitemap":
            target = urljoin(url, _child(item, "loc") or "")
            listing.sitemaps.append((target, *_days_of_file(target)))
            continue
        link = _item_link(item, url)
        moment = machine_time(_child(item, "pubDate", "published", "publication_date", "date", "updated", "lastmod"))
        day = covered[0] if covered[0] and covered[0] == covered[1] else vietnamese_day(moment) if moment else None
        one = found(link, url, _child(item, "title"), day) if link else None
        if one:
            listing.links.append(one)
    return listing


def _child(item: Any, *names: str) -> str | None:
    """The text of the first descendant of one of these names, in the order of the names."""
    for name in names:
        for child in item.iter("{*}" + name):
            if text := normalise(html.unescape(child.text or "")):
                return text
    return None


def _item_link(item: Any, url: str) -> str | None:
    """RSS and sitemaps write the address as text, Atom as an attribute."""
    attribute = next((link.get("href") for link in item.iter("{*}link") if link.get("href")), None)
    link = _child(item, "loc", "link", "guid") or attribute
    return urljoin(url, link) if link else None


def _days_of_file(url: str) -> tuple[date | None, date | None]:
    """Return the first and last day a sitemap named like sitemap-article-2026-09-05.xml or -2026-09.xml covers."""
    stated = _DAY_FILE.search(urlsplit(url).path.rsplit("/", 1)[-1])
    if stated is None:
        return None, None
    try:
        first = date(int(stated["year"]), int(stated["month"]), int(stated["day"] or 1))
    except ValueError:
        return None, None
    return (first, first) if stated["day"] else (first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))


def _page_links(page: Page) -> Iterator[Found]:
    """Article links of a page, each spelling once, with the longest title and the date printed in their box."""
    titles: dict[tuple[str, str], tuple[str, str, Any]] = {}
    for link in page.root.iter("a"):
        target = urljoin(page.url, (link.get("href") or "").strip()) if link.get("href") else ""
        address = newspaper.article_address(target) if target else None
        if address is None:
            continue
        title = normalise(" ".join(link.itertext())) or normalise(link.get("title") or "")
        one = (address.key, target.split("#")[0].split("?")[0])
        if len(title) >= len(titles.get(one, ("", "", None))[1]):
            titles[one] = (target, title, link)
    for target, title, link in titles.values():
        one = found(target, page.url, title or None, _day_beside(link))
        if one:
            yield one


def _day_beside(link: Any) -> date | None:
    """The date printed in the smallest box around a link that holds no other article's link."""
    own, box = link.get("href"), link
    for _ in range(4):
        box = box.getparent()
        if box is None or box.tag in {"body", "html"} or any(_is_other(each, own) for each in box.iter("a")):
            return None
        if box.tag in _ITEM:
            text = normalise(" ".join(box.itertext()))
            dates = printed_dates(text[:1000])
            if dates:
                return dates[0].day
    return None


def _is_other(link: Any, own: str | None) -> bool:
    href = link.get("href")
    return href != own and bool(href) and newspaper.article_address(urljoin(newspaper.FRONT_PAGE, href)) is not None


def _targets(page: Page) -> Iterator[str]:
    for element in page.root.iter("a", "link"):
        href = (element.get("href") or "").strip()
        if href and not href.startswith(("#", "javascript:", "mailto:", "tel:")):
            try:
                yield urljoin(page.url, href).split("#")[0]
            except ValueError:
                continue


def _is_feed(url: str) -> bool:
    parts = urlsplit(url)
    path = parts.path.lower().rstrip("/")
    return parts.hostname in newspaper.HOSTS and ("/rss/" in path or path.endswith((".rss", "/feed", "/atom.xml", "/rss.xml")))


def _next_page(page: Page) -> str | None:
    """The address of the next page of a list: what the page calls next, else the number after its own."""
    for element in page.root.iter("a", "link"):
        if "next" in (element.get("rel") or "").lower().split() and element.get("href"):
            return _inside(page, element.get("href"))
    number, own = _number(page.url), urlsplit(page.url).path
    for element in page.root.iter("a", "button", "div", "span", "ul"):
        target = _next_target(element, number)
        found_page = _inside(page, target) if target else None
        if found_page and found_page != page.url and not newspaper.is_front_page(found_page) and not newspaper.article_address(found_page):
            return found_page
    return _numbered(page, number, own)


def _next_target(element: Any, number: int) -> str | None:
    """Where a "next" or "more" control leads; a bare data-action is one even without a label."""
    more = next((value for name in _MORE_DATA if (value := element.get(name))), None)
    if element.tag in {"div", "ul"}:
        return _with_page(more, element, number) if more and "/" in more and "onecms_load_view" not in (element.get("class") or "") else None
    label = normalise("".join(element.itertext())) or normalise(element.get("title") or element.get("aria-label") or "")
    if len(label) > 20 or not (fold(label).strip(" .…»>") in _NEXT_WORDS or label.lower() in _NEXT_SIGNS):
        return None
    if more:
        return _with_page(more, element, number)
    href = (element.get("href") or "").strip()
    is_page = bool(_PAGE_NUMBER.search(href)) or "rel" in element.attrib
    return href if href and not href.startswith(("#", "javascript:")) and (is_page or fold(label) not in {"xem them", "more"}) else None


def _with_page(address: str, element: Any, number: int) -> str:
    """An address for more that does not say which page takes the page's number as a parameter."""
    page = element.get("data-page") or element.get("data-next-page")
    if _PAGE_NUMBER.search(address) or not page:
        return address
    return f"{address}{'&' if '?' in address else '?'}page={page if page.isdigit() else number + 1}"


def _inside(page: Page, target: str) -> str | None:
    """Resolve against the section, for a fragment's controls are relative to the site, and stay on the site."""
    try:
        joined = urljoin(page.url, target.strip())
        host = urlsplit(joined).hostname
    except ValueError:
        return None
    return joined.split("#")[0] if host in newspaper.HOSTS else None


def _number(url: str) -> int:
    stated = _PAGE_NUMBER.search(url)
    return int(stated[1]) if stated else 1


def _numbered(page: Page, number: int, own: str) -> str | None:
    base = _PAGE_NUMBER.sub("", own).rstrip("/")
    for target in _targets(page):
        parts = urlsplit(target)
        stated = _PAGE_NUMBER.search(target)
        if stated and int(stated[1]) == number + 1 and parts.hostname in newspaper.HOSTS and parts.path.startswith(base):
            return target
    return None


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
            part = read_listing(url, text.encode(), "text/html; charset=utf-8")
            listing.links += part.links
            listing.next_page = listing.next_page or part.next_page
        elif one := found(urljoin(url, text), url):
            listing.links.append(one)
    return listing


def addresses_in(text: str) -> Iterator[Found]:
    """Yield the article addresses in an index of captures (CDX, CDXJ, JSON lines) or a plain list of addresses."""
    for stated in re.finditer(r"https?://[^\s\"',<>]+", text):
        if one := found(stated.group(), None):
            yield one


def robots_sitemaps(body: bytes) -> list[str]:
    """Return the sitemaps a robots.txt names."""
    stated = re.findall(r"(?im)^\s*sitemap\s*:\s*(\S+)", decode(body))
    return [url for url in stated if urlsplit(url).hostname in newspaper.HOSTS]


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))

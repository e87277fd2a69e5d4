"""Whether what came in a list's place is one: junk is no list, an empty list of a real kind is.

A list that was cut off gives its whole entries; the last one may be half an address, and so another one.
"""

import json
import re
from typing import Any, Final

from archive import addresses
from crawler import conventions as say
from crawler.links import Listing
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.unread import visible

_MENU: Final = 2  # sections or feeds that a page of the newspaper names, also one without articles
_MESSAGE: Final = 1500  # characters; a page that says more has something else to say
_ROOTS: Final = ("rss", "feed", "rdf", "urlset", "sitemapindex")
_NAME: Final = rb"(?:[\w.-]{1,32}:)?"
_ROOT_END: Final = re.compile(
    rb"</" + _NAME + rb"(?:%s)\s{0,9}>" % "|".join(_ROOTS).encode(), re.IGNORECASE
)
_EMPTY_ROOT: Final = re.compile(
    rb"<" + _NAME + rb"(?:%s)\b[^<>]{0,1000}/>" % "|".join(_ROOTS).encode(), re.IGNORECASE
)
_ENTRY: Final = re.compile(
    rb"<(?P<end>/?)" + _NAME + rb"(?:item|entry|url|sitemap)(?:\s|>)", re.IGNORECASE
)
_ANSWERS: Final = ("/api/", "/ajax/")  # where the newspaper's own scripts ask for more of a list


def whole_part(body: bytes) -> tuple[bytes, bool]:
    """Return a feed's or sitemap's bytes down to its last whole entry, and whether it comes to its end at all.

    Raises ValueError where it is cut off and its entries cannot be told apart.
    """
    has_ended = _EMPTY_ROOT.search(body[:2000]) is not None
    first = last = None
    for entry in _ENTRY.finditer(body):
        first = entry.start() if first is None else first
        last = entry if entry["end"] else last
    begin = last.end() if last else 0
    if has_ended or _ROOT_END.search(body, begin):
        return body, True
    if b"\0" in body[:200]:
        if _ROOT_END.search(body.replace(b"\0", b"")):
            return body, True
        raise ValueError("it is cut off")
    end = body.find(b">", last.start()) + 1 if last else first
    return body[:end], False


def check_xml(root: Any) -> None:
    """Raise ValueError where an XML document is neither feed nor sitemap."""
    name = root.tag.rpartition("}")[2] if isinstance(root.tag, str) else ""
    if name.lower() not in _ROOTS:
        raise ValueError(f"neither feed nor sitemap, but <{name[:20]}>")


def check_page(page: Page, listing: Listing) -> None:
    """Raise ValueError where a page is none that lists articles, nor one of the newspaper's that lists none today."""
    path = addresses.path(page.url).lower()
    if page.data.startswith(b"\x1f\x8b"):
        raise ValueError("packed bytes")
    if _is_sitemap(page.url):
        raise ValueError("a page in place of a sitemap")
    if _is_article(page):
        raise ValueError("an article in place of a list")
    if listing.links:
        return
    text = visible(page)
    if say.says_not_here(text[:_MESSAGE]) or (len(text) <= _MESSAGE and _is_message(text)):
        raise ValueError("a message in place of a list")
    names = len(listing.sections) + len(listing.feeds)
    is_part = path.startswith(_ANSWERS) and not text.strip()
    if "/rss/" in path or not (names >= _MENU or is_part):
        raise ValueError("no address of an article in it")


def _is_sitemap(url: str) -> bool:
    name = addresses.path(url).lower().rpartition("/")[2]
    return name.endswith((".xml", ".gz", ".txt")) or "sitemap" in name


def _is_message(text: str) -> bool:
    return say.says_later(text) or say.says_refused(text)


def _is_article(page: Page) -> bool:
    """Whether a page says of itself that it is one article; sections may call themselves `article`, too."""
    if page.canonical and newspaper.article_address(page.canonical):
        return True
    return bool(page.news_article) and (page.meta("og:type") or "").lower() == "article"


def check_json(url: str, body: bytes, listing: Listing) -> None:
    """Raise ValueError where JSON is neither a list of articles nor an empty list."""
    if _is_sitemap(url):
        raise ValueError("JSON in place of a sitemap")
    if listing.links or listing.next_page:
        return
    value: Any = json.loads(body)
    if value == []:
        return
    parts = list(value.values()) if isinstance(value, dict) else []
    if not any(part in ([], "") for part in parts) or "error" in value:
        raise ValueError("JSON without an address of an article")

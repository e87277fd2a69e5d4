"""Copies on other sites that name the original.

Years: any. Example: a commune's page that ends with "Nguồn: http://baolamdong.vn/chinhtri/202203/…-3109288/"
Marker: on a page of another site, a line beginning with "Nguồn", "Theo" or the like that holds an article address of
the newspaper, or such an address as the canonical one.
Quirks: date, section, tags and author tags are the other site's own; of the original's only its address tells, the
month and the section of the older systems.
"""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from archive import addresses
from archive.model import Article
from crawler.conventions.names import is_own_name
from crawler.flow import flow
from crawler.layouts.fields import drop_empty, fill_month
from crawler.layouts.order import read_in_order
from crawler.newspapers import Address
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page

NAME: Final = "republished"
COPY: Final = "copy"  # the layer of what only a page of another site shows

LONGEST_LINE: Final = 400  # characters of a line that gives an address as its source
LONGEST_NAMED: Final = 120  # of one that only names the newspaper: "(Theo Báo Lâm Đồng)"
_SOURCE: Final = re.compile(
    r"\W*(?:nguồn|theo|source|via|(?:link|url|bài)(?: bài)? gốc|xem bài gốc)\b", re.IGNORECASE
)
_ADDRESS: Final = re.compile(r"(?:https?:)?//(?:\w+\.)?baolamdong\.vn/[^\s\"'<>]+", re.IGNORECASE)
_AROUND: Final = ".,;)]}…"  # what a sentence puts after an address


def recognises(page: Page) -> bool:
    """Return whether the page is another site's and names an article of the newspaper as its source."""
    return not is_own_page(page.url) and original(page) is not None


def read(page: Page, seen: datetime) -> Article | None:
    """Return the article the page is a copy of, or None where it has no title or no text."""
    address = original(page)
    return read_copy(page, address, seen) if address else None


def read_copy(page: Page, address: Address, seen: datetime) -> Article | None:
    """Return the article at `address` as read from a copy of it."""
    article = read_in_order(page, seen, NAME, address)
    return _without_the_copyist(article, address, seen) if article else None


def is_own_page(url: str) -> bool:
    """Return whether an address is at the newspaper itself."""
    host = addresses.host(url)
    return host in newspaper.HOSTS or host.endswith(".baolamdong.vn")


def original(page: Page) -> Address | None:
    """Return the address of the article that a page says it is a copy of, or None."""
    if b"baolamdong" not in page.data:
        return None
    stated = newspaper.article_address(page.canonical) if page.canonical else None
    return stated or named_address(f"{p.line} {p.href or ''}" for p in flow(page.root) if p.is_text)


def named_address(lines: Iterable[str]) -> Address | None:
    """Return the article address in the last line that gives one as the source, or None."""
    sources = [line for line in lines if len(line) <= LONGEST_LINE and _SOURCE.match(line)]
    urls = [url.rstrip(_AROUND) for line in reversed(sources) for url in _ADDRESS.findall(line)]
    found = (newspaper.article_address(url if ":" in url[:6] else f"http:{url}") for url in urls)
    return next((address for address in found if address), None)


def is_source_line(line: str) -> bool:
    """Return whether a line names this newspaper as the source of what stands above it.

    >>> is_source_line("(Theo Báo Lâm Đồng)"), is_source_line("Theo ông Nam, cà phê được giá.")
    (True, False)
    """
    is_named = len(line) <= LONGEST_NAMED and is_own_name(line)
    return bool(_SOURCE.match(line)) and (is_named or named_address([line]) is not None)


def _without_the_copyist(article: Article, address: Address, seen: datetime) -> Article:
    """Take off what is the other site's own: all that is not title, text, pictures and byline."""
    path = newspaper.section_path(address.section) if address.section else None
    article.section, article.section_slug = newspaper.section_name(path or ""), path
    article.published_at, article.published_precision = None, "unknown"
    fill_month(article, address.month, seen)
    article.published_raw = article.modified_at = article.canonical_url = article.source_url = None
    article.tags = []
    while (
        article.blocks and article.blocks[0].type == "list"
    ):  # "Post author: admin", "Post category: …"
        del article.blocks[0]
    if article.layers.get("authors") == "structured":
        article.authors = []
    _say_so(article)
    return article


def _say_so(article: Article) -> None:
    """Note of each field that it was read from a copy, or from the address alone."""
    for name, layer in article.layers.items():
        article.layers[name] = layer if layer == "text" else COPY
    for name in ("section", "section_slug"):
        article.note(name, "address", "path")
    article.note("published_at", "address", "month")
    drop_empty(article)

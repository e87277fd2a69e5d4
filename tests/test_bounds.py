"""Reading costs in proportion to what there is to read, and what would cost too much is refused in one sentence.

Steps are counted, never seconds: calls, and the characters of each text that a function is given.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from lxml import etree

from crawler import bounds
from crawler.discovery import read_listing
from crawler.flow import flow
from crawler.layouts import read_page
from crawler.pictures import with_captions
from crawler.piece import Piece

ARTICLE = "https://baolamdong.vn/mot-bai-viet-ve-mua-ca-phe-1234567.html"
SECTION = "https://baolamdong.vn/kinhte/"
SEEN = datetime(2026, 11, 1, tzinfo=UTC)
HEAD = "<html><head><title>Một bài viết về mùa cà phê</title></head><body>"
SENTENCE = "Sáng 5/9, tại xã Rô Men, bà con nông dân vui mừng đón mùa cà phê mới."
TOP = f"{HEAD}<h1>Một bài viết về mùa cà phê</h1><p>10:20, 05/09/2026</p>"
SMALL, TIMES = 120, 4  # of a unit; and so many times as much

Unit = Callable[[int], str]


def steps(work: Callable[[], object]) -> int:
    """Count what a piece of work does: its calls and the characters it hands on."""
    count = 0

    def note(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        if event in {"call", "c_call"}:
            count += 1
        if event == "call" and isinstance(text := frame.f_locals.get("text"), str):
            count += len(text)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def is_in_proportion(read: Callable[[bytes], object], page: Callable[[int], str]) -> bool:
    read(page(8).encode())  # what is made once is made
    small, large = page(SMALL).encode(), page(TIMES * SMALL).encode()
    growth = len(large) / len(small)
    return steps(lambda: read(large)) <= 1.5 * growth * steps(lambda: read(small)) + 5_000


def times(unit: Unit, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda n: before + "".join(map(unit, range(n))) + after


def nested(start: str, end: str, before: str = "", within: str = "x") -> Callable[[int], str]:
    return lambda n: before + start * n + within + end * n


def link(n: int) -> str:
    return f"<a href=/bai-so-{n}-{100_000 + n}.html>Tin số {n} của tỉnh</a>"


def relative_link(n: int) -> str:
    return f"<a href=202103/bai-{3_000_000 + n}/>Tin số {n} của tỉnh</a>"


ITEM = "<item><title>t</title><link>https://baolamdong.vn/a-1234.html</link></item>"
LISTS: dict[str, Callable[[int], str]] = {
    "links in one box": times(link, f"{HEAD}<div>"),
    "relative links in one box": times(relative_link, f"{HEAD}<div>"),
    "links in boxes of their own": times(lambda n: f"<li>{link(n)} 05/09/2026</li>", HEAD),
    "one address again and again": times(lambda n: f"<div>{link(1)} 05/09/2026</div>", HEAD),
    "spans in spans": times(lambda n: "<span>mười chữ ", f"{HEAD}{link(1)}"),
    "links to other pages": times(lambda n: f"<a href=/muc-{n}>Mục</a>", f"{HEAD}{link(1)}"),
    "items of a feed": times(
        lambda n: (
            f"<item><title>t</title><link>https://baolamdong.vn/a-{1000 + n}.html</link></item>"
        ),
        "<rss><channel>",
        "</channel></rss>",
    ),
    "items in items": nested("<item>", "</item>", f"<rss><channel>{ITEM}"),
    "texts of an item": times(lambda n: "<title>a</title>", f"<rss><channel>{ITEM}<item>"),
    "a fragment of many pieces": times(lambda n: '"<p>a</p>",', f'["{link(1)}",', '""]'),
}


@pytest.mark.parametrize("page", LISTS.values(), ids=LISTS)
def test_a_list_costs_in_proportion(page: Callable[[int], str]) -> None:
    assert is_in_proportion(lambda body: read_listing(SECTION, body), page)


def picture(n: int) -> str:
    return f"<img src=/2026/09/05/{n:06}.jpg>"


PAGES: dict[str, Callable[[int], str]] = {
    "paragraphs": times(lambda n: f"<p>{SENTENCE}</p>", TOP),
    "pictures with captions": times(lambda n: f"{picture(n)}<p><i>Ảnh {n}. Ảnh: A</i></p>", TOP),
    "pictures in boxes": times(lambda n: f"<div>{picture(n)}</div><p>{SENTENCE}</p>", TOP),
    "pictures in a table": times(
        lambda n: f"<tr><td>{picture(n)}<td>b", f"{TOP}<table>", "</table>"
    ),
    "bodies in bodies": times(lambda n: "<div class=b-maincontent>", TOP),
    "other news": times(
        lambda n: f"<p>{SENTENCE}</p><p>Tin liên quan</p><p>{SENTENCE} {SENTENCE}</p>", TOP
    ),
    "other news in boxes": times(
        lambda n: f"<div><p>{SENTENCE}</p><p>Tin liên quan</p></div>", f"{TOP}<p>{SENTENCE * 3}"
    ),
    "lines of verse": times(lambda n: "<p>dòng thơ ngắn</p>", TOP),
    "bylines": times(lambda n: "<p><b>NGUYỄN VĂN A</b></p>", TOP),
    "lines before a late date": times(
        lambda n: "<p>Một dòng</p>", TOP[:-30], "<p>Cập nhật lúc 10:20, 05/09/2026"
    ),
    "tables": times(lambda n: "<table><tr><td>a<td>b<tr><td>c<td>d</table>", TOP),
    "blocks of JSON-LD": times(
        lambda n: '<script type="application/ld+json">{"@type":"NewsArticle"}</script>', TOP
    ),
    "meta tags": times(lambda n: f"<meta name=a{n} content='x &amp; y'>", "<html><head>", TOP),
    "entities": times(lambda n: "&amp;&#x1f600; ", f"{TOP}<p>"),
}


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_a_page_costs_in_proportion(page: Callable[[int], str]) -> None:
    assert is_in_proportion(lambda body: read_page(ARTICLE, body, "text/html", SEEN), page)


def test_a_label_is_its_whole_text() -> None:
    page = f"{HEAD}{link(1)}<a href=/kinhte?page=2>{{}}</a>"
    listing = read_listing(SECTION, page.format("Trang sau").encode())
    assert listing.next_page == "https://baolamdong.vn/kinhte?page=2"
    page = page.replace("?page=2", "/2026")
    assert read_listing(SECTION, page.format("Trang sau" + " x" * 50).encode()).next_page is None


TOO_MUCH: dict[str, bytes] = {
    "tags": b"<p>a" * 50_000,
    "bytes": b"a" * 5_000_000,
    "depth": b"<div><p>" * 10_000,
    "attributes": b"<p" + b"".join(b" a%d=1" % n for n in range(20_000)) + b">",
    "attributes behind a sign in quotes": (
        b'<p a=b=" c=">"' + b"".join(b" a%d=1" % n for n in range(20_000)) + b">"
    ),
    "JSON of many parts": b"[" + b"0," * 700_000 + b"0]",
    "JSON in JSON": b"[" * 100_000 + b"]" * 100_000,
    "pieces of a fragment": b"[" + b'"<p>",' * 50_000 + b'""]',
    "small pieces of a fragment": b"[" + b'"<p>",' * 3_000 + b'""]',
    "texts of a fragment": b"[" + b'"/a-1234.html",' * 30_000 + b'""]',
    "elements": b"<p>a" * 20_000,
    "entries of a feed": b"<rss><channel>" + b"<item/>" * 20_000 + b"</channel></rss>",
    "entries of a sitemap": b"<urlset>" + b"<url/>" * 60_000 + b"</urlset>",
    "dates that are hard to read": b"<urlset>"
    + b"<url><loc>/</loc><lastmod>5 Sep 2026</lastmod></url>" * 12_000
    + b"</urlset>",
    "XML": b"<rss>" + b"<a/>" * 700_000,
}


@pytest.mark.parametrize("body", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_list_that_would_cost_too_much_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]{10,80}$"):
        read_listing(SECTION, body)


@pytest.mark.parametrize("what", ["tags", "bytes", "depth", "attributes", "elements"])
def test_a_page_that_would_cost_too_much_is_refused(what: str) -> None:
    with pytest.raises(bounds.TooMuch, match="too much to be read"):
        read_page(ARTICLE, TOO_MUCH[what], "text/html", SEEN)


def test_a_page_ten_times_as_large_as_any_seen_is_read() -> None:
    body = f"{TOP}<div>{''.join(f'<p>{SENTENCE} {n}</p>' for n in range(10_500))}</div>".encode()
    article = read_page(ARTICLE, body, "text/html", SEEN)
    assert len(body) > 1_000_000
    assert article is not None
    assert len(article.blocks) == 10_500


def test_a_sitemap_as_long_as_the_protocol_allows_is_read() -> None:
    one = "<url><loc>https://baolamdong.vn/a-{}.html</loc><lastmod>2026-09-05</lastmod></url>"
    body = "<urlset>" + "".join(one.format(100_000 + n) for n in range(50_000)) + "</urlset>"
    assert len(read_listing("https://baolamdong.vn/sitemap.xml", body.encode()).links) == 50_000


class Looked(list[Piece]):
    """Pieces, of which is counted how many are looked at."""

    count = 0

    def __iter__(self) -> Iterator[Piece]:
        for piece in super().__iter__():
            self.count += 1
            yield piece

    def __getitem__(self, place: Any) -> Any:
        self.count += len(range(*place.indices(len(self)))) if isinstance(place, slice) else 1
        return super().__getitem__(place)


def test_captions_are_looked_for_once_behind_each_picture() -> None:
    counts = []
    for size in (200, 400):
        body = "".join(f"{picture(n)}<p>{SENTENCE} {n}</p>" for n in range(size))
        pieces = Looked(flow(etree.HTML(f"<div>{body}</div>")))
        with_captions(pieces)
        counts.append(pieces.count)
    assert counts[0] > 200
    assert counts[1] <= 2.1 * counts[0]

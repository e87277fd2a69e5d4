"""Listings to links: feeds, sitemaps, section pages, both kinds of pagination, indexes of captures."""

from datetime import date

import pytest

from crawler.cdx import addresses_in
from crawler.discovery import read_listing
from crawler.robots import RobotsTxt

ARTICLE = "https://baolamdong.vn/mot-bai-ve-da-lat-386954.html"
OTHER = "https://baolamdong.vn/bai-khac-386955.html"


def page(body: str) -> bytes:
    return f"<html><body>{body}</body></html>".encode()


def test_feed():
    feed = f"""<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><item>
      <title>M&amp;#244;t bài</title><link>{ARTICLE}?utm_source=rss</link>
      <pubDate>Sat, 05 Sep 2026 23:30:00 +0700</pubDate></item>
      <item><title>Khác</title><link>https://vnexpress.net/khac-4123456.html</link></item></channel></rss>"""
    (link,) = read_listing("https://baolamdong.vn/rss/thoi-su", feed.encode()).links
    assert (link.url, link.title, link.dated) == (ARTICLE, "Môt bài", date(2026, 9, 5))
    assert link.found_in == "https://baolamdong.vn/rss/thoi-su"


def test_day_sitemap_gives_its_day_not_the_time_of_change():
    sitemap = f"""<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{ARTICLE}</loc>
      <lastmod>2026-10-01T08:00:00+07:00</lastmod></url></urlset>"""
    (link,) = read_listing(
        "https://baolamdong.vn/sitemap-article-2026-09-05.xml", sitemap.encode()
    ).links
    assert link.dated == date(2026, 9, 5)


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("sitemap-article-2026-09-05.xml", date(2026, 9, 5), date(2026, 9, 5)),
        ("sitemap-2026-02.xml", date(2026, 2, 1), date(2026, 2, 28)),
        ("sitemap-news.xml", None, None),
        ("sitemap-2026-13-40.xml", None, None),
    ],
)
def test_index_of_sitemaps_tells_which_days_each_covers(name, first, last):
    index = f"""<?xml version="1.0"?><sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
      <sitemap><loc>https://baolamdong.vn/{name}</loc></sitemap></sitemapindex>"""
    listing = read_listing("https://baolamdong.vn/sitemap.xml", index.encode())
    assert listing.sitemaps == [(f"https://baolamdong.vn/{name}", first, last)]


def test_front_page_names_feeds_and_sections_but_no_other_pages():
    listing = read_listing(
        "https://baolamdong.vn/",
        page(f"""<link rel="alternate" type="application/rss+xml" href="/rss/home.rss">
          <nav><a href="/kinh-te">Kinh tế</a><a href="/kinh-te/nong-nghiep-nong-thon">Nông nghiệp</a>
          <a href="/lien-he">Liên hệ</a><a href="/da-lat-ptag.html">#Đà Lạt</a><a href="/search?q=x">Tìm</a></nav>
          <a href="{ARTICLE}"><img alt="x"></a><h3><a href="{ARTICLE}">Một bài về Đà Lạt</a></h3>"""),
    )
    assert listing.feeds == ["https://baolamdong.vn/rss/home.rss"]
    assert listing.sections == [
        "https://baolamdong.vn/kinh-te",
        "https://baolamdong.vn/kinh-te/nong-nghiep-nong-thon",
    ]
    assert [(link.url, link.title) for link in listing.links] == [(ARTICLE, "Một bài về Đà Lạt")]


def test_date_beside_a_link_is_that_link_s():
    listing = read_listing(
        "https://baolamdong.vn/kinh-te",
        page(f"""<p>Hôm nay 22/11/2026</p><ul><li><a href="{ARTICLE}">Một</a> <span>05/09/2026 22:17</span></li>
          <li><a href="{OTHER}">Hai</a></li></ul>"""),
    )
    assert [link.dated for link in listing.links] == [date(2026, 9, 5), None]


@pytest.mark.parametrize(
    ("url", "markup", "wanted"),
    [
        ("/kinh-te", '<a href="?page=2">2</a><a href="?page=3">3</a>', "/kinh-te?page=2"),
        (
            "/kinh-te?page=2",
            '<a href="?page=1">1</a><a href="?page=2">2</a><a href="?page=3">3</a>',
            "/kinh-te?page=3",
        ),
        ("/kinh-te", '<a href="/kinh-te/trang-2">Trang sau</a>', "/kinh-te/trang-2"),
        ("/kinh-te", '<a href="/kinh-te?page=2" rel="next">›</a>', "/kinh-te?page=2"),
        ("/kinh-te", '<a href="/kinh-te/p2">»</a>', "/kinh-te/p2"),
        (
            "/kinh-te",
            '<button data-action="/api/more/7?page=2">Xem thêm</button>',
            "/api/more/7?page=2",
        ),
        (
            "/kinh-te",
            '<button data-url="/api/more/7" data-page="2">Xem thêm</button>',
            "/api/more/7?page=2",
        ),
        ("/kinh-te", '<a href="/thoi-su">Xem thêm</a>', None),
        ("/kinh-te", '<a href="javascript:void(0)">Sau</a>', None),
        ("/kinh-te", '<a href="https://elsewhere.example/?page=2">Sau</a>', None),
        ("/kinh-te", "<p>Hết.</p>", None),
    ],
)
def test_next_page(url, markup, wanted):
    listing = read_listing(
        f"https://baolamdong.vn{url}", page(f'<a href="{ARTICLE}">Bài</a>{markup}')
    )
    assert listing.next_page == (f"https://baolamdong.vn{wanted}" if wanted else None)


def test_what_a_more_button_answers():
    fragment = f'{{"html": "<li><a href=\\"{ARTICLE}\\">Bài</a></li>", "next": "x"}}'
    assert [
        link.url
        for link in read_listing("https://baolamdong.vn/api/more?page=2", fragment.encode()).links
    ] == [ARTICLE]


@pytest.mark.parametrize(
    "line",
    [
        f'vn,baolamdong)/mot-bai 20260905000000 {{"url": "{ARTICLE}", "status": "200"}}',
        f"vn,baolamdong)/mot-bai 20260905000000 {ARTICLE} text/html 200 ABC - - 1 2 x.warc.gz",
        ARTICLE,
    ],
)
def test_addresses_of_an_index_of_captures(line):
    assert [found.url for found in addresses_in(line)] == [ARTICLE]


def test_sitemaps_named_by_robots_txt():
    robots = b"User-agent: *\nSitemap: https://baolamdong.vn/sitemap.xml\nSITEMAP:https://elsewhere.example/s.xml\n"
    assert RobotsTxt(robots, "any").sitemaps == ["https://baolamdong.vn/sitemap.xml"]


@pytest.mark.parametrize("body", [b"", b"<?xml version='1.0'?>", b"{not json", b"\xff\xfe\x00"])
def test_what_cannot_be_read_is_said_not_raised_otherwise(body):
    try:
        assert read_listing("https://baolamdong.vn/rss/x", body).links == []
    except ValueError as error:
        assert str(error)

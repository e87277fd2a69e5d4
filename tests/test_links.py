"""Addresses from outside: what is none is left out, the rest is read, and nothing raises."""

import ast
import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from urllib.parse import urljoin

import pytest

import archive
import crawler
from archive import addresses
from crawler.discovery import read_listing
from crawler.judgement import Answer, judge
from crawler.newspapers import baolamdong as newspaper
from crawler.robots import RobotsTxt

HOME = "https://baolamdong.vn/"
GOOD = "https://baolamdong.vn/mot-bai-386954.html"
# Each raised ValueError somewhere, or is nothing that may be asked for or shown.
BAD = [
    "http://[x",
    "https://[::1/a-386955.html",
    "https://baolamdong.vn:abc/a-386955.html",
    "https://baolamdong.vn:99999/a-386955.html",
    "https://baolamdong.vn／evil/a-386955.html",
    "https://baolamdong.vn/a\x1b]0;title\x07-386955.html",
    "https://baolamdong.vn/a\x9b31m-386955.html",
    "https://baolamdong.vn/" + "a" * 2_000 + "-386955.html",
    "https://baolamdong.vn/" + "-1" * 50_000 + "-386955.html",
]


@pytest.mark.parametrize("url", BAD, ids=range(len(BAD)))
def test_what_is_no_address_is_none(url):
    assert addresses.split(url) is None
    assert addresses.joined(HOME, url) is None
    assert addresses.host(url) == addresses.path(url) == ""
    assert newspaper.article_address(url) is None
    assert newspaper.linked_article(url) is None
    assert newspaper.picture(url) is None
    assert newspaper.section_page(url) is None
    assert not newspaper.is_own(url)
    assert not newspaper.is_front_page(url)


def test_half_a_character_is_no_address():
    assert addresses.joined(HOME, "/a\ud800-386955.html") is None


def test_breaks_within_a_link_are_left_out_as_browsers_do():
    assert addresses.joined(HOME, " /mot-\n\tbai-386954.html ") == GOOD


def _page(url: str) -> bytes:
    links = f'<a href="{url}">x</a><div data-url="{url}"></div><a href="{url}">Xem thêm</a>'
    head = f'<base href="{url}"><link rel="next" href="{url}">'
    return f"<html>{head}<body>{links}<a href='{GOOD}'>Một bài</a></body></html>".encode()


def _sitemap(url: str) -> bytes:
    one = "<url><loc>{}</loc></url>".format
    return f"<?xml version='1.0'?><urlset>{one(url)}{one(GOOD)}</urlset>".encode()


def _feed(url: str) -> bytes:
    one = "<item><title>x</title><link>{}</link></item>".format
    return f"<?xml version='1.0'?><rss><channel>{one(url)}{one(GOOD)}</channel></rss>".encode()


def _index(url: str) -> bytes:
    one = "<sitemap><loc>{}</loc></sitemap>".format
    good = "https://baolamdong.vn/sitemap-article-2026-09-05.xml"
    return f"<?xml version='1.0'?><sitemapindex>{one(url)}{one(good)}</sitemapindex>".encode()


# XML holds no control characters.
LISTS = [(made, url) for made in (_page, _sitemap, _feed) for url in BAD if url.isprintable()]
LISTS += [(_page, url) for url in BAD if not url.isprintable()]


@pytest.mark.parametrize(("made", "url"), LISTS, ids=range(len(LISTS)))
def test_a_bad_link_is_left_out_and_the_rest_is_read(made, url):
    listing = read_listing(f"{HOME}rss/home.rss", made(url))
    assert [link.url for link in listing.links] == [GOOD]


@pytest.mark.parametrize("url", BAD, ids=range(len(BAD)))
def test_a_bad_address_in_an_index_or_a_fragment_is_left_out(url):
    listing = read_listing(f"{HOME}sitemap.xml", _index(url))
    assert [name.rpartition("-2026")[2] for name, *_ in listing.sitemaps][-1:] == ["-09-05.xml"]
    body = json.dumps({"bad": url, "half": "<a\ud800>", "good": GOOD}).encode()
    assert [link.url for link in read_listing(HOME, body).links] == [GOOD]


@pytest.mark.parametrize("url", BAD, ids=range(len(BAD)))
def test_a_bad_sitemap_of_robots_txt_is_left_out(url):
    body = f"User-agent: *\nSitemap: {url}\nSitemap: {HOME}sitemap.xml\n".encode()
    assert RobotsTxt(body, "any").sitemaps == [f"{HOME}sitemap.xml"]


@pytest.mark.parametrize(
    "spelt", ["/một-bài-386954.html", "https://baolamdong.vn/một-bài-386954.html"]
)
def test_the_bytes_of_a_location_are_percent_encoded_as_they_came(spelt):
    location = addresses.as_sent(spelt.encode())
    assert location.isascii()
    answer = Answer(1, "c/x-1", "article", HOME + "x-1000.html", 301, b"", location)
    look = judge(answer, datetime(2026, 1, 1, tzinfo=UTC))
    assert look.moved_to is not None
    assert look.moved_to.key == "c/một-bài-386954"


def test_what_is_percent_encoded_already_and_other_encodings_stay_as_they_came():
    assert addresses.as_sent(b" /m%E1%BB%99t-b\xe0i?a=%20 ") == "/m%E1%BB%99t-b%E0i?a=%20"


def test_a_control_character_in_a_location_is_no_address_and_reaches_no_report():
    location = addresses.as_sent(b"https://x/\x1b]0;owned\x07")
    answer = Answer(1, "c/x-1", "article", HOME + "x-1000.html", 302, b"", location)
    look = judge(answer, datetime(2026, 1, 1, tzinfo=UTC))
    assert look.detail == "answers 302 without saying where to"


def test_addresses_are_split_and_joined_in_one_module_only():
    bare, modules = {"urljoin", "urlsplit", "urlparse", "urldefrag"}, 0
    for package in (archive, crawler):
        for path in Path(package.__file__ or "").parent.rglob("*.py"):
            modules += 1
            names = ast.walk(ast.parse(path.read_text()))
            used = {node.name for node in names if isinstance(node, ast.alias)} & bare
            assert not used or path == Path(addresses.__file__), path
    assert modules > 100


def test_the_short_way_to_join_comes_to_the_same():
    """Links in full are the most of a long list; the library's way costs thrice as much and changes nothing in them."""
    dice = Random(12)
    parts = [
        "x.vn",
        "baolamdong.vn",
        "/",
        "//",
        "a",
        "..",
        ".",
        "?",
        "#",
        ";",
        "&",
        "%20",
        "@",
        ":",
        "80",
        "[",
        "b.html",
    ]
    links = [
        dice.choice(("http://", "https://")) + "".join(dice.choices(parts, k=dice.randint(0, 7)))
        for _ in range(20_000)
    ]
    for link in links:
        try:
            slowly = urljoin("https://baolamdong.vn/rss/", link)
        except ValueError:
            slowly = ""
        assert addresses.joined("https://baolamdong.vn/rss/", link) == (
            slowly if addresses.split(slowly) else None
        )

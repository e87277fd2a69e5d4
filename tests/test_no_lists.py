"""What comes in a list's place and is none: a failure, its days a gap; of one cut off the whole entries."""

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from runs import crawl, lamdong, queried

from archive.model import Look, Outcome
from crawler.demo.answers import XML, Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.discovery import list_in, read_listing

AT = datetime(2026, 11, 30, 3, tzinfo=UTC)
ORIGIN = "https://baolamdong.vn"
DAY = f"{ORIGIN}/sitemap-article-2026-11-20.xml"
FEED, SECTION, MORE = (
    f"{ORIGIN}/rss/kinh-te",
    f"{ORIGIN}/kinh-te",
    f"{ORIGIN}/api/getmorearticle/kinh-te?page=9",
)
LINK = f"{ORIGIN}/mot-bai-386954.html"
MENU = '<nav><a href="/kinh-te">Kinh tế</a><a href="/doi-song">Đời sống</a></nav>'
MAINTENANCE = b"<html><head><title>B</title></head><body><h1>Website maintenance</h1></body></html>"
ARTICLE = (
    f'<html><head><link rel="canonical" href="{LINK}"></head><body>{MENU}<h1>Một bài</h1>'
    f'<a href="{ORIGIN}/bai-khac-386955.html">Bài khác</a></body></html>'
).encode()
OTHER = f"{ORIGIN}/hai-386955.html"
SITEMAP = f"<?xml version='1.0'?><urlset><url><loc>{LINK}</loc></url><url><loc>{OTHER}</loc></url></urlset>"
RSS = f"<rss><channel><item><link>{LINK}</link></item><item><link>{OTHER}</link></item></channel></rss>"
JUNK = {
    "empty": b"",
    "blank": b" \n ",
    "word": b"OK",
    "maintenance": MAINTENANCE,
    "maintenance with a menu": MAINTENANCE.replace(b"</body>", MENU.encode() + b"</body>"),
    "missing": f"<html><body>{MENU}<h1>404 Not Found</h1></body></html>".encode(),
    "an article": ARTICLE,
    "an error": b'{"error": "internal"}',
    "an error with parts": b'{"error": "internal", "items": []}',
    "a number": b"[1]",
    "broken JSON": b'{"items": [',
    "other XML": b"<?xml version='1.0'?><error>no</error>",
    "XHTML": b"<?xml version='1.0'?><!DOCTYPE html><html><body>no</body></html>",
    "packed": gzip.compress(SITEMAP.encode()),
    "half packed": gzip.compress(SITEMAP.encode())[:40],
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
}


@pytest.mark.parametrize("url", [DAY, FEED, SECTION, MORE])
@pytest.mark.parametrize("junk", JUNK)
def test_junk_is_no_list(url, junk):
    with pytest.raises(ValueError, match=r"\w"):
        read_listing(url, JUNK[junk])


@pytest.mark.parametrize(
    "body",
    [f"<html><body>{MENU}<a href='{LINK}'>Bài</a></body></html>".encode(), b"[]", MENU.encode()],
)
def test_only_a_sitemap_is_a_sitemap(body):
    with pytest.raises(ValueError, match="in place of a sitemap"):
        read_listing(DAY, body)


@pytest.mark.parametrize(
    ("url", "body"),
    [
        (DAY, b"<urlset/>"),
        (DAY, b"<?xml version='1.0'?>\n<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' />"),
        (DAY, b"<urlset></urlset><!-- made by x -->"),
        (f"{ORIGIN}/sitemap.xml", b"<sitemapindex></sitemapindex>"),
        (FEED, b"<rss><channel><title>Kinh te</title></channel></rss>"),
        (FEED, b"<feed xmlns='http://www.w3.org/2005/Atom'/>"),
        (SECTION, f"<html><body>{MENU}<h1>Kinh tế</h1></body></html>".encode()),
        (f"{ORIGIN}/rss", b'<html><body><a href="/rss/kinh-te">a</a><a href="/rss/doi-song">b</a></body></html>'),
        (MORE, b"[]"),
        (MORE, b'{"items": []}'),
        (MORE, b"<ul></ul>"),
    ],
)  # fmt: skip
def test_an_empty_list_of_a_real_kind_is_one(url, body):
    listing = read_listing(url, body)
    assert (listing.links, listing.is_whole) == ([], True)


def test_a_page_in_a_feed_s_place_is_a_list_where_it_links_articles():
    page = f"<html><body>{MENU}<a href='{LINK}'>Bài</a></body></html>".encode()
    assert [link.url for link in read_listing(FEED, page).links] == [LINK]
    with pytest.raises(ValueError, match="no address"):
        read_listing(FEED, f"<html><body>{MENU}</body></html>".encode())


@pytest.mark.parametrize(("url", "text"), [(DAY, SITEMAP), (FEED, RSS)])
def test_wherever_a_list_is_cut_off_only_whole_entries_count(url, text):
    body, seen = text.encode(), set()
    whole = [link.url for link in read_listing(url, body).links]
    assert len(whole) == 2
    for end in range(text.index("<loc" if url == DAY else "<item"), len(body) - 1):
        listing = read_listing(url, body[:end])
        links = [link.url for link in listing.links]
        assert links == whole[: len(links)]
        assert not listing.is_whole
        seen.add(len(links))
    assert seen == {0, 1, 2}


def test_a_look_says_what_came_in_place_of_a_list():
    for body, said in (
        (MAINTENANCE, "Website maintenance"),
        (SITEMAP[:-20].encode(), "1 whole entries"),
    ):
        look = Look(1, AT, Outcome.LIVE, 200)
        list_in(look, DAY, body, None)
        assert look.outcome is Outcome.NO_ARTICLE
        assert said in look.detail


# -- in runs ---------------------------------------------------------------------------------------


def junk(name):
    return lambda _: Answer.page(JUNK[name].decode("latin-1"), XML)


def cut_off(answer):
    """What is there of a list, under a length that is right: nothing but the list tells."""
    return Answer(200, answer.body[: len(answer.body) * 2 // 3], XML)


@pytest.mark.parametrize("trouble", [junk("maintenance"), cut_off])
def test_a_day_whose_list_was_none_stays_a_gap_until_it_is_read(tmp_path, monkeypatch, trouble):
    newspaper = SampleNewspaper(AT.date(), troubles=False, filler=60)
    day = newspaper.today - timedelta(days=3)
    urls = {
        u
        for u in newspaper.article_urls()
        if (newspaper.expected(u)["published_at"] or "")[:10] == str(day)
    }
    assert len(urls) >= 4
    archive, options = tmp_path / "archive", ["--since", day, "--until", day, "--no-images"]
    monkeypatch.setenv("LAMDONG_NOW", AT.isoformat())
    with Replica(newspaper, tmp_path / "replica") as replica:
        url = f"{ORIGIN}/sitemap-article-{day}.xml"
        newspaper.disturb(url, trouble)
        _, report = crawl(archive, replica, *options)
        assert "lists were read for 0 of 1 days" in report
        assert sum(url in line for line in report.splitlines()) == 1
        assert f"{url} could not be read" in lamdong("status", "--archive", archive).stdout
        newspaper._troubles.clear()
        _, report = crawl(archive, replica, *options)
        assert "lists were read for 1 of 1 days" in report
    held = {row["url"] for row in queried(archive, "SELECT url FROM articles")}
    assert urls <= held
    assert "could not be read" not in lamdong("status", "--archive", archive).stdout

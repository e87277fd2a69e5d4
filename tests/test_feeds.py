"""Feeds: valid Atom and JSON Feed, of the newest articles or of a search, from hostile text too."""

import json
from datetime import datetime

import pytest
from lxml import etree
from test_web import (  # noqa: F401 - the fixture serves every test here
    AT,
    HOST,
    LURE,
    SCRIPT,
    TODAY,
    Writer,
    _no_tracebacks,
    an_article,
    articles,
    fill,
    get,
    serving,
)

from archive.model import Block
from archive.store import Archive

ATOM = {"a": "http://www.w3.org/2005/Atom"}
CONTROL = f"{HOST}/ky-tu-la-386990.html"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("feeds") / "lamdong-archive"
    with Archive(path) as archive:
        fill(archive)
        Writer(archive).keep("c/ky-tu-la-386990", an_article(
            CONTROL, "Ký tự \x0b lạ \ufffe", blocks=[Block("p", "Trước \x01 sau")],
        ))  # fmt: skip
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


def atom(site, query=""):
    return etree.fromstring(get(site, f"/feed.atom{query}").content)


def items(site, query=""):
    return json.loads(get(site, f"/feed.json{query}").content)["items"]


def entry_of(feed, title):
    (found,) = feed.xpath("a:entry[a:title = $title]", title=title, namespaces=ATOM)
    return found


def texts(node, path):
    return [
        each if isinstance(each, str) else each.text for each in node.xpath(path, namespaces=ATOM)
    ]


def test_atom_has_what_the_standard_requires(site, folder):
    answer = get(site, "/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = etree.fromstring(answer.content)
    assert texts(feed, "a:link[@rel='self']/@href") == ["http://localhost/feed.atom"]
    for name in ("id", "title", "updated", "author/a:name"):
        assert len([text for text in texts(feed, f"a:{name}") if text]) == 1
    entries = feed.xpath("a:entry", namespaces=ATOM)
    assert len(entries) == len(articles(folder))
    for entry in entries:
        for name in (
            "id",
            "title",
            "updated",
            "summary",
            "content",
            "link[@rel='alternate']/@href",
        ):
            assert len([text for text in texts(entry, f"a:{name}") if text]) == 1
        for moment in texts(entry, "a:updated|a:published"):
            assert datetime.fromisoformat(moment).tzinfo
    ids = texts(feed, "//a:id")
    assert len(ids) == len(set(ids))
    moments = [datetime.fromisoformat(text) for text in texts(feed, "a:entry/a:updated")]
    assert datetime.fromisoformat(*texts(feed, "a:updated")) == max(moments)


def test_an_entry_tells_of_its_article(site, folder):
    number = articles(folder)[TODAY]["id"]
    entry = entry_of(atom(site), "Một bài đủ thứ")
    assert texts(entry, "a:id") == [f"tag:baolamdong.vn,2026:archive/articles/{number}"]
    assert texts(entry, "a:link[@rel='alternate']/@href") == [f"http://localhost/articles/{number}"]
    assert texts(entry, "a:link[@rel='via']/@href") == [TODAY]
    assert texts(entry, "a:author/a:name") == ["Lê Hoa", "K’Brẻo"]
    assert texts(entry, "a:category/@term") == ["Kinh tế"]
    assert texts(entry, "a:published") == ["2026-09-05T22:17:00+07:00"]
    assert texts(entry, "a:summary") == ["Sapo của bài."]
    assert texts(entry, "a:content")[0].startswith("Sapo của bài.\n\nĐoạn mở đầu.")
    item = next(item for item in items(site) if item["external_url"] == TODAY)
    assert item["url"] == f"http://localhost/articles/{number}"
    assert item["authors"] == [{"name": "Lê Hoa"}, {"name": "K’Brẻo"}]
    assert item["content_text"] == texts(entry, "a:content")[0]


def test_a_day_or_a_month_becomes_a_moment_and_no_date_none(site):
    feed = atom(site)
    assert texts(entry_of(feed, "Tin cũ"), "a:published") == ["2022-03-15T00:00:00+07:00"]
    assert texts(entry_of(feed, "Bóng đá"), "a:published") == ["2019-08-01T00:00:00+07:00"]
    undated = entry_of(feed, "Ký tự  lạ ")
    assert texts(undated, "a:published") == []
    assert texts(undated, "a:updated") == [AT.isoformat()]


def test_hostile_text_stays_text(site):
    entry = entry_of(atom(site), SCRIPT)
    assert texts(entry, "a:author/a:name") == [SCRIPT]
    assert set(texts(entry, "a:summary/@type|a:content/@type")) == {"text"}
    assert len(entry.xpath("descendant::*[namespace-uri() != $atom]", atom=ATOM["a"])) == 0
    for answer in (get(site, "/feed.atom"), get(site, "/feed.json")):
        assert LURE not in answer.text
        assert "sandbox" in answer.headers["content-security-policy"]
    assert all("content_html" not in item for item in items(site))


def test_characters_that_xml_forbids_are_left_out(site):
    assert texts(entry_of(atom(site), "Ký tự  lạ "), "a:content") == ["Trước  sau"]


def test_json_feed_has_what_its_standard_requires(site, folder):
    answer = get(site, "/feed.json")
    assert answer.headers["content-type"] == "application/feed+json; charset=utf-8"
    feed = answer.json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"]
    assert feed["feed_url"] == "http://localhost/feed.json"
    assert len({item["id"] for item in feed["items"]}) == len(articles(folder))
    assert all(item["content_text"] for item in feed["items"])


@pytest.mark.parametrize(
    "query",
    ["q=sapo&sort=best", "section=kinh-te", "author=L%C3%AA+Hoa", "tag=C%C3%A0+ph%C3%AA",
     "kind=longform", "since=2026-09-05&until=2026-09-05", "q=sapo&page=7&size=1"],
)  # fmt: skip
def test_a_search_is_a_feed(site, query):
    found = [item for item in items(site, f"?{query}") if item["title"] != SCRIPT]
    assert [item["external_url"] for item in found] == [TODAY]
    assert texts(atom(site, f"?{query}"), "a:entry/a:title")[-1] == "Một bài đủ thứ"


def test_another_search_is_another_feed_and_an_empty_one_is_valid(site):
    ids = {texts(atom(site, query), "a:id")[0] for query in ("", "?q=a", "?q=b", "?kind=news")}
    assert len(ids) == 4
    empty = atom(site, "?q=khongcogidau")
    assert texts(empty, "a:entry/a:id") == []
    assert texts(empty, "a:updated") == ["1970-01-01T00:00:00+00:00"]


def test_newest_come_first(site):
    days = [item["date_published"] for item in items(site) if "date_published" in item]
    assert days == sorted(days, reverse=True)


@pytest.mark.parametrize("path", ["/feed.atom", "/feed.json", "/feed.atom?q=sapo"])
def test_an_unchanged_feed_costs_a_304(site, path):
    etag = get(site, path).headers["etag"]
    for held in (etag, f'"other", W/{etag}'):
        again = get(site, path, headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
    assert get(site, path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert "max-age" in get(site, path).headers["cache-control"]


def test_a_wrong_parameter_is_one_sentence(site):
    answer = get(site, "/feed.json?since=hom-qua&lang=en")
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "since must be a day, month or year like 2022-03-31, 31/3/2022, 2022-03, 2022."},
    )
    assert get(site, "/feed.atom?since=hom-qua").status_code == 400


def test_pages_name_their_feeds(site):
    front = etree.HTML(get(site, "/").text)
    path = "//link[@rel='alternate'][@type='application/atom+xml']/@href"
    assert front.xpath(path) == ["/feed.atom"]
    page = etree.HTML(get(site, "/search?q=sapo&kind=longform&sort=relevance&page=1").text)
    address = "/feed.atom?q=sapo&kind=longform"
    assert address in page.xpath(path)
    assert address in page.xpath("//main//a/@href")
    assert [item["external_url"] for item in items(site, address.removeprefix("/feed.atom"))] == [
        TODAY
    ]

"""The feeds by their standards: Atom by a grammar of RFC 4287, JSON Feed by a schema of its version 1.1."""

import copy
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from lxml import etree
from test_citing import BREAKING
from test_feeds import ATOM, atom, folder, site, texts  # noqa: F401 - two fixtures
from test_web import (
    HOST,
    SCRIPT,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    an_article,
    get,
    serving,
)

from archive.store import Archive

GRAMMAR = Path(__file__).parent / "atom.rng"
# jsonfeed.org/version/1.1
ADDRESS = {"type": "string", "pattern": r"^https?://[^\s<>\"{}|\\^`]+$"}
MOMENT = {
    "type": "string",
    "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$",
}
TEXT = {"type": "string", "minLength": 1}
LANGUAGE = {"type": "string", "pattern": r"^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$"}
AUTHORS = {
    "type": "array",
    "minItems": 1,
    "items": {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {"name": TEXT, "url": ADDRESS, "avatar": ADDRESS},
    },
}
ITEM = {
    "type": "object",
    "required": ["id"],
    "anyOf": [{"required": ["content_text"]}, {"required": ["content_html"]}],
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("id", "title", "content_text", "summary"), TEXT),
        **dict.fromkeys(("url", "external_url", "image", "banner_image"), ADDRESS),
        **dict.fromkeys(("date_published", "date_modified"), MOMENT),
        "authors": AUTHORS,
        "tags": {"type": "array", "items": TEXT, "uniqueItems": True},
        "language": LANGUAGE,
    },
}
JSON_FEED = {
    "type": "object",
    "required": ["version", "title", "items"],
    "additionalProperties": False,
    "properties": {
        "version": {"const": "https://jsonfeed.org/version/1.1"},
        **dict.fromkeys(("title", "description"), TEXT),
        **dict.fromkeys(("home_page_url", "feed_url", "next_url", "icon", "favicon"), ADDRESS),
        "authors": AUTHORS,
        "language": LANGUAGE,
        "items": {"type": "array", "items": ITEM},
    },
}
QUERIES = ("", "?lang=en", "?q=b%C3%B3ng", "?section=kinh-te", "?q=khongcogi", "?q=%3Cb%3E%22%20%26%20%7B%7D%7C%5E%60",
           "?q=%00%0B%EF%BF%BE", "?since=2022-01-01&until=2022-12-31")  # fmt: skip


@pytest.fixture(scope="module")
def grammar():
    return etree.RelaxNG(etree.parse(GRAMMAR))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    path = tmp_path_factory.mktemp("hostile")
    with Archive(path) as archive:
        for number, text in enumerate((*BREAKING, "\x00\x0b\ufffe", " ", "javascript:alert(1)")):
            Writer(archive).keep(f"c/hiem-{number}", an_article(
                f"{HOST}/{text}-{number}.html", text, authors=[text, text], section=text, lead=text,
                tags=[text, text], published_at="2026-09", precision="month",
            ))  # fmt: skip
    with serving(path / "archive.db") as datasette:
        yield datasette


def beyond_the_grammar(feed):
    """What RFC 4287 says in words: 4.1.1, 4.1.2, 4.2.6, 4.2.7.2."""
    for node in [feed, *feed.iterfind("a:entry", ATOM)]:
        links = [(link.get("rel", "alternate"), link.get("type"), link.get("hreflang"))
                 for link in node.iterfind("a:link", ATOM)]  # fmt: skip
        if len(links) != len(set(links)):
            yield "two links of one relation, type and language"
        if node is not feed and not texts(node, "a:content") and "alternate" not in dict(links):
            yield "neither content nor a page"
    ids = texts(feed, "a:entry/a:id")
    if len(ids) != len(set(ids)):
        yield "two entries of one id"
    if "self" not in texts(feed, "a:link/@rel"):
        yield "no address of its own"


def faults_of_atom(grammar, feed):
    grammar.validate(feed)
    return [*map(str, grammar.error_log), *beyond_the_grammar(feed)]


def faults_of_json(feed):
    found = [error.message for error in Draft202012Validator(JSON_FEED).iter_errors(feed)]
    ids = [item["id"] for item in feed["items"]]
    return found + ["two items of one id"] * (len(ids) != len(set(ids)))


@pytest.mark.parametrize("query", QUERIES)
def test_feeds_are_valid(site, grammar, query):  # noqa: F811
    assert faults_of_atom(grammar, atom(site, query)) == []
    assert faults_of_json(get(site, f"/feed.json{query}").json()) == []


@pytest.mark.parametrize("query", QUERIES[:2])
def test_feeds_of_hostile_texts_are_valid(hostile, grammar, query):
    feed = atom(hostile, query)
    assert len(feed.findall("a:entry", ATOM)) > len(BREAKING)
    assert faults_of_atom(grammar, feed) == []
    assert faults_of_json(get(hostile, f"/feed.json{query}").json()) == []


def spoilt(feed):
    """The feed with one mistake each."""
    entry = "a:entry[a:published]"
    for path, spoil in (
        ("a:id", lambda node: node.getparent().remove(node)),
        ("a:title", lambda node: node.addnext(copy.deepcopy(node))),
        ("a:updated", lambda node: setattr(node, "text", "2026-09-05")),
        ("a:author/a:name", lambda node: setattr(node, "text", " ")),
        (f"{entry}/a:published", lambda node: setattr(node, "text", "2026-09-05T10:00:00")),
        (f"{entry}/a:link", lambda node: node.set("href", "/articles/1")),
        (f"{entry}/a:link", lambda node: node.set("href", f"{HOST}/<b>")),
        (f"{entry}/a:link", lambda node: node.addnext(copy.deepcopy(node))),
        (f"{entry}/a:content", lambda node: node.set("type", "html")),
        (f"{entry}/a:content", lambda node: etree.SubElement(node, "b")),
        (f"{entry}", lambda node: node.addnext(copy.deepcopy(node))),
        (f"{entry}/a:category", lambda node: node.set("term", "")),
        (f"{entry}/a:summary", lambda node: setattr(node, "tag", f"{{{ATOM['a']}}}sumary")),
    ):
        other = copy.deepcopy(feed)
        spoil(next(iter(other.xpath(path, namespaces=ATOM))))
        yield other


def test_the_grammar_finds_what_is_wrong(site, grammar):  # noqa: F811
    feed = atom(site)
    for number, other in enumerate(spoilt(feed)):
        assert faults_of_atom(grammar, other), number


def test_the_schema_finds_what_is_wrong(site):  # noqa: F811
    feed = get(site, "/feed.json").json()
    for name, value in (
        {"id": 5, "url": "javascript:x", "date_published": "2026-09", "authors": [{}], "tags": ["a", "a"],
         "content_text": "", "language": "tiếng Việt", "SCRIPT": SCRIPT}.items()
    ):  # fmt: skip
        other = copy.deepcopy(feed)
        other["items"][0][name] = value
        assert faults_of_json(other), name

"""Malicious articles and questions in a real browser: nothing runs, all of it is read as text."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

import pytest
from archives import Site, made_once, served
from conftest import Opening
from malice import EVIL, FULL, GONE, HACK, LONG, WORD, make_long, make_malice
from playwright.sync_api import Page

SQL = "select title, vn_query(title) as asked from articles"
OURS = [
    "/",
    "/?before={asked}",
    "/search",
    "/search?q={asked}",
    "/search?q=script&sort=relevance",
    "/search?q=script&section={asked}&author={asked}&tag={asked}&kind={asked}&since={asked}&until={asked}",
    "/search?q=script&author={asked}",
    "/search?q=script&section=kinh-te",
    "/search?q=script&sort={asked}&page={asked}",
    "/articles/{full}",
    "/articles/{full}?lang=en",
    "/articles/{gone}",
    "/articles/{full}/cite",
    "/articles/{full}/history",
    "/articles/{asked}",
    "/url/{asked}",
    "/url?address={asked}",
    "/url/https%3A%2F%2Fbaolamdong.vn%2F{asked}",
    "/url/javascript:{asked}",
    "/url/https://baolamdong.vn/hong-390905.html",
    "/sections",
    "/sections/kinh-te",
    "/sections/{asked}",
    "/authors",
    "/authors/{asked}",
    "/tags",
    "/tags/{asked}",
    "/days",
    "/days/2026-09",
    "/days/2026-09-05",
    "/days/{asked}",
    "/corrections",
    "/disappeared",
    "/status",
    "/status?lang={asked}",
    "/{asked}",
]
DATASETTES = [
    "/archive",
    "/archive/articles",
    "/archive/articles/{full}",
    "/archive/articles?title={asked}",
    "/archive/articles?_facet=title&_sort=title",
    "/archive/versions",
    "/archive/urls",
    "/archive/captures",
    "/archive?sql={sql}",
    "/archive?sql={asked}",
    "/archive/{asked}",
    "/-/{asked}",
]
DATA = [
    "/feed.atom",
    "/feed.json",
    "/feed.atom?q={asked}",
    "/articles/{full}.json",
    "/articles/{full}/history.json",
    "/articles/{full}/cite.json",
    "/search.json?q={asked}",
    "/authors/{asked}.json",
]
# What is read behind foreign text in the same run of letters, where nothing keeps the two apart:
# a mark in the foreign text would turn it around.
TURNED = r"""() => {
  const apart = new Set(["isolate", "isolate-override", "plaintext"]);
  const style = node => getComputedStyle(node);
  const isInline = node => node.nodeType !== 1 || style(node).display === "inline";
  const isAway = node => node.nodeType === 1
    && (style(node).display === "none" || ["absolute", "fixed"].includes(style(node).position));
  const isApart = node => node.nodeType === 1 && apart.has(style(node).unicodeBidi);
  const behind = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    let node = walk.currentNode, text = node.data.slice(node.data.lastIndexOf("\u202e"));
    if (!node.data.includes("\u202e")) continue;
    for (;;) {
      const parent = node.parentElement;
      if (/flex|grid/.test(style(parent).display)) break;
      let next = node.nextSibling;
      for (; next && isInline(next) && next.nodeName !== "BR"; next = next.nextSibling)
        if (!isAway(next) && !isApart(next)) text += next.textContent;
      if (next || !isInline(parent) || isApart(parent)) break;
      node = parent;
    }
    const rest = text.includes("⟧") ? text.slice(text.indexOf("⟧") + 1) : "";
    if (/[\p{L}\p{N}]/u.test(rest)) behind.push(rest.trim() + " | " + node.parentElement.outerHTML.slice(0, 60));
  }
  return behind;
}"""


@pytest.fixture(scope="session")
def malice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(made_once(tmp_path_factory, "malice", make_malice)) as site:
        ids = {each["url"]: each["id"] for each in site.articles}
        articles = {"full": ids[FULL], "gone": ids[GONE]}
        asked = {"asked": quote(EVIL, safe=""), "sql": quote(SQL)}
        yield replace(site, names=articles | asked)


@pytest.fixture(scope="session")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with served(made_once(tmp_path_factory, "endless", make_long)) as site:
        ids = {each["url"]: each["id"] for each in site.articles}
        yield replace(site, names={"long": ids[LONG], "word": ids[WORD]})


@pytest.fixture
def site(malice: Site) -> Site:
    return malice


def is_hacked(page: Page) -> bool:
    return page.evaluate("'__hacked' in window")


@pytest.mark.thorough
@pytest.mark.parametrize("path", [*OURS, *DATASETTES])
def test_no_script_runs(look_at: Opening, path: str):
    page = look_at(path)
    assert not is_hacked(page)
    # Nothing on the page can run anything when it is touched, either.
    assert (
        page.locator(
            "[onerror], [onload], [onclick], [href^='javascript:' i], [src^='javascript:' i]"
        ).count()
        == 0
    )
    assert page.locator("iframe, object, embed, base").count() == 0


@pytest.mark.thorough
@pytest.mark.parametrize("path", OURS)
def test_text_behind_foreign_text_is_not_turned_around(look_at: Opening, path: str):
    assert look_at(path).evaluate(TURNED) == []


@pytest.mark.thorough
@pytest.mark.parametrize("path", DATA)
def test_data_opened_in_the_browser_is_text(look_at: Opening, path: str):
    page = look_at(path)
    assert page.evaluate("document.contentType") != "text/html"
    assert not is_hacked(page)
    assert page.locator("img, svg, script:not([type='application/ld+json'])").count() == 0


@pytest.mark.parametrize(
    "path", ["/", "/search?q=script", "/articles/{full}", "/tags/{asked}", "/corrections"]
)
def test_malice_is_read_as_text(look_at: Opening, path: str):
    text = look_at(path).locator("main").inner_text()
    assert f"<script>{HACK}</script>" in text
    assert "{{ 7*7 }}" in text


def test_facts_for_machines_are_read_whole(look_at: Opening):
    page = look_at("/articles/{full}")
    facts = page.locator("script[type='application/ld+json']")
    assert facts.count() == 1
    assert page.evaluate("text => JSON.parse(text).headline", facts.text_content()) in EVIL
    title = page.locator("head meta[property='og:title']").get_attribute("content") or "…"
    assert EVIL.startswith(title.removesuffix("..."))


def test_no_link_of_an_article_leads_to_a_script(look_at: Opening):
    page = look_at("/articles/{full}")
    hosts = page.evaluate("[...document.links].map(it => it.protocol)")
    assert set(hosts) <= {"http:", "https:"}


LISTS = ["/", "/search?q=hoa", "/search", "/sections", "/authors", "/tags", "/days/2026-09-03"]
WHOLE = [
    "/articles/{long}",
    "/articles/{word}",
    "/articles/{long}/cite",
    "/articles/{long}/history",
]


@pytest.mark.thorough
class TestEndlessText:
    """A title of a megabyte, and names that are one endless word."""

    @pytest.fixture
    def site(self, endless: Site) -> Site:
        return endless

    @pytest.mark.parametrize("path", [*LISTS, *WHOLE])
    def test_it_is_shown_soon_and_within_the_window(self, look_at: Opening, path: str):
        page = look_at(path, viewport={"width": 390, "height": 800})
        assert page.evaluate("document.scrollingElement.scrollWidth") <= 390
        timing = page.evaluate("performance.getEntriesByType('navigation')[0].toJSON()")
        assert timing["loadEventEnd"] < 5000

    @pytest.mark.parametrize("path", LISTS)
    def test_it_leaves_room_for_the_others_in_a_list(self, look_at: Opening, path: str):
        page = look_at(path, viewport={"width": 390, "height": 800})
        tallest = (
            "Math.max(...[...document.querySelectorAll('main li')].map(it => it.offsetHeight))"
        )
        assert 0 < page.evaluate(tallest) < 4000

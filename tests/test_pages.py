"""Saved pages, each with what a reader sees beside it: every layout, field by field."""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.model import Article
from crawler.layouts import LAYOUTS, generic, read_page, republished
from crawler.page import Page

PAGES = sorted((Path(__file__).parent / "pages").glob("*/*.html"))
SEEN = datetime(2026, 12, 31, tzinfo=UTC)
FIELDS = (
    *(
        "title",
        "kicker",
        "lead",
        "body",
        "authors",
        "source",
        "section",
        "section_slug",
        "tags",
        "images",
    ),
    *("published_at", "published_precision", "modified_at", "kind", "language", "layout"),
)


def url_of(page: Path) -> str:
    return page.with_suffix(".url").read_text().strip()


WITH_LAYER = (
    "title", "kicker", "lead", "body", "blocks", "authors", "source", "source_url", "section", "section_slug", "tags",
    "published_at", "modified_at", "kind", "language",
)  # fmt: skip


def reading(article: Article) -> dict[str, Any]:
    images = [
        {name: asdict(image)[name] for name in ("url", "caption", "credit")}
        for image in article.images
    ]
    return {name: images if name == "images" else getattr(article, name) for name in FIELDS}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_page(page: Path, request: pytest.FixtureRequest) -> None:
    article = read_page(url_of(page), page.read_bytes(), None, SEEN)
    assert article is not None, f"{page.name}: no article found"
    got, beside = reading(article), page.with_suffix(".json")
    if request.config.getoption("--accept"):
        beside.write_text(json.dumps(got, ensure_ascii=False, indent=1) + "\n", "utf-8")
    wanted = json.loads(beside.read_text("utf-8"))
    wrong = {
        name: {"want": wanted[name], "got": got[name]}
        for name in FIELDS
        if got[name] != wanted[name]
    }
    assert not wrong, f"{page.name}: {json.dumps(wrong, ensure_ascii=False, indent=1)}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_every_field_says_which_layer_and_rule_gave_it(page: Path) -> None:
    article = read_page(url_of(page), page.read_bytes(), None, SEEN)
    assert article is not None
    filled = {name for name in WITH_LAYER if getattr(article, name)}
    assert article.layers.keys() == article.rules.keys() == filled
    assert all(article.rules.values())
    assert set(article.layers.values()) <= {
        "selector",
        "structured",
        "convention",
        "address",
        "text",
    } | ({"copy"} if article.layout == republished.NAME else set())


def test_rules_name_what_on_the_page_gave_a_field() -> None:
    html = (
        '<meta property="og:title" content="Một tựa đủ dài"><meta name="pubdate" content="2026-09-05T10:00:00+07:00">'
        '<meta property="article:tag" content="Cà phê"><div class="c-detail-head"><div class="c-detail-head__author">'
        "Lê Hoa</div></div><article class=entry><p>Một câu văn của bài báo này.</p></article>"
    )
    article = read_page(
        "http://baolamdong.vn/kinhte/202203/mot-tua-du-dai-3109288/", html.encode(), None, SEEN
    )
    assert article is not None
    told = {name: (layer, article.rules[name]) for name, layer in article.layers.items()}
    assert told["title"] == ("structured", "meta og:title")
    assert told["published_at"] == ("structured", "meta pubdate")
    assert told["tags"] == ("structured", "meta article:tag")
    assert told["authors"] == ("selector", "div.c-detail-head__author")
    assert told["body"] == ("selector", "article.entry")
    assert told["section"] == told["section_slug"] == ("address", "path")


def test_a_copy_says_that_it_is_one() -> None:
    page = next(page for page in PAGES if page.parent.name == republished.NAME)
    article = read_page(url_of(page), page.read_bytes(), None, SEEN)
    assert article is not None and article.published_at
    assert article.layers["title"] == article.layers["body"] == "copy"
    assert (article.layers["published_at"], article.rules["published_at"]) == ("address", "month")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.parent.name}/{page.stem}")
def test_one_layout_recognises_it(page: Path) -> None:
    parsed = Page(url_of(page), page.read_bytes())
    marked = [
        layout.NAME for layout in LAYOUTS if layout is not generic and layout.recognises(parsed)
    ]
    assert marked[:1] == [page.parent.name]


def test_every_layout_with_a_marker_has_a_page() -> None:
    assert {page.parent.name for page in PAGES} >= {
        layout.NAME for layout in LAYOUTS if layout is not generic
    }


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(PAGES), st.data())
def test_nothing_a_server_sends_breaks_the_reading(page: Path, data: st.DataObject) -> None:
    whole = page.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=200))
    body = whole[:cut] + junk + whole[cut + data.draw(st.integers(0, 2000)) :]
    try:
        read_page(url_of(page), body, None, SEEN)
    except ValueError as error:
        assert str(error) == "no HTML in it"

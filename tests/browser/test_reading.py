"""What readers come for, done in a browser as they do it."""

import re

import pytest
from archives import Site
from conftest import Opening
from playwright.sync_api import Page, expect

NO_SCRIPT = {"java_script_enabled": False}
scripted = pytest.mark.parametrize("options", [{}, NO_SCRIPT], ids=["scripts", "no-scripts"])


def old_address(site: Site) -> str:
    """Return a dead link to an article: its address of 2022, as people wrote it down."""
    path = site.article("xây dựng chi bộ")["url"].removeprefix("https://")
    return f"http://www.{path}?utm_source=x"


def search_for(page: Page, words: str) -> None:
    page.locator("#q").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/search\?"))


def hits(page: Page) -> list[str]:
    return page.locator("main ol h2").all_inner_texts()


# -- finding ---------------------------------------------------------------------------------------


@scripted
def test_find_an_article_typing_without_accents(open_page: Opening, options: dict):
    page = open_page("/", **options)
    search_for(page, "nguoi giu lua nghe gom")
    assert hits(page)[0].startswith("Người giữ lửa nghề gốm")
    assert "Người giữ lửa nghề gốm" in page.locator("mark").first.inner_text()
    page.locator("main ol h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Người giữ lửa nghề gốm")


def test_narrow_a_search_to_a_section(open_page: Opening):
    page = open_page("/search?q=ca+phe")
    before = len(hits(page))
    page.locator("main a[href*='section=kinh-te']").first.click()
    sections = set(page.locator("main ol .section").all_inner_texts())
    assert 0 < len(hits(page)) < before
    assert sections <= {"Kinh tế", "Nông nghiệp - Nông thôn"}
    expect(page.locator("#q")).to_have_value("ca phe")


@pytest.mark.parametrize("path", ["/", "/search?q=ky"])
def test_page_on_to_what_is_older(open_page: Opening, path: str):
    page = open_page(path)
    titles = "main li :is(h2, h3)"
    first = page.locator(titles).all_inner_texts()
    page.locator("a[rel=next]").click()
    page.wait_for_url(re.compile("before=|page=2"))
    second = page.locator(titles).all_inner_texts()
    assert len(first) == 20
    assert second
    assert not set(first) & set(second)


def test_nothing_found_says_so_and_leads_on(open_page: Opening):
    page = open_page("/search?q=khong-co-bai-nao-nhu-the")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Không")
    expect(page.locator("#q")).to_have_value("khong-co-bai-nao-nhu-the")


# -- reading ---------------------------------------------------------------------------------------


@scripted
def test_read_an_article_with_its_pictures_and_its_evidence(
    open_page: Opening, site: Site, options: dict
):
    article = next(each for each in site.articles if each["kind"] == "longform")
    page = open_page("/", **options)
    search_for(page, article["title"])
    page.locator("main ol h2 a").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(article["title"])
    paragraph = next(block["text"] for block in article["blocks"] if block["type"] == "p")
    for text in (article["lead"], paragraph, article["capture"]["digest"]):
        expect(page.get_by_text(text).first).to_be_visible()
    for picture in page.locator("main figure img").all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("it => it.naturalWidth") > 0


def test_see_how_an_article_changed(open_page: Opening):
    page = open_page("/articles/{changed}")
    page.locator("main a[href$='/history']").first.click()
    expect(page.locator("del").first).to_be_visible()
    expect(page.locator("ins").first).to_be_visible()
    assert page.locator("del").first.inner_text() != page.locator("ins").first.inner_text()


def test_an_article_that_is_gone_says_so(open_page: Opening):
    expect(open_page("/articles/{gone}").locator(".state")).to_contain_text("không còn")


# -- a dead link -----------------------------------------------------------------------------------


@scripted
def test_follow_a_dead_link_through_the_box(open_page: Opening, site: Site, options: dict):
    page = open_page("/", **options)
    page.locator("input[name=address]").fill(old_address(site))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("xây dựng chi bộ")


def test_follow_a_dead_link_in_the_address_bar(open_page: Opening, site: Site):
    page = open_page(f"/url/{old_address(site)}")
    expect(page.get_by_role("heading", level=1)).to_contain_text("xây dựng chi bộ")


def test_a_link_the_archive_does_not_know_can_be_mended_in_the_box(open_page: Opening, site: Site):
    page = open_page("/url/https://baolamdong.vn/chua-tung-thay-999999.html")
    expect(page.locator("main")).to_contain_text("baolamdong.vn/chua-tung-thay-999999.html")
    page.locator("input[name=address]").fill(old_address(site))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("xây dựng chi bộ")


# -- language --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/search?q=ca+phe&sort=newest", "/articles/{longform}", "/days/2020", "/status"]
)
def test_switch_the_language_and_stay_on_the_page(open_page: Opening, path: str):
    page = open_page(path)
    here = page.url
    page.locator("a.language").click()
    page.wait_for_url(re.compile("lang=en"))
    assert re.sub(r"[?&]lang=en", "", page.url) == here
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("footer a").first.click()
    page.wait_for_url(re.compile("lang=en"))
    page.locator("a.language").click()
    expect(page.locator("html")).to_have_attribute("lang", "vi")


# -- the keyboard alone ----------------------------------------------------------------------------

FOCUS = """() => {
  const it = document.activeElement, style = getComputedStyle(it), box = it.getBoundingClientRect();
  return {
    order: [...document.querySelectorAll("a, button, input, select, textarea, summary, [tabindex]")].indexOf(it),
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    visible: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    html: it.outerHTML.slice(0, 120),
  };
}"""


@pytest.mark.parametrize(
    "path", ["/", "/search?q=ca+phe", "/articles/{table}", "/articles/{changed}/history", "/days"]
)
def test_tab_leads_through_the_page_in_order_with_the_focus_in_sight(open_page: Opening, path: str):
    page = open_page(path)
    last = -1
    for _ in range(40):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus["order"] == -1:  # back at the document: all have been visited
            break
        assert focus["order"] > last, focus
        assert focus["outline"] >= 2, focus
        assert focus["visible"], focus
        last = focus["order"]
    assert last > 5


def test_the_skip_link_leads_past_the_masthead(open_page: Opening):
    page = open_page("/")
    page.keyboard.press("Tab")
    expect(page.locator("a.skip")).to_be_focused()
    expect(page.locator("a.skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_search_and_read_with_the_keyboard_alone(open_page: Opening):
    page = open_page("/")
    while page.evaluate("document.activeElement.name") != "q":
        page.keyboard.press("Tab")
    page.keyboard.type("mua hong cau dat")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/search"))
    while not page.evaluate("!!document.activeElement.closest('main ol h2')"):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Mùa hồng Cầu Đất")

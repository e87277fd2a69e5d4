"""Titles suggested while someone types: with keys, with a finger, in both languages, and when the site is away."""

import re

import pytest
from conftest import Opening
from playwright.sync_api import Page, Route, expect

PATHS = ["/", "/search", "/?lang=en", "/search?q=da+lat&lang=en"]
TITLE = "Người giữ lửa nghề gốm"
pytestmark = pytest.mark.thorough


def typed(page: Page, words: str) -> Page:
    page.locator("#q").fill("")
    page.locator("#q").press_sequentially(words)
    return page


def options(page: Page) -> list[str]:
    return page.locator("#suggestions li").all_inner_texts()


@pytest.mark.parametrize("path", PATHS)
def test_arrows_and_enter_open_the_article(open_page: Opening, path: str):
    page = typed(open_page(path), "nguoi giu l")
    box = page.get_by_role("combobox", name=re.compile("Tìm trong kho|Search the archive"))
    expect(page.get_by_role("option").first).to_contain_text(TITLE)
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.get_by_role("status")).to_contain_text(str(len(options(page))))
    box.press("ArrowDown")
    chosen = page.locator("#suggestions [aria-selected=true]")
    expect(chosen).to_have_count(1)
    assert box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    box.press("Enter")
    page.wait_for_url(re.compile(r"/articles/\d+" + (r"\?lang=en$" if "lang=en" in path else "$")))
    expect(page.get_by_role("heading", level=1)).to_contain_text(TITLE)


def test_arrows_go_round_and_come_back_to_what_was_typed(open_page: Opening):
    page = typed(open_page(), "ca ")
    expect(page.get_by_role("option").first).to_be_visible()
    count, box = len(options(page)), page.locator("#q")
    seen = []
    for _ in range(count + 1):
        box.press("ArrowDown")
        seen.append(box.get_attribute("aria-activedescendant"))
    assert seen == [f"suggestion-{n}" for n in range(count)] + [None]
    box.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") == f"suggestion-{count - 1}"
    expect(box).to_have_value("ca ")


def test_escape_closes_first_and_enter_without_a_choice_searches(open_page: Opening):
    page = typed(open_page(), "ca phe")
    expect(page.get_by_role("listbox")).to_be_visible()
    page.locator("#q").press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator("#q")).to_have_value("ca phe")
    page.locator("#q").press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=ca\+phe$"))


def test_a_suggestion_opens_when_it_is_touched(open_page: Opening):
    page = typed(open_page(has_touch=True, viewport={"width": 390, "height": 800}), "nguoi giu l")
    page.get_by_role("option").first.tap()
    page.wait_for_url(re.compile(r"/articles/\d+$"))


def test_nothing_moves_when_suggestions_come_and_go(open_page: Opening):
    page = open_page()
    before = page.locator("h1").bounding_box()
    typed(page, "ca ph")
    expect(page.get_by_role("listbox")).to_be_visible()
    assert page.locator("h1").bounding_box() == before
    page.locator("#q").blur()
    expect(page.get_by_role("listbox")).to_be_hidden()
    assert page.locator("h1").bounding_box() == before


def test_only_the_last_question_is_answered(open_page: Opening):
    page = open_page()
    asked: list[str] = []
    page.on(
        "request", lambda each: asked.append(each.url) if "suggestions.json" in each.url else None
    )
    # All keys within one task: however slow the machine, no pause between two is long enough for a question.
    page.locator("#q").evaluate(
        """(box, words) => {
      for (let end = 1; end <= words.length; end++) {
        box.value = words.slice(0, end);
        box.dispatchEvent(new Event("input", {bubbles: true}));
      }
    }""",
        "nguoi giu lua",
    )
    expect(page.get_by_role("option").first).to_contain_text(TITLE)
    assert [url.partition("?")[2] for url in asked] == ["q=nguoi+giu+lua"]


@pytest.mark.parametrize("answer", [{"body": "<b>no JSON"}, {"json": {"suggestions": []}}])
def test_without_an_answer_the_form_still_works(open_page: Opening, answer: dict):
    def reply(route: Route) -> None:
        route.fulfill(**answer)

    page = open_page()
    page.route("**/suggestions.json*", reply)
    typed(page, "ca phe")
    page.wait_for_timeout(400)
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.locator("#q").press("Enter")
    page.wait_for_url(re.compile(r"/search\?q=ca\+phe$"))


def test_a_hostile_title_is_only_text(open_page: Opening):
    title = "<img src=x onerror=alert(1)>"
    page = open_page()
    found = {"suggestions": [{"id": 1, "title": title, "page": "/articles/1"}]}
    page.route("**/suggestions.json*", lambda route: route.fulfill(json=found))
    typed(page, "ca phe")
    expect(page.get_by_role("option")).to_have_text(title)
    assert page.locator("#suggestions img").count() == 0


def test_empty_fields_stay_out_of_the_address(open_page: Opening):
    page = open_page("/search?q=ca+phe")
    page.locator("summary").click()
    page.locator("[name=kind]").select_option("news")
    page.locator(".refine button").click()
    page.wait_for_url(re.compile(r"/search\?q=ca\+phe&kind=news$"))


def test_the_form_works_without_scripts(open_page: Opening):
    page = open_page("/search?q=ca+phe", java_script_enabled=False)
    page.locator("summary").click()
    page.locator("[name=kind]").select_option("news")
    page.locator("[name=sort]").select_option("newest")
    page.locator(".refine button").click()
    page.wait_for_url(re.compile(r"kind=news"))
    expect(page.locator("[name=kind]")).to_have_value("news")
    expect(page.locator("[name=sort]")).to_have_value("newest")
    assert page.locator(".hits li").count()

"""Every page of the site before axe-core: in both languages, light and dark."""

from typing import Any

import pytest
from addresses import ALL, EACH, EMPTY, PAGES, in_english, is_data, route
from archives import Site
from axe_playwright_python.base import AXE_SCRIPT
from conftest import Opening
from playwright.sync_api import Page, expect

from archive.web.views import ROUTES

# WCAG 2.2 AA and axe's own advice; the size of targets is the one rule of AA it leaves off.
ALL_RULES = {"rules": {"target-size": {"enabled": True}}}
CONTRAST = {"runOnly": ["color-contrast"]}


def violations(page: Page, rules: dict[str, Any]) -> str:
    """Return what axe finds with all that folds laid open, a line each.

    The policy of the site lets no script element bring axe in; the browser's own console may.
    """
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate("rules => axe.run(document, rules).then(all => all.violations)", rules)
    return "\n".join(
        f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]
    )


def test_every_page_of_the_site_is_looked_at():
    visited = {route(path) for path in PAGES}
    assert not [pattern for pattern, _ in ROUTES if pattern not in visited and not is_data(pattern)]


@pytest.mark.parametrize("path", ALL)
def test_page_is_accessible(look_at: Opening, path: str):
    assert violations(look_at(path), ALL_RULES) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("path", EACH)
def test_english_page_is_accessible(look_at: Opening, path: str):
    assert violations(look_at(in_english(path)), ALL_RULES) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("path", PAGES)
def test_dark_page_can_be_read(look_at: Opening, path: str):
    assert violations(look_at(path, color_scheme="dark"), CONTRAST) == ""


def test_suggestions_are_accessible(open_page: Opening):
    page = open_page("/")
    page.locator("#q").press_sequentially("ca phe")
    expect(page.get_by_role("option").first).to_be_visible()
    assert violations(page, ALL_RULES) == ""


@pytest.mark.thorough
@pytest.mark.parametrize("path", EMPTY)
class TestEmptyArchive:
    @pytest.fixture
    def site(self, empty: Site) -> Site:
        return empty

    def test_page_is_accessible(self, look_at: Opening, path: str):
        assert violations(look_at(path), ALL_RULES) == ""

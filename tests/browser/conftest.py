"""A real browser before a real site: Debian's Chromium, driven by Playwright, and `lamdong serve`.

Playwright keeps an event loop running in its thread, in which no other test could start one: so
it is started for each module, and ended with it.
"""

from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import chromium
import pytest
from archives import Site, made_once, make_newspaper, served
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    Response,
    expect,
    sync_playwright,
)

from crawler.opening import open_archive

DESK = {"viewport": {"width": 1280, "height": 900}}
PATIENCE = 10_000  # milliseconds; on a machine with other things to do the first page takes seconds
Opening = Callable[..., Page]
expect.set_options(timeout=PATIENCE)


def pytest_runtest_setup() -> None:
    if chromium.program() is None:
        pytest.skip(chromium.MISSING)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.program())
        yield started
        started.close()


@pytest.fixture(scope="session")
def newspaper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of the sample newspaper."""
    with served(made_once(tmp_path_factory, "newspaper", make_newspaper)) as site:
        yield site


@pytest.fixture(scope="session")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The site of an archive that holds nothing."""
    folder = tmp_path_factory.mktemp("empty")
    with open_archive(folder):
        pass
    with served(folder) as site:
        yield site


@pytest.fixture
def site(newspaper: Site) -> Site:
    """The site that `open_page` leads to; a module about another one says so."""
    return newspaper


@pytest.fixture(scope="module")
def readers(browser: Browser) -> Iterator["Readers"]:
    with closing(Readers(browser)) as readers:
        yield readers


@pytest.fixture
def open_page(readers: "Readers", site: Site) -> Iterator[Opening]:
    """Open a page of the site as a new reader; whatever goes wrong in the browser fails the test."""
    opened: list[Page] = []

    def opening(path: str = "/", **options: Any) -> Page:
        opened.append(readers.new(site, options))
        opened[-1].goto(site.address(path))
        return opened[-1]

    yield opening
    for page in opened:
        page.context.close()
    assert readers.heard_since() == []


@pytest.fixture
def look_at(readers: "Readers", site: Site) -> Iterator[Opening]:
    """Open a page as `open_page` does, in a window that is used again: for tests that change nothing in it."""

    def looking(path: str = "/", **options: Any) -> Page:
        page = readers.known(site, options)
        page.goto(site.address(path))
        return page

    yield looking
    assert readers.heard_since() == []


class Readers:
    """The windows readers have open, and whatever goes wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._heard: list[str] = []
        self._windows: dict[str, Page] = {}

    def new(self, site: Site, options: dict[str, Any]) -> Page:
        context = self._browser.new_context(base_url=site.url, **DESK | options)
        context.set_default_timeout(PATIENCE)
        _listen(context, site.url, self._heard)
        return context.new_page()

    def known(self, site: Site, options: dict[str, Any]) -> Page:
        name = f"{site.url} {options}"
        if name not in self._windows:
            self._windows[name] = self.new(site, options)
        return self._windows[name]

    def heard_since(self) -> list[str]:
        """Return what went wrong since this was last asked."""
        heard, self._heard[:] = self._heard[:], []
        return heard

    def close(self) -> None:
        for window in self._windows.values():
            window.context.close()


def _listen(context: BrowserContext, url: str, heard: list[str]) -> None:
    """Note dialogs, script errors, refusals of the policy, resources missing, other hosts asked."""
    host = urlsplit(url).netloc

    def asked(address: str) -> None:
        if urlsplit(address).netloc not in {host, ""}:
            heard.append(f"asked another host: {address}")

    def answered(answer: Response) -> None:
        # That there is no such page is an answer; a picture or style sheet that is missing is none.
        if answer.status >= (500 if answer.request.resource_type == "document" else 400):
            heard.append(f"{answer.status}: {answer.url}")

    def said(kind: str, text: str) -> None:
        if kind in {"error", "warning"} and not text.startswith("Failed to load resource"):
            heard.append(f"console: {text}")

    context.on("request", lambda request: asked(request.url))
    context.on("response", answered)
    context.on("console", lambda message: said(message.type, message.text))
    context.on("weberror", lambda error: heard.append(f"script: {error.error}"))
    context.on(
        "dialog", lambda dialog: (heard.append(f"dialog: {dialog.message}"), dialog.dismiss())
    )

"""Every page of the site, by an address or more; `{kind}` stands for an article of that kind."""

import re

import pytest

from archive.web.views import ROUTES

# Addresses that give no page.
DATA = re.compile(r"\.(?:json|jsonl|atom|txt|bib|ris|xml)$|^/captures/")

PAGES = [
    "/",
    "/?before={english}",
    "/?before=1",
    "/?before=no-number",
    "/search",
    "/search?q=da+lat",
    "/search?q=ky&page=2",
    "/search?q=khong-co-bai-nao-nhu-the",
    "/search?q=ca+phe&section=kinh-te&since=2020-01-01&until=2026-12-31&sort=newest",
    "/articles/{longform}",
    "/articles/{photo}",
    "/articles/{video}",
    "/articles/{verse}",
    "/articles/{table}",
    "/articles/{notice}",
    "/articles/{embed}",
    "/articles/{english}",
    "/articles/{gone}",
    "/articles/{changed}/cite",
    "/articles/{changed}/history",
    "/articles/{longform}/history",
    "/articles/1",
    "/url",
    "/url/https://baolamdong.vn/chua-tung-thay-999999.html",
    "/url/no-address",
    "/sections",
    "/sections/kinh-te",
    "/sections/khong-co",
    "/authors",
    "/authors/L%C3%AA%20Tu%E1%BA%A5n",
    "/tags",
    "/tags/C%C3%A0%20ph%C3%AA",
    "/days",
    "/days/2020",
    "/days/1999",
    "/days/2017-12-26",
    "/days/2016-04",
    "/corrections",
    "/disappeared",
    "/api",
    "/status",
    "/no-such-page",
]
KINDS = ["/", "/search?q=da+lat", "/articles/{longform}", "/articles/{photo}", "/days", "/status"]
ALL = [path if path in KINDS else pytest.param(path, marks=pytest.mark.thorough) for path in PAGES]
EMPTY = [
    "/",
    "/search",
    "/sections",
    "/authors",
    "/tags",
    "/days",
    "/corrections",
    "/disappeared",
    "/api",
    "/status",
]


def route(path: str) -> str | None:
    """Return the pattern that Datasette chooses for an address."""
    bare = re.sub(r"\{\w+\}", "1", path).partition("?")[0]
    return next((pattern for pattern, _ in ROUTES if re.match(pattern, bare)), None)


def is_data(pattern: str) -> bool:
    """Return whether every address of a route gives data, never a page."""
    return bool(DATA.search(pattern.replace("\\", "").replace("$", "")))


def in_english(path: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang=en"


# The first address of each page: what a page looks like whatever it says.
EACH = list({route(path): path for path in reversed(PAGES)}.values())

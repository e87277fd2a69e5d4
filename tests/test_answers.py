"""What answers carry: policies, ETags, how long they may be kept, who may read them; and what the operator allows."""

import asyncio
import base64
import hashlib
import re
import socket
import time

import pytest
from test_web import (  # noqa: F401 - the fixture serves every test here
    ACCENTED,
    GONE,
    NUMBERED,
    PENDING,
    TODAY,
    _no_tracebacks,
    articles,
    fill,
    get,
    serving,
)

from archive.store import Archive
from archive.web.served import Allowed, served
from archive.web.serving import _listening
from archive.web.site import Site

PAGES = ("/", "/search?q=tin", "/articles/{id}", "/articles/{id}/history", "/status", "/sections")
DATA = ("/articles/{id}.json", "/search.json?q=tin", "/sections.json", "/feed.atom", "/captures/1")
DATASETTE = (
    "/archive",
    "/archive/articles",
    "/archive?sql=select+1",
    "/archive/runs",
    "/-/plugins",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("answers") / "lamdong-archive"
    with Archive(path) as archive:
        fill(archive)
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


@pytest.fixture
def at(folder):
    """An address with the number of an article put in."""
    return lambda path: path.format(id=articles(folder)[TODAY]["id"])


def ask(datasette, method, path, **headers):
    asked = datasette.client.request(method, f"http://localhost{path}", headers=headers)
    return asyncio.run(asked)


# -- kept copies -----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, *DATA])
def test_who_holds_these_bytes_is_not_sent_them_again(site, at, path):
    first = get(site, at(path))
    assert first.status_code == 200
    assert re.fullmatch(r"public, max-age=\d+", first.headers["cache-control"])
    for held in (first.headers["etag"], f'W/{first.headers["etag"]}, "other"', "*"):
        again = get(site, at(path), headers={"If-None-Match": held})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert again.headers["content-security-policy"]
    assert get(site, at(path), headers={"If-None-Match": '"other"'}).content == first.content


def test_each_language_has_its_own_etag(site):
    assert get(site, "/").headers["etag"] != get(site, "/?lang=en").headers["etag"]


def test_what_failed_is_not_kept(folder):
    with serving(folder / "archive.db") as datasette:
        datasette._settings["sql_time_limit_ms"] = 0
        answer = get(datasette, "/")
    assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")


def test_style_is_kept_for_good_under_an_address_that_changes_with_it(site):
    (path,) = re.findall(r'<link rel="stylesheet" href="([^"]+)"', get(site, "/").text)
    sheet = get(site, path)
    assert "immutable" in sheet.headers["cache-control"]
    digest = hashlib.sha256(sheet.content).hexdigest()
    assert path.endswith(f"?v={digest[:12]}")
    assert "immutable" not in get(site, path.partition("?")[0]).headers.get("cache-control", "")


# -- programs on other sites -----------------------------------------------------------------------


@pytest.mark.parametrize("path", [*DATA, "/export.jsonl", "/nowhere.json", "/feed.json"])
def test_data_may_be_read_from_any_site(site, at, path):
    headers = get(site, at(path)).headers
    assert headers["access-control-allow-origin"] == "*"
    assert "ETag" in headers["access-control-expose-headers"]


def test_pages_may_not(site, at):
    assert not [
        path for path in PAGES if "access-control-allow-origin" in get(site, at(path)).headers
    ]


def test_a_browser_may_ask_first(site, at):
    answer = ask(site, "OPTIONS", at("/articles/{id}.json"))
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-headers"] == "If-None-Match"
    assert "POST" not in answer.headers["access-control-allow-methods"]


# -- Datasette's own pages -------------------------------------------------------------------------


@pytest.mark.parametrize("path", DATASETTE)
def test_datasettes_pages_run_no_script_but_its_own(site, path):
    answer = get(site, path)
    policy = answer.headers["content-security-policy"]
    scripts = policy.partition("script-src")[2].partition(";")[0]
    assert "unsafe" not in scripts
    for script in re.findall(r"<script>(.*?)</script>", answer.text, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in scripts
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-robots-tag"] == "noindex"


# -- what the operator allows ----------------------------------------------------------------------


def allowing(folder, **allowed):
    return served(folder, Allowed(**allowed))


def test_search_engines_keep_away_unless_they_are_let_in(folder, site):
    inside = allowing(folder, indexing=True)
    for path in ("/", "/archive"):
        assert get(site, path).headers["x-robots-tag"] == "noindex"
        assert "x-robots-tag" not in get(inside, path).headers
    assert '<meta name="robots" content="noindex">' in get(site, "/").text
    assert "noindex" not in get(inside, "/").text
    assert "Disallow: /\n" in get(site, "/robots.txt").text
    assert "Disallow: /\n" not in get(inside, "/robots.txt").text


def test_sql_can_be_switched_off(folder):
    asked = "/archive.json?sql=select+1+as+one"
    assert get(allowing(folder), asked).json()["rows"] == [[1]]
    shut = allowing(folder, sql=False)
    assert get(shut, asked).status_code == 403
    assert get(shut, "/archive/articles.json").status_code == 200
    assert get(shut, "/archive/articles.json?_where=1").status_code == 403
    assert get(shut, "/search.json?q=tin").status_code == 200


@pytest.mark.parametrize(
    "sql",
    ["delete from articles", "insert into settings values ('a','b')", "pragma user_version=9"],
)
def test_nothing_can_be_written(folder, sql):
    datasette = allowing(folder)
    before = get(datasette, "/archive/articles.json?_size=max").json()["rows"]
    assert get(datasette, f"/archive.json?sql={sql.replace(' ', '+')}").status_code == 400
    assert get(datasette, "/archive/articles.json?_size=max").json()["rows"] == before


# -- many readers at once --------------------------------------------------------------------------


def test_who_waited_too_long_is_told_so_and_the_others_are_served(folder, monkeypatch):
    monkeypatch.setattr("archive.web.site._PATIENCE", 0.3)
    with serving(folder / "archive.db") as datasette:
        site = Site.within(datasette)

        async def crowd():
            threads = datasette.setting("num_sql_threads")
            slow = [site.read(lambda db: time.sleep(0.5)) for _ in range(threads)]
            late = datasette.client.get("/status.json")
            return (await asyncio.gather(*slow, late))[-1]

        answer = asyncio.run(crowd())
        assert (answer.status_code, answer.headers["cache-control"]) == (503, "no-store")
        assert "thử lại" in answer.json()["error"]
        assert get(datasette, "/status.json").status_code == 200


def test_an_answer_on_a_kept_connection_goes_out_at_once():
    with _listening("127.0.0.1", 0) as listener:
        assert listener.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


# -- addresses as data -----------------------------------------------------------------------------


@pytest.mark.parametrize("ask_for", ["/url/{}.json", "/url.json?address={}"])
def test_an_address_is_answered_as_data(site, folder, ask_for):
    held = get(site, ask_for.format(NUMBERED))
    number = articles(folder)[NUMBERED]["id"]
    assert held.status_code == 200
    assert held.json()["article"] == f"/articles/{number}.json"
    assert get(site, held.json()["article"]).json()["id"] == number
    assert get(site, ask_for.format(ACCENTED)).status_code == 200


@pytest.mark.parametrize(
    ("url", "state"),
    [(GONE, "gone"), (PENDING, "pending"), ("https://baolamdong.vn/a-1.html", None)],
)
def test_what_is_not_held_says_what_is_known(site, url, state):
    answer = get(site, f"/url.json?address={url}")
    assert (answer.status_code, answer.json()["state"]) == (404, state)
    assert answer.json()["article"] is None


@pytest.mark.parametrize("path", ["/articles/{id}", "/", "/export.jsonl", "/sections"])
def test_text_is_sent_small_to_who_takes_gzip(site, at, path):
    small = get(site, at(path), headers={"Accept-Encoding": "gzip"})
    plain = get(site, at(path), headers={"Accept-Encoding": "identity"})
    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert "Accept-Encoding" in small.headers["vary"]
    assert small.text == plain.text
    assert small.num_bytes_downloaded < plain.num_bytes_downloaded / 2


def test_what_was_captured_goes_as_it_is(site):
    small = get(site, "/captures/1", headers={"Accept-Encoding": "gzip"})
    assert small.status_code == 200
    assert "content-encoding" not in small.headers


# -- codings (RFC 9110, 12.5.3) --------------------------------------------------------------------


@pytest.mark.parametrize(("accepts", "coding"), [
    ("gzip", "gzip"), ("br, gzip;q=0.1", "gzip"), ("*", "gzip"), ("GZIP ; q=1.0", "gzip"),
    ("identity;q=0, gzip", "gzip"),
    ("gzip;q=0", None), ("gzip;q=0.000, *", None), ("*;q=0, identity", None), ("br", None), ("", None),
    ("gzip;q=0.5, identity;q=0.8", None), ("notgzip", None),
])  # fmt: skip
def test_the_coding_is_one_the_reader_takes_with_an_etag_of_its_own(site, at, accepts, coding):
    path, plain = at("/articles/{id}"), {"Accept-Encoding": "identity"}
    answer = get(site, path, headers={"Accept-Encoding": accepts})
    assert answer.headers.get("content-encoding") == coding
    assert "Accept-Encoding" in answer.headers["vary"]
    assert (answer.headers["etag"] == get(site, path, headers=plain).headers["etag"]) == (
        not coding
    )
    held = {"If-None-Match": f'"x", W/{answer.headers["etag"]}', "Accept-Encoding": accepts}
    again = get(site, path, headers=held)
    assert (again.status_code, again.headers["etag"]) == (304, answer.headers["etag"])
    assert again.headers["vary"] == answer.headers["vary"]
    assert "content-type" not in again.headers


def test_bytes_in_a_coding_that_is_not_taken_are_not_held(site, at):
    small = get(site, at("/articles/{id}"), headers={"Accept-Encoding": "gzip"}).headers["etag"]
    plain = {"If-None-Match": small, "Accept-Encoding": "gzip;q=0"}
    assert get(site, at("/articles/{id}"), headers=plain).status_code == 200


@pytest.mark.parametrize("accepts", ["identity;q=0", "*;q=0", "br, *;q=0"])
def test_who_takes_no_coding_we_have_is_told_so(site, accepts):
    assert get(site, "/", headers={"Accept-Encoding": accepts}).status_code == 406


def test_a_head_has_the_headers_of_the_answer(site, at):
    for path in ("/articles/{id}", "/export.jsonl"):
        whole, head = (ask(site, method, at(path)) for method in ("GET", "HEAD"))
        for name in ("content-type", "vary", "etag", "content-encoding"):
            assert head.headers.get(name) == whole.headers.get(name), (path, name)

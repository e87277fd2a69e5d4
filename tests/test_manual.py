"""The page that says how programs read the archive: every example on it runs, and every kind of data is on it."""

import json
import re
import subprocess
import sys
import urllib.request
from html import unescape
from urllib.parse import unquote

import pytest
from test_web import (
    SCRIPT,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    address_of,
    an_article,
    articles,
    command,
    fill,
    get,
    serving,
)

from archive.store import Archive
from archive.web.doors import ARTICLE, PARTS
from archive.web.views import ROUTES

HOST = "https://baolamdong.vn"
EXAMPLE = re.compile(r'<a class="example" href="([^"]+)"')
DOORS = {door.name: door for doors in PARTS.values() for door in doors}


def fill_plainly(archive):
    """Something of each kind there is an example of, among hostile things."""
    fill(archive)
    Writer(archive).keep("c/ca-phe-390500", an_article(
        f"{HOST}/ca-phe-390500.html", "Cà phê được mùa", authors=["A/B.json & C", "Lê Hoa"],
        section="Kinh tế", section_slug="kinh-te", tags=["50% \"cà phê\""],
        published_at="2026-09-07T08:00:00+07:00", precision="minute",
    ))  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("manual") / "lamdong-archive"
    with Archive(path) as archive:
        fill_plainly(archive)
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    path = tmp_path_factory.mktemp("bare") / "lamdong-archive"
    Archive(path).close()
    with serving(path / "archive.db") as datasette:
        yield datasette


def examples(datasette, query=""):
    page = get(datasette, f"/api{query}")
    assert page.status_code == 200
    return list(map(unescape, EXAMPLE.findall(page.text)))


def parsed(path, answer):
    if ".jsonl" in path:
        return [json.loads(line) for line in answer.text.splitlines()]
    return answer.json()


@pytest.mark.parametrize("query", ["", "?lang=en"])
def test_every_example_is_answered_with_data(site, query):
    found = examples(site, query)
    assert len(found) == len(DOORS)
    for path in found:
        answer = get(site, path)
        assert answer.status_code == 200, path
        assert parsed(path, answer), path


def test_an_archive_without_articles_has_those_examples_it_can_answer(bare):
    found = examples(bare)
    assert "/.json" in found and not any("/articles/" in path for path in found)
    for path in found:
        answer = get(bare, path)
        assert answer.status_code == 200, path
        parsed(path, answer)


def test_what_is_said_of_an_answer_is_what_is_in_it(site):
    for door, path in zip(DOORS.values(), examples(site), strict=True):
        answer = parsed(path, get(site, path))
        if door.shape is None:
            continue
        assert tuple(answer) == tuple(door.shape), path
        for name, inner in door.shape.items():
            if inner:
                assert all(set(inner) <= set(each) for each in answer[name]), (path, name)
                extra = {"changed_at", "version", "state_since", "state_confirmed"}
                assert all(set(each) - set(inner) <= extra for each in answer[name]), (path, name)


def test_every_field_of_an_article_is_explained(site, folder):
    assert all(tuple(each) == ARTICLE for each in articles(folder).values())
    page = get(site, "/api").text
    assert all(f"<dt><code>{name}</code></dt>" in page for name in ARTICLE)


def test_every_route_that_gives_json_is_on_the_page(site):
    shown = set()
    for path in examples(site):
        bare_path = path.partition("?")[0]
        shown |= {next((p for p, _ in ROUTES if re.match(p, bare_path)), None)}
    data = {pattern for pattern, _ in ROUTES if r"\.json" in pattern}
    assert data <= shown, data - shown


def test_what_is_printed_in_the_archive_stays_text(site):
    page = get(site, "/api").text
    assert SCRIPT not in page
    assert "<script" not in page
    assert any("A%2FB.json%20%26%20C" in path for path in examples(site))
    assert any('50% "cà phê"' in unquote(path) for path in examples(site))


def test_the_examples_for_shell_and_python_run_as_they_stand(folder):
    with command(folder) as process:
        address = address_of(process)
        with urllib.request.urlopen(f"{address}api") as answer:
            page = answer.read().decode()
        program = unescape(re.search(r'<pre class="python">(.*?)</pre>', page, re.DOTALL)[1])
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        lines = [unescape(line) for line in re.findall(r"<pre>(curl .*?)</pre>", page)]
        own = [line for line in lines if f"{address}" in line]
    assert len(done.stdout.splitlines()) == len(articles(folder))
    assert len(own) == len(lines) == len(DOORS) + 1


def test_no_sql_is_offered_where_none_may_be_asked(folder):
    with serving(folder / "archive.db") as datasette:
        datasette._settings["default_allow_sql"] = False
        assert "/archive.json?sql" not in " ".join(examples(datasette))


def test_the_page_is_linked_from_every_page(site):
    assert 'href="/api"' in get(site, "/").text
    assert 'href="/api?lang=en"' in get(site, "/?lang=en").text

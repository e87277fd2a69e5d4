"""The history of an article: versions word by word, what its addresses answered, in bounded time."""

import time
from datetime import timedelta

import pytest
from test_web import (
    AT,
    HOST,
    SCRIPT,
    Writer,
    _no_tracebacks,  # noqa: F401 - a fixture
    an_article,
    get,
    serving,
)

from archive.model import Block, Outcome
from archive.store import Archive
from archive.web.catalogue import TEXTS
from archive.web.history import difference

URL = f"{HOST}/doi-tua-390100.html"
KEY = "c/doi-tua-390100"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "lamdong-archive"
    with Archive(path) as archive:
        to = Writer(archive)
        to.keep(KEY, an_article(URL, "Giá tăng", blocks=[Block("p", "Một hai ba.")]))
        changed = an_article(URL, "Giá giảm", blocks=[Block("p", f"Một {SCRIPT} ba.")])
        to.keep(KEY, changed, AT + timedelta(days=1))
        for day in (2, 3):
            to.see(KEY, URL, Outcome.GONE, AT + timedelta(days=day), status=404)
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


@pytest.fixture(scope="module")
def number(site):
    return get(site, "/search.json").json()["hits"][0]["id"]


def test_history_shows_what_changed_and_escapes_it(site, number):
    text = get(site, f"/articles/{number}/history").text
    assert "Giá <del>tăng</del><ins>giảm</ins>" in text
    assert "<del>hai </del>" in text
    assert "<ins>&lt;script&gt;" in text
    assert "<script" not in text
    assert f'/articles/{number}/history"' in get(site, f"/articles/{number}").text


def test_history_as_data_folds_what_was_the_same(site, number):
    found = get(site, f"/articles/{number}/history.json").json()
    assert [each["version"] for each in found["versions"]] == [1, 2]
    assert found["versions"][0]["changes"] == {}
    assert set(found["versions"][1]["changes"]) == {"title", "body"}
    assert [(each["outcome"], each["looks"]) for each in found["observations"]] == [
        ("live", 2),
        ("gone", 2),
    ]


def test_an_unknown_article_is_one_sentence(site):
    answer = get(site, "/articles/1/history.json?lang=en")
    assert (answer.status_code, answer.json()) == (404, {"error": "The archive has no article 1."})


def test_every_outcome_has_its_words():
    assert [outcome for outcome in Outcome if f"look_{outcome}" not in TEXTS] == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 500_000, "a b " * 250_000),
        ("a b\n\n" * 200_000, "a c\n\n" * 200_000),
        ("", "x" * 10**6),
        (" ".join(f"w{n} a" for n in range(90_000)), " ".join(f"w{n} b" for n in range(90_000))),
    ],
)
def test_a_long_text_is_compared_in_a_second_and_nothing_is_lost(before, after):
    began = time.perf_counter()
    pieces = difference(before, after)
    assert time.perf_counter() - began < 1
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after

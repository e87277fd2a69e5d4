"""The history of an article: versions word by word, what its addresses answered, in bounded time."""

import re
from datetime import timedelta
from html import unescape
from urllib.parse import quote

import pytest
from steps import within
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
from archive.web.differences import Piece, difference, shown

URL = f"{HOST}/doi-tua-390100.html"
KEY = "c/doi-tua-390100"
LAST = "8 September 2026, 22:17 (GMT+7)"
MODIFIED = "2026-09-06T20:00:00+07:00"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("history") / "lamdong-archive"
    with Archive(path) as archive:
        to = Writer(archive)
        day = {"published_at": "2026-09-04", "precision": "day"}
        to.keep(KEY, an_article(URL, "Giá tăng", blocks=[Block("p", "Một hai ba.")], **day))
        changed = an_article(
            URL, "Giá giảm", blocks=[Block("p", f"Một {SCRIPT} ba.")], modified_at=MODIFIED, **day
        )
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


def plain(text):
    """The page without the words that are only heard."""
    return re.sub(r'<span class="unseen"[^>]*>[^<]*</span>', "", text)


def test_history_shows_what_changed_side_by_side_and_escapes_it(site, number):
    text = get(site, f"/articles/{number}/history").text
    assert '<del><span class="unseen" lang="vi">[bỏ] </span>tăng</del>' in text
    assert '<ins><span class="unseen" lang="vi">[thêm] </span>giảm</ins>' in text
    assert "Giá <del>tăng</del><ins>giảm</ins>" in plain(text), "the headlines, apart"
    sides = re.findall(r'<p class="change">(.*?)</p>', plain(text), re.DOTALL)
    assert [unescape(side) for side in sides] == [
        "Giá <del>tăng</del>",
        "Giá <ins>giảm</ins>",
        "Một <del>hai </del>ba.",
        f"Một <ins>{SCRIPT} </ins>ba.",
    ]
    assert "<script>" not in text
    assert f'/articles/{number}/history"' in get(site, f"/articles/{number}").text


def test_the_time_line_tells_who_knew_what_when(site, number):
    text = get(site, f"/articles/{number}/history?lang=en").text
    line = re.search(r'<ol class="timeline">(.*?)</ol>', text, re.DOTALL)[1]
    events = [
        " ".join(re.sub(r"<[^>]+>", "", each).split())
        for each in re.findall(r"<li.*?</li>", line, re.DOTALL)
    ]
    looked = "The archive looked at the newspaper’s page:"
    assert events == [
        "Friday, 4 September 2026 Date of publication, as the newspaper states it",
        "5 September 2026, 22:17 (GMT+7) First seen by the archive: version 1",
        f"5 September 2026, 22:17 (GMT+7) {looked} there, 2 times, until 6 September 2026, 22:17 (GMT+7)",
        "Sunday, 6 September 2026, 20:00 Updated, as the newspaper states it",
        "6 September 2026, 22:17 (GMT+7) First seen by the archive: version 2",
        f"7 September 2026, 22:17 (GMT+7) {looked} not found (404), 2 times, until {LAST}",
    ]


def test_history_as_data_folds_what_was_the_same(site, number):
    found = get(site, f"/articles/{number}/history.json").json()
    assert [each["version"] for each in found["versions"]] == [1, 2]
    assert [each["modified_at"] for each in found["versions"]] == [None, MODIFIED]
    assert found["versions"][0]["changes"] == {}
    assert set(found["versions"][1]["changes"]) == {"title", "body"}
    assert [(each["outcome"], each["looks"]) for each in found["observations"]] == [
        ("live", 2),
        ("gone", 2),
    ]
    assert found["earlier"] is None


@pytest.mark.parametrize("ending", ["", ".json"])
@pytest.mark.parametrize("before", ["x", "-1", "", "9" * 30, "²"])
def test_a_version_that_cannot_be_is_refused(site, number, before, ending):
    answer = get(site, f"/articles/{number}/history{ending}?before={quote(before)}")
    assert answer.status_code == 400
    assert "phiên bản" in answer.text


def test_many_long_versions_come_in_pages_each_in_few_steps_and_little_space(tmp_path):
    with Archive(tmp_path) as archive:
        to = Writer(archive)
        for n in range(25):
            text = f"Mới {n}. " + " ".join(f"từ{n if k % 2 else k}" for k in range(2_900))
            article = an_article(
                URL, f"Tựa {n}", blocks=[Block("p", text), Block("p", "Đuôi " * 50_000)]
            )
            to.keep(KEY, article, AT + timedelta(days=n))
    seen, gone_on = [], "/search.json"
    with serving(tmp_path / "archive.db") as datasette:
        number = get(datasette, gone_on).json()["hits"][0]["id"]
        gone_on = f"/articles/{number}/history.json"
        while gone_on:
            page = within(2_000_000, get, datasette, gone_on.replace(".json", ""))
            assert len(page.content) < 1_000_000
            found = get(datasette, gone_on).json()
            seen = [
                [(each["version"], sorted(each["changes"])) for each in found["versions"]],
                *seen,
            ]
            assert sum(each["looks"] for each in found["observations"]) == len(found["versions"])
            gone_on = found["earlier"]
    assert [len(each) for each in seen] == [5, 10, 10]
    changed = [(n, ["body", "title"]) for n in range(2, 26)]
    assert [each for page in seen for each in page] == [(1, []), *changed]


def test_what_comparing_costs_has_one_bound_for_the_page(tmp_path):
    with Archive(tmp_path) as archive:
        to = Writer(archive)
        for n in range(8):
            text = " ".join(f"từ{n if k % 2 else k}" for k in range(2_900))
            to.keep(KEY, an_article(URL, "Tựa", blocks=[Block("p", text)]), AT + timedelta(days=n))
    with serving(tmp_path / "archive.db") as datasette:
        number = get(datasette, "/search.json").json()["hits"][0]["id"]
        found = get(datasette, f"/articles/{number}/history.json").json()["versions"]
    pieces = [len(version["changes"]["body"]) for version in found[1:]]
    assert [each > 2_900 for each in pieces] == [True] * 3 + [False] * 4
    assert pieces[3:] == [2] * 4


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
def test_a_long_text_is_compared_in_few_steps_and_nothing_is_lost(before, after):
    pieces = within(1_000_000, difference, before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "in") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "out") == after


def test_a_page_shows_what_is_near_a_change_and_says_how_much_it_leaves_out():
    pieces = [
        Piece("same", "a" * 9_000), Piece("out", "b" * 9_000), Piece("same", "c" * 700),
        Piece("in", "d"), Piece("same", "e" * 400),
    ]  # fmt: skip
    found = [(piece.kind, piece.text[:1], len(piece.text)) for piece in shown(pieces)]
    assert found == [
        ("cut", "a", 8_760), ("same", "a", 240), ("out", "b", 5_000), ("cut", "b", 4_000),
        ("same", "c", 700), ("in", "d", 1), ("same", "e", 400),
    ]  # fmt: skip
    assert "".join(piece.text for piece in shown(pieces)) == "".join(each.text for each in pieces)

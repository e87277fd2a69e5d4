"""The front page: what the archive covers, its gaps, its last run, as a page and as data."""

import asyncio
import json
import re
import time
from datetime import timedelta
from html import unescape

import pytest
from test_web import (  # noqa: F401 - the fixture serves every test here
    AT,
    HOST,
    SCRIPT,
    Writer,
    _no_tracebacks,
    an_article,
    get,
    serving,
)

from archive import health
from archive.store import Archive
from archive.web import front
from archive.web.stories import PAGE


def precision(published_at):
    return {7: "month", 10: "day", None: "unknown"}.get(
        published_at and len(published_at), "minute"
    )


def made(folder, published, title="Bài", **fields):
    """An archive with an article for each of these times of publication."""
    with Archive(folder) as archive:
        for n, at in enumerate(published):
            url = f"{HOST}/bai-{20000 + n}.html"
            article = an_article(
                url, f"{title} {n}", published_at=at, precision=precision(at), **fields
            )
            Writer(archive).keep(f"c/bai-{20000 + n}", article)
    return folder / "archive.db"


def text_of(page):
    """What a reader sees of a page."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", page)))


def bars_of(page):
    """Where the bars of the chart lead, and what each says."""
    plots = "".join(re.findall(r'<div class="plot">(.*?)</div>', page, re.DOTALL))
    return re.findall(r'<a href="([^"]+)"><b>([^<]+)</b></a>', plots)


COVERED = [
    ([], ["Kho chưa có bài nào."], ["Số bài theo tháng", "đăng từ"]),
    ([None], ["1 bài, không rõ ngày đăng."], ["chưa có bài nào", "Không rõ ngày đăng: 1 bài"]),
    (["2022-03-15"], ["1 bài, đăng 15/3/2022."], ["chưa có bài nào", "Tháng nào"]),
    (["2022-03"], ["1 bài, đăng tháng 3/2022."], []),
    (["2022-03-15", "2022-04-01T08:00:00+07:00"],
     ["2 bài, đăng từ 15/3/2022 đến 1/4/2022. Tháng nào trong khoảng đó cũng có bài."], []),
    (["2022-03-15", "2022-05-01", None],
     ["3 bài, đăng từ 15/3/2022 đến 1/5/2022. Chưa có bài nào của tháng 4/2022. Không rõ ngày đăng: 1 bài."], []),
    (["2022-01", "2022-04", "2022-06"],
     ["Chưa có bài nào của tháng 2/2022 – tháng 3/2022 và tháng 5/2022."], ["Tháng nào"]),
    (["2022-01", "2022-03", "2022-05", "2022-08", "2022-10"],
     ["5 tháng trong khoảng đó chưa có bài nào; quãng dài nhất là tháng 6/2022 – tháng 7/2022."], []),
]  # fmt: skip


@pytest.mark.parametrize(("published", "said", "unsaid"), COVERED)
def test_page_says_what_the_archive_covers(tmp_path, published, said, unsaid):
    with serving(made(tmp_path, published)) as site:
        text = text_of(get(site, "/").text)
        english = get(site, "/?lang=en")
    assert english.status_code == 200
    for part in said:
        assert part in text
    for part in unsaid:
        assert part not in text


def test_each_bar_leads_to_the_articles_of_its_month(tmp_path):
    times = ["2021-12-31", "2022-02", "2022-02-03T08:00:00+07:00", "2022-02-28"]
    with serving(made(tmp_path, times)) as site:
        page = get(site, "/").text
        assert bars_of(page) == [
            ("/days/2022-02", "tháng 2/2022: 3 bài"),
            ("/days/2021-12", "tháng 12/2021: 1 bài"),
        ]
        assert re.findall(r'<li id="y(\d+)"><a href="/days/(\d+)">', page) == [
            ("2022",) * 2,
            ("2021",) * 2,
        ]
        for address, heading, many in (
            ("/days/2022-02", "Tháng 2 năm 2022", 3),
            ("/days/2021-12", "Tháng 12 năm 2021", 1),
        ):
            listed = get(site, address).text
            assert f"<h1>{heading}</h1>" in listed
            assert listed.count('<li class="teaser"') == many
        assert get(site, "/days/2022-02.json").json()["total"] == 3
        assert (
            '<caption><a href="/days/2022-02">Tháng 2 năm 2022</a>' in get(site, "/days/2022").text
        )
        english = bars_of(get(site, "/?lang=en").text)
    assert english[0] == ("/days/2022-02?lang=en", "February 2022: 3 articles")


@pytest.mark.parametrize(("path", "status"), [
    ("/days/2022-01", 404), ("/days/2022-01.json", 404), ("/days/2022-13", 400), ("/days/0000-01", 400),
    ("/days/２022-03", 400), ("/days/2022-3", 400), ("/days/2022-03?page=0", 400),
])  # fmt: skip
def test_a_month_that_cannot_be_shown_is_one_sentence(tmp_path, path, status):
    with serving(made(tmp_path, ["2022-03-15"])) as site:
        answer = get(site, path)
        assert answer.status_code == status
        assert "Traceback" not in answer.text


def test_two_hundred_and_forty_months_are_as_many_links(tmp_path, monkeypatch):
    months = {f"{year}-{month:02}": 1 for year in range(2007, 2027) for month in range(1, 13)}
    found = front.Coverage(months, "2007-01-01", "2026-12-31", 0, [], None)

    async def covered(_):
        return found

    monkeypatch.setattr(front, "coverage", covered)
    with serving(made(tmp_path, [])) as site:
        answer = get(site, "/")
    assert len(bars_of(answer.text)) == len(set(bars_of(answer.text))) == 240
    assert " style=" not in answer.text


def test_gaps_that_runs_noted_are_told_and_lead_to_the_status(tmp_path, monkeypatch):
    monkeypatch.setattr(
        health, "gaps", lambda _: [{"since": "2022-01-01"}, {"since": "2022-05-01"}]
    )
    with serving(made(tmp_path, ["2022-03-15"])) as site:
        assert '<a href="/status">Số quãng biết là còn thiếu bài: 2.</a>' in get(site, "/").text
        assert len(get(site, "/.json").json()["noted_gaps"]) == 2


RUNS = [
    (None, {}, "Lần chạy gần nhất: đang chạy lúc 22:17 ngày 5/9/2026."),
    ("done", {"found": 9, "new": 0, "changed": 0}, "xong lúc 22:19 ngày 5/9/2026; 0 bài mới."),
    ("done", {"new": 1234, "changed": 2}, "xong lúc 22:19 ngày 5/9/2026; 1.234 bài mới, 2 bài đã sửa."),
    ("failed", {}, "Lần chạy gần nhất: không thành lúc 22:19 ngày 5/9/2026."),
]  # fmt: skip


@pytest.mark.parametrize(("outcome", "counts", "said"), RUNS)
def test_page_says_when_it_last_ran_and_what_came_of_it(tmp_path, outcome, counts, said):
    with Archive(tmp_path) as archive:
        ended = (AT + timedelta(minutes=2)).isoformat() if outcome else None
        row = ["newest", AT.isoformat(), ended, outcome, json.dumps(counts), "1"]
        archive.db.execute(
            "INSERT INTO runs (kind, started_at, ended_at, outcome, counts, version) VALUES (?,?,?,?,?,?)",
            row,
        )
        archive.db.commit()
    with serving(tmp_path / "archive.db") as site:
        page = get(site, "/").text
        assert said in text_of(page)
        assert '<a href="/status">Lần chạy gần nhất</a>' in page
        assert get(site, "/.json").json()["last_run"]["counts"] == counts


def test_data_of_the_front_page_are_those_of_browsing_and_what_is_covered(tmp_path):
    times = [f"2022-03-{day:02}" for day in range(1, PAGE + 1)] + ["2022-05", None]
    with serving(made(tmp_path, times, section="Kinh tế", section_slug="kinh-te")) as site:
        found = get(site, "/.json").json()
        browsed = get(site, "/sections/kinh-te.json").json()["articles"]
        following = get(site, found["next"]).json()
        assert get(site, "/.json?before=x").status_code == 400
    assert len(found["articles"]) == PAGE
    assert following["next"] is None
    both = {each["id"]: each for each in found["articles"] + following["articles"]}
    assert len(both) == len(times)
    assert [both[each["id"]] for each in browsed] == browsed
    assert found["coverage"] == {
        "articles": 22,
        "first": "2022-03-01",
        "last": "2022-05",
        "undated": 1,
    }
    assert found["months"] == {"2022-03": 20, "2022-05": 1}
    assert found["gaps"] == [{"since": "2022-04", "until": "2022-04"}]
    assert (found["noted_gaps"], found["last_run"]) == ([], None)


def test_data_of_an_empty_archive(tmp_path):
    with serving(made(tmp_path, [])) as site:
        found = get(site, "/.json").json()
    assert found == {
        "articles": [], "next": None, "months": {}, "gaps": [], "noted_gaps": [], "last_run": None,
        "coverage": {"articles": 0, "first": None, "last": None, "undated": 0},
    }  # fmt: skip


def test_hostile_titles_and_section_names_stay_text(tmp_path):
    hostile = {"section": SCRIPT, "lead": SCRIPT, "authors": [SCRIPT]}
    with serving(made(tmp_path, ["2022-03-15"], title=SCRIPT, **hostile)) as site:
        for path in ("/", "/?lang=en", "/days/2022-03"):
            page = get(site, path).text
            assert "<script>" not in page and "<img src=x" not in page
            assert "alert(1)" in page
        assert get(site, "/.json").json()["articles"][0]["section"] == SCRIPT


def test_articles_are_counted_anew_after_a_while_and_not_at_every_visit(tmp_path, monkeypatch):
    """However long counting takes: a hundred times as long, what was counted is shown again."""
    now = 1000.0
    monkeypatch.setattr(front.time, "monotonic", lambda: now)
    counted = []
    monkeypatch.setattr(health, "gaps", lambda db: counted.append(tick(1)) or [])

    def tick(seconds):
        nonlocal now
        now += seconds

    database = made(tmp_path, ["2022-03-15"])
    with serving(database) as site:
        for seconds, times in ((0, 1), (50, 1), (49, 1), (2, 2), (90, 2), (20, 3)):
            tick(seconds)
            assert get(site, "/").status_code == 200
            assert len(counted) == times, seconds


def test_while_one_visitor_counts_the_others_get_what_is_known():
    class Slow:
        """A site in which somebody else comes while articles are counted."""

        database, reads, meanwhile = type("Database", (), {})(), 0, None

        async def read(self, query):
            self.reads += 1
            if self.reads == 2:
                self.meanwhile = await front.coverage(self)
            found = front.Coverage({}, None, None, self.reads, [], None)
            front._counted[self.database] = (time.monotonic(), found)
            return found

    async def visits(site):
        return [await front.coverage(site) for _ in range(2)]

    site = Slow()
    first, second = asyncio.run(visits(site))
    assert (first.undated, second.undated, site.reads) == (1, 2, 2)
    assert site.meanwhile is first


def test_a_page_of_earlier_articles_has_no_chart(tmp_path):
    with serving(made(tmp_path, ["2022-03-15"])) as site:
        assert "Số bài theo tháng" not in get(site, "/?before=1").text

"""Announced against held, by day and section; days nobody looked at; ranges of numbered ids."""

from datetime import UTC, date, datetime, timedelta

import pytest

from archive.completeness import by_day, gaps, summary, total, unlisted
from archive.model import Article, Block, Capture, Found, Look, Outcome, Place
from archive.numbered import numbered
from archive.store import Archive
from archive.store.gaps import Gap

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)
DAY = date(2026, 9, 5)
ORIGIN = "https://baolamdong.vn"
FATES = {
    "waiting": None,
    "missing": Outcome.GONE,
    "unread": Outcome.NO_ARTICLE,
}


@pytest.fixture
def archive(tmp_path):
    with Archive(tmp_path) as opened:
        opened.begin_run("newest", {})
        yield opened


def announce(archive: Archive, number: int, day: date | None, section: str | None, **more) -> int:
    url = f"{ORIGIN}/bai-{100000 + number}.html"
    key = f"c/bai-{100000 + number}"
    found = Found(key, url, url, "article", f"{ORIGIN}/rss", dated=day, section=section, **more)
    (url_id,) = archive.found([found], AT)
    return url_id


def hold(archive: Archive, url_id: int, day: date, section: str | None) -> None:
    (url,) = archive.db.execute("SELECT url FROM urls WHERE id = ?", [url_id]).fetchone()
    article = Article(
        url, f"Bài {url_id}", "onecms", [Block("p", f"Lời của bài {url_id}.")],
        section_slug=section, published_at=f"{day}T08:00:00+07:00", published_precision="minute",
    )  # fmt: skip
    capture = Capture(url, AT, 200, Place("warc/x.warc.gz", url_id * 1000, 10), "sha1:X")
    archive.keep(Look(url_id, AT, Outcome.LIVE, 200, capture, article))


def see(archive: Archive, url_id: int, outcome: Outcome) -> None:
    archive.keep(Look(url_id, AT, outcome, 404))


def read_sitemap(archive: Archive, day: date, at: datetime | None = None) -> None:
    url = f"{ORIGIN}/sitemap-article-{day}.xml"
    entry = archive.urls.listing(url, AT)
    archive.coverage.note(url, day, day)
    archive.keep(Look(entry.id, at or AT, Outcome.LIVE, 200))


def test_every_fate_counts_by_day_and_section(archive):
    hold(archive, announce(archive, 1, DAY, None), DAY, "kinh-te")
    hold(archive, announce(archive, 2, DAY, "du-lich"), DAY, "du-lich")
    for number, outcome in enumerate(FATES.values(), 3):
        url_id = announce(archive, number, DAY, "kinh-te")
        for _ in range(7 if outcome is Outcome.NO_ARTICLE else 1 if outcome else 0):
            see(archive, url_id, outcome)  # after the last look it rests
    announce(archive, 9, DAY, "kinh-te", wanted=False)
    hold(archive, announce(archive, 10, DAY, None), DAY + timedelta(days=1), "kinh-te")
    days = by_day(archive.db, DAY, DAY + timedelta(days=1))
    assert list(days) == ["2026-09-05", "2026-09-06"]
    assert days["2026-09-05"].as_dict() == {
        "announced": 5, "held": 2, "waiting": 1, "missing": 1, "unread": 1, "left": 1,
        "sections": {
            "du-lich": {"announced": 1, "held": 1, "waiting": 0, "missing": 0, "unread": 0, "left": 0},
            "kinh-te": {"announced": 4, "held": 1, "waiting": 1, "missing": 1, "unread": 1, "left": 1},
        },
    }  # fmt: skip
    assert (days["2026-09-06"].announced, days["2026-09-06"].held) == (1, 1)
    assert by_day(archive.db, DAY - timedelta(days=9), DAY - timedelta(days=1)) == {}
    assert total(archive.db).announced == 6


def test_days_without_a_list_are_told_apart_from_days_without_news(archive):
    for number in (0, 1, 2, 5, 6, 9):
        read_sitemap(archive, DAY + timedelta(days=number))
    stretches = unlisted(archive.db, DAY - timedelta(days=1), DAY + timedelta(days=10))
    days = [[(each - DAY).days for each in stretch] for stretch in stretches]
    assert days == [[-1, -1], [3, 4], [7, 8], [10, 10]]
    assert unlisted(archive.db, DAY, DAY + timedelta(days=2)) == []


def test_one_section_s_list_does_not_speak_for_the_others(archive):
    for number, first in enumerate((1, 30, 40)):
        url = f"{ORIGIN}/muc-{number}"
        entry = archive.urls.listing(url, AT)
        archive.keep(Look(entry.id, AT, Outcome.LIVE, 200))
        archive.coverage.extend(url, f"muc-{number}", date(2026, 8, 1) + timedelta(first), DAY)
    (stretch,) = unlisted(archive.db, date(2026, 8, 1), DAY)
    assert stretch == (date(2026, 8, 1), date(2026, 8, 30))


def test_summary_is_of_all_days_and_bounded(archive):
    for number in range(200):
        read_sitemap(archive, DAY - timedelta(days=2 * number + 1))
    hold(archive, announce(archive, 1, DAY - timedelta(days=500), None), DAY, "kinh-te")
    found = summary(archive.db)
    assert (found["since"], found["announced"], found["held"]) == ("2025-04-23", 1, 1)
    assert len(found["unlisted"]) == 50
    assert found["unlisted"][0]["since"] == "2025-04-23"  # the longest is never left out
    assert found["unlisted_days"] > 250


def test_an_empty_archive_has_nothing_to_tell(archive):
    assert (summary(archive.db), numbered(archive.db), gaps(archive.db)) == ({}, {}, [])


@pytest.mark.parametrize(
    ("gap", "name"),
    [
        (
            Gap("list", f"{ORIGIN}/kinh-te", "2026-09-01", "2026-09-05"),
            f"{ORIGIN}/kinh-te could not be read; it lists articles of 2026-09-01 to 2026-09-05.",
        ),
        (
            Gap("overlap", f"{ORIGIN}/rss/kinh-te", "2026-09-05", "2026-09-05"),
            f"{ORIGIN}/rss/kinh-te did not reach back to the look before it; articles of 2026-09-05 may be missing.",
        ),
        (
            Gap("articles", None, "2026-09-05", "2026-09-05", missing=3, waiting=1),
            "Articles of 2026-09-05 that were announced and are not held: 3 (1 still asked for).",
        ),
    ],
)
def test_a_gap_is_named_in_one_sentence(archive, gap, name):
    archive.gaps.note(gap, archive.run_id, AT)
    archive.gaps.note(gap, archive.run_id, AT)
    (found,) = gaps(archive.db)
    assert (found["name"], found["kind"], found["list"]) == (name, gap.kind, gap.list)
    (unclosed,) = archive.gaps.unclosed()
    archive.gaps.close(unclosed, AT)
    assert gaps(archive.db) == []
    archive.gaps.note(gap, archive.run_id, AT)
    assert archive.db.execute("SELECT count(*) FROM gaps").fetchone()[0] == 2


def test_numbered_ids_bound_what_is_unknown(archive):
    known = {2444112: "201305", 2444115: "201305", 2444120: "201306", 3151461: "202212"}
    for number, month in known.items():
        url = f"{ORIGIN}/kinhte/{month}/bai-{number}/"
        last = date(int(month[:4]), int(month[4:]), 28)
        (url_id,) = archive.found(
            [Found(f"a/{number}", url, url, "article", ORIGIN, dated=last)], AT
        )
        if number != 2444115:
            hold(archive, url_id, last, "kinh-te")
    found = numbered(archive.db)
    assert (found["known"], found["held"], found["missing"]) == (4, 3, 1)
    assert (found["first_id"], found["last_id"]) == (2444112, 3151461)
    assert found["unknown"] == 3151461 - 2444112 + 1 - 4
    assert found["months"][0] == {
        "month": "2013-05", "first_id": 2444112, "last_id": 2444115, "known": 2, "held": 1, "missing": 1, "between": 2,
    }  # fmt: skip
    assert found["ranges"][-1] == {
        "first_id": 2444121, "last_id": 3151460, "since": "2013-06", "until": "2022-12", "ids": 707340,
    }  # fmt: skip


def test_an_older_address_not_held_is_missing_in_its_month(archive):
    url = f"{ORIGIN}/kinhte/202203/bai-3109288/"
    (url_id,) = archive.found(
        [Found("a/3109288", url, url, "article", ORIGIN, dated=date(2022, 3, 31))], AT
    )
    see(archive, url_id, Outcome.GONE)
    archive.gaps.count_articles(archive.run_id, AT)
    (found,) = gaps(archive.db)
    assert (found["since"], found["until"], found["missing"]) == ("2022-03-01", "2022-03-31", 1)

"""One run under a clock that is a year ahead: nothing waits a year for it, and the alarm stays."""

from datetime import UTC, datetime, timedelta

import pytest
from runs import crawl, exported, lamdong, queried

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

AT = datetime(2026, 11, 30, 3, tzinfo=UTC)
HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Runs: a good one, one a year ahead, two good ones; the archive, what each asked for, and its alarms."""
    newspaper = SampleNewspaper(AT.date(), troubles=False)
    archive, asked, alarms = tmp_path_factory.mktemp("clock") / "archive", [], []
    with (
        Replica(newspaper, tmp_path_factory.mktemp("replica")) as replica,
        pytest.MonkeyPatch.context() as patch,
    ):
        for moment in (AT, AT + YEAR, AT + 2 * HOUR, AT + 4 * HOUR):
            patch.setenv("LAMDONG_NOW", moment.isoformat())
            before = len(replica.asked)
            counts, _ = crawl(archive, replica, "--no-images")
            asked.append({request.url for request in replica.asked[before:]})
            alarms.append({alarm["name"] for alarm in counts["alarms"]})
    return newspaper, archive, asked, alarms


def test_articles_are_looked_at_again_in_time(lived):
    newspaper, archive, asked, _ = lived
    urls = set(newspaper.article_urls())
    assert len(asked[1] & urls) >= 40
    due = "SELECT max(due_at) FROM urls WHERE kind = 'article' AND looks = 2"  # a day after the second look
    assert queried(archive, due)[0][0] < (AT + timedelta(days=2)).isoformat()


def test_lists_of_today_are_read_as_ever(lived):
    _, _, asked, _ = lived
    today = f"https://baolamdong.vn/sitemap-article-{AT.date()}.xml"
    assert [today in each for each in (asked[0], asked[2], asked[3])] == [True] * 3


def test_nothing_was_seen_in_the_future(lived):
    rows = exported(lived[1])
    assert len(rows) > 40
    assert max(row["last_seen_at"] for row in rows) < (AT + 5 * HOUR).isoformat()


def test_the_alarm_stays(lived):
    assert [("clock" in each) for each in lived[3]] == [False, False, True, True]


def test_a_rebuild_comes_to_the_same(lived):
    _, archive, _, _ = lived
    query = "SELECT key, state, due_at, fetched_at, walked_at, last_day FROM urls ORDER BY key"
    before = [tuple(row) for row in queried(archive, query)], exported(archive)
    assert lamdong("rebuild", "--archive", archive).returncode == 0
    assert ([tuple(row) for row in queried(archive, query)], exported(archive)) == before
    assert lamdong("verify", "--archive", archive).returncode == 0

"""Pauses, robots.txt, waits and contacts, as the newspaper's server sees them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from runs import crawl, lamdong

from archive.model import Look, Outcome
from archive.store.urls import Entry
from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.frontier import Frontier, Turn
from crawler.opening import open_archive
from crawler.plan import Plan
from crawler.report import Report
from crawler.waiting import retry_after, wait_before


def pauses(replica: Replica, host: str = "baolamdong.vn") -> list[float]:
    at = [request.at for request in replica.asked if request.host == host]
    moments = [each.timestamp() if isinstance(each, datetime) else float(each) for each in at]
    return [later - earlier for earlier, later in pairwise(moments)]


def test_crawl_delay_of_robots_txt_is_applied_even_where_no_pause_was_asked_for(tmp_path):
    with Replica(SampleNewspaper(troubles=False, crawl_delay=0.3), tmp_path / "replica") as replica:
        crawl(tmp_path / "archive", replica, "--section", "kinh-te", "--limit", 2, "--no-images")
        between = pauses(replica)[1:]  # the first request is robots.txt itself
    assert len(between) >= 3
    assert min(between) > 0.27


def test_one_request_at_a_time_with_the_pause_asked_for(tmp_path):
    with Replica(SampleNewspaper(troubles=False), tmp_path / "replica") as replica:
        crawl(
            tmp_path / "archive",
            replica,
            "--section",
            "kinh-te",
            "--limit",
            2,
            "--no-images",
            delay=0.4,
        )
        assert min(pauses(replica)[1:]) > 0.36


def test_what_robots_txt_forbids_is_not_asked_for(tmp_path):
    newspaper = SampleNewspaper()
    (forbidden,) = [url for url, why in newspaper.broken().items() if why == "forbidden"]
    with Replica(newspaper, tmp_path / "replica") as replica:
        done = lamdong("crawl", "--archive", tmp_path / "archive", forbidden, replica=replica)
        assert forbidden not in {request.url for request in replica.asked}
    assert done.returncode == 1
    assert "robots.txt" in done.stderr


@pytest.mark.parametrize(
    ("attempt", "delay", "asked", "wanted"),
    [
        (1, 1, None, 15),
        (2, 1, None, 30),
        (3, 1, None, 60),
        (20, 1, None, 900),
        (1, 1, 40, 40),
        (9, 0, None, 1),
        (1, 0, 3, 3),
    ],
)
def test_waits_grow_and_honour_what_was_asked(attempt, delay, asked, wanted):
    assert wait_before(attempt, delay, asked) == wanted


def test_retry_after_in_seconds_and_as_a_date():
    soon = datetime.now(UTC) + timedelta(seconds=30)
    assert retry_after(b"7") == 7
    assert retry_after(soon.strftime("%a, %d %b %Y %H:%M:%S GMT").encode()) == pytest.approx(
        30, abs=2
    )
    assert retry_after(b"tomorrow") is None
    assert (
        retry_after("²".encode("latin-1"))
        is retry_after("٣".encode())
        is retry_after(b"-5")
        is None
    )
    day = 86_400
    assert retry_after(b"Fri, 31 Dec 9999 23:59:59 GMT") == retry_after(b"9" * 400) == day
    assert retry_after(b"Fri, 31 Dec 9999 23:59:59 -0000") == day
    assert retry_after(b"Mon, 01 Jan 1990 00:00:00 GMT") == 0
    assert retry_after(b"Fri, 31 Dec 99999999999999999999 23:59:59 GMT") is None
    assert retry_after(None) is None


HOME = "https://baolamdong.vn"
NARROW = ("--section", "kinh-te", "--limit", 1, "--no-images")


def refusing(answer):
    return replace(Answer.page("later", status=429), headers=(("Retry-After", "86400"),))


def test_a_list_that_asks_to_wait_for_a_day_is_left_alone_by_the_next_run_too(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    newspaper.disturb(f"{HOME}/kinh-te", refusing)
    with Replica(newspaper, tmp_path / "replica") as replica:
        for _ in range(2):
            _, said = crawl(tmp_path / "archive", replica, "--section", "kinh-te", "--no-images")
            assert sum(f"{HOME}/kinh-te: " in line for line in said.splitlines()) == 1
            assert "not asked for until 20" in said
        assert [request.path for request in replica.asked].count("/kinh-te") == 1
        lamdong("rebuild", "--archive", tmp_path / "archive")
        crawl(tmp_path / "archive", replica, "--section", "kinh-te", "--no-images")
        assert [request.path for request in replica.asked].count("/kinh-te") == 1


def test_a_robots_txt_that_asks_to_wait_for_a_day_ends_this_run_and_the_next(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    newspaper.disturb(f"{HOME}/robots.txt", refusing)
    with Replica(newspaper, tmp_path / "replica") as replica:
        for _ in range(2):
            done = lamdong("crawl", "--archive", tmp_path / "archive", *NARROW, replica=replica)
            assert done.returncode == 1
            assert (
                done.stderr.count(f"{HOME}/robots.txt")
                == done.stderr.count("not asked for until 20")
                == 1
            )
        assert [request.path for request in replica.asked] == ["/robots.txt"]
    done = lamdong("verify", "--archive", tmp_path / "archive")
    assert done.returncode == 0, done.stderr


def test_no_list_counts_as_read_where_nothing_answered(tmp_path):
    with Replica(SampleNewspaper(), tmp_path / "replica") as replica:
        pass  # it is gone: every connection is refused
    done = lamdong("crawl", "--archive", tmp_path / "archive", replica=replica)
    assert done.returncode == 1
    assert "0 lists read" in done.stderr


def test_an_address_given_by_hand_waits_as_long_as_the_newspaper_asked(tmp_path, monkeypatch):
    newspaper, archive = SampleNewspaper(troubles=False), tmp_path / "archive"
    url = min(newspaper.article_urls())
    path = url.partition("baolamdong.vn")[2]
    monkeypatch.setenv("LAMDONG_NOW", "2026-11-30T03:00:00+00:00")
    refused = Answer(429, headers=(("Retry-After", "7200"),))
    newspaper._afflicted = lambda asked: refused if asked == path else newspaper._site.answer(asked)
    with Replica(newspaper, tmp_path / "replica") as replica:
        assert lamdong("crawl", "--archive", archive, url, replica=replica).returncode == 1
        del newspaper._afflicted
        before = len(replica.asked)
        done = lamdong("crawl", "--archive", archive, url, replica=replica)
        assert (done.returncode, "as the newspaper wants it" in done.stderr) == (1, True)
        assert url not in {request.url for request in replica.asked[before:]}
        monkeypatch.setenv("LAMDONG_NOW", "2026-11-30T05:00:01+00:00")
        assert lamdong("crawl", "--archive", archive, url, replica=replica).returncode == 0
        assert url in {request.url for request in replica.asked[before:]}


@pytest.mark.parametrize(
    ("picture", "is_over"),
    [("https://img.example.vn/a.jpg", False), ("https://baolamdong.vn/a.jpg", True)],
)
def test_only_the_newspapers_own_host_tries_its_patience(tmp_path, picture, is_over):
    with open_archive(tmp_path) as archive:
        frontier = Frontier(Plan(), archive, Report(), 0)
        for number in range(12):
            entry = Entry(number, picture, picture, picture, "picture", None, None, 0, None, None)
            look = Look(number, datetime.now(UTC), Outcome.UNREACHABLE, detail="no robots.txt")
            frontier._tries[number] = 1
            frontier._missed(Turn(entry), look)
        assert (frontier.problem is not None) == is_over

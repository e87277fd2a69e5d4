"""The whole path over loopback: from the newspaper's address to articles a user can read and export."""

import json
import random
import signal
import subprocess
import time
from collections import Counter

import pytest
import starting
from runs import COMMAND, by_url, crawl, database, environment, exported, lamdong
from warcio.archiveiterator import ArchiveIterator

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica


@pytest.fixture(scope="module")
def newspaper():
    return SampleNewspaper()


@pytest.fixture(scope="module")
def replica(newspaper, tmp_path_factory):
    with Replica(newspaper, tmp_path_factory.mktemp("replica")) as running:
        yield running


@pytest.fixture(scope="module")
def first(newspaper, replica, tmp_path_factory):
    """One crawl of the whole sample newspaper: archive, counts, report, and what was asked."""
    archive = tmp_path_factory.mktemp("archive")
    counts, report = crawl(archive, replica)
    return archive, counts, report, list(replica.asked)


def test_every_article_is_held_once(newspaper, first):
    rows = exported(first[0])
    held = by_url(rows)
    assert [url for url in newspaper.article_urls() if url not in held] == []
    assert len(rows) == len({row["id"] for row in rows}) == len(set(newspaper.article_urls()))


def test_every_field_is_as_printed(newspaper, first):
    held = by_url(exported(first[0]))
    wrong = []
    for story in newspaper.stories:
        wanted = story.expected()
        row = held[wanted["url"]]
        wrong += [
            (wanted["url"], name, value, row[name])
            for name, value in wanted.items()
            if name != "urls" and row[name] != value
        ]
    assert wrong == []


def test_addresses_that_moved_lead_to_one_article(newspaper, first):
    held = by_url(exported(first[0]))
    for old, new in newspaper.redirects().items():
        assert held[old]["id"] == held[new]["id"]
        assert held[old]["url"] == new


def test_each_trouble_is_one_line_with_its_address(newspaper, first):
    report = first[2]
    for url in newspaper.broken():
        assert sum(url in line for line in report.splitlines()) == 1, url
    assert set(by_url(exported(first[0]))) & set(newspaper.broken()) == set()


def test_politeness(first):
    asked = first[3]
    assert asked[0].path == "/robots.txt"
    assert not any("bao-khac" in request.host for request in asked)
    agents = {request.headers["user-agent"] for request in asked}
    assert len(agents) == 1
    assert agents.pop().startswith("lamdong-news-archive/")


def test_pictures_are_fetched_once_and_from_own_hosts_only(first):
    pictures = Counter(
        request.url
        for request in first[3]
        if "1cdn.vn" in request.host and "robots" not in request.path
    )
    assert pictures
    assert max(pictures.values()) == 1


def test_the_archive_is_sound(first):
    done = lamdong("verify", "--archive", first[0])
    assert (done.returncode, done.stdout) == (0, "")
    for path in (first[0] / "warc").glob("*.warc.gz"):
        with path.open("rb") as file:
            assert sum(1 for _ in ArchiveIterator(file, check_digests="raise")) > 100


def test_a_second_run_downloads_no_article_again(newspaper, replica, first):
    before = len(replica.asked)
    counts, _ = crawl(first[0], replica)
    asked = replica.asked[before:]
    articles = set(newspaper.article_urls())
    assert counts["new"] == counts["changed"] == counts["fetched"] == 0
    assert not [request.url for request in asked if request.url in articles]
    assert len(asked) <= 150
    assert any(
        request.headers.get("if-none-match") or request.headers.get("if-modified-since")
        for request in asked
    )


def test_given_addresses_are_asked_again_conditionally(newspaper, replica, first):
    url = next(url for url in newspaper.article_urls() if url.endswith(".html"))
    before = len(replica.asked)
    counts, _ = crawl(first[0], replica, url)
    (asked,) = [request for request in replica.asked[before:] if request.url == url]
    assert asked.headers.get("if-none-match") or asked.headers.get("if-modified-since")
    assert counts["unchanged"] == 1


@pytest.mark.parametrize(
    ("url", "status"),
    [("https://vnexpress.net/mot-bai-4123456.html", 2), ("baolamdong.vn/kinh-te", 2)],
)
def test_an_address_that_is_no_article_is_refused(replica, first, url, status):
    done = lamdong("crawl", "--archive", first[0], url, replica=replica)
    assert done.returncode == status
    assert url in done.stderr


def test_a_given_address_that_is_gone_makes_it_1(replica, newspaper, first):
    gone = next(iter(newspaper.gone()))
    assert lamdong("crawl", "--archive", first[0], gone, replica=replica).returncode == 1


def test_edits_become_versions_and_moves_keep_the_article(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    with Replica(newspaper, tmp_path / "replica") as replica:
        archive = tmp_path / "archive"
        crawl(archive, replica, "--no-images")
        edited, removed, moved = [url for url in newspaper.article_urls() if url.endswith(".html")][
            :3
        ]
        newspaper.edit(edited, title="Tựa đã sửa cho đúng với nội dung")
        newspaper.remove(removed)
        target = moved.replace(".html", "1.html")
        newspaper.move(moved, target)
        done = lamdong(
            "crawl", "--archive", archive, "--json", edited, removed, moved, replica=replica
        )
        held = by_url(exported(archive))
        assert done.returncode == 1  # one of them is gone
        assert json.loads(done.stdout)["changed"] == 1
        assert (held[edited]["version"], held[edited]["versions"]) == (2, 2)
        assert held[edited]["title"] == "Tựa đã sửa cho đúng với nội dung"
        assert (held[removed]["state"], held[removed]["state_confirmed"]) == ("gone", False)
        assert held[moved]["id"] == held[target]["id"]
        assert held[moved]["state"] == "changed-address"
        versions = [
            row["title"]
            for row in exported(archive, "--versions")
            if row["id"] == held[edited]["id"]
        ]
        assert len(versions) == 2
        assert versions[0] != versions[1]


def test_every_version_says_where_each_field_was_read(first):
    archive = first[0]
    rows = exported(archive, "--versions")
    for row in rows:
        told = row["provenance"]
        assert {"title", "blocks", "kind", "language"} <= told.keys()
        # What holds nothing was read nowhere; what holds something says where, with layer and rule.
        filled = {name for name in told if row[name]}
        assert told.keys() == filled
        named = ("body", "lead", "kicker", "authors", "source", "section", "section_slug", "tags")
        dated = ("images", "published_at", "modified_at")
        assert filled >= {name for name in (*named, *dated) if row[name]}
        assert all(how["layer"] and how["rule"] for how in told.values())
    assert not any("provenance" in row for row in exported(archive))


def test_a_limit_ends_discovery_and_run(replica, tmp_path):
    counts, _ = crawl(tmp_path, replica, "--limit", 3, "--no-images")
    assert counts["new"] == 3
    assert len(exported(tmp_path)) == 3


def test_a_period(newspaper, replica, tmp_path):
    day = newspaper.today.replace()
    crawl(tmp_path, replica, "--since", day, "--until", day, "--no-images")
    wanted = {
        s.expected()["url"]
        for s in newspaper.stories
        if (s.expected()["published_at"] or "").startswith(str(day))
    }
    held = by_url(exported(tmp_path))
    assert wanted - set(held) == set()
    assert all(
        row["published_at"][:10] == str(day)
        for row in exported(tmp_path, "--since", day, "--until", day)
    )


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.thorough)])
def test_kill_at_any_moment_again_and_again_then_one_clean_run(tmp_path, kills):
    newspaper = SampleNewspaper(troubles=False, filler=300, filler_size=8000)
    archive, chance = tmp_path / "archive", random.Random(7)
    with Replica(newspaper, tmp_path / "replica") as replica:
        for _ in range(kills):
            begun = len(replica.asked)
            run = starting.begin(
                [*COMMAND, "crawl", "--archive", str(archive), "--no-images"],
                env=environment(replica),
                stderr=subprocess.DEVNULL,
            )
            moment = begun + chance.randrange(1, 80)  # requests; most runs still read lists then
            while len(replica.asked) < moment and run.poll() is None:
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
            run.wait()
        crawl(archive, replica, "--no-images")
        articles = set(newspaper.article_urls())
        asked = Counter(request.url for request in replica.asked if request.url in articles)
        rows = exported(archive)
    assert articles - set(by_url(rows)) == set()
    assert len(rows) == len(articles)
    assert {row["versions"] for row in rows} == {1}
    # At most the requests in flight at each kill are asked again.
    assert sum(asked.values()) <= len(articles) + kills * 16
    assert lamdong("verify", "--archive", archive).returncode == 0
    with database(archive) as db:
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("SELECT 1 FROM runs WHERE outcome = 'died'").fetchone()

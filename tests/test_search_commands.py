"""Search in the terminal, on the site and in SQL; the index checked, stale and made anew."""

import json
import shutil
import sqlite3
from contextlib import closing

import pytest
from runs import crawl, lamdong, queried
from test_web import get, serving

from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica

TITLE = "Rô Men: Nỗ lực xây dựng chi bộ nông thôn bền vững"


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Return the archive of the sample newspaper."""
    folder = tmp_path_factory.mktemp("search")
    newspaper = SampleNewspaper(troubles=False)
    with Replica(newspaper, tmp_path_factory.mktemp("replica")) as replica:
        crawl(folder, replica, "--no-images")
    return folder


@pytest.fixture
def archive(whole, tmp_path):
    """Return a copy of it that a test may damage."""
    return shutil.copytree(whole, tmp_path / "archive")


@pytest.fixture
def site(whole):
    with serving(whole / "archive.db") as datasette:
        yield datasette


def found(folder, *arguments):
    return json.loads(lamdong("search", "--archive", folder, "--json", *arguments).stdout)


def write(folder, *statements):
    with closing(sqlite3.connect(folder / "archive.db")) as db, db:
        for statement in statements:
            db.execute(statement)


def test_search_in_the_terminal(whole):
    done = lamdong("search", "--archive", whole, "chi bo nong thon", "--until", "2022-12-31")
    assert TITLE in done.stdout
    assert "2022-03-30 · Chính trị" in done.stdout
    assert "1 of 1 found" in done.stderr
    nothing = lamdong("search", "--archive", whole, "đà lát")
    assert (nothing.returncode, nothing.stdout) == (0, "")
    assert "lamdong search 'da lat'" in nothing.stderr


def test_search_as_data(whole):
    answer = found(whole, "ro men")
    (hit,) = answer["hits"]
    assert (answer["query"], answer["total"], answer["total_is_exact"]) == ("ro men", 1, True)
    assert hit["title_marked"] == TITLE.replace("Rô Men", "<mark>Rô Men</mark>")
    assert "<mark>Rô Men</mark>" in hit["snippet"]
    assert (hit["title"], hit["section"], hit["authors"]) == (TITLE, "Chính trị", ["DUY NGUYỄN"])
    assert (hit["published_at"][:10], hit["kind"]) == ("2022-03-30", "news")
    assert answer["next"] is None


def test_the_command_and_the_site_answer_alike(whole, site):
    path = "/search.json?q=da+lat&sort=newest&size=3"
    theirs = get(site, path).json()
    assert theirs == found(whole, "da lat", "--sort", "newest", "--limit", "3")
    following = get(site, theirs["next"]).json()
    hits = theirs["hits"] + following["hits"]
    times = [hit["published_at"] for hit in hits]
    assert len({hit["id"] for hit in hits}) == len(hits) == 6
    assert times == sorted(times, reverse=True)


def test_counts_and_suggestions(site):
    counted = get(site, "/search/counts.json?q=da+lat").json()
    total = get(site, "/search.json?q=da+lat").json()["total"]
    assert sum(counted["years"].values()) == total
    assert counted["of_newest"] is None
    section = max(counted["sections"])
    narrowed = get(site, f"/search.json?q=da+lat&section={section}").json()
    assert narrowed["total"] == counted["sections"][section]
    suggested = get(site, "/search/suggestions.json?q=ro+m").json()["suggestions"]
    assert [each["title"] for each in suggested] == [TITLE]


def test_search_page(site):
    page = get(site, "/search?q=ro+men").text
    assert "<mark>Rô Men</mark>: Nỗ lực" in page
    assert "1 bài" in page
    assert "Tìm không dấu: da lat" in get(site, "/search?q=đà+lát").text
    english = get(site, "/search?q=da+lat&lang=en&section=du-lich").text
    assert 'aria-label="Remove the filter section Du lịch"' in english
    assert "<script>" not in get(site, "/search?q=<script>alert(1)</script>").text


def test_an_address_in_the_search_box_leads_to_its_article(site):
    address = "https://baolamdong.vn/chinhtri/202203/ro-men-no-luc-3109288/"
    assert get(site, f"/search?q={address}").headers["location"].endswith(f"/url/{address}")


@pytest.mark.parametrize(
    "asked", ["since=yesterday", "until=2026-02-30", "sort=random", "page=0", "page=x", "size=-1"]
)
def test_what_no_filter_can_mean_is_one_sentence(site, asked):
    answer = get(site, f"/search.json?q=a&{asked}")
    assert answer.status_code == 400
    assert answer.json()["error"].endswith(".")


def test_the_function_for_those_who_write_sql(site):
    sql = "select rowid from search where search match vn_query('\"Rô men\"')"
    rows = get(site, f"/archive.json?_shape=array&sql={sql}").json()
    assert len(rows) == 1


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE texts SET body = 'khác' WHERE id = (SELECT max(id) FROM texts)",
        *(
            pytest.param(damage, marks=pytest.mark.thorough)
            for damage in (
                "DELETE FROM texts WHERE id = (SELECT max(id) FROM texts)",
                "INSERT INTO search (search) VALUES ('delete-all')",
                "DELETE FROM search_docsize WHERE id = (SELECT max(id) FROM search_docsize)",
                "INSERT INTO search (rowid, words) VALUES (7, 'lạ')",
            )
        ),
    ],
)
def test_verify_tells_an_index_that_disagrees_and_rebuild_mends_it(archive, damage):
    before = found(archive, "da lat")
    write(archive, damage)
    done = lamdong("verify", "--archive", archive)
    assert done.returncode == 4
    assert "lamdong rebuild --index" in done.stdout
    assert lamdong("rebuild", "--index", "--archive", archive).returncode == 0
    assert lamdong("verify", "--archive", archive).returncode == 0
    assert found(archive, "da lat") == before


def test_an_index_of_older_rules_says_so_and_is_left_alone_until_rebuilt(archive):
    write(archive, "UPDATE settings SET value = '1' WHERE name = 'normaliser'")
    assert "lamdong rebuild --index" in lamdong("search", "--archive", archive, "da lat").stderr
    status = lamdong("status", "--archive", archive, "--json")
    assert status.returncode == 3
    assert [alarm["name"] for alarm in json.loads(status.stdout)["alarms"]] == ["index"]
    assert lamdong("rebuild", "--index", "--archive", archive).returncode == 0
    assert lamdong("status", "--archive", archive).returncode == 0
    assert lamdong("verify", "--archive", archive).returncode == 0


def test_rebuild_while_another_run_holds_the_archive(archive):
    from archive.store import Archive

    with Archive(archive):
        assert lamdong("rebuild", "--index", "--archive", archive).returncode == 75
        assert found(archive, "ro men")["total"] == 1


def test_titles_and_texts_are_as_stored(whole):
    rows = queried(whole, "SELECT title, body FROM texts")
    assert rows
    assert all("\n\n" not in body for _, body in rows)

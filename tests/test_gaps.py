"""Gaps over loopback: what lists do not show is read elsewhere, or named; and a gap filled is closed."""

import random
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from patchy import PatchyNewspaper, kind_of
from runs import crawl, database, lamdong, queried

from crawler.demo.proxy import Replica
from crawler.demo.story import HOST
from crawler.demo.troubles import missing, refused, unavailable

ORIGIN = f"https://{HOST}"
KINDS = ("feed", "sitemap", "section")
SECTIONS = ("kinh-te", "du-lich", "the-thao")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    """An archive that followed the newspaper until a moment ago."""
    with Replica(PatchyNewspaper(), tmp_path_factory.mktemp("replica")) as replica:
        folder = tmp_path_factory.mktemp("base") / "archive"
        crawl(folder, replica, "--no-images")
    return folder


@pytest.fixture
def newspaper():
    return PatchyNewspaper()


@pytest.fixture
def followed(base, newspaper, tmp_path):
    """The archive, and the newspaper as it was then, ready to go on."""
    folder = tmp_path / "archive"
    shutil.copytree(base, folder)
    with Replica(newspaper, tmp_path / "replica") as replica:
        yield folder, replica


def open_gaps(archive: Path) -> list[dict[str, Any]]:
    rows = queried(archive, "SELECT * FROM gaps WHERE closed_at IS NULL ORDER BY id")
    return [dict(row) for row in rows]


def held(archive: Path) -> set[str]:
    return {row["url"] for row in queried(archive, "SELECT url FROM articles")}


def look_again(followed: tuple[Path, Replica]) -> list[dict[str, Any]]:
    archive, replica = followed
    crawl(archive, replica, "--no-images")
    return open_gaps(archive)


def alter(archive: Path, statement: str, url: str) -> None:
    with database(archive) as connection:
        connection.execute(statement, [url])


def break_for_good(newspaper: PatchyNewspaper, *paths: str) -> None:
    for path in paths:
        newspaper.disturb(f"{ORIGIN}{path}", unavailable)


def test_nothing_amiss_is_no_gap(base, newspaper, followed):
    assert open_gaps(base) == []
    new = newspaper.publish_some("kinh-te", 4)
    assert look_again(followed) == []
    assert {story.url for story in new} <= held(followed[0])


@pytest.mark.thorough
def test_a_day_s_sitemap_that_failed_is_a_gap_until_it_is_read(newspaper, followed):
    archive, _ = followed
    day = newspaper.today
    break_for_good(newspaper, f"/sitemap-article-{day}.xml")
    (gap,) = look_again(followed)
    assert (gap["kind"], gap["since"], gap["until"]) == ("list", str(day), str(day))
    assert gap["list"].endswith(f"sitemap-article-{day}.xml")
    (again,) = look_again(followed)
    assert again["id"] == gap["id"]
    said = lamdong("status", "--archive", archive).stdout
    assert f"Gap:      {gap['list']} could not be read" in said
    newspaper.heal()
    assert look_again(followed) == []
    assert queried(archive, "SELECT closed_at FROM gaps")[0][0]


def test_a_feed_that_rolled_over_makes_its_section_be_read_deeper(newspaper, followed):
    new = newspaper.publish_some("kinh-te", 14)
    newspaper.drop(["sitemap", "front"], new)
    assert look_again(followed) == []
    assert {story.url for story in new} <= held(followed[0])


def test_lists_that_rolled_over_are_a_gap_until_the_days_between_are_read(newspaper, followed):
    archive, _ = followed
    new = newspaper.publish_some("kinh-te", 14)
    newspaper.drop(["front"], new)
    break_for_good(newspaper, "/kinh-te", "/sitemap.xml", "/sitemap-news.xml")
    gaps = {(gap["kind"], gap["list"].removeprefix(ORIGIN)): gap for gap in look_again(followed)}
    assert set(gaps) == {
        ("list", "/kinh-te"),
        ("list", "/sitemap.xml"),
        ("list", "/sitemap-news.xml"),
        ("overlap", "/rss/kinh-te"),
    }
    assert gaps["overlap", "/rss/kinh-te"]["section"] == "kinh-te"
    assert {story.url for story in new} - held(archive)
    newspaper.heal()
    assert look_again(followed) == []
    assert {story.url for story in new} <= held(archive)


def test_known_articles_in_a_box_on_every_page_are_no_overlap(newspaper, followed):
    """Fourteen new articles, three a page, beside a box with articles that are known: all are found."""
    new = newspaper.publish_some("du-lich", 14)
    newspaper.drop(["feed", "sitemap", "front"], new)
    known = next(url for url in held(followed[0]) if url.endswith(".html"))
    box = f'<div class="box"><a href="{known}">Bài được đọc nhiều</a></div></body>'.encode()
    plain = newspaper.answer

    def with_box(host, path, headers):
        answer = plain(host, path, headers)
        is_page = kind_of(path) == "section" and b"onecms_list" in answer.body
        return replace(answer, body=answer.body.replace(b"</body>", box)) if is_page else answer

    newspaper.answer = with_box
    assert look_again(followed) == []
    assert {story.url for story in new} <= held(followed[0])


def test_announced_and_not_held_is_a_gap_by_day_until_it_is_held(newspaper, followed):
    archive, _ = followed
    (story,) = newspaper.publish_some("the-thao", 1)
    break_for_good(newspaper, story.path)
    assert look_again(followed) == []  # it is asked for again in the next run
    alter(
        archive, "UPDATE urls SET found_at = '2026-01-01T00:00:00+00:00' WHERE url = ?", story.url
    )
    (gap,) = look_again(followed)
    day = str(story.published.date())
    assert (gap["kind"], gap["since"], gap["until"]) == ("articles", day, day)
    assert (gap["missing"], gap["waiting"], gap["section"]) == (1, 1, "the-thao")
    newspaper.heal()
    alter(archive, "UPDATE urls SET due_at = NULL WHERE url = ?", story.url)  # after a day's rest
    assert look_again(followed) == []
    assert story.url in held(archive)


def test_an_article_gone_before_anybody_came_is_missing(newspaper, followed):
    (story,) = newspaper.publish_some("the-thao", 1)
    newspaper._site.special[story.path] = missing
    (gap,) = look_again(followed)
    assert (gap["kind"], gap["missing"], gap["waiting"]) == ("articles", 1, 0)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_dropped_or_fails_is_found_or_named(newspaper, followed, seed):
    """Articles leave feeds, sitemaps and sections at random, and lists fail at random.

    What is not held then was on no list that answered; and where a list that did not answer has it, a gap
    covers its day. With everything mended, all that any list shows is held and no gap of lists is left.
    """
    archive, _ = followed
    chance = random.Random(seed)
    new = [
        story
        for section in SECTIONS
        for story in newspaper.publish_some(section, chance.randrange(1, 12))
    ]
    newspaper.drop(["front"], new)
    for kind in KINDS:
        newspaper.drop([kind], [story for story in new if chance.random() < 0.5])
    lists = [f"/{s}" for s in SECTIONS] + [f"/rss/{s}" for s in SECTIONS]
    lists += [
        "/sitemap-news.xml",
        f"/sitemap-article-{new[0].published.date()}.xml",
        "/sitemap.xml",
    ]
    failing = [path for path in lists if chance.random() < 0.3]
    for path in failing:
        newspaper.disturb(f"{ORIGIN}{path}", chance.choice([refused, unavailable]))
    gaps = look_again(followed)
    missed = [story for story in new if story.url not in held(archive)]
    for story in missed:
        day = str(story.published.date())
        shown = [kind for kind in KINDS if (kind, story.path) not in newspaper.dropped]
        named = [gap for gap in gaps if gap["since"] <= day <= gap["until"]]
        assert named or not shown, (seed, story.path, shown, failing)
    newspaper.heal()
    gaps = look_again(followed)
    assert [gap for gap in gaps if gap["kind"] != "articles"] == []
    lasting = {(kind, story.path): story.url for kind in ("sitemap", "section") for story in new}
    assert {lasting[each] for each in lasting.keys() - newspaper.dropped} <= held(archive), seed

"""The product lives through the sample newspaper's days, in simulated time; the life knows the truth.

A week with all its troubles by default, a month with LAMDONG_LONG=1; once in peace, once killed in every third run.
"""

import os
import shutil
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import life
import pytest
import reckoning
import starting
from runs import COMMAND, environment

from crawler import layouts
from crawler.demo.editors import MONTH, WEEK, live
from crawler.demo.living import LivingNewspaper
from crawler.demo.proxy import Replica
from crawler.demo.rolling import looks, rolls, sightings, unseen, windows
from crawler.layouts.order import read_in_order
from crawler.rebuilding import rebuild

IS_LONG = bool(os.environ.get("LAMDONG_LONG"))
CALENDAR, A_DAY, A_DAY_KILLED = (MONTH, 6, 6) if IS_LONG else (WEEK, 4, 2)
FIRST_DAY = date(2026, 9, 1)
PEACEFUL, KILLED = 0, 3
peace, kills = (pytest.param(each, marks=pytest.mark.thorough) for each in (PEACEFUL, KILLED))
both = pytest.mark.parametrize("lived", [peace, kills], indirect=True, scope="module")
killed = pytest.mark.parametrize("lived", [kills], indirect=True, scope="module")
peaceful = pytest.mark.parametrize("lived", [peace], indirect=True, scope="module")


@pytest.fixture(scope="module")
def lives(tmp_path_factory):
    """What was lived through already, by how often a run was killed."""
    return {}


@pytest.fixture(scope="module")
def lived(request, lives, tmp_path_factory):
    kill_every = request.param
    if kill_every not in lives:
        one = live(CALENDAR, FIRST_DAY)
        at = life.moments(one, A_DAY_KILLED if kill_every else A_DAY)
        folder = tmp_path_factory.mktemp("life")
        lives[kill_every] = life.live_through(one, folder, at, kill_every)
    return lives[kill_every]


@both
def test_every_run_that_could_work_did(lived):
    for run in lived.runs:
        if not run.is_killed and not lived.life.faults_at(run.at):
            assert run.status in {0, 3}, (run.at, run.report)


@killed
def test_every_third_run_was_killed_on_its_way(lived):
    assert sum(run.is_killed for run in lived.runs) == (len(lived.runs) - 1) // 3


@both
def test_every_article_a_listing_showed_is_held(lived):
    assert reckoning.unheld(lived) == []


@both
def test_every_article_is_held_once_under_one_id_for_ever(lived):
    assert reckoning.not_once(lived) == []


@both
def test_every_edit_that_was_shown_is_a_version(lived):
    known = [line for line, _ in reckoning.unkept(lived, until=lived.life.redesigned)]
    assert known == []


@peaceful
def test_every_edit_shown_after_a_redesign_is_a_version_once_a_layout_reads_it(
    lived, tmp_path, monkeypatch
):
    """What only the generic layer read makes no version: it may take other parts of a page for its text."""
    assert reckoning.unkept(lived)
    folder = shutil.copytree(lived.archive, tmp_path / "archive")
    mended = SimpleNamespace(
        NAME="redesigned",
        recognises=lambda page: page.root.find(".//main[@class='story']") is not None,
        read=lambda page, seen: read_in_order(page, seen, "redesigned"),
    )
    monkeypatch.setattr(layouts, "LAYOUTS", (mended, *layouts.LAYOUTS))
    rebuild(folder, workers=0)
    healed = replace(lived, archive=folder)
    assert reckoning.unkept(healed) == []
    assert reckoning.invented(healed) == []


@both
def test_nothing_is_a_version_that_was_no_edit(lived):
    assert reckoning.invented(lived) == []


@both
def test_every_article_is_looked_at_again_when_due(lived):
    assert reckoning.overlooked(lived) == []


@both
def test_every_state_is_what_was_last_seen(lived):
    assert reckoning.misjudged(lived) == []


@both
def test_every_disappearance_is_observed_as_what_it_is_and_confirmed_on_another_day(lived):
    assert reckoning.unobserved(lived) == []
    assert reckoning.unconfirmed(lived) == []


@both
def test_every_fault_is_alarmed_within_one_run(lived):
    assert reckoning.not_alarmed(lived) == []


@both
def test_no_alarm_is_raised_twice_and_none_on_good_days(lived):
    assert reckoning.repeated(lived) == []
    assert reckoning.alarmed_for_nothing(lived) == []


# -- the measuring stick itself --------------------------------------------------------------------


def test_a_life_is_the_same_every_time_and_has_all_that_can_happen():
    month = live(MONTH, FIRST_DAY)
    assert month == live(MONTH, FIRST_DAY)
    states = {standing.state for line in month.lines for standing in line.standings}
    assert states == {"live", "404", "410", "soft-404", "front-page"}
    assert any(len(line.addresses) > 1 for line in month.lines)
    assert max(len(line.texts) for line in month.lines) >= 3
    assert {len(line.announced) for line in month.lines} == {0, 1, 2, 3, 4}


def test_listings_show_what_was_published_by_then_and_no_more():
    week = live(WEEK, FIRST_DAY)
    newspaper = LivingNewspaper(week)
    for hours in (30, 60, 130):
        newspaper.at = at = week.begins + timedelta(hours=hours)
        if not week.answers_at(at):
            continue
        for path, lines in windows(week, at).items():
            page = newspaper.answer("baolamdong.vn", path, {}).body.decode()
            named = [line for line in week.lines if f"{line.path_at(at)}" in page]
            assert {line.number for line in named} <= {line.number for line in lines}, path
            assert len(named) >= min(len(lines), week.sizes.page), path


def test_what_rolled_over_between_two_looks_is_told():
    month = live(MONTH, FIRST_DAY)
    flood = month.begins + timedelta(days=6)
    often = [flood + timedelta(hours=hour) for hour in range(48)]
    seldom = [flood, flood + timedelta(days=1.9)]
    assert [roll for roll in rolls(month, often) if roll.listing != "/"] == []
    rolled = [roll for roll in rolls(month, seldom) if roll.listing.startswith("/rss/")]
    assert rolled
    assert all(roll.lines for roll in rolled)
    assert looks(month, [month.begins + timedelta(days=9.5)]) == []
    late = [line for line in unseen(month, seldom) if line.published > flood]
    assert not {line.number for line in late} & sightings(month, seldom).keys()
    assert any(
        line.announced for line in late
    )  # on the front page for some hours, and nowhere else


def test_a_proxy_without_a_way_out_ends_the_run(tmp_path):
    newspaper = LivingNewspaper(live(WEEK, FIRST_DAY))
    with Replica(newspaper, tmp_path / "replica") as replica:
        newspaper.hosts = ()
        done = starting.run(
            [*COMMAND, "crawl", "--archive", str(tmp_path / "archive")],
            env=environment(replica),
            capture_output=True,
            text=True,
            timeout=10,
        )
    assert done.returncode == 1
    assert "cannot be reached" in done.stderr

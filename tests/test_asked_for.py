"""What people ask for by name: days in their own spelling, and values that name nothing are said, with the nearest."""

import json
from datetime import date

import pytest
from click.testing import CliRunner
from test_browsing import fill
from test_web import _no_tracebacks, get, serving  # noqa: F401 - a fixture

from archive.spans import named
from archive.store import Archive
from crawler.cli import cli

MARCH = ("2022-03-15", "2022-03-17")  # what the archive holds of it


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("asked") / "lamdong-archive"
    with Archive(path) as archive:
        fill(archive)
    return path


@pytest.fixture(scope="module")
def site(folder):
    with serving(folder / "archive.db") as datasette:
        yield datasette


def run(folder, command, *arguments):
    """Run a command; its status, what it said in one line, and its output."""
    done = CliRunner().invoke(cli, [command, "--archive", str(folder), *arguments])
    said = [line for line in done.stderr.splitlines() if line.startswith("Error: ")]
    assert len(said) == (done.exit_code != 0), done.stderr
    return done.exit_code, "".join(said), done.stdout


def days(folder, *arguments):
    status, _, out = run(folder, "export", *arguments)
    assert status == 0
    return sorted((json.loads(line)["published_at"] or "")[:10] for line in out.splitlines())


# -- days -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2022-03-31", "2022-03-31", "2022-03-31"),
        ("31/3/2022", "2022-03-31", "2022-03-31"),
        (" 01/03/2022 ", "2022-03-01", "2022-03-01"),
        ("2022-03", "2022-03-01", "2022-03-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2023-02", "2023-02-01", "2023-02-28"),
        ("2022", "2022-01-01", "2022-12-31"),
        ("9999", "9999-01-01", "9999-12-31"),
    ],
)
def test_what_days_a_text_names(text, first, last):
    assert named(text) == (date.fromisoformat(first), date.fromisoformat(last))


NO_DAYS = ["hom-qua", "", "31/2/2022", "2022-13", "3/31/2022", "0000", "22", "2022-03-31T00:00",
           "٢٠٢٢", "20220331"]  # fmt: skip


@pytest.mark.parametrize("text", NO_DAYS)
def test_what_names_no_day_is_refused(text, folder):
    with pytest.raises(ValueError, match=r"."):
        named(text)
    for command in ("crawl", "search", "export"):
        for option in ("--since", "--until"):
            status, said, _ = run(folder, command, option, text)
            assert (status, repr(text) in said, "31/3/2022" in said) == (2, True, True)


def test_commands_take_days_as_people_write_them(folder):
    whole = [*MARCH]
    assert days(folder, "--since", "1/3/2022", "--until", "31/3/2022")[-2:] == whole
    assert days(folder, "--since", "2022-03", "--until", "2022-03") == ["2022-03", *whole]
    assert days(folder, "--since", "2022") == ["2022-03", *whole]
    assert days(folder, "--until", "2021") == ["2021-12-31"]
    _, _, out = run(folder, "search", "--json", "--since", "16/3/2022", "--until", "2022")
    assert [hit["published_at"][:10] for hit in json.loads(out)["hits"]] == [MARCH[1]]


def test_crawl_takes_them_too(monkeypatch, tmp_path):
    plans = []
    monkeypatch.setattr("crawler.running.run_crawl", lambda _, plan, **__: plans.append(plan) or 0)
    assert run(tmp_path, "crawl", "--since", "2022-02", "--until", "2022-02")[0] == 0
    assert [(str(plan.since), str(plan.until)) for plan in plans] == [("2022-02-01", "2022-02-28")]


@pytest.mark.parametrize("command", ["crawl", "search", "export"])
def test_a_period_that_ends_before_it_begins_is_refused(folder, command):
    status, said, _ = run(folder, command, "--since", "2022", "--until", "31/12/2021")
    assert (status, said) == (2, "Error: --since 2022-01-01 is after --until 2021-12-31.")


@pytest.mark.parametrize("path", ["/search.json", "/search/counts.json"])
def test_the_site_takes_days_as_people_write_them(site, path):
    iso, printed = (
        get(site, f"{path}?{days}").json()
        for days in ("since=2022-03&until=2022-03", "since=1/3/2022&until=31/3/2022")
    )
    assert iso == printed
    assert iso != get(site, path).json()


@pytest.mark.parametrize("path", ["/search.json", "/search/counts.json", "/feed.json"])
def test_the_site_refuses_what_names_no_day(site, path):
    backwards = get(site, f"{path}?lang=en&since=2022&until=2021")
    assert (backwards.status_code, backwards.json()) == (
        400,
        {"error": "since (2022-01-01) is after until (2021-12-31)."},
    )
    asked = [f"{name}={text}" for name in ("since", "until") for text in NO_DAYS if text]
    assert {get(site, f"{path}?{each}").status_code for each in asked} == {400}

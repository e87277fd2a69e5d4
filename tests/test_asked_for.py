"""What people ask for by name: days in their own spelling, and values that name nothing are said, with the nearest."""

import json
import random
import shutil
import sqlite3
from contextlib import closing
from datetime import date
from difflib import get_close_matches
from urllib.parse import parse_qsl, urlencode

import pytest
from click.testing import CliRunner
from lxml import etree
from runs import queried
from test_browsing import CORN, fill
from test_web import _no_tracebacks, get, serving  # noqa: F401 - a fixture

from archive.search import naming
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


def planned(monkeypatch, folder, *arguments):
    plans = []
    monkeypatch.setattr("crawler.running.run_crawl", lambda _, plan, **__: plans.append(plan) or 0)
    assert run(folder, "crawl", *arguments)[0] == 0
    (plan,) = plans
    return plan


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
    plan = planned(monkeypatch, tmp_path, "--since", "2022-02", "--until", "2022-02")
    assert (str(plan.since), str(plan.until)) == ("2022-02-01", "2022-02-28")


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


# -- values that name nothing -----------------------------------------------------------------------

NOTHING = [  # what is asked for, and the nearest the archive has; the archive has no video
    ("section", "kinh-tee", "kinh-te"),
    ("section", "Nông nghiêp", "kinh-te/nong-nghiep"),
    ("section", "xa", "xa-hoi"),
    ("author", "Le Hoah", "Lê Hoa"),
    ("author", "K Breoo", "K’Brẻo"),
    ("author", "Lê Hoa " * 20_000, "Lê Hoa"),
    ("tag", "Ngôo", "Ngô"),
    ("tag", "!!!", "Ngô"),
    ("kind", "video", "news"),
    ("kind", "fotos", "photo"),
    ("kind", "new", "news"),
]
SOMETHING = [
    ("section", "kinh-te"), ("section", "kinhte"), ("section", "Kinh tế"), ("section", "kinh-te/nong-nghiep"),
    ("author", "lê hoa"), ("author", "K'breo"), ("tag", "a/b 100%"), ("kind", "photo"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "value", "near"), NOTHING)
def test_a_search_for_what_is_not_there_says_the_nearest(folder, field, value, near):
    status, said, out = run(folder, "search", "--json", f"--{field}", value)
    assert (status, out) == (2, "")
    assert said.startswith(f"Error: The archive has no {field} ")
    assert said.endswith(f"; the nearest is {near!r}.")
    assert len(said) < 200


def test_a_name_that_is_empty_names_nothing(folder):
    assert (
        run(folder, "search", "--section", "")[0] == run(folder, "export", "--section", "")[0] == 2
    )


@pytest.mark.parametrize(("field", "value"), SOMETHING)
def test_a_search_for_what_is_there_is_answered(folder, site, field, value):
    status, _, out = run(folder, "search", "--json", f"--{field}", value)
    assert (status, json.loads(out)["total"] > 0) == (0, True)
    assert get(site, f"/search.json?{urlencode({field: value})}").json() == json.loads(out) | {
        "next": None
    }


@pytest.mark.parametrize("form", ["jsonl", "json", "wacz"])
def test_an_export_of_a_section_that_is_not_there(folder, tmp_path, form):
    out = tmp_path / "out"
    status, said, _ = run(
        folder, "export", "--format", form, "--section", "xa hoii", "--output", str(out)
    )
    assert (status, said) == (2, "Error: The archive has no section 'xa hoii'; the nearest is 'xa-hoi'.")  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_an_export_knows_a_section_as_the_search_does(folder):
    expected = days(folder, "--section", "kinh-te")
    assert expected == [*MARCH]
    assert days(folder, "--section", "Kinh tế") == days(folder, "--section", "kinhte") == expected
    assert days(folder, "--section", "kinh-te/nong-nghiep") == [MARCH[0]]
    assert run(folder, "export", "--section", "kinh-te%")[0] == 0
    assert run(folder, "export", "--section", "%")[0] == 2


def test_an_empty_archive_has_no_nearest(tmp_path):
    with Archive(tmp_path / "archive"):
        pass
    for command, said in (("search", "kind 'news'"), ("export", "section 'news'")):
        option = f"--{said.split()[0]}"
        wanted = (2, f"Error: The archive has no {said}.", "")
        assert run(tmp_path / "archive", command, option, "news") == wanted


@pytest.mark.parametrize(("field", "value", "near"), [each for each in NOTHING if 0 < len(each[1]) < 99])  # fmt: skip
def test_the_site_says_it_as_data_and_over_the_form(site, field, value, near):
    query = urlencode({"q": "ngô", field: value, "sort": "newest", "lang": "en"})
    said = f"The archive has no {field} “{value}”; the nearest is “"
    for path in ("/search.json", "/search/counts.json", "/feed.json", "/feed.atom"):
        answer = get(site, f"{path}?{query}")
        assert (answer.status_code, list(answer.json())) == (400, ["error"])
        assert answer.json()["error"].startswith(said)
    page = get(site, f"/search?{query}")
    assert page.status_code == 400
    shown = etree.HTML(page.text)
    (heading,) = shown.xpath("//h1")
    assert heading.text == answer.json()["error"]
    form = {each.get("name"): each.get("value") for each in shown.xpath("//form//input")}
    chosen = {
        each.getparent().get("name"): each.get("value")
        for each in shown.xpath("//form//option[@selected]")
    }
    assert {**form, **chosen}["q"] == "ngô"
    assert {**form, **chosen}[field] == value
    assert chosen["sort"] == "newest"


@pytest.mark.parametrize(
    "asked", ["since=hom-qua", "until=31%2F2%2F2022", "since=2022&until=2021", "sort=x", "page=x", "tag=%3Cb%3E"]
)  # fmt: skip
def test_whatever_the_site_refuses_stays_in_the_form(site, asked):
    page = get(site, f"/search?q=ng%C3%B4&author=L%C3%AA+Hoa&{asked}")
    shown = etree.HTML(page.text)
    form = {each.get("name"): each.get("value") for each in shown.xpath("//form//input")}
    assert (page.status_code, form["q"], form["author"]) == (400, "ngô", "Lê Hoa")
    typed = {name: text for name, text in parse_qsl(asked) if name in form}
    assert typed.items() <= form.items()
    assert len(typed) + asked.startswith(("sort", "page")) == asked.count("=")


def test_of_many_names_few_are_compared_closely(monkeypatch):
    compared = []

    def counted(word, names, *how):
        compared.append(len(names))
        return get_close_matches(word, names, *how)

    monkeypatch.setattr(naming, "get_close_matches", counted)
    chance = random.Random(12)
    names = ["".join(chance.choices("abcdeghiklmnopqrstuvxy ", k=60)) for _ in range(1500)]
    with closing(sqlite3.connect(":memory:")) as db:
        db.row_factory = sqlite3.Row
        db.execute("CREATE TABLE articles (id INTEGER PRIMARY KEY, authors TEXT)")
        rows = ([json.dumps([name])] for name in names)
        db.executemany("INSERT INTO articles (authors) VALUES (?)", rows)
        for name in (names[0], names[750], names[-1]):
            assert naming.nearest(db, naming.Unknown("author", name[3:] + "x")) == name
    assert compared == [50] * 3


def test_pages_of_what_is_not_there_stay_404(site):
    assert {get(site, f"/{each}").status_code for each in ("sections/x", "authors/x", "tags/x")} == {404}  # fmt: skip


def test_an_index_of_older_rules_is_not_asked(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "archive")
    with closing(sqlite3.connect(other / "archive.db")) as db, db:
        db.execute("UPDATE settings SET value = '1' WHERE name = 'normaliser'")
    assert run(other, "search", "--section", "kinh-tee")[0] == 0


def test_what_is_withheld_is_not_named(folder, tmp_path):
    other = shutil.copytree(folder, tmp_path / "archive")
    (number,) = [row["id"] for row in queried(other, "SELECT id FROM articles WHERE url = ?", CORN)]
    assert run(other, "search", "--author", "K Brẻo")[0] == 0
    assert run(other, "withhold", str(number), "--why", "x")[0] == 0
    for option, value in (("--author", "K’Brẻo"), ("--tag", "Ngô"), ("--section", "nong-nghiep")):
        status, said, _ = run(other, "search", option, value)
        assert (status, "nearest is 'K’Brẻo'" in said, "nearest is 'Ngô'" in said) == (
            2,
            False,
            False,
        )
        assert "nghiep'." not in said


# -- what a crawl is narrowed to --------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Kinh tế", "", "/", "!!!", "kinh te", "../../etc", "kinh-te?x=1", "kinh-te#x", "rss", "home", "a/b/c",
             "https://baolamdong.vn/kinh-te", "mot-bai-386954.html", "%", "kinh-te\x1b[2J"],
)  # fmt: skip
def test_crawl_refuses_what_does_not_look_like_a_section(tmp_path, name):
    status, said, _ = run(tmp_path / "archive", "crawl", "--section", name)
    assert (status, "is no section" in said) == (2, True)
    assert not (tmp_path / "archive").exists()


def test_crawl_takes_what_looks_like_one(monkeypatch, tmp_path):
    names = ("kinh-te", "/xahoi/", "Moi-Truong", "chua-tung-thay/ca-hai")
    options = [word for name in names for word in ("--section", name)]
    plan = planned(monkeypatch, tmp_path, *options)
    assert plan.sections == ("kinh-te", "xa-hoi", "moi-truong", "chua-tung-thay/ca-hai")


NO_ARTICLES = [
    "https://example.org/mot-bai-386954.html", "ftp://baolamdong.vn/mot-bai-386954.html", "http://[x", "", "x" * 3000,
    "https://baolamdong.vn/", "https://baolamdong.vn/kinh-te", "file:///etc/passwd", "386954",
]  # fmt: skip


@pytest.mark.parametrize("url", NO_ARTICLES)
def test_an_address_that_is_no_article_is_refused(tmp_path, url):
    status, said, _ = run(tmp_path / "archive", "crawl", "--", url)
    assert (status, "None of the addresses is one of an article" in said) == (2, True)
    assert not (tmp_path / "archive").exists()


def test_the_articles_among_addresses_are_asked_for(monkeypatch, tmp_path):
    plan = planned(monkeypatch, tmp_path, *NO_ARTICLES, "baolamdong.vn/mot-bai-386954.html")
    assert [each.url for each in plan.given] == ["https://baolamdong.vn/mot-bai-386954.html"]

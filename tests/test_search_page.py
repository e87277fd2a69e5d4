"""The search page: its filters as a form, as marks to remove and as charts; suggestions, and what browsers are told."""

import re
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from lxml import etree, html
from test_web import (  # noqa: F401 - the fixture serves every test here
    HOST,
    SCRIPT,
    Writer,
    _no_tracebacks,
    an_article,
    get,
    serving,
)

from archive.search import counting
from archive.store import Archive

YEARS = {"2020": 1, "2021": 2, "2022": 4}
OPEN_SEARCH = {"o": "http://a9.com/-/spec/opensearch/1.1/"}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("search-page")
    with Archive(folder) as archive:
        to, n = Writer(archive), 0
        for year, many in YEARS.items():
            for day in range(many):
                n += 1
                part = ("Kinh tế", "kinh-te") if day % 2 else ("Thể thao", "the-thao")
                to.keep(f"c/ca-phe-{30000 + n}", an_article(
                    f"{HOST}/ca-phe-{30000 + n}.html", f"Cà phê {n}", published_at=f"{year}-03-{day + 1:02}",
                    precision="day", section=part[0], section_slug=part[1], authors=["Lê Hoa"],
                    kind="photo" if year == "2020" else "news", tags=["Nông sản"],
                ))  # fmt: skip
        to.keep("c/hiem-30999", an_article(
            f"{HOST}/hiem-30999.html", SCRIPT, section=SCRIPT, section_slug="hiem", authors=[SCRIPT], tags=[SCRIPT],
        ))  # fmt: skip
    with serving(folder / "archive.db") as datasette:
        yield datasette


def tree(site, path, status=200):
    answer = get(site, path)
    assert answer.status_code == status
    return html.fromstring(answer.content.decode())


def asked(address):
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def form_of(page):
    """What the form sends when it is sent as it stands: nothing is said of fields left empty."""
    [form] = page.xpath("//form[@role='search']")
    return {name: value for name, value in form.form_values() if value}


STATES = [
    "q=ca+phe",
    "q=ca+phe&section=kinh-te",
    "q=ca+phe&author=L%C3%AA+Hoa&kind=news",
    "q=ca+phe&tag=N%C3%B4ng+s%E1%BA%A3n&since=2021-01-01&until=2022-12-31&sort=newest",
    "section=the-thao&sort=relevance&lang=en",
]


REFUSED = [
    "q=ca+phe&section=kh%C3%B4ng-c%C3%B3&kind=l%E1%BA%A1",
    "q=ca+phe&since=hom-qua&until=31%2F3%2F2022",
]


@pytest.mark.parametrize(
    ("state", "status"), [*((each, 200) for each in STATES), *((each, 400) for each in REFUSED)]
)
def test_the_form_holds_the_state_of_the_address(site, state, status):
    assert form_of(tree(site, f"/search?{state}", status)) == asked(f"?{state}")


@pytest.mark.parametrize(("state", "removed"), [
    ("q=ca+phe", []),
    ("q=ca+phe&section=kinh-te", ["Bỏ lọc theo chuyên mục Kinh tế"]),
    ("q=ca+phe&kind=photo&author=L%C3%AA+Hoa", ["Bỏ lọc theo tác giả Lê Hoa", "Bỏ lọc theo thể loại Phóng sự ảnh"]),
    ("q=ca+phe&kind=news", ["Bỏ lọc theo thể loại Tin, bài thường"]),
    ("q=ca+phe&since=2022-01-01&until=2022-12-31", ["Bỏ lọc theo năm 2022"]),
    ("q=ca+phe&since=2022-01-01&until=2022-12-30", ["Bỏ lọc theo từ ngày 1/1/2022", "Bỏ lọc theo đến ngày 30/12/2022"]),
    ("q=ca+phe&since=2022-02-01&sort=newest", ["Bỏ lọc theo từ ngày 1/2/2022"]),
    ("q=ca+phe&tag=N%C3%B4ng+s%E1%BA%A3n", ["Bỏ lọc theo từ khóa Nông sản"]),
    (f"q=ca+phe&section=hiem&author={quote(SCRIPT)}",
     [f"Bỏ lọc theo {filter} {SCRIPT}" for filter in ("chuyên mục", "tác giả")]),
])  # fmt: skip
def test_each_filter_can_be_removed_alone(site, state, removed):
    page = tree(site, f"/search?{state}")
    chips = page.xpath("//ul[@class='chips']//a[@aria-label]")
    assert [chip.get("aria-label") for chip in chips] == removed
    before = asked(f"?{state}")
    gone = []
    for chip in chips:
        after = asked(chip.get("href"))
        assert after.items() < before.items()
        gone += before.keys() - after.keys()
    assert sorted(gone) == sorted(before.keys() - {"q", "sort"})
    if removed:
        [everything] = page.xpath("//ul[@class='chips']//a[not(@aria-label)]/@href")
        assert asked(everything).keys() == before.keys() & {"q", "sort"}


def bars_of(page):
    return [
        (bar.findtext("a"), bar.find("svg/rect").get("width"), bar.findtext("span"), bar.find("a"))
        for bar in page.xpath("//ul[@class='bars']/li")
    ]


def test_each_bar_narrows_to_its_year(site):
    bars = bars_of(tree(site, "/search?q=ca+phe&section=&sort=newest"))
    assert [bar[:3] for bar in bars] == [
        ("2022", "100%", "4"),
        ("2021", "50%", "2"),
        ("2020", "25%", "1"),
    ]
    for year, _, number, link in bars:
        page = tree(site, link.get("href"))
        assert page.findtext(".//h1").strip() == f"{number} bài"
        assert form_of(page)["sort"] == "newest"
        chosen = [each for each in bars_of(page) if each[3].get("aria-current")]
        assert [each[0] for each in chosen] == [year]
        assert [each[2] for each in bars_of(page)] == ["4", "2", "1"], (
            "one may go on to another year"
        )
        assert asked(chosen[0][3].get("href")) == {"q": "ca phe", "sort": "newest"}


def test_each_section_narrows_and_all_stay_in_sight(site):
    page = tree(site, "/search?q=ca+phe&section=kinh-te")
    shown = [
        each.text_content().split() for each in page.xpath("//div[@class='spread']/section[2]//li")
    ]
    assert shown == [["Thể", "thao", "4"], ["Kinh", "tế", "3"]]
    assert page.xpath("//section//b[@aria-current]/text()") == ["Kinh tế"]
    assert page.findtext(".//h1").strip() == "3 bài"


@pytest.mark.parametrize(("state", "years"), [
    ("q=ca+phe&since=2019-01-01&until=2019-12-31", ["2022", "2021", "2020"]),
    ("q=khong-co-gi&since=2022-01-01&until=2022-12-31", []),
    ("q=khong-co-gi", []),
])  # fmt: skip
def test_where_a_year_has_nothing_the_others_are_in_sight(site, state, years):
    page = tree(site, f"/search?{state}")
    assert page.findtext(".//h1").strip() == "Không tìm thấy bài nào."
    assert [bar[0] for bar in bars_of(page)] == years
    assert bool(page.xpath("//div[@class='spread']")) == bool(years)


def test_pages_lead_on_and_back(site):
    first = tree(site, "/search?q=ca+phe&kind=news&size=4")
    assert not first.xpath("//a[@rel='prev']")
    beyond = tree(site, "/search?q=ca+phe&kind=news&page=9")
    assert "Hết: không còn bài nào nữa." in beyond.text_content()
    [back] = beyond.xpath("//a[@rel='prev']/@href")
    assert asked(back) == {"q": "ca phe", "kind": "news", "page": "8"}
    [back] = tree(site, "/search?q=ca+phe&page=2").xpath("//a[@rel='prev']/@href")
    assert asked(back) == {"q": "ca phe"}


@pytest.mark.parametrize(("path", "status"), [
    ("/search?q=script", 200), ("/search?section=hiem", 200),
    ("/search?q=%3Cscript%3Ealert(1)&author=%3Cscript%3E", 400),
    ("/search?kind=%22%3E%3Cscript%3E&tag=%27onload%3D1&q=x", 400),
    ("/search?since=%22%3E%3Cscript%3E&sort=%27onload%3D1&q=x", 400),
])  # fmt: skip
def test_hostile_names_stay_text(site, path, status):
    page = tree(site, path, status)
    assert not page.xpath("//@style | //@*[starts-with(name(), 'on')] | //script[text()] | //img")
    if "section" in path:
        assert page.text_content().count(SCRIPT) >= 3


# -- suggestions -----------------------------------------------------------------------------------


def test_suggestions_say_where_each_title_leads(site):
    for language, end in (("", ""), ("&lang=en", "?lang=en")):
        found = get(site, f"/search/suggestions.json?q=c%C3%A0{language}").json()
        assert found["query"] == "cà"
        assert len(found["suggestions"]) == 7
        for each in found["suggestions"]:
            assert each["page"] == f"/articles/{each['id']}{end}"
            assert each["title"] in get(site, each["page"]).text


def test_browsers_get_suggestions_as_an_array_of_four(site):
    answer = get(site, "/search/suggestions.json?q=c%C3%A0+phe+7&form=opensearch")
    assert answer.headers["content-type"] == "application/x-suggestions+json"
    [typed, titles, about, addresses] = answer.json()
    assert (typed, titles, about) == ("cà phe 7", ["Cà phê 7"], [""])
    assert re.fullmatch(r"http://localhost/articles/\d+", addresses[0])
    assert get(site, "/search/suggestions.json?form=opensearch").json() == ["", [], [], []]


@pytest.mark.parametrize("path", ["/", "/search", "/?lang=en", "/search?q=ca&lang=en"])
def test_the_box_says_where_to_ask_for_suggestions_and_works_without(site, path):
    page = tree(site, path)
    [form] = page.xpath("//form[@role='search']")
    end = "?lang=en" if "lang=en" in path else ""
    assert form.get("data-suggestions") == f"/search/suggestions.json{end}"
    assert form.get("data-found").count("#") == 1 and form.get("data-label")
    assert (form.get("action"), form.get("method")) == ("/search", "get")
    assert not page.xpath("//input[@role='combobox']"), "only the script makes it one"
    [script] = page.xpath("//script")
    assert not script.text and re.fullmatch(r".*/site\.js\?v=\w+", script.get("src"))
    answer = get(site, script.get("src"))
    assert answer.status_code == 200 and "javascript" in answer.headers["content-type"]
    assert len(answer.content) < 4096 and "innerHTML" not in answer.text


# -- OpenSearch ------------------------------------------------------------------------------------


def described(site, path, **options):
    answer = get(site, path, **options)
    assert answer.headers["content-type"] == "application/opensearchdescription+xml; charset=utf-8"
    root = etree.fromstring(answer.content)
    assert 1 <= len(root.findtext("o:ShortName", namespaces=OPEN_SEARCH)) <= 16
    assert len(root.findtext("o:LongName", namespaces=OPEN_SEARCH)) <= 48
    assert len(root.findtext("o:Description", namespaces=OPEN_SEARCH)) <= 1024
    return {each.get("type"): each.get("template") for each in root.findall("o:Url", OPEN_SEARCH)}


@pytest.mark.parametrize("end", ["", "?lang=en"])
def test_browsers_are_told_how_to_search(site, end):
    [link] = tree(site, f"/{end}").xpath("//link[@rel='search']")
    assert link.get("href") == f"/opensearch.xml{end}"
    templates = described(site, link.get("href"))
    assert len(templates) == 4
    for media_type, template in templates.items():
        assert template.startswith("http://localhost/")
        answer = get(
            site, template.removeprefix("http://localhost").replace("{searchTerms}", "ca%20phe")
        )
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(media_type)
        if media_type == "text/html":
            assert ("7 articles" if end else "7 bài") in answer.text


def test_addresses_are_those_the_visit_came_by(site):
    templates = described(site, "/opensearch.xml", headers={"Host": "kho.example:8080"})
    assert all(each.startswith("http://kho.example:8080/") for each in templates.values())


def test_the_page_says_how_many_there_are_beyond_those_that_were_read(site, monkeypatch):
    for module, name in (("tiers", "COUNTED"), ("finding", "COUNTED"), ("counting", "NEWEST")):
        monkeypatch.setattr(f"archive.search.{module}.{name}", 3)
    page = tree(site, "/search?q=ca+phe")
    assert page.xpath("string(//h1)").strip() == "7 bài"
    assert [bar.text_content().strip() for bar in page.xpath("//ul[@class='bars']/li")] == [
        "20224", "20212", "20201",
    ]  # fmt: skip


def test_every_section_can_be_chosen_with_or_without_hits(site):
    page = tree(site, "/search?q=khong+co+gi+ca")
    options = page.xpath("//select[@name='section']/option")
    assert {option.get("value") for option in options} == {"", "kinh-te", "the-thao", "hiem"}


def test_many_hits_are_counted_once_a_minute(site, monkeypatch):
    for module, name in (("tiers", "COUNTED"), ("finding", "COUNTED"), ("counting", "NEWEST")):
        monkeypatch.setattr(f"archive.search.{module}.{name}", 3)
    counted = []
    years = counting._years
    monkeypatch.setattr(counting, "_years", lambda *asked: counted.append(1) or years(*asked))
    first = get(site, "/search?q=phe")
    again = get(site, "/search?q=phe&sort=newest")
    assert len(counted) == 1
    assert first.text.count("<rect") == again.text.count("<rect") == 3
    get(site, "/search?q=phe&kind=news")
    assert len(counted) == 2
    monkeypatch.setattr("archive.web.keeping.MINUTE", 0)
    get(site, "/search?q=phe")
    assert len(counted) == 3

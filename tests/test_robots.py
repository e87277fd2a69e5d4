"""robots.txt in any encoding and of any length: obeyed, paused for, and never a burden."""

import asyncio
import gzip
from dataclasses import replace
from types import SimpleNamespace

import pytest
from runs import crawl, lamdong
from scrapy.settings import Settings
from steps import counting

from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.middlewares import Robots
from crawler.robots import LARGEST, RobotsTxt, text_of, unpacked

HOME = "https://baolamdong.vn"
NAME = "lamdong-news-archive"
RULES = "User-agent: *\nDisallow: /kinh-te/\nCrawl-delay: 2\nSitemap: https://baolamdong.vn/sitemap.xml\n"
MARK = "\ufeff"
SPELT = {
    "mark": (MARK + RULES).encode(),
    "two marks": (MARK + MARK + RULES).encode(),
    "mark and blank line": (MARK + "\n" + RULES).encode(),
    "a mark read as Latin-1": ("ï»¿" + RULES).encode(),
    "UTF-16": RULES.encode("utf-16"),
    "UTF-16, big end first": (MARK + RULES).encode("utf-16-be"),
    "UTF-16 without mark": RULES.encode("utf-16-le"),
    "UTF-16 big end first without mark": RULES.encode("utf-16-be"),
    "UTF-32": RULES.encode("utf-32"),
    "CRLF": RULES.replace("\n", "\r\n").encode(),
    "CR": RULES.replace("\n", "\r").encode(),
    "mark and CR": (MARK + RULES).replace("\n", "\r").encode(),
    "UTF-16 and CRLF": RULES.replace("\n", "\r\n").encode("utf-16"),
    "own group": RULES.replace("*", f"another\nUser-agent: {NAME.upper()}").encode(),
    "not UTF-8": b"# B\xe1o\n" + RULES.encode(),
}


@pytest.mark.parametrize("body", SPELT.values(), ids=SPELT)
def test_a_robots_txt_is_obeyed_however_it_is_spelt(body):
    read = RobotsTxt(body, NAME)
    assert not read.allows(f"{HOME}/kinh-te/202303/gia-ca-phe-6ef2012/")
    assert read.allows(f"{HOME}/thoi-su/202303/gia-ca-phe-6ef2012/")
    assert read.delay == 2
    assert read.sitemaps == [f"{HOME}/sitemap.xml"]


def test_what_is_beyond_the_beginning_is_dropped_and_no_rule_is_cut_in_half():
    filler = "# filler\n" * (LARGEST // 9)
    body = (
        f"User-agent: *\nDisallow: /first\n{filler}"[: LARGEST - 5]
        + "\nDisallow: /second\nDisallow: /x\n"
    )
    read = RobotsTxt(body.encode(), NAME)
    assert not read.allows(f"{HOME}/first-1234.html")
    assert read.allows(f"{HOME}/second-1234.html")
    assert read.allows(f"{HOME}/another-1234.html")  # `Disallow: /` would be half of a rule
    assert len(text_of(body.encode())) <= LARGEST


def test_a_packed_one_is_unpacked_no_further_than_its_beginning():
    bomb = gzip.compress(RULES.encode() + b"#" * 60_000_000)
    assert len(unpacked(bomb, "gzip")) == LARGEST + 1
    assert not RobotsTxt(unpacked(bomb, "gzip"), NAME).allows(f"{HOME}/kinh-te/a-1234.html")
    assert unpacked(gzip.compress(RULES.encode())[:-9], "gzip").startswith(b"User-agent")
    assert unpacked(RULES.encode(), "gzip") == unpacked(RULES.encode(), "br") == RULES.encode()


@pytest.mark.parametrize("count", [50, 5_000])
def test_many_names_times_many_rules_do_not_fill_the_memory(count):
    names = "".join(f"User-agent: a{number}\n" for number in range(count))
    rules = "".join(f"Disallow: /x{number}\n" for number in range(count))
    read = RobotsTxt(f"{names}User-agent: *\n{rules}".encode(), NAME)
    assert not read.allows(f"{HOME}/x7")
    assert len(read._rules._user_agents) == 2


def _crawl_with(tmp_path, body: bytes, *arguments: object, packable: bool = False):
    newspaper = SampleNewspaper(troubles=False)
    answer = replace(Answer(200, body, "text/plain"), packable=packable)
    newspaper.disturb(f"{HOME}/robots.txt", lambda _: answer)
    with Replica(newspaper, tmp_path / "replica") as replica:
        done = lamdong("crawl", "--archive", tmp_path / "archive", *arguments, replica=replica)
        return done, [request.url for request in replica.asked]


@pytest.mark.parametrize("packable", [False, True])
def test_of_a_huge_one_the_beginning_is_obeyed(tmp_path, packable):
    body = b"User-agent: *\nDisallow: /rss\nDisallow: /sitemap\n" + b"# padding\n" * 1_000_000
    narrow = ("--section", "kinh-te", "--limit", 1, "--no-images")
    done, asked = _crawl_with(tmp_path, body, *narrow, packable=packable)
    assert done.returncode in {0, 3}
    assert "1 new" in done.stderr
    assert f"{HOME}/kinh-te" in asked
    assert not [url for url in asked if "/rss" in url]


def test_a_crawl_delay_beyond_five_minutes_ends_the_run_with_one_sentence(tmp_path):
    done, asked = _crawl_with(tmp_path, b"User-agent: *\nCrawl-delay: 301\n")
    assert done.returncode == 1
    assert set(asked) == {f"{HOME}/robots.txt"}
    assert done.stderr.count("Crawl-delay") == 1
    assert "301 s" in done.stderr


def test_a_crawl_delay_holds_for_each_host_longer_than_scrapy_remembers_it():
    from scrapy.utils.test import get_crawler

    from crawler.middlewares import Robots

    crawler = get_crawler(settings_dict={"BOT_NAME": NAME, "DOWNLOAD_DELAY": 5})

    downloader = SimpleNamespace(per_slot_settings={}, slots={})
    crawler.engine = SimpleNamespace(downloader=downloader)
    robots = Robots.from_crawler(crawler)
    for delay in (2, 300, 7):
        robots._slow_down("baolamdong.vn", delay)
    assert downloader.per_slot_settings == {"baolamdong.vn": {"delay": 300, "concurrency": 1}}


def test_a_bom_in_front_of_everything_is_obeyed_by_a_crawl(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    body = "\ufeffUser-agent: *\r\nDisallow: /rss\r\n".encode()
    newspaper.disturb(f"{HOME}/robots.txt", lambda _: Answer(200, body, "text/plain"))
    with Replica(newspaper, tmp_path / "replica") as replica:
        crawl(tmp_path / "archive", replica, "--section", "kinh-te", "--limit", 1)
        assert not [request for request in replica.asked if request.path.startswith("/rss")]


class Beside:
    """A spider of which is noted what it was handed to be done beside the requests."""

    def __init__(self):
        self.done = []

    async def beside(self, work, *given):
        self.done.append(work.__name__)
        return work(*given)

    def robots_said(self, host, sitemaps):
        pass


@pytest.mark.parametrize(
    ("rules", "beside"), [(3, ["RobotsTxt"]), (3_000, ["RobotsTxt", "allows"])]
)
def test_what_takes_a_while_is_done_beside_the_requests(rules, beside):
    spider = Beside()
    downloader = SimpleNamespace(per_slot_settings={}, slots={})
    settings = Settings({"BOT_NAME": "lamdong", "DOWNLOAD_DELAY": 0})
    engine = SimpleNamespace(downloader=downloader)
    robots = Robots(SimpleNamespace(settings=settings, spider=spider, engine=engine))
    body = "User-agent: *\n" + "Disallow: /a*b\n" * rules

    async def asked():
        read = await robots._understood(
            "https://baolamdong.vn", SimpleNamespace(body=body.encode())
        )
        return await robots._allows(read.text, "https://baolamdong.vn/ab")

    assert asyncio.run(asked()) is False
    assert spider.done == beside


@pytest.mark.parametrize("rule", ["/*a", "/" + "*a" * 20 + "$", "/*" * 20 + "b", "/a*a*a*a*b"])
def test_a_wildcard_costs_in_proportion(rule):
    counted = []
    for size in (900, 1_800):
        text = RobotsTxt(f"User-agent: *\nDisallow: {rule}\n".encode(), "lamdong")
        with counting() as steps:
            text.allows("https://baolamdong.vn/" + "a" * size)
        counted.append(steps.taken)
    assert counted[0] > 0
    assert counted[1] <= 2 * counted[0] + 20

"""The sample newspaper answers as it says: through its proxy, troubles and all."""

import gc
import html
import http.client
import re
import ssl
import subprocess
import sys
import unicodedata
import zlib
from collections import deque
from contextlib import closing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import pytest
from lxml import html as markup
from steps import within

from crawler.demo import troubles
from crawler.demo.filler import Filler
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.pages import SKELETONS
from crawler.demo.proxy import Asked, Replica
from crawler.demo.sections import BY_SLUG
from crawler.demo.story import FOREIGN_IMAGE_HOST, HOST, VIETNAM, Story

TODAY = date(2026, 3, 1)
SITE = f"https://{HOST}"
CALM = SampleNewspaper(TODAY, troubles=False)
NUMBERED = next(story for story in CALM.stories if story.generation == "numbered-old")
PRINTED = [
    pytest.param(story, skeleton, id=f"{skeleton}-{story.path[-16:].strip('/')}")
    for story in [*CALM.stories, *CALM.republished]
    for skeleton in SKELETONS[story.generation]
]


class Got(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


class Reader:
    """Asks through the proxy as a plain client would, one lasting connection to each host."""

    def __init__(self, replica: Replica) -> None:
        self.replica = replica
        self.newspaper: SampleNewspaper = replica.newspaper
        self.tls = ssl.create_default_context(cafile=replica.environment["SSL_CERT_FILE"])
        self.tls.verify_flags |= ssl.VERIFY_X509_STRICT
        self.lines: dict[str, http.client.HTTPSConnection] = {}

    def line(self, host: str) -> http.client.HTTPSConnection:
        if host not in self.lines:
            port = self.replica.port
            line = http.client.HTTPSConnection("127.0.0.1", port, context=self.tls)
            line.set_tunnel(host)
            self.lines[host] = line
        return self.lines[host]

    def get(self, url: str, method: str = "GET", **headers: str) -> Got:
        parts = urlsplit(urljoin(SITE, url))
        line = self.line(parts.hostname)
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            line.request(method, f"{parts.path}?{parts.query}".rstrip("?"), headers=fields)
            answer = line.getresponse()
            return Got(answer.status, answer.headers, answer.read())
        except (OSError, http.client.HTTPException):
            line.close()
            raise

    def close(self) -> None:
        for line in self.lines.values():
            line.close()

    def text(self, url: str) -> str:
        return self.get(url).body.decode()

    def xml(self, url: str) -> list[str]:
        """Every address named by a feed or sitemap."""
        tree = ElementTree.fromstring(self.text(url))
        return [e.text for e in tree.iter() if re.search(r"(\}loc|^link)$", e.tag) and e.text]


@pytest.fixture(scope="module")
def calm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calm")
    with Replica(CALM, folder) as replica, closing(Reader(replica)) as reader:
        yield reader


@pytest.fixture
def reader(tmp_path):
    newspaper = SampleNewspaper(TODAY)
    with Replica(newspaper, tmp_path) as replica, closing(Reader(replica)) as reader:
        yield reader


def words(page: str) -> str:
    composed = unicodedata.normalize("NFC", html.unescape(re.sub(r"<[^>]+>", "", page)))
    return " ".join(composed.replace("Ð", "Đ").split())


# The proxy


def test_the_environment_alone_sends_a_program_to_the_replica(calm):
    ask = f"import urllib.request as u; print(u.urlopen('{SITE}/robots.txt').read().decode())"
    done = subprocess.run(
        [sys.executable, "-c", ask], env=calm.replica.environment, capture_output=True, text=True
    )
    assert "Sitemap: https://baolamdong.vn/sitemap.xml" in done.stdout, done.stderr


def test_a_client_that_does_not_know_the_authority_refuses(calm):
    stranger = Reader(calm.replica)
    stranger.tls = ssl.create_default_context()
    with pytest.raises(ssl.SSLCertVerificationError):
        stranger.get("/")


def test_plain_http_is_redirected(calm):
    line = http.client.HTTPConnection("127.0.0.1", calm.replica.port)
    line.request("GET", f"http://{HOST}/xahoi/?page=2")
    answer = line.getresponse()
    assert (answer.status, answer.headers["Location"]) == (301, f"{SITE}/xahoi/?page=2")
    line.close()


def test_every_request_is_logged_and_unknown_hosts_are_refused(reader):
    reader.get("/rss", User_Agent="tester/1 (+https://example.org)")
    with pytest.raises(OSError, match="502"):
        reader.get("https://elsewhere.example/")
    first, second = reader.replica.asked
    assert (first.method, first.url) == ("GET", f"{SITE}/rss")
    assert first.headers["user-agent"] == "tester/1 (+https://example.org)"
    assert (second.method, second.host) == ("CONNECT", "elsewhere.example")
    assert second.at >= first.at


def test_the_replica_ends_while_a_client_is_still_connected(tmp_path):
    with Replica(CALM, tmp_path) as replica:
        reader = Reader(replica)
        assert reader.get("/rss").status == 200
    assert not replica._thread.is_alive()
    reader.close()
    gc.collect()  # a connection left open would warn now


def test_the_head_of_a_request_is_read():
    asked = Asked.read(b'GET http://a.vn/b?c=1 HTTP/1.1\r\nIF-None-Match: "x:y"\r\n\r\n', None)
    assert (asked.url, asked.headers) == ("http://a.vn/b?c=1", {"if-none-match": '"x:y"'})


def test_gzip_and_head_are_honoured(calm):
    plain = calm.get("/")
    packed = calm.get("/", Accept_Encoding="gzip, deflate")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert zlib.decompress(packed.body, wbits=31) == plain.body
    assert calm.get("/", method="HEAD").body == b""


@pytest.mark.parametrize(
    ("path", "validator", "condition"),
    [
        (CALM.stories[-1].path, "ETag", "If_None_Match"),
        ("/sitemap.xml", "ETag", "If_None_Match"),
        (f"/sitemap-article-{TODAY}.xml", "ETag", "If_None_Match"),
        ("/rss/kinh-te", "Last-Modified", "If_Modified_Since"),
        (NUMBERED.path, "Last-Modified", "If_Modified_Since"),
    ],
)
def test_unchanged_pages_cost_a_304(calm, path, validator, condition):
    known = calm.get(path).headers[validator]
    unchanged = calm.get(path, **{condition: known})
    assert (unchanged.status, unchanged.body) == (304, b"")
    older = '"other"' if validator == "ETag" else "Mon, 01 Jan 2001 00:00:00 GMT"
    assert calm.get(path, **{condition: older}).status == 200


def test_page_after_page_is_answered_once(tmp_path):
    newspaper = SampleNewspaper(TODAY, filler=300, filler_size=85_000)
    with Replica(newspaper, tmp_path) as replica, closing(Reader(replica)) as reader:
        for url in newspaper.article_urls()[-300:]:
            assert len(reader.get(url).body) > 80_000
        assert len(replica.asked) == 300


# The stories


@pytest.mark.parametrize(("story", "skeleton"), PRINTED)
def test_a_page_holds_what_is_expected_of_it(story: Story, skeleton):
    page = CALM.page(story, skeleton)
    assert "{{" not in page
    seen, truth = words(page), story.expected()
    for text in [
        truth["title"],
        truth["kicker"],
        truth["lead"],
        *truth["authors"],
        truth["source"],
    ]:
        assert not text or text in seen
    for piece in re.split(r"\n+", truth["body"]):
        assert piece in seen
    for image in truth["images"]:
        assert image["url"].removeprefix(SITE).rpartition("/")[2] in page
        assert not image["caption"] or image["caption"] in seen
    assert truth["published_at"] is not None
    assert unicodedata.is_normalized("NFC", repr(truth))


def test_every_generation_and_kind_is_there():
    assert {story.generation for story in CALM.stories} == SKELETONS.keys() - {"republished"}
    kinds = {"news", "digest", "longform", "photo", "video", "verse", "notice"}
    assert {story.kind for story in CALM.stories} == kinds
    assert {story.language for story in CALM.stories} == {"vi", "en"}
    assert {story.precision for story in CALM.stories} == {"minute", "day", "month"}
    blocks = {block["type"] for s in CALM.stories for block in s.expected()["blocks"]}
    assert blocks == {"p", "h2", "quote", "list", "table", "verse", "image", "video", "embed"}


def test_the_newest_stories_follow_today():
    ages = [TODAY - story.published.date() for story in CALM.stories]
    assert min(ages) == timedelta(0)
    assert len([age for age in ages if age < timedelta(days=10)]) > 15
    assert all(story.published < datetime.now(VIETNAM) for story in SampleNewspaper().stories)
    digest = next(story for story in CALM.stories if story.kind == "digest")
    assert digest.title == "Lâm Đồng hôm nay 28/02"


def test_dates_are_printed_as_each_generation_does():
    seed = CALM.expected(
        f"{SITE}/chinhtri/202203/ro-men-no-luc-xay-dung-chi-bo-nong-thon-ben-vung-3109288/"
    )
    assert (seed["published_at"], seed["published_precision"]) == ("2022-03-30", "day")
    lines = [
        ("2855101", "Cập nhật lúc 08:27, Thứ Ba, 26/12/2017 (GMT+7)"),
        ("3030881", "06:11, 04/11/2020"),  # 06:35 as the re-rendered pages have it
        ("3021990", "01:09, 13/09/2020"),  # 13:20
        ("5b1d07a", "06:20, 15/11/2023"),
        ("386991", "14/08/2025 - 19:26"),
        ("142310", "15-07-2025 13:04"),
    ]
    for name, line in lines:
        story = next(story for story in CALM.stories if name in story.path)
        assert line in CALM.page(story)


# The addresses


def test_every_article_answers_in_all_its_forms(calm):
    for url in CALM.article_urls():
        assert calm.get(url).status == 200, url
    story = next(story for story in CALM.stories if story.generation == "numbered-new")
    page = calm.text(story.url)
    assert calm.text(story.url.rstrip("/")) == page
    assert calm.text(story.url + "?utm_source=zalo") == page
    assert calm.text(story.url.replace(HOST, f"admin.{HOST}")) == page
    assert calm.get(story.url.replace(HOST, f"www.{HOST}")).headers["Location"] == story.url


def test_moved_and_doubled_addresses_lead_to_the_canonical_one(calm):
    assert CALM.redirects()
    for old, new in CALM.redirects().items():
        assert calm.get(old).headers["Location"] == new
    doubled = [story for story in CALM.stories if story.aliases]
    assert doubled
    for story in doubled:
        for alias in story.aliases:
            assert f'<link rel="canonical" href="{story.url}"' in calm.text(alias)


def test_feeds_and_sitemaps_parse_and_everything_in_them_answers(calm):
    listed = calm.xml("/sitemap.xml")
    assert f"{SITE}/sitemap-article-{TODAY}.xml" in listed
    feeds = re.findall(r'href="([^"]+/rss/[^"]+)"', calm.text("/rss"))
    named = {url for name in (*listed, *feeds) for url in calm.xml(name)}
    assert {story.url for story in CALM.stories if story.generation.startswith("onecms")} <= named
    for url in named:
        assert calm.get(url).status in (200, 301), url


def is_listing(url: str) -> bool:
    slug = urlsplit(url).path.strip("/").removeprefix("api/getmorearticle/")
    return slug in BY_SLUG


def test_links_lead_from_the_front_page_to_every_article(calm):
    seen, waiting = set(), deque([SITE + "/"])
    while waiting:
        page = markup.fromstring(calm.get(waiting.popleft()).body)
        links = page.xpath("//a/@href | //button/@data-action")
        found = {urljoin(SITE + "/", link) for link in links} - seen
        seen |= found
        waiting.extend(url for url in found if is_listing(url))
    listed = {f"{SITE}{path}" for story in CALM.stories for path in story.listed_paths}
    assert listed <= seen
    onward = {url for url in seen if "page=" in url}
    assert any("/api/getmorearticle/" in url for url in onward)
    assert f"{SITE}/kinh-te?page=2" in onward
    assert f"{SITE}/du-lich?page=2" in onward


def test_robots_txt_states_what_is_asked_for():
    page = SampleNewspaper(TODAY, crawl_delay=2).answer(HOST, "/robots.txt", {}).body.decode()
    assert "Crawl-delay: 2\n" in page
    assert "Disallow: /quang-cao-" in page
    assert "Crawl-delay" not in CALM.answer(HOST, "/robots.txt", {}).body.decode()


def test_pictures_are_there_but_for_the_missing_one(calm):
    signatures = {"jpg": b"\xff\xd8\xff", "png": b"\x89PNG"}
    urls = {image["url"] for s in CALM.stories for image in s.expected()["images"]}
    missing = [url for url in urls if calm.get(url).status == 404]
    assert [url.rpartition("/")[2] for url in missing] == ["cho-som-3.jpg"]
    assert any(urlsplit(url).hostname == FOREIGN_IMAGE_HOST for url in urls)
    for url in urls - set(missing):
        assert calm.get(url).body.startswith(signatures[url[-3:]])
    small = calm.get("https://lamdong.1cdn.vn/thumbs/600x0" + urlsplit(small_one(urls)).path)
    assert small.status == 200


def small_one(urls: set[str]) -> str:
    return next(url for url in sorted(urls) if "1cdn.vn" in url and "cho-som-3" not in url)


# The troubles


def test_passing_troubles_pass(reader):
    expected = {"refused": 403, "unavailable": 503, "busy": 429}
    for story in [story for story in reader.newspaper.stories if story.trouble in expected]:
        first = reader.get(story.url)
        assert first.status == expected[story.trouble]
        assert reader.get(story.url).status == 200
    struck = {story.trouble for story in reader.newspaper.stories} - {None}
    assert struck == troubles.PASSING.keys()


def test_a_cut_answer_is_shorter_than_promised_once(reader):
    story = next(story for story in reader.newspaper.stories if story.trouble == "cut")
    with pytest.raises(http.client.IncompleteRead):
        reader.get(story.url)
    assert reader.text(story.url).rstrip().endswith("</html>")


def test_slow_and_mislabelled_answers_stay_so(reader):
    by_trouble = {story.trouble: story for story in reader.newspaper.stories}
    assert reader.newspaper.answer(HOST, by_trouble["slow"].path, {}).delay == troubles.SLOW
    assert reader.get(by_trouble["slow"].url).status == 200
    wrong = reader.get(by_trouble["mislabelled"].url)
    assert "iso-8859-1" in wrong.headers["Content-Type"]
    assert by_trouble["mislabelled"].title in wrong.body.decode("utf-8")


def test_broken_addresses_are_broken_as_told(reader):
    answers = {url: reader.get(url) for url in reader.newspaper.broken()}
    why = reader.newspaper.broken()
    assert sorted({a.status for url, a in answers.items() if why[url] == "gone"}) == [
        200,
        302,
        404,
        410,
    ]
    loop = [url for url in answers if why[url] == "loop"]
    assert [answers[url].headers["Location"] for url in loop] == loop[::-1]
    large = [answers[url] for url in answers if why[url] == "too-large"]
    assert max(len(answer.body) for answer in large) > 10_000_000
    packed = next(a.body for a in large if a.headers["Content-Encoding"] == "gzip")
    assert len(packed) < 2_000_000 < len(zlib.decompressobj(31).decompress(packed, 20_000_000))
    assert not set(answers) & set(reader.newspaper.article_urls())


def test_without_troubles_none_is_listed():
    assert not CALM.broken()
    assert CALM.answer(HOST, troubles.LOOP[0], {}).status == 404
    assert "trung-thuong" not in CALM.answer(HOST, "/tin-tuc-24h", {}).body.decode()


def test_any_address_can_be_disturbed():
    newspaper = SampleNewspaper(TODAY, troubles=False)
    newspaper.disturb(f"{SITE}/sitemap.xml", troubles.unavailable, times=2)
    asked = [newspaper.answer(HOST, "/sitemap.xml", {}).status for _ in range(3)]
    assert asked == [503, 503, 200]


# Changes and filler


@pytest.fixture
def changing():
    return SampleNewspaper(TODAY, troubles=False, filler=20)


def body(newspaper: SampleNewspaper, path: str) -> str:
    return newspaper.answer(HOST, path, {}).body.decode()


@pytest.mark.parametrize("which", ["onecms", "numbered-old", "filler"])
def test_an_edit_shows_in_page_listing_and_validators(changing, which):
    chosen = [story.url for story in changing.stories if story.generation == which]
    url = (chosen or changing.article_urls()[-1:])[0]
    path = urlsplit(url).path
    before, feed = changing.answer(HOST, path, {}), changing.answer(HOST, "/rss/kinh-te", {})
    changing.edit(url, title="Một tựa khác")
    after = changing.answer(HOST, path, {})
    assert "Một tựa khác" in after.body.decode()
    assert (after.etag, after.last_modified) != (before.etag, before.last_modified)
    assert changing.answer(HOST, "/rss/kinh-te", {}).last_modified != feed.last_modified
    assert changing.expected(url)["title"] == "Một tựa khác"
    changing.edit(url, title="Tựa thứ ba")
    assert changing.answer(HOST, path, {}).last_modified != after.last_modified or after.etag


@pytest.mark.parametrize(
    ("how", "status"), [("404", 404), ("410", 410), ("soft-404", 200), ("front-page", 302)]
)
def test_a_removed_article_is_gone_from_page_and_listings(changing, how, status):
    url = changing.stories[-1].url
    changing.remove(url, how)
    path = urlsplit(url).path
    assert changing.answer(HOST, path, {}).status == status
    assert url not in changing.article_urls()
    assert [gone for gone in changing.gone() if gone.startswith(url.rstrip("/"))]
    for day in range(10):
        assert path not in body(changing, f"/sitemap-article-{TODAY - timedelta(days=day)}.xml")


def test_a_moved_article_redirects_and_a_published_one_is_listed(changing):
    story = changing.stories[-1]
    moved = changing.move(story.url, f"{SITE}/mot-dia-chi-moi-470001.html")
    assert ("Location", moved.url) in changing.answer(HOST, story.path, {}).headers
    new = Story(
        "/tin-vua-len-470002.html",
        "Tin vừa lên",
        datetime(2026, 3, 1, 7, tzinfo=VIETNAM),
        "Một đoạn.",
    )
    changing.publish(new)
    assert new.path in body(changing, "/rss/kinh-te")
    assert "Một đoạn." in body(changing, new.path)


def test_furniture_changes_without_the_article(changing):
    path = changing.stories[-1].path
    before = body(changing, path)
    changing.redecorate()
    assert body(changing, path) != before


def test_filler_is_cheap_deterministic_and_true():
    large = within(10_000_000, SampleNewspaper, TODAY, filler=20_000, filler_size=85_000)
    urls = within(10_000_000, large.article_urls)
    assert len(set(urls)) == len(urls) > 20_000
    path = urlsplit(urls[-1]).path
    page, truth = body(large, path), large.expected(urls[-1])
    assert abs(len(page.encode()) - 85_000) < 3_000
    assert Filler(20_000, TODAY).story(19_999).expected() == truth
    assert all(
        paragraph in page
        for paragraph in [truth["title"], truth["lead"], *truth["body"].split("\n\n")]
    )
    assert large.answer(HOST, path.replace("-6", "-7"), {}).status == 404


def test_data_files_are_found_beside_the_package():
    from crawler.demo import library

    assert Path(library.__file__).parent / "stories" == library.STORIES
    assert list(library.STORIES.glob("*.toml"))

"""The whole site below a path, behind a real nginx that keeps the path or takes it off: no address leaves it."""

import http.client
import json
import re
import shutil
import socket
import subprocess
import time
from collections import deque
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode, urljoin, urlsplit

import pytest
from lxml import etree, html
from test_web import AT, HOST, NUMBERED, TODAY, Writer, address_of, an_article, command, fill

from archive.store import Archive
from archive.web.stories import PAGE
from archive.web.views import ROUTES

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")
PUBLIC = "https://news.example.org"
BELOW = "/news/"
NARROWED = tuple(f"{BELOW}{name}" for name in ("search", "feed", "archive", "-/"))
CROWD = r"20220316\d{4}"  # their ids
AS_SENT = "%/:?&=+,;!$'()*~@[]#"
# A path to put in front, and all requests of a process of its own: nothing of it needs more rights or other folders.
CONFIG = """
daemon off; master_process off; pid {folder}/pid;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/1; proxy_temp_path {folder}/2; fastcgi_temp_path {folder}/3;
  scgi_temp_path {folder}/4; uwsgi_temp_path {folder}/5;
  server {{ listen 127.0.0.1:{port}; {location} }}
}}
"""
KEPT = re.search(r"```nginx\n(.*?)```", README, re.DOTALL)[1]
STRIPPED = "location /news/ { proxy_pass http://127.0.0.1:8001/; }"
ADDRESSES = ("href", "src", "formaction", "data-suggestions", "poster", "cite")
# What no page links to: for programs, and for those who type.
TYPED = (
    "", ".json", "robots.txt", "opensearch.xml", "feed.atom", "feed.json?q=bài", "search?q=bài&lang=en",
    "search.json?q=bài", "search/counts.json?q=bài", "search/suggestions.json?q=bài",
    "search/suggestions.json?q=bài&form=opensearch", f"search?q={TODAY}", f"url/{TODAY}", f"url/{NUMBERED}",
    f"url.json?address={TODAY}", "sections/kinh-te.json", "authors/L%C3%AA%20Hoa", "archive/",
    "archive.json?sql=select+1", "archive/articles?_facet=section", "archive/articles.json?_size=5",
    "archive/articles.json?_size=5&_shape=array", "-/versions.json", "-/databases.json",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not NGINX, reason="nginx was not found; install it (Debian, Ubuntu: apt install nginx-light)"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("nginx") / "archive"
    with Archive(path) as archive:
        fill(archive)
        to = Writer(archive)
        for number in range(100_000, 100_001 + PAGE):
            to.keep(f"a/{number}", an_article(
                f"{HOST}/kinhte/202203/bai-{number}/", f"Bài {number}", section="Kinh tế", section_slug="kinh-te",
                authors=["Lê Hoa"], tags=["Cà phê"], published_at="2022-03-16", precision="day",
            ))  # fmt: skip
        changed = an_article(
            NUMBERED, "Tin cũ", lead="Đã sửa", published_at="2022-03-15", precision="day"
        )
        to.keep("a/3109288", changed, AT.replace(day=9))
    return path


@contextmanager
def nginx(folder, location):
    """Run nginx with these lines for the site, and give its port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    file = folder / "nginx.conf"
    file.write_text(CONFIG.format(folder=folder, port=port, location=location))
    process = subprocess.Popen([NGINX, "-p", folder, "-c", file, "-e", folder / "errors"])
    try:
        give_up = time.monotonic() + 30
        while not _listens(port):
            assert process.poll() is None, (folder / "errors").read_text()
            assert time.monotonic() < give_up
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait()


def _listens(port):
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", port)) == 0


class Walk:
    """All that is linked from the site, as a reader at its public address sees it."""

    def __init__(self, port):
        self.port = port
        self.seen, self.waiting, self.amiss, self.kinds = set(), deque(), [], set()

    def go(self):
        for path in TYPED:
            self.meet(PUBLIC + BELOW, path)
        while self.waiting:
            self.visit(*self.waiting.popleft())

    def meet(self, page, link):
        """Note an address that a page has, and where it leaves the site: `//`, `/` and what nginx listens on do."""
        whole = urljoin(page, link)
        parts = urlsplit(whole)
        if parts.hostname in {"127.0.0.1", "localhost"}:
            self.amiss.append((page, link))
        if f"{parts.scheme}://{parts.netloc}" != PUBLIC:
            return
        if not parts.path.startswith(BELOW) or parts.path.startswith(BELOW * 2):
            self.amiss.append((page, link))
            return
        path = parts.path + (f"?{parts.query}" if parts.query else "")
        if (kind := _kind(path)) not in self.seen:
            self.seen.add(kind)
            self.waiting.append((path, page))

    def visit(self, path, page):
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)) as line:
            line.request(
                "GET", quote(path, safe=AS_SENT), headers={"Host": urlsplit(PUBLIC).netloc}
            )
            answer = line.getresponse()
            body = answer.read()
        here = PUBLIC + path
        media = answer.headers.get_content_type()
        self.kinds.add(media)
        if 300 <= answer.status < 400:
            self.meet(here, answer.headers["Location"])
        elif answer.status != 200:
            self.amiss.append((page, path, answer.status))
        for link in re.findall(r"<([^>]*)>", answer.headers.get("Link", "")):
            self.meet(here, link)
        for link in _links(media, body) if body else ():
            self.meet(here, link)


def _kind(path):
    """What stands for many pages: those of the crowd; what is sorted and narrowed in every way there is."""
    where, _, query = path.partition("?")
    if where.startswith(NARROWED):
        names = {name if name[0] == "_" else "#" for name, _ in parse_qsl(query)}
        where, query = re.sub(r"(?<=/archive/)\w+", "#", where), ",".join(sorted(names)[:2])
    return f"{re.sub(CROWD, '#', where)}?{query}"


def _links(media, body):
    """All addresses of a page, list, feed, style sheet or of data that may be ones of the site."""
    if media == "text/html":
        page = html.fromstring(body)
        forms = [_filled(form) for form in page.iter("form")]
        scripts = page.xpath("//script[@type='application/ld+json']/text()")
        written = re.findall(r"https?://[^\s'\"<>{}]+", page.text_content())
        attributes = [each for name in ADDRESSES for each in page.xpath(f"//@{name}")]
        meta = [each for each in page.xpath("//meta/@content") if each.startswith("http")]
        return [*attributes, *meta, *forms, *written, *_told(*scripts)]
    if media.endswith("json"):
        lines = body.splitlines() if "jsonl" in media or "ndjson" in media else [body]
        return _told(*lines)
    if media.endswith("xml"):
        found = [
            text
            for each in etree.fromstring(body).iter()
            for text in (*each.values(), each.text or "")
        ]
        return [
            each.replace("{searchTerms}", "bài") for each in found if each.startswith(("/", "http"))
        ]
    if media == "text/css":
        return re.findall(r"url\([\"']?(?!data:)([^\"')]+)", body.decode())
    return re.findall(r"https?://[^\s'\"<>{}]+|(?<=Disallow: )\S+", body.decode("utf-8", "replace"))


def _filled(form):
    """Where a form leads that somebody has filled in."""
    filled = {"address": NUMBERED, "q": "bài"}
    fields = {
        name: filled.get(name, value or "") for name, value in form.fields.items() if name != "sql"
    }
    return f"{form.action or ''}?{urlencode(fields)}"


def _told(*documents):
    found = [text for each in documents for text in _strings(json.loads(each))]
    return [each for each in found if each.startswith(("/", "http"))]


def _strings(data):
    inner = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    return [data] if isinstance(data, str) else [text for each in inner for text in _strings(each)]


@pytest.mark.parametrize("location", [KEPT, STRIPPED], ids=["kept", "stripped"])
def test_nothing_leaves_the_path(folder, tmp_path, location):
    with command(folder, "--public-url", PUBLIC + BELOW, "--sql") as site:
        ours = f"127.0.0.1:{urlsplit(address_of(site)).port}"
        assert "127.0.0.1:8001" in location
        with nginx(tmp_path, location.replace("127.0.0.1:8001", ours)) as port:
            walk = Walk(port)
            walk.go()
    assert walk.amiss == []
    assert len(walk.kinds) >= 13
    paths = {"/" + path.partition("?")[0].removeprefix(BELOW) for path in walk.seen}
    unseen = [
        pattern for pattern, _ in ROUTES if not any(re.match(pattern, path) for path in paths)
    ]
    assert unseen == []

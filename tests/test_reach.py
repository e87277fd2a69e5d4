"""What may be asked for: nothing a page, a list or a redirect names leads beyond the newspaper's hosts."""

import os
import socket
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from runs import crawl, database, lamdong

from crawler.demo.answers import Answer
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.proxy import Replica
from crawler.reach import why_not

HOME = "https://baolamdong.vn"
PICTURES = "https://lamdong.1cdn.vn"
SECRET = "mật khẩu của máy này"
HOSTILE = [
    "file:///etc/passwd",
    "file://baolamdong.vn/etc/passwd",
    "data:text/plain,User-agent: *",
    "ftp://baolamdong.vn/robots.txt",
    "s3://baolamdong.vn/robots.txt",
    "gopher://baolamdong.vn/",
    "javascript:alert(1)",
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://[::1]/",
    "http://localhost/",
    "//127.0.0.1/robots.txt",
    f"{HOME}:8443/robots.txt",
    "http://baolamdong.vn:443/robots.txt",
    f"{HOME}:80/robots.txt",
    "https://baolamdong.vn@127.0.0.1/",
    "https://a:b@baolamdong.vn/robots.txt",
    "https://127.0.0.1\\@baolamdong.vn/",
    "https://baolamdong.vn\\@127.0.0.1/",
    "https://baolamdong.vn.evil.example/",
    "https://evilbaolamdong.vn/",
    "https://baolamdong.vn./robots.txt",
    "https://bаolamdong.vn/",  # a Cyrillic letter
    "https://ｂaolamdong.vn/",  # a letter of full width, which IDNA makes the plain one
    "https://evil.example%2f.1cdn.vn/",
    "https://1cdn.vn.evil.example/",
    "https:///baolamdong.vn/",
]


@pytest.mark.parametrize("url", HOSTILE)
@pytest.mark.parametrize("purpose", ["article", "listing", "picture", "robots"])
def test_what_is_not_the_newspapers_is_not_asked_for(url, purpose):
    assert why_not(f"https:{url}" if url.startswith("//") else url, purpose)


def test_the_newspapers_own_hosts_are_asked_by_both_schemes_on_their_usual_ports():
    for url in (
        f"{HOME}/a-1234.html",
        "http://www.baolamdong.vn/",
        f"{HOME}:443/",
        "HTTP://ADMIN.BAOLAMDONG.VN:80/",
    ):
        assert not [
            purpose
            for purpose in ("article", "listing", "picture", "robots")
            if why_not(url, purpose)
        ]
    assert (
        why_not(f"{PICTURES}/a.jpg", "picture")
        is why_not(f"{PICTURES}/robots.txt", "robots")
        is None
    )
    assert why_not(f"{PICTURES}/a-1234.html", "article")
    assert why_not(f"{PICTURES}/sitemap.xml", "listing")


class Redirecting(SampleNewspaper):
    """Some of its addresses, pictures too, answer with a redirect."""

    sent: dict[str, str]

    def answer(self, host, path, headers):
        target = self.sent.get(f"https://{host}{path}")
        return Answer.redirect(target, 302) if target else super().answer(host, path, headers)


@pytest.fixture
def trap():
    """A server of the same machine that notes who knocks."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        server.settimeout(0.1)
        knocks, over = [], threading.Event()

        def listen() -> None:
            while not over.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                knocks.append(connection.recv(100))
                connection.close()

        thread = threading.Thread(target=listen)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}", knocks
        over.set()
        thread.join()


@pytest.fixture
def secret(tmp_path):
    path = tmp_path / "secret.txt"
    path.write_text(SECRET)
    return path


def _is_known(archive: Path, text: str) -> bool:
    return any(text.encode() in path.read_bytes() for path in archive.rglob("*") if path.is_file())


def _went_out(newspaper: SampleNewspaper, replica: Replica) -> set[str]:
    return {each.host for each in replica.asked} - {*newspaper.hosts}


@pytest.mark.parametrize(
    "url", [*HOSTILE[:6], *HOSTILE[7:8], *HOSTILE[12:19], "/robots.txt#\x1b]0;x"]
)
def test_a_robots_txt_that_redirects_elsewhere_cannot_be_asked(url, tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    newspaper.disturb(f"{HOME}/robots.txt", lambda _: Answer.redirect(url, 302))
    with Replica(newspaper, tmp_path / "replica") as replica:
        done = lamdong("crawl", "--archive", tmp_path / "archive", replica=replica)
        assert {request.path for request in replica.asked} == {"/robots.txt"}
    assert done.returncode == 1
    assert done.stderr.count(f"{HOME}/robots.txt cannot be asked (it redirects to ") == 1
    assert "\x1b" not in done.stderr
    with database(tmp_path / "archive") as db:
        assert {row["url"] for row in db.execute("SELECT url FROM captures")} == {
            f"{HOME}/robots.txt"
        }


def test_robots_txt_may_redirect_from_http_to_https_and_among_the_newspapers_hosts(tmp_path):
    newspaper = SampleNewspaper(troubles=False)
    newspaper.disturb(f"{HOME}/robots.txt", lambda _: Answer.redirect(f"{PICTURES}/robots.txt"))
    with Replica(newspaper, tmp_path / "replica") as replica:
        counts, _ = crawl(tmp_path / "archive", replica, "--section", "kinh-te", "--limit", 1)
    assert counts["new"] == 1


def test_a_pipe_is_never_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    newspaper = SampleNewspaper(troubles=False)
    newspaper.disturb(f"{HOME}/robots.txt", lambda _: Answer.redirect(f"file://{tmp_path}/pipe"))
    with Replica(newspaper, tmp_path / "replica") as replica:
        done = lamdong("crawl", "--archive", tmp_path / "archive", replica=replica, timeout=60)
    assert done.returncode == 1


def test_no_redirect_of_any_kind_leads_beyond_the_newspaper(tmp_path, trap, secret):
    newspaper, (server, knocks) = Redirecting(troubles=False), trap
    stories = [story for story in newspaper.stories if story.generation == "onecms"]
    stories.sort(key=lambda story: newspaper.expected(story.url)["published_at"], reverse=True)
    pictures = [url for story in stories[6:] for url in _own_pictures(newspaper, story.url)]
    targets = [f"file://{secret}", f"{server}/x", "data:text/html,<h1>x</h1>", "ftp://127.0.0.1/x"]
    asked = [*(story.url for story in stories[:4]), f"{HOME}/kinh-te", f"{HOME}/rss", *pictures[:3]]
    newspaper.sent = {url: f"{targets[number % 4]}#{number}" for number, url in enumerate(asked)}
    newspaper.sent |= {
        stories[4].url: f"{HOME}:8443{stories[4].path}",
        stories[5].url: f"https://a@baolamdong.vn{stories[5].path}",
        pictures[3]: f"https://lamdong.1cdn.vn:8443/{pictures[3].rpartition('/')[2]}",
    }
    with Replica(newspaper, tmp_path / "replica") as replica:
        _, report = crawl(tmp_path / "archive", replica)
        done = {request.url for request in replica.asked}
        assert not _went_out(newspaper, replica)
    assert newspaper.sent.keys() <= done
    lines = report.splitlines()
    told = {to: sum(to in line for line in lines) for to in newspaper.sent.values()}
    assert set(told.values()) == {1}, told
    assert not knocks
    assert not _is_known(tmp_path / "archive", SECRET)


def _own_pictures(newspaper: SampleNewspaper, url: str) -> list[str]:
    images = newspaper.expected(url)["images"]
    return [image["url"] for image in images if image["url"].startswith(PICTURES)]


def test_nothing_a_page_or_a_list_names_leads_beyond_the_newspaper(tmp_path, trap, secret):
    newspaper, (server, knocks) = SampleNewspaper(troubles=False), trap
    day = newspaper.today.isoformat()
    names = [
        f"file://{secret}",
        f"{server}/sitemap-article-{day}.xml",
        f"{HOME}:8443/sitemap-article-{day}.xml",
    ]
    named = "".join(f"<sitemap><loc>{name}</loc></sitemap>" for name in names).encode()
    newspaper.disturb(
        f"{HOME}/sitemap.xml",
        lambda answer: replace(
            answer, body=answer.body.replace(b"</sitemapindex>", named + b"</sitemapindex>")
        ),
    )
    robots = "User-agent: *\nDisallow:\n" + "".join(f"Sitemap: {name}\n" for name in names)
    newspaper.disturb(f"{HOME}/robots.txt", lambda _: Answer.page(robots, "text/plain"))
    head = f"<head><base href='{server}/'><link rel='canonical' href='file://{secret}'>"
    head += f"<link rel='next' href='{server}/2'>"
    links = (
        f"<a href='ftp://baolamdong.vn/rss/x.rss'>x</a><a href='{HOME}:8443/?page=2'>Trang sau</a>"
    )
    for url in [f"{HOME}/", f"{HOME}/kinh-te", *(story.url for story in newspaper.stories[:5])]:
        newspaper.disturb(
            url,
            lambda answer: replace(answer, body=_changed(answer.body, head, links), packable=False),
        )
    with Replica(newspaper, tmp_path / "replica") as replica:
        counts, report = crawl(tmp_path / "archive", replica)
        assert not _went_out(newspaper, replica)
        assert not [each for each in replica.asked if each.path == "/?page=2"]
    assert counts["new"] > 5
    assert sum(str(secret) in line for line in report.splitlines()) == 1
    assert "nor are 2 more" in report
    assert not knocks
    assert not _is_known(tmp_path / "archive", SECRET)


def _changed(body: bytes, head: str, links: str) -> bytes:
    return body.replace(b"<head>", head.encode(), 1).replace(
        b"</body>", links.encode() + b"</body>"
    )


def test_the_other_handlers_of_scrapy_are_off():
    from scrapy.settings import Settings

    settings = Settings()
    settings.setmodule("crawler.settings", priority="project")
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS")
    assert {scheme for scheme, handler in handlers.items() if handler} == {"http", "https"}
    last = max(
        settings.getwithbase("DOWNLOADER_MIDDLEWARES").items(), key=lambda item: item[1] or 0
    )
    assert last[0] == "crawler.middlewares.Reach"

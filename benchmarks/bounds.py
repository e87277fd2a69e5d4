"""What the largest input of each kind that is still taken costs: seconds of processor and peak memory.

    python benchmarks/bounds.py               every kind, each in a process of its own
    python benchmarks/bounds.py --kind feed   those whose name begins so

A reader may take 3 s and 300 MB, whatever the newspaper, or a file of others, sends. What is refused before it is
read costs less and is said to be refused. Megabytes are those of the whole process, interpreter and libraries included.
"""

import argparse
import gzip
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from archive import warc_reading
from archive.spellings import texts_of
from archive.warc import decoded, read
from archive.web.withheld import named_in
from crawler import bounds, settings
from crawler.discovery import read_listing
from crawler.layouts import read_page
from crawler.opening import open_archive
from crawler.robots import LARGEST, RobotsTxt

MOST_SECONDS, MOST_MEMORY = 3.0, 300.0  # MB
_PATIENCE: Final = 60  # seconds
SITE: Final = "https://baolamdong.vn"
SEEN: Final = datetime(2026, 11, 1, tzinfo=UTC)
_HEAD: Final = "<html><head><title>Một bài viết về mùa cà phê</title></head><body>"
_ARTICLE: Final = f"{_HEAD}<h1>Một bài viết về mùa cà phê</h1><p>10:20, 05/09/2026</p>"
_SENTENCE: Final = "Sáng 5/9, tại xã Rô Men, bà con nông dân vui mừng đón mùa cà phê mới. "

Input = Callable[[], bytes]
Reader = Callable[[bytes], object]


def filled(unit: str, most: int, before: str = "", after: str = "", tags: int = 10**9) -> Input:
    """Return what makes an input of such units, as long as `most` bytes and so many tags allow."""

    def made() -> bytes:
        room = most - len(before.encode()) - len(after.encode()) - 10
        each = len(unit.format(999_999).encode())
        opened = max(1, unit.count("<"))
        count = min(room // each, (tags - before.count("<") - after.count("<")) // opened)
        return f"{before}{''.join(unit.format(100_000 + n) for n in range(count))}{after}".encode()

    return made


def page(unit: str, before: str = _ARTICLE, after: str = "") -> Input:
    """Return what makes the largest page of such units."""
    return filled(unit, bounds.PAGE.size, before, after, bounds.PAGE.tags)


def xml(unit: str, before: str, after: str) -> Input:
    """Return what makes the largest feed or sitemap of such units."""
    return filled(unit, bounds.LIST.size, before, after, bounds.LIST.tags)


def _article(body: bytes) -> object:
    return read_page(f"{SITE}/mot-bai-viet-ve-mua-ca-phe-1234567.html", body, "text/html", SEEN)


def _list(body: bytes) -> object:
    return read_listing(f"{SITE}/kinhte/", body)


def _feed(body: bytes) -> object:
    return read_listing(f"{SITE}/rss/home.rss", body)


def _sitemap(body: bytes) -> object:
    return read_listing(f"{SITE}/sitemap.xml", body)


def _robots(body: bytes) -> object:
    text = RobotsTxt(body, settings.BOT_NAME)
    return text.delay, text.sitemaps, [text.allows(f"{SITE}/{'a' * n}") for n in (1, 100, 1_900)]


def _capture(body: bytes) -> object:
    with tempfile.TemporaryDirectory() as folder, open_archive(Path(folder)) as archive:
        place, _ = archive.warc.append_exchange(
            url=f"{SITE}/",
            fetched_at=SEEN,
            status=200,
            headers=[(b"Content-Type", b"text/html"), (b"Content-Encoding", b"gzip")],
            body=body,
            method="GET",
            request_headers=[],
        )
        content = decoded(read(Path(folder), place))
        named_in(Path(folder), content)
        return texts_of(content)  # as where something is withheld


_RSS: Final = ("<rss><channel>", "</channel></rss>")
_MAP: Final = ("<urlset>", "</urlset>")
_LINK: Final = f"<link>{SITE}/a-{{}}.html</link>"
_LOC: Final = f"<loc>{SITE}/a-{{}}.html</loc>"
_BIG: Final = warc_reading.LARGEST
KINDS: dict[str, tuple[Reader, Input]] = {
    "page, paragraphs": (_article, page("<p>{}", after="</body>")),
    "page, long paragraphs": (_article, page("<p>" + _SENTENCE * 2 + "{}</p>")),
    "page, one long text": (_article, page(_SENTENCE + "{} ", f"{_ARTICLE}<p>")),
    "page, pictures": (_article, page("<img src=/2026/09/05/{}.jpg><p><i>Ảnh {}</i>".replace("{}", "{0}"))),
    "page, cells of a table": (_article, page("<tr><td>{}<td>b", f"{_ARTICLE}<table>")),
    "page, boxes in boxes": (_article, page("<div>" * 40 + "{}" + "</div>" * 40)),
    "page, entities": (_article, page("&amp;&#x1f600;{}", f"{_ARTICLE}<p>")),
    "page, breaks": (_article, page("dòng {}<br>", f"{_ARTICLE}<p>")),
    "page, JSON-LD": (_article, page('{{"@type":"Thing","name":"{}"}},', '<script type="application/ld+json">[', "1]</script>" + _ARTICLE)),
    "list, links": (_list, page("<a href=/bai-so-{0}.html>Tin số {0} của tỉnh</a>", f"{_HEAD}<div>")),
    "list, links in boxes": (_list, page("<li><a href=/bai-so-{0}.html>Tin {0}</a> 05/09/2026</li>", _HEAD)),
    "list, long links": (_list, page("<a href=/" + "bai-" * 400 + "{0}.html>Tin {0}</a>", _HEAD)),
    "list, fragment": (_list, page('"<a href=/bai-so-{0}.html>Tin {0}</a>",', "[", '""]')),
    "list, addresses in JSON": (_list, filled('"/bai-so-{0}.html",', bounds.LIST.size, "[", '""]')),
    "list, numbers in JSON": (_list, filled("0,", bounds.LIST.size, "[", "0]", tags=10**7)),
    "feed, short items": (_feed, xml(f"<item>{_LINK}<title>t</title></item>", *_RSS)),
    "feed, items with dates": (_feed, xml(f"<item>{_LINK}<title>Tin {{}}</title><pubDate>Sat, 05 Sep 2026 10:20:00 +0700</pubDate></item>".replace("{}", "{0}"), *_RSS)),
    "feed, items with text": (_feed, xml(f"<item>{_LINK}<title>{_SENTENCE}</title><description>{_SENTENCE * 3}</description></item>", *_RSS)),
    "feed, items without links": (_feed, xml("<item/>", *_RSS)),
    "feed, empty elements": (_feed, xml("<a/>", *_RSS)),
    "feed, dates that differ": (_feed, xml(f"<item>{_LINK}<pubDate>{{}} Sep 05 at ten</pubDate></item>".replace("{}", "{0}"), *_RSS)),
    "sitemap, 50,000 addresses": (_sitemap, xml(f"<url>{_LOC}<lastmod>2026-09-05T10:20:30+07:00</lastmod></url>" + " " * 40, *_MAP)),
    "sitemap, short addresses": (_sitemap, xml(f"<url>{_LOC}</url>", *_MAP)),
    "sitemap, index": (_sitemap, xml(f"<sitemap><loc>{SITE}/sitemap-{{}}.xml</loc></sitemap>", "<sitemapindex>", "</sitemapindex>")),
    "robots.txt, rules": (_robots, filled("Disallow: /{}\n", LARGEST, "User-agent: *\n")),
    "robots.txt, wildcards": (_robots, filled("Disallow: /*a*a*a*{}$\n", LARGEST, "User-agent: *\n")),
    "robots.txt, stars": (_robots, filled("*a", LARGEST, "User-agent: *\nDisallow: /")),
    "robots.txt, groups": (_robots, filled("User-agent: *\nDisallow: /{}\n", LARGEST)),
    "robots.txt, names": (_robots, filled("User-agent: *\n", LARGEST, after="Disallow: /\n")),
    "robots.txt, sitemaps": (_robots, filled(f"Sitemap: {SITE}/{{}}.xml\n", LARGEST)),
    "capture, text": (_capture, lambda: gzip.compress(filled(_SENTENCE + "{} ", _BIG)())),
    "capture, tags": (_capture, lambda: gzip.compress(b"<p>a</p>" * (_BIG // 8))),
    "capture, signs": (_capture, lambda: gzip.compress(random.Random(1).randbytes(settings.DOWNLOAD_MAXSIZE))),
    "capture, packed escapes": (_capture, lambda: gzip.compress(b"%25%32%35&amp;" * (_BIG // 14))),
}  # fmt: skip


def measured(kind: str) -> dict[str, str | float]:
    """Read one input of a kind here, and return what that cost."""
    read_, make = KINDS[kind]
    body = make()
    _article(f"{_ARTICLE}<p>{_SENTENCE}".encode())  # what is made once is made
    began, said = time.process_time(), "read"
    try:
        read_(body)
    except (ValueError, warc_reading.Damage) as error:
        said = f"refused: {error}"
    seconds = time.process_time() - began
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"size": len(body) / 1e6, "seconds": seconds, "megabytes": megabytes, "said": said}


def main() -> None:
    """Measure the kinds asked for and print a row for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--kind", default="", help="those whose name begins so")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        print(json.dumps(measured(asked.one)))
        return
    print(f"{'kind':30}{'MB of it':>9}{'s':>8}{'MB':>6}")
    for kind in (kind for kind in KINDS if kind.startswith(asked.kind)):
        print(row_of(kind), flush=True)


def row_of(kind: str) -> str:
    """Measure a kind in a process of its own, which has so long, and return its row."""
    command = [sys.executable, __file__, "--one", kind]
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, check=True, timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"{kind:30}  TOO MUCH: more than {_PATIENCE} s"
    cost = json.loads(done.stdout)
    is_over = cost["seconds"] > MOST_SECONDS or cost["megabytes"] > MOST_MEMORY
    figures = f"{cost['size']:9.2f}{cost['seconds']:8.2f}{cost['megabytes']:6.0f}"
    return f"{kind:30}{figures}  {'TOO MUCH; ' * is_over}{cost['said']}"


if __name__ == "__main__":
    main()

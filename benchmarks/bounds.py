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
_TAGS, _ELEMENTS = bounds.PAGE.tags - 100, bounds.PAGE.elements - 100
_PATIENCE: Final = 60  # seconds
SITE: Final = "https://baolamdong.vn"
SEEN: Final = datetime(2026, 11, 1, tzinfo=UTC)
_HEAD: Final = "<html><head><title>Một bài viết về mùa cà phê</title></head><body>"
_ARTICLE: Final = f"{_HEAD}<h1>Một bài viết về mùa cà phê</h1><p>10:20, 05/09/2026</p>"
_SENTENCE: Final = "Sáng 5/9, tại xã Rô Men, bà con nông dân vui mừng đón mùa cà phê mới. "

Input = Callable[[], bytes]
Reader = Callable[[bytes], object]


def filled(unit: str, size: int, before: str = "", after: str = "", most: int = 10**9) -> Input:
    """Return what makes an input of at most so many units, `{0}` in them their number, within `size` bytes."""

    def made() -> bytes:
        room = size - len(before.encode()) - len(after.encode())
        count = min(most, room // len(unit.replace("{0}", "999999").encode()))
        units = "".join(unit.replace("{0}", str(100_000 + n)) for n in range(count))
        return f"{before}{units}{after}".encode()

    return made


def page(unit: str, before: str = _ARTICLE, after: str = "") -> Input:
    """Return what makes the largest page of such units."""
    tags, elements = unit.count("<"), unit.count("<") - unit.count("</")
    most = min(_TAGS // max(tags, 1), _ELEMENTS // max(elements, 1))
    return filled(unit, bounds.PAGE.size, before, after, most)


def feed(unit: str, most: int = 10_000) -> Input:
    """Return what makes the largest feed of such items."""
    return filled(
        f"<item>{unit}</item>", bounds.LIST.size, "<rss><channel>", "</channel></rss>", most
    )


def sitemap(unit: str, most: int = 50_000) -> Input:
    """Return what makes the largest sitemap of such entries."""
    return filled(f"<url>{unit}</url>", bounds.LIST.size, "<urlset>", "</urlset>", most)


def fragment(unit: str, most: int) -> Input:
    """Return what makes the largest JSON list of such texts."""
    return filled(f'"{unit}",', bounds.LIST.size, "[", '""]', most)


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


_LINK: Final = f"<link>{SITE}/a-{{0}}.html</link>"
_LOC: Final = f"<loc>{SITE}/a-{{0}}.html</loc>"
_MAIL: Final = "<pubDate>Sat, 05 Sep 2026 10:20:00 +0700</pubDate>"
_THING: Final = '{"@type":"Thing","name":"{0}"},'
_SCRIPT: Final = '<script type="application/ld+json">['
_NEWS: Final = "<a href=/bai-so-{0}.html>Tin {0} của tỉnh</a>"
_BIG: Final = warc_reading.LARGEST
KINDS: dict[str, tuple[Reader, Input]] = {
    "page, paragraphs": (_article, page("<p>{0}", after="</body>")),
    "page, long paragraphs": (_article, page("<p>" + _SENTENCE * 2 + "{0}")),
    "page, one long text": (_article, page(_SENTENCE + "{0} ", f"{_ARTICLE}<p>")),
    "page, pictures": (_article, page("<img src=/2026/09/05/{0}.jpg><p><i>Ảnh {0}</i>")),
    "page, cells of a table": (_article, page("<tr><td>{0}<td>b", f"{_ARTICLE}<table>")),
    "page, boxes in boxes": (_article, page("<div>" * 40 + "{0}" + "</div>" * 40)),
    "page, entities": (_article, page("&amp;&#x1f600;{0}", f"{_ARTICLE}<p>")),
    "page, breaks": (_article, page("dòng {0}<br>", f"{_ARTICLE}<p>")),
    "page, JSON-LD": (_article, page(_THING, _SCRIPT, f"1]</script>{_ARTICLE}")),
    "list, links": (_list, page(_NEWS, f"{_HEAD}<div>")),
    "list, links in boxes": (_list, page(f"<li>{_NEWS} 05/09/2026</li>", _HEAD)),
    "list, long links": (_list, page("<a href=/" + "bai-" * 400 + "{0}.html>Tin {0}</a>", _HEAD)),
    "list, fragment": (_list, fragment(_NEWS, 2_000)),
    "list, addresses in JSON": (_list, fragment("/bai-so-{0}.html", 19_990)),
    "list, numbers in JSON": (_list, filled("0,", bounds.LIST.size, "[", "0]", 599_000)),
    "feed, short items": (_feed, feed(f"{_LINK}<title>t</title>")),
    "feed, items with dates": (_feed, feed(f"{_LINK}<title>Tin {{0}}</title>{_MAIL}")),
    "feed, items with text": (_feed, feed(f"{_LINK}<title>{_SENTENCE}</title>{_SENTENCE * 5}")),
    "feed, dates that differ": (_feed, feed(f"{_LINK}<pubDate>{{0}} Sep 05 at ten</pubDate>")),
    "feed, empty elements": (_feed, feed("<a/>" * 28)),
    "feed, names in names": (_feed, feed(f"{_LINK}<a:b xmlns:a='{{0}}'/>")),
    "feed, 75,000 items": (_feed, feed(f"{_LINK}<title>t</title>", 75_000)),
    "sitemap, addresses": (_sitemap, sitemap(f"{_LOC}<lastmod>2026-09-05T10:20:30+07:00</lastmod>")),
    "sitemap, short entries": (_sitemap, sitemap(_LOC)),
    "sitemap, odd dates": (_sitemap, sitemap(f"{_LOC}<lastmod>{{0}} Sep at ten</lastmod>", 10_000)),
    "robots.txt, rules": (_robots, filled("Disallow: /{0}\n", LARGEST, "User-agent: *\n")),
    "robots.txt, wildcards": (_robots, filled("Disallow: /*a*a*a*{0}$\n", LARGEST, "User-agent: *\n")),
    "robots.txt, stars": (_robots, filled("*a", LARGEST, "User-agent: *\nDisallow: /")),
    "robots.txt, groups": (_robots, filled("User-agent: *\nDisallow: /{0}\n", LARGEST)),
    "robots.txt, names": (_robots, filled("User-agent: *\n", LARGEST, after="Disallow: /\n")),
    "robots.txt, sitemaps": (_robots, filled(f"Sitemap: {SITE}/{{0}}.xml\n", LARGEST)),
    "capture, text": (_capture, lambda: gzip.compress(filled(_SENTENCE + "{0} ", _BIG)())),
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
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
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

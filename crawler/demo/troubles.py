"""What goes wrong at the sample newspaper: for a while at good addresses, for good at bad ones."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from crawler.demo.answers import Answer
from crawler.demo.pages import Pages
from crawler.demo.story import HOST, VIETNAM, Entry

MEGABYTE = 1 << 20
HUGE = 11 * MEGABYTE  # above any limit of ten megabytes
BOMB = 60 * MEGABYTE  # unpacked; less than one on the line
SLOW = 1.0  # seconds
REFUSAL = (
    "<html><head><title>Access Denied</title></head><body><h1>Access Denied.. blocked by our "
    "security system</h1><p>Request ID: sample</p></body></html>"
)
HOME = f"https://{HOST}/"

Trouble = Callable[[Answer], Answer]


def refused(_: Answer) -> Answer:
    """The firewall says no (403)."""
    return Answer.page(REFUSAL, status=403)


def unavailable(_: Answer) -> Answer:
    """Overloaded (503), with the wish to come back in a second."""
    return replace(Answer.page("Service Unavailable", status=503), headers=(("Retry-After", "1"),))


def busy(_: Answer) -> Answer:
    """Too many requests (429)."""
    return replace(Answer.page("Too Many Requests", status=429), headers=(("Retry-After", "1"),))


def slow(answer: Answer) -> Answer:
    """The right answer, late."""
    return replace(answer, delay=SLOW)


def cut(answer: Answer) -> Answer:
    """Half of the right answer; Content-Length promises all of it."""
    return replace(answer, packable=False, cut_at=len(answer.body) // 2)


def mislabelled(answer: Answer) -> Answer:
    """The right bytes, UTF-8, under the name of another encoding."""
    return replace(answer, content_type="text/html; charset=iso-8859-1")


# name -> the trouble, and how often it strikes before the address is well (None: always)
PASSING: dict[str, tuple[Trouble, int | None]] = {
    "refused": (refused, 1),
    "unavailable": (unavailable, 1),
    "busy": (busy, 1),
    "slow": (slow, None),
    "cut": (cut, 1),
    "mislabelled": (mislabelled, None),
}


def missing(pages: Pages, status: int = 404) -> Answer:
    """Return the site's page for what is not there; with status 200 it is a soft 404."""
    text = "Không tìm thấy trang bạn yêu cầu. Bài viết không tồn tại hoặc đã bị gỡ bỏ."
    page = pages.page("message", title="Không tìm thấy", text=text, content="")
    return Answer.page(page, status=status)


def to_front_page(_: Pages) -> Answer:
    """Return a redirect to the front page."""
    return Answer.redirect(HOME, status=302)


def huge(pages: Pages) -> Answer:
    """Return a page of eleven megabytes."""
    page = pages.page("message", title="Danh sách trúng thưởng", text="", content="")
    return replace(Answer.page(page + "<!-- x -->\n" * (HUGE // 11)), packable=False)


def bomb(_: Pages) -> Answer:
    """Return a small gzip body that unpacks to sixty megabytes."""
    packer = zlib.compressobj(1, wbits=31)
    spaces = b" " * MEGABYTE
    packed = b"".join(packer.compress(spaces) for _ in range(BOMB // MEGABYTE)) + packer.flush()
    return Answer(200, packed, headers=(("Content-Encoding", "gzip"),), packable=False)


def prices(pages: Pages) -> Answer:
    """Return a page of prices: its address looks like an article's, it holds none."""
    return Answer.page(pages.page("prices"))


class Broken(NamedTuple):
    """An address that looks like an article's and leads to none.

    `why` is one of gone, loop, too-large, no-article, forbidden.
    """

    path: str
    title: str
    why: str
    answer: Callable[[Pages], Answer]


def _loop_to(path: str) -> Callable[[Pages], Answer]:
    return lambda _: Answer.redirect(f"https://{HOST}{path}", status=302)


LOOP = ("/vong-quanh-ho-xuan-huong-441811.html", "/vong-quanh-ho-xuan-huong-441812.html")
BROKEN = (
    Broken("/lich-cat-dien-tuan-truoc-441801.html", "Lịch cắt điện tuần trước", "gone", missing),
    Broken(
        "/thong-bao-tim-chu-xe-441802.html",
        "Thông báo tìm chủ xe",
        "gone",
        lambda pages: missing(pages, 410),
    ),
    Broken(
        "/le-hoi-da-doi-ngay-441803.html",
        "Lễ hội đã đổi ngày",
        "gone",
        lambda pages: missing(pages, 200),
    ),
    Broken("/ban-tin-thu-nghiem-441804.html", "Bản tin thử nghiệm", "gone", to_front_page),
    Broken("/xahoi/201806/tin-da-go-2888888/", "Tin đã gỡ", "gone", missing),
    Broken(LOOP[0], "Vòng quanh hồ Xuân Hương", "loop", _loop_to(LOOP[1])),
    Broken(LOOP[1], "Vòng quanh hồ Xuân Hương (2)", "loop", _loop_to(LOOP[0])),
    Broken(
        "/danh-sach-trung-thuong-441821.html",
        "Danh sách trúng thưởng",
        "too-large",
        huge,
    ),
    Broken("/thu-vien-so-lieu-441822.html", "Thư viện số liệu", "too-large", bomb),
    Broken("/gia-ca-phe-hom-nay-441831.html", "Giá cà phê hôm nay", "no-article", prices),
    Broken("/quang-cao-sieu-thi-moi-441841.html", "Siêu thị mới", "forbidden", prices),
)


def broken_entries(today: date) -> Iterator[Entry]:
    """Yield the lines by which the listings name the broken addresses."""
    for number, broken in enumerate(BROKEN):
        day = today - timedelta(days=1 + number % 3)
        at = datetime.combine(day, time(5, number), VIETNAM)
        section = "xahoi" if broken.path.startswith("/xahoi") else "tin-tuc-24h"
        yield Entry(broken.path, broken.title, at, (section,), in_sitemap=section != "xahoi")

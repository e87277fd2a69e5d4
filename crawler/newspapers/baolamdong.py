"""Báo Lâm Đồng, baolamdong.vn: three generations of addresses (numbered, hexadecimal, ONECMS).

Facts are from public citations and copies of the newspaper's pages of 2013-2026; the grammar is theirs.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import quote, unquote

from archive.addresses import LONGEST, joined, split
from archive.vietnamese import slug
from crawler.newspapers import Address

NAME: Final = "baolamdong"
TITLE: Final = "Báo Lâm Đồng"
ORIGIN: Final = "https://baolamdong.vn"
FRONT_PAGE: Final = f"{ORIGIN}/"
HOSTS: Final = frozenset({"baolamdong.vn", "www.baolamdong.vn", "admin.baolamdong.vn"})
# Of the content network of ONECMS each newspaper has a host; imported pictures lie at those of others.
_IMAGE_HOST: Final = re.compile(r"(?:[a-z0-9-]{1,63}\.){1,3}1cdn\.vn")

# Where discovery begins. Feeds and sections are then found from these pages; the fixed list of sections
# below serves only where the newspaper's own lists cannot be had.
FEED_LIST: Final = f"{ORIGIN}/rss"
SITEMAP: Final = f"{ORIGIN}/sitemap.xml"

# Sections by their path today, with the names the newspaper prints. Also the older generations' sections.
SECTIONS: Final = {
    "chinh-tri": "Chính trị",
    "thoi-su": "Thời sự",
    "kinh-te": "Kinh tế",
    "doi-song": "Đời sống",
    "phap-luat": "Pháp luật",
    "quoc-phong-an-ninh": "Quốc phòng - An ninh",
    "van-hoa-giai-tri": "Văn hóa - Giải trí",
    "du-lich": "Du lịch",
    "chinh-sach": "Chính sách",
    "cong-nghe-chuyen-doi-so": "Công nghệ - Chuyển đổi số",
    "tin-tuc-24h": "Tin tức 24h",
    "xa-hoi": "Xã hội",
    "the-thao": "Thể thao",
    "van-hoa-nghe-thuat": "Văn hóa - Nghệ thuật",
    "ban-tre": "Bạn trẻ",
    "toa-soan-ban-doc": "Tòa soạn - Bạn đọc",
    "thong-tin-can-biet": "Thông tin cần biết",
    "giao-duc": "Giáo dục",
    "y-te": "Y tế",
    "quoc-te": "Quốc tế",
    "moi-truong": "Môi trường",
    "khoa-hoc": "Khoa học",
    "emagazine": "eMagazine",
    "video": "Video",
}
SECTIONS_TODAY: Final = tuple(SECTIONS)[:11]

_SQUEEZED: Final = {path.replace("-", ""): path for path in SECTIONS}
_DATED: Final = re.compile(
    r"/(?P<section>[\w/-]+?)/(?P<month>(?:19|20)\d{4})/(?P<slug>[^/]*?)-?(?P<id>[0-9a-f]{7})/?"
)
_ONECMS: Final = re.compile(r"/(?:(?:bbt|dno)/)?(?P<slug>[^/]+?)-(?P<id>\d{4,})\.html")
_ARTICLE_ENDING: Final = re.compile(r"(?:[0-9a-f]{7}/?|\d{4,}\.html)\s*(?:[?#].*)?$")
_LAST_NUMBERED: Final = (
    "202212"  # numbered ids run to 29 December 2022, hexadecimal ones begin in 2023
)
_WORDS: Final = (
    r"[a-z0-9]++(?:-[a-z0-9]++)*+"  # possessive: one way to read a name, however long it is
)
_SECTION: Final = re.compile(rf"/{_WORDS}(?:/{_WORDS})?/?")
_NO_SECTION: Final = re.compile(
    r"/(?:rss|search|tim-kiem|lien-he|quang-cao|dang-nhap|dang-ky|print|en/print|api|tin-moi-nhat|gia-vang|gia-xe-o-to"
    r"|sitemap|ajax|user|tag|tags|topic|author|tac-gia|toa-soan|gioi-thieu|dieu-khoan|privacy|file|assets|thumbs)(?:/|$)"
)
_FRONT_PAGES: Final = frozenset(
    {"", "index.html", "index.php", "default.aspx", "home", "trang-chu"}
)
_THUMBNAIL: Final = re.compile(r"/thumbs/\d+x\d+/")


def article_address(url: str) -> Address | None:
    """Return the article address `url` stands for, or None where it is no article address of this newspaper.

    >>> article_address("http://www.baolamdong.vn/xahoi/202112/mot-bai-3094501?utm_source=x").url
    'https://baolamdong.vn/xahoi/202112/mot-bai-3094501/'
    >>> article_address("https://baolamdong.vn/bbt/mot-bai-130891.html").url
    'https://baolamdong.vn/mot-bai-130891.html'
    """
    parts = split(url)
    if parts is None or parts.scheme not in {"http", "https"} or parts.hostname not in HOSTS:
        return None
    path = unicodedata.normalize("NFC", unquote(parts.path))
    return _dated(path) or _onecms(path)


def linked_article(href: str) -> Address | None:
    """Return the article address a link on one of the newspaper's pages leads to, or None."""
    if len(href) > LONGEST or not _ARTICLE_ENDING.search(href):
        return None
    target = joined(FRONT_PAGE, href)
    return article_address(target) if target else None


def _dated(path: str) -> Address | None:
    found = _DATED.fullmatch(path)
    if not found:
        return None
    section, month, name, ident = found.group("section", "month", "slug", "id")
    numbered = ident.isdigit() and month <= _LAST_NUMBERED
    return Address(
        key=f"{'a' if numbered else 'b'}/{ident}",
        url=f"{ORIGIN}/{section}/{month}/{_quoted(f'{name}-{ident}' if name else ident)}/",
        generation="numbered" if numbered else "hexadecimal",
        section=section,
        month=month,
    )


def _onecms(path: str) -> Address | None:
    found = _ONECMS.fullmatch(path)
    if not found:
        return None
    # The id alone is not trusted here: the addresses under /bbt/ came from another newspaper's numbering.
    name = f"{found['slug']}-{found['id']}"
    return Address(key=f"c/{name}", url=f"{ORIGIN}/{_quoted(name)}.html", generation="onecms")


def _quoted(name: str) -> str:
    return quote(name, safe="-._~!$&'()*+,;=:@")


def is_own(url: str) -> bool:
    """Return whether `url` is at one of the newspaper's own hosts (pages or pictures)."""
    parts = split(url)
    host = (parts.hostname or "") if parts else ""
    return host in HOSTS or shows(host)


def shows(host: str) -> bool:
    """Return whether a host, in lower case, is one of the newspaper's for pictures."""
    return _IMAGE_HOST.fullmatch(host) is not None


def is_front_page(url: str) -> bool:
    """Return whether `url` is the newspaper's front page, in any of its spellings."""
    parts = split(url)
    return (
        parts is not None
        and parts.hostname in HOSTS
        and parts.path.strip("/").lower() in _FRONT_PAGES
    )


def section_page(url: str) -> str | None:
    """Return the canonical address of a section page, or None where `url` is something else."""
    parts = split(url)
    if parts is None or parts.hostname not in HOSTS or parts.query:
        return None
    path = parts.path.rstrip("/").lower()
    return f"{ORIGIN}{path}" if _SECTION.fullmatch(path) and not _NO_SECTION.match(path) else None


def listed_section(url: str) -> str | None:
    """Return the section a feed or section page lists, in today's spelling, or None where it lists all or none.

    >>> listed_section("https://baolamdong.vn/rss/kinhte.rss"), listed_section("https://baolamdong.vn/rss/home.rss")
    ('kinh-te', None)
    """
    parts = split(url)
    path = parts.path.strip("/").lower() if parts else ""
    path = path.removeprefix("rss/").removesuffix(".rss").removesuffix("/feed")
    page = f"{ORIGIN}/{path}"
    return section_path(path) if section_page(page) and not is_front_page(page) else None


def picture(url: str, base: str = FRONT_PAGE) -> str | None:
    """Return the address of a picture at its original size, or None where it has none that can be asked for.

    >>> picture("https://lamdong.1cdn.vn/thumbs/540x360/2026/09/05/a.jpg")
    'https://lamdong.1cdn.vn/2026/09/05/a.jpg'
    """
    parts = split(joined(base, url) or "")
    if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
        return None
    path = _THUMBNAIL.sub("/", quote(unquote(parts.path), safe="/-._~!$&'()*+,;=:@"))
    if not is_own(f"https://{parts.hostname}/"):
        return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{parts.query}" if parts.query else "")
    host = "baolamdong.vn" if parts.hostname in HOSTS else parts.hostname
    return f"https://{host}{path}"


def section_path(spelling: str) -> str:
    """Return the section's path in today's spelling: 'xahoi' and 'Xã hội' are 'xa-hoi'.

    >>> section_path("xahoi"), section_path("An sinh - Cuộc sống")
    ('xa-hoi', 'an-sinh-cuoc-song')
    """
    path = "/".join(slug(part) for part in spelling.split("/") if part.strip())
    return _SQUEEZED.get(path.replace("-", ""), path)


def named_section(spelling: str) -> str | None:
    """Return the section that a path names, in today's spelling, or None where it does not look like one.

    >>> named_section("/xahoi/"), named_section("kinh-te/nong-nghiep"), named_section("Kinh tế"), named_section("rss")
    ('xa-hoi', 'kinh-te/nong-nghiep', None, None)
    """
    path = spelling.strip().strip("/").lower()
    is_other = _NO_SECTION.match(f"/{path}") or path in _FRONT_PAGES
    return section_path(path) if _SECTION.fullmatch(f"/{path}") and not is_other else None


def section_name(path: str) -> str | None:
    """Return the name the newspaper prints for a section path in today's spelling, where known."""
    return SECTIONS.get(path)

"""Who wrote it: names, bylines, agencies and other papers."""

import re
from typing import Final, NamedTuple

from archive.vietnamese import fold
from crawler.conventions.furniture import ends_article

LONGEST_BYLINE: Final = 120  # characters
LONGEST_NAMES: Final = 80  # characters, without role and aside

_AGENCY_WORDS: Final = """
TTXVN Vietnam+ VietnamPlus VOV VOV.VN VOV1 VTV VTV.VN VTC VGP VNA Chinhphu.vn Baochinhphu.vn
VnExpress VNE Zing Znews Vietnamnet Nhandan.vn Dantri.com.vn VietQ BNEWS
SGGP SGGPO NLĐ NLĐO TTO TNO TPO PLO QĐND QĐNDO CAND CANDO
Reuters AFP AP Xinhua Kyodo BBC CNN TASS Sputnik Yonhap Bloomberg
"""
_PAPER_NAMES: Final = (
    "Thông tấn xã Việt Nam",
    "Tân Hoa Xã",
    "Dân trí",
    "Nhân Dân",
    "Tin tức",
    "Tuổi Trẻ",
    "Tuổi Trẻ Online",
    "Thanh Niên",
    "Người Lao động",
    "Tiền Phong",
    "Lao động",
    "Quân đội nhân dân",
    "Công an nhân dân",
    "Sài Gòn Giải phóng",
    "Bộ Y tế",
    "Cổng TTĐT Chính phủ",
)
_AGENCIES: Final = frozenset(
    fold(name).replace(" ", "") for name in (*_AGENCY_WORDS.split(), *_PAPER_NAMES)
)
# as "báo Tuổi Trẻ", "Đài PT-TH Lâm Đồng", "Cổng thông tin điện tử Chính phủ"
_PUBLISHER: Final = re.compile(
    r"(?:theo\s+)?(?:báo|tạp chí|đài|cổng|trang|bản tin)\s+\S+(?:\s+\S+){0,6}", re.IGNORECASE
)
_HOST: Final = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:vn|com|net|org|info)", re.IGNORECASE)
_OWN_NAME: Final = re.compile(r"báo lâm đồng|lâm đồng online|baolamdong|lđ online", re.IGNORECASE)

_TASKS: Final = (
    "tin|bài|ảnh|video|clip|đồ họa|đồ hoạ|thực hiện|tác giả|trình bày|nội dung|ghi chép|ghi"
    "|tổng hợp|thiết kế|ký sự|phóng sự|tư liệu|biên dịch|lược dịch|by"
)
# as in "Bài và ảnh: …", "Tin, ảnh: …", "Thực hiện: …"
_TASK: Final = re.compile(
    rf"\(?(?:(?<!\s)\s+)?(?:{_TASKS})(?:(?:\s*(?:[-,–&/+]|và)\s*|\s+)(?:{_TASKS}))*\s*:\s*",
    re.IGNORECASE,
)
# as in "Theo TTXVN", "(Theo VOV)", "Nguồn: …"
_ORIGIN: Final = re.compile(
    r"\(?\s*(?:theo(?P<colon>\s*:)?\s+|(?P<colon2>nguồn|nguồn tin)\s*:\s*)", re.IGNORECASE
)
_ASIDE: Final = re.compile(r"(?:(?<!\s)\s+)?\((?P<aside>[^()]*)\)\s*[.,]?$")
_BETWEEN: Final = re.compile(
    r"(?<!\s)\s+[-–—]+\s+|(?:(?<!\s)\s+)?[,;/&|•+]\s*|(?<!\s)\s+(?:và|VÀ|Và)\s+|(?<=\w{2})[-–](?=[^\W\d_]{2})"
)


class Byline(NamedTuple):
    """Who a line names: the authors as printed, and the publisher it was taken from."""

    authors: list[str]
    source: str | None


def is_agency(text: str) -> bool:
    """Return whether `text` is the name of a news agency or of another publisher.

    >>> is_agency("TTXVN"), is_agency("DUY NGUYỄN"), is_agency("Báo Lâm Đồng")
    (True, False, False)
    """
    name = text.strip(" .()/")
    if all(part in _AGENCIES for part in fold(name).replace(" ", "").split("/")):
        return True
    return bool(_PUBLISHER.fullmatch(name) or _HOST.fullmatch(name)) and not is_own_name(name)


def is_own_name(text: str) -> bool:
    """Return whether `text` names this newspaper itself."""
    return bool(_OWN_NAME.search(text))


def split_names(text: str) -> list[str]:
    """Return the names of a byline in order.

    >>> split_names("NG. NGHĨA - T. DŨNG")
    ['NG. NGHĨA', 'T. DŨNG']
    """
    names = (_trimmed(part) for part in _BETWEEN.split(text))
    return [name for name in names if any(map(str.isalpha, name))]


def is_capitals(text: str) -> bool:
    """Return whether all letters are capitals, as in a byline of the older pages."""
    return text == text.upper() and any(map(str.isalpha, text))


def is_name(text: str) -> bool:
    """Return whether `text` looks like one name: up to six capitalised words, no sentence."""
    words = text.replace(".", ". ").split()
    if not 1 <= len(words) <= 6 or len(text) > 40 or text[-1] in "?!:;…":
        return False
    return all(word[0].isupper() for word in words)


def read_byline(text: str, *, marked: bool = False) -> Byline | None:
    """Return the authors and the source a line names, or None where it is no byline.

    `marked` says that the page sets the line apart (bold, right), which lets names in mixed case count.

    >>> read_byline("Bài, ảnh: DUY NGUYỄN"), read_byline("(Theo TTXVN)"), read_byline("Nông dân vui mừng.")
    (Byline(authors=['DUY NGUYỄN'], source=None), Byline(authors=[], source='TTXVN'), None)
    """
    line = " ".join(text.split()).strip(" *") if len(text) <= LONGEST_BYLINE else ""
    if not line or ends_article(line):
        return None
    named, source = _without_aside(line)
    if task := _TASK.match(named):
        return _named_task(named[task.end() :], source)
    if origin := _ORIGIN.match(named):
        return _named_origin(
            named[origin.end() :], is_stated=bool(origin["colon"] or origin["colon2"])
        )
    return _plain_byline(_without_brackets(named), source, marked=marked)


def read_names(text: str) -> Byline:
    """Return whom a field names that holds names and nothing else.

    >>> read_names("Nguyễn Nghĩa (Theo TTXVN)"), read_names("Theo TTXVN")
    (Byline(authors=['Nguyễn Nghĩa'], source='TTXVN'), Byline(authors=[], source='TTXVN'))
    """
    byline = read_byline(text, marked=True)
    if byline is None and 0 < len(text) <= LONGEST_NAMES:
        return Byline(split_names(_TASK.sub("", text)), None)
    return byline or Byline([], None)


def _trimmed(name: str) -> str:
    """A name without what stood around it; the stop of "P.V." stays."""
    name = name.strip(" \t:-–—*()")
    is_initial = len(name) > 2 and name[-1] == "." and "." in name[:-1]
    return name if is_initial else name.strip(" .")


def _without_aside(line: str) -> tuple[str, str | None]:
    """Take '(theo VTV)', '(TTXVN)' or '(tổng hợp)' off the end of a byline."""
    found = _ASIDE.search(line)
    if not found or found.start() == 0:
        return line, None
    aside = found["aside"].strip()
    origin = _ORIGIN.match(aside)
    source = aside[origin.end() :].strip() if origin else aside if is_agency(aside) else None
    return line[: found.start()].strip(), source


def _without_brackets(line: str) -> str:
    return line[1:-1].strip() if line.startswith("(") and line.endswith(")") else line


def _named_task(rest: str, source: str | None) -> Byline | None:
    names = split_names(_TASK.sub("", rest)) if len(rest) <= LONGEST_NAMES else []
    if not names or not all(is_capitals(name) or is_name(name) for name in names):
        return None
    agencies = list(filter(is_agency, names))
    return Byline(
        [name for name in names if name not in agencies], source or next(iter(agencies), None)
    )


def _named_origin(rest: str, *, is_stated: bool) -> Byline | None:
    """'Theo TTXVN' is a source; 'Theo ông Nam, việc này …' begins a sentence."""
    name = rest.strip(" .)")
    if not name or name.endswith((",", ":")) or len(name.split()) > 6:
        return None
    if is_agency(name) or is_stated or is_capitals(name) or is_name(name) or is_own_name(name):
        return Byline([], name)
    return None


def _plain_byline(line: str, source: str | None, *, marked: bool) -> Byline | None:
    if is_agency(line):
        return Byline([], line.strip(" .()"))
    if (
        len(line) > LONGEST_NAMES
        or line[-1:] in {":", "?", "!", "…"}
        or any(map(str.isdigit, line))
    ):
        return None
    names = split_names(line)
    people = [name for name in names if not is_agency(name)]
    if not people or any(len(name.split()) > 6 for name in people):
        return None
    if not is_capitals(line) and not ((marked or source) and all(map(is_name, people))):
        return None
    agency = next(filter(is_agency, names), None)
    return Byline(people, source or agency)

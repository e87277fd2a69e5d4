"""What needs a person: an alarm, and the one sentence each says, in Vietnamese and in English."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from archive.dates import VIETNAM


@dataclass(slots=True, frozen=True)
class Alarm:
    """Something found that needs a person. `facts` are the values in its sentence: text, numbers, days, moments.

    `form` chooses the sentence where one name has several; `since` is set where it began before it was found.
    """

    name: str
    subject: str = ""  # the layout, field, host or gap concerned
    facts: dict[str, Any] = field(default_factory=dict)
    form: str = ""
    since: datetime | None = None

    @property
    def sentence(self) -> str:
        """What it says, in English."""
        return said("en", self.form or self.name, self.facts, plainly)


# Each says what is wrong, where, and the next step; commands stand between backticks. (Vietnamese, English)
SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "alarm_layout": (
        ("Từ {since}, kiểu trang {layout} không còn khớp với {share} số bài mới; {waiting} bản chụp đang chờ một"
        " kiểu trang mới: xem CONTRIBUTING, sau đó chạy `lamdong rebuild`."),
        ("Layout {layout} no longer matches {share} of the new articles since {since}; {waiting} captures are"
        " waiting for a new layout: see CONTRIBUTING, then run `lamdong rebuild`."),
    ),
    "alarm_layout_places": (
        ("Từ {since}, kiểu trang {layout} không còn tìm thấy {field} ở chỗ cũ trong {share} số bài mới: sửa kiểu"
        " trang theo CONTRIBUTING, sau đó chạy `lamdong rebuild`."),
        ("Layout {layout} no longer finds the {field} in its place in {share} of the new articles since {since}:"
        " mend it as CONTRIBUTING tells, then run `lamdong rebuild`."),
    ),
    "alarm_layout_doubt": (
        ("Từ {since}, cách đọc của kiểu trang {layout} khác với cách đọc chung về tựa hoặc nội dung trong {share}"
        " số bài mới: so sánh một bài với trang báo, rồi sửa kiểu trang theo CONTRIBUTING."),
        ("Layout {layout} and the generic reading differ in title or text in {share} of the new articles since"
        " {since}: compare one with the newspaper's page, and mend the layout as CONTRIBUTING tells."),
    ),
    "alarm_fill": (
        ("Từ {since}, {share} số bài mới thiếu {field}, trước đó chỉ {before}: so sánh một bài với trang báo, rồi"
        " sửa kiểu trang {layout} theo CONTRIBUTING."),
        ("Of the new articles since {since}, {share} lack the {field}, before only {before}: compare one with the"
        " newspaper's page, and mend layout {layout} as CONTRIBUTING tells."),
    ),
    "alarm_gap": (
        ("Có {count} khoảng trống phát hiện ngày {since} vẫn chưa được lấp: xem `lamdong status`, rồi thử"
        " `{command}`."),
        "{count} gaps found on {since} did not close: see `lamdong status`, then try `{command}`.",
    ),
    "alarm_silence": (
        ("Không có bài nào mới hơn {last}, trong khi bình thường đến nay đã có khoảng {expected} bài: mở trang báo;"
        " nếu ở đó có bài mới thì danh mục và nguồn tin không còn được đọc đúng."),
        ("Nothing is newer than {last}, while by now about {expected} articles would be usual: open the newspaper;"
        " if it has news, its feeds and lists are no longer read as they should be."),
    ),
    "alarm_refusals": (
        ("Trang báo từ chối {refused} trong {asked} yêu cầu gần nhất: chờ vài giờ; nếu vẫn vậy, tăng LAMDONG_DELAY"
        " hoặc liên hệ với tòa soạn."),
        ("The newspaper refused {refused} of the last {asked} requests: wait some hours; if it goes on, raise"
        " LAMDONG_DELAY or write to the newspaper."),
    ),
    "alarm_challenge": (
        ("{count} địa chỉ của {host}, chẳng hạn {example}, cùng trả về một trang không phải bài cũng không phải"
        " danh mục {says}: báo đang bảo trì hoặc thử trình duyệt chứ không đổi kiểu trang; các địa chỉ ấy sẽ được hỏi"
        " lại, nếu vẫn vậy thì mở thử trang báo."),
        ("{count} addresses of {host}, {example} for one, answer with one and the same page that is neither article nor"
        " list {says}: a challenge or a maintenance, not a changed layout; they are asked again, and if it goes on,"
        " open the newspaper."),
    ),
    "alarm_certificate": (
        ("Không xác minh được chứng chỉ của {host} nên không tải gì từ đó: kiểm tra đồng hồ và SSL_CERT_FILE của máy"
        " này, nếu đúng cả thì chờ trang báo thay chứng chỉ."),
        ("The certificate of {host} cannot be verified, so nothing is fetched there: check this machine's clock and"
        " SSL_CERT_FILE; if they are right, wait until the newspaper has renewed it."),
    ),
    "alarm_certificate_ended": (
        ("Chứng chỉ của {host} đã hết hạn ngày {day} nên không tải gì từ đó: nếu đồng hồ của máy này đúng thì chờ trang"
        " báo thay chứng chỉ."),
        ("The certificate of {host} ended on {day}, so nothing is fetched there: if this machine's clock is right, wait"
        " until the newspaper has renewed it."),
    ),
    "alarm_certificate_begins": (
        ("Chứng chỉ của {host} đến ngày {day} mới có hiệu lực nên không tải gì từ đó: kiểm tra đồng hồ của máy này; nếu"
        " đúng thì chờ đến ngày ấy."),
        ("The certificate of {host} begins only on {day}, so nothing is fetched there: check this machine's clock; if"
        " it is right, wait until then."),
    ),
    "alarm_certificate_other": (
        ("Chứng chỉ mà {host} đưa ra (hết hạn ngày {day}) là của máy chủ khác nên không tải gì từ đó: kiểm tra"
        " xem có proxy hay trang đăng nhập mạng nào trả lời thay không; nếu không thì chờ trang báo thay chứng chỉ."),
        ("The certificate that {host} shows, which ends on {day}, is for other hosts, so nothing is fetched there:"
        " check that no proxy or portal answers in its place; if none does, wait until the newspaper has renewed it."),
    ),
    "alarm_certificate_untrusted": (
        ("Chứng chỉ của {host} (hết hạn ngày {day}) không do nơi nào máy này tin cậy cấp nên không tải gì từ đó: kiểm"
        " tra SSL_CERT_FILE; nếu đúng thì chờ trang báo thay chứng chỉ."),
        ("The certificate of {host}, which ends on {day}, comes from nobody whom this machine trusts, so nothing is"
        " fetched there: check SSL_CERT_FILE; if it is right, wait until the newspaper has renewed it."),
    ),
    "alarm_robots": (
        "robots.txt của {host} nay cấm những gì kho này vẫn tải, chẳng hạn {example}: đọc tệp ấy và hỏi tòa soạn.",
        ("The robots.txt of {host} now forbids what this archive fetches, {example} for one: read it, and ask the"
        " newspaper."),
    ),
    "alarm_robots_unknown": (
        ("Không lấy được robots.txt của {host} nên không được tải gì từ đó: lần chạy sau sẽ hỏi lại; nếu vẫn vậy,"
        " liên hệ với tòa soạn."),
        ("The robots.txt of {host} cannot be had, so nothing may be fetched there: the next run asks again; if it"
        " goes on, write to the newspaper."),
    ),
    "alarm_unreachable": (
        "Không kết nối được với {host}: kiểm tra mạng của máy này; lần chạy sau sẽ thử lại.",
        "{host} cannot be reached: check this machine's network; the next run tries again.",
    ),
    "alarm_disk": (
        "Ổ đĩa của kho chỉ còn {free} MB ({share}): dọn chỗ trước khi việc tải phải dừng.",
        "The archive's disk has only {free} MB left ({share}): make room before the crawl has to stop.",
    ),
    "alarm_clock": (
        "Bản chụp mới nhất ghi {last}, muộn hơn đồng hồ của máy này: chỉnh đồng hồ theo NTP.",
        "The newest capture is dated {last}, later than this machine's clock: set the clock by NTP.",
    ),
    "alarm_clock_differs": (
        "Đồng hồ của máy này lệch {minutes} phút so với đồng hồ của trang báo: chỉnh đồng hồ theo NTP.",
        "This machine's clock is {minutes} minutes away from the newspaper's: set it by NTP.",
    ),
    "alarm_lost": (
        ("{count} địa chỉ được hỏi lại: những gì đã nhận từ đó không còn trong warc/, như khi mất điện trước lúc ghi"
        " xong xuống ổ đĩa; nếu lặp lại, kiểm tra ổ đĩa."),
        ("{count} addresses are asked again: what was received from them is no longer in warc/, as after a power cut"
        " on a disk that had not written it yet; if it happens again, check the disk."),
    ),
    "alarm_index": (
        "Chỉ mục tìm kiếm được làm theo quy tắc cũ: chạy `lamdong rebuild --index` để làm lại.",
        "The search index was made by older rules; `lamdong rebuild --index` makes it anew.",
    ),
}  # fmt: skip

FIELDS: Final[dict[str, tuple[str, str]]] = {
    "title": ("tựa", "title"),
    "lead": ("sapo", "lead"),
    "body": ("nội dung", "text"),
    "authors": ("tác giả", "authors"),
    "section": ("chuyên mục", "section"),
    "tags": ("từ khóa", "tags"),
    "published_at": ("ngày đăng", "date"),
    "images": ("ảnh", "pictures"),
}


def said(language: str, form: str, facts: dict[str, Any], show: Callable[[Any], str]) -> str:
    """Return an alarm's sentence; `show` writes numbers, shares (floats), days and moments as the language does.

    Raises KeyError where there is no such sentence, or a value of it is missing.
    """
    column = 0 if language == "vi" else 1
    shown = {name: show(value) for name, value in facts.items()}
    if facts.get("field") in FIELDS:
        shown["field"] = FIELDS[facts["field"]][column]
    return SENTENCES[f"alarm_{form}"][column].format(**shown)


def plainly(value: Any) -> str:
    """Return a value as a terminal shows it.

    >>> plainly(0.874), plainly(12345), plainly("2026-11-03"), plainly("2026-11-03T05:00:00+00:00")
    ('87 %', '12,345', '2026-11-03', '2026-11-03 12:00 (GMT+7)')
    """
    if isinstance(value, float):
        return f"{int(value * 100)} %"
    if isinstance(value, int):
        return f"{value:,}"
    text = str(value)
    return f"{moment(text):%Y-%m-%d %H:%M} (GMT+7)" if is_moment(text) else text


def is_moment(text: str) -> bool:
    """Return whether a fact is a moment as the archive stores them."""
    return is_day(text[:10]) and text[10:11] == "T"


def is_day(text: str) -> bool:
    """Return whether a fact is a day."""
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text) is not None


def moment(text: str) -> datetime:
    """Return a stored moment in Vietnamese time. Raises ValueError for what is none."""
    return datetime.fromisoformat(text).astimezone(VIETNAM)

"""What stands on a page and is not the article: other news, tools, the imprint, messages."""

import re
from typing import Final

LONGEST_LABEL: Final = 80  # characters of a heading such as "Tin cùng chuyên mục"
LONGEST_ADVERTISEMENT: Final = 160


def _any_of(*phrases: str) -> str:
    return f"(?:{'|'.join(phrases)})"


_STORIES: Final = "(?:các |những )?" + _any_of(
    "tin tức", "tin,? bài(?: viết)?", "bài viết", "bài báo", "bài", "tin", "chủ đề", "video", "ảnh"
)
_OTHER: Final = _any_of(
    "liên quan",
    "cùng (?:chuyên mục|chủ đề|mục|loại)",
    "khác",
    "đã (?:đưa|đăng)",
    "(?:cũ|mới) hơn",
    "mới(?: nhất| cập nhật| đăng)?",
    "(?:đọc|xem) nhiều(?: nhất)?",
    "được quan tâm",
    "nổi bật",
    "trong ngày",
    "tiếp theo",
    "trước",
    "sau",
    "nóng",
)
_OTHER_NEWS: Final = _any_of(
    f"{_STORIES} {_OTHER}(?: nhất)?",
    "cùng (?:chuyên mục|chủ đề)",
    "liên quan",
    "(?:đọc|xem) nhiều.{0,12}",
    "(?:đọc|xem) tiếp",
    "xem thêm",
    "đọc thêm.{0,30}",
    "bài đọc tiếp",
    "tin bài khác",
    "đừng bỏ lỡ",
    "(?:có thể bạn|bạn có thể) (?:quan tâm|chưa biết|thích)",
    "mời bạn (?:đọc|xem).{0,20}",
    "tiêu điểm",
    "nổi bật",
    "mới nhất",
    "đáng chú ý",
    "dòng sự kiện.{0,60}",
    "(?:sự kiện|chuyên đề)\\s*:.{0,60}",
    "recommended",
    "related (?:news|articles|posts)",
    "read more",
)
_COMMENTS: Final = _any_of(
    "ý kiến(?: của)?(?: bạn đọc| độc giả| phản hồi| của bạn| bạn)?",
    "gửi (?:ý kiến|bình luận|phản hồi).{0,24}",
    "(?:viết |nội dung |xem |các )?bình luận.{0,16}",
    "phản hồi",
    "thảo luận",
    "góp ý",
    "thông tin bạn đọc.{0,40}",  # "Thông tin bạn đọc / Đóng Lưu thông tin": the form, 2016-2020
    "đóng\\s+lưu thông tin",
    "comments?",
)
_LABELS: Final = _any_of(
    "(?:từ kh[oó][aáà]|thẻ|chủ đề)(?:\\s*:.*)?",
    "tags?\\b.*",
    "nguồn bài viết.*",
    "link bài gốc.*",
    "lấy link!?",
    "google news",
)
_BESIDE: Final = _any_of(
    "theo dõi (?:báo|chúng tôi).{0,60}",
    "liên kết website",
    "thăm dò ý kiến",
    "thời tiết.{0,20}",
    "giá vàng",
    "tỷ giá",
)
_END: Final = re.compile(
    rf"[\s\[(*+•-]*{_any_of(_OTHER_NEWS, _COMMENTS, _LABELS, _BESIDE)}[\s:…»>|()\[\].\d-]*",
    re.IGNORECASE,
)

# ">> Bài 1: …", "Xem thêm: …" announce one other article within or after the text.
_ANNOUNCED: Final = _any_of(
    "(?:xem|đọc) (?:thêm|tiếp)",
    "(?:tin,? bài|tin|bài viết|bài) liên quan",
    "có thể bạn quan tâm",
    "mời bạn (?:đọc|xem) thêm",
    "(?:tin )?cùng (?:chuyên mục|chủ đề)",
    "bài (?:trước|sau|tiếp theo)",
)
_ANNOUNCES: Final = re.compile(
    rf"(?:>>|»|►|▶|☞|\[\+\])|{_ANNOUNCED}\s*(?::|$)", re.IGNORECASE | re.MULTILINE
)

_PRINTING: Final = _any_of(
    "in(?: (?:bài|trang|tin))?(?: này| viết)?",
    "bản in",
    "print|pdf",
    "lưu(?: bài| tin)?",
    "sao chép(?: liên kết)?",
    "copy link",
)
_SHARING: Final = _any_of(
    "gửi(?: (?:e-?mail|mail|cho bạn bè|cho bạn|bài viết|bài|bạn bè|tin này))?",
    "google news",
    "(?:e-?mail|facebook|zalo|twitter|google|youtube|tiktok|linkedin|messenger|print)++",
    "tweet|fb|g|f|t|x",
    "share|like|thích",
    "chia sẻ(?: bài viết| bài báo| bài| tin| lên| qua| ngay| với bạn bè)*",
    "theo dõi(?: báo lâm đồng| chúng tôi| trên| tại)*",
    "follow us(?: on)?",
)
_READING: Final = _any_of(
    "nghe (?:đọc bài|đọc|bài|tin)(?: viết)?",
    "đọc bài",
    "giọng (?:nam|nữ)",
    "(?:xem (?:với )?)?cỡ chữ",
    "(?:tăng|giảm) cỡ chữ",
    "phóng to|thu nhỏ|mặc định",
    "aa?",
)
_COUNTING: Final = _any_of(
    "(?:số )?lượt (?:xem|đọc)",
    "đã xem",
    "views?|comments?|bình luận|ý kiến",
    "đánh giá(?: bài viết)?(?: này)?",
    "[\\d.]+",
)
_MOVING: Final = _any_of(
    "(?:trở về |về )?(?:trang chủ|trang nhất|trang trước|đầu trang)",
    "home",
    "trở về|quay lại|lên đầu trang",
    "tải ứng dụng(?: báo lâm đồng)?",
    "quảng cáo|advertisement",
)
_TOOL: Final = _any_of(_PRINTING, _SHARING, _READING, _COUNTING, _MOVING)
# Possessive: a line of sixty single letters must not be tried in every way there is.
_TOOLS: Final = re.compile(rf"(?>\W*+{_TOOL}(?!\w))++\W*+", re.IGNORECASE)
_ADVERTISEMENT: Final = re.compile(r"\s*(?:quảng cáo|advertisement)", re.IGNORECASE)
_OFFICE: Final = _any_of("tòa soạn", "toà soạn")
_IMPRINT: Final = re.compile(
    r"\W*"
    + _any_of(
        "cơ quan (?:của|chủ quản|ngôn luận)",
        "(?:giấy phép|gp) (?:số|hoạt động|xuất bản|báo chí|thiết lập)",
        "(?:phó )?tổng biên tập\\s*:",
        f"{_OFFICE}\\s*:",
        f"thư ký {_OFFICE}",
        "bản quyền (?:thuộc|của|©)",
        "copyright|©|all rights reserved",
        "liên hệ quảng cáo",
        "ghi rõ nguồn",
        "(?:url|link|nguồn|đường dẫn)(?: bài(?: viết| gốc)?)?\\s*:.{0,60}https?://(?:www\\.)?baolamdong\\.vn",
        "báo lâm đồng(?: điện tử| online)?\\s*[-–:,]\\s*(?:cơ quan|giấy phép)",
    ),
    re.IGNORECASE,
)

_NOTHING: Final = re.compile(
    r"không tìm thấy|không tồn tại|đã bị (?:xóa|xoá|gỡ)|lỗi 404|404 not found|page not found"
    r"|not be found|bài viết này không|trang (?:bạn|quý vị).{0,30}không",
    re.IGNORECASE,
)
# Of a page itself; "không tìm thấy" alone stands in news of people missing, too.
_NOT_HERE: Final = re.compile(
    r"(?:trang|bài(?: viết| báo)?|nội dung|địa chỉ|đường dẫn|liên kết)(?: này| bạn| quý vị)[^.!?\n]{0,40}"
    r"(?:không (?:tìm thấy|tồn tại|còn)|đã bị (?:xóa|xoá|gỡ))"
    r"|(?:bài(?: viết| báo)|trang|nội dung) (?:không (?:còn )?tồn tại|đã bị (?:xóa|xoá|gỡ))"
    r"|không (?:thể )?tìm thấy (?:trang|bài|nội dung|địa chỉ|đường dẫn)"
    r"|^[^\w\n]*+(?:không tìm thấy|không tồn tại|not found|404)\s*(?:[-–|]|$)"
    r"|lỗi 404|404 not found|page not found|not be found",
    re.IGNORECASE | re.MULTILINE,
)
_REFUSAL: Final = re.compile(
    r"access denied|blocked by our security|attention required|captcha|request blocked",
    re.IGNORECASE,
)
_LATER: Final = re.compile(
    r"bảo trì|nâng cấp (?:hệ thống|website|trang|máy chủ)|tạm (?:ngừng|dừng|ngưng)|quá tải|maintenance"
    r"|temporarily unavailable|checking your browser|just a moment|verify(?:ing)? (?:that )?you are"
    r"|enable (?:javascript|cookies)|bật (?:javascript|cookie)|xác (?:minh|thực) (?:bạn|trình duyệt|rằng)",
    re.IGNORECASE,
)


def ends_article(text: str) -> bool:
    """Return whether a line opens what stands below an article: other news, comments, tags, imprint.

    >>> ends_article("Các tin khác:"), ends_article("Tin vui đến với bà con xã Rô Men.")
    (True, False)
    """
    return bool(len(text) <= LONGEST_LABEL and _END.fullmatch(text)) or is_imprint(text)


def is_imprint(text: str) -> bool:
    """Return whether a line begins the imprint of the newspaper."""
    return bool(_IMPRINT.match(text))


def is_related(text: str) -> bool:
    """Return whether a paragraph announces another article (">> …", "Xem thêm: …")."""
    return bool(_ANNOUNCES.match(text))


def is_furniture(text: str) -> bool:
    """Return whether a line is a tool of the page, or nothing to read at all."""
    if len(text) > LONGEST_LABEL:
        return False
    return not any(map(str.isalnum, text)) or bool(_TOOLS.fullmatch(text))


def is_advertisement(text: str) -> bool:
    """Return whether a short text is labelled as an advertisement."""
    return len(text) <= LONGEST_ADVERTISEMENT and bool(_ADVERTISEMENT.match(text))


def says_nothing_here(text: str) -> bool:
    """Return whether a short page without an article says in words that there is none."""
    return bool(_NOTHING.search(text))


def says_not_here(text: str) -> bool:
    """Return whether lines of any page say of the page itself that it is not there.

    >>> says_not_here("Không tìm thấy trang bạn yêu cầu."), says_not_here("Vẫn không tìm thấy nạn nhân.")
    (True, False)
    """
    return bool(_NOT_HERE.search(text))


def says_later(text: str) -> bool:
    """Return whether a page asks to come back: the site is being maintained, or first tries who is asking."""
    return bool(_LATER.search(text))


def says_refused(text: str) -> bool:
    """Return whether a page answers 200 but is a firewall's refusal."""
    return bool(_REFUSAL.search(text))

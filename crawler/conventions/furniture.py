"""What stands on a page and is not the article: other news, tools, the imprint, messages."""

import re
from typing import Final

LONGEST_LABEL: Final = 80  # characters of a heading such as "Tin cùng chuyên mục"

_STORIES: Final = r"(?:các |những )?(?:tin tức|tin,? bài(?: viết)?|bài viết|bài báo|bài|tin|chủ đề|video|ảnh)"
_WHICH: Final = (
    r"(?:liên quan|cùng chuyên mục|cùng chủ đề|cùng mục|cùng loại|khác|đã đưa|đã đăng|cũ hơn|mới hơn|mới nhất"
    r"|mới cập nhật|mới đăng|mới|đọc nhiều(?: nhất)?|xem nhiều(?: nhất)?|được quan tâm|nổi bật|trong ngày|tiếp theo"
    r"|trước|sau|hot|nóng)"
)
_OTHER_NEWS: Final = (
    rf"{_STORIES} {_WHICH}(?: nhất)?|cùng chuyên mục|cùng chủ đề|liên quan|đọc nhiều.{{0,12}}|xem nhiều.{{0,12}}"
    r"|đừng bỏ lỡ|có thể bạn (?:quan tâm|chưa biết|thích)|bạn có thể quan tâm|mời bạn (?:đọc|xem).{0,20}"
    r"|đọc tiếp|đọc thêm.{0,30}|bài đọc tiếp|xem thêm|xem tiếp|tiêu điểm|nổi bật|mới nhất|đáng chú ý|tin bài khác"
    r"|dòng sự kiện.{0,60}|sự kiện\s*:.{0,60}|chuyên đề\s*:.{0,60}|recommended|related (?:news|articles|posts)|read more"
)
_COMMENTS: Final = (
    r"ý kiến(?: của)?(?: bạn đọc| độc giả| phản hồi| bạn| của bạn)?(?: \(\d+\))?|gửi (?:ý kiến|bình luận|phản hồi).{0,24}"
    r"|(?:viết |nội dung |xem |các )?bình luận.{0,16}|phản hồi|thảo luận|góp ý|thông tin bạn đọc.{0,40}"
    r"|đóng\s+lưu thông tin|comments?"
)
_LABELS: Final = (
    r"(?:từ kh[oó][aáóà]|thẻ|chủ đề)(?:\s*:.*)?|tags?\b.*|nguồn bài viết.*|link bài gốc.*|lấy link!?|google news|sao chép.{0,20}"
)
_BESIDE: Final = r"theo dõi (?:báo|chúng tôi).{0,60}|liên kết website|thăm dò ý kiến|thời tiết.{0,20}|giá vàng|tỷ giá"
_END: Final = re.compile(
    rf"[\s\[(*+•-]*(?:{_OTHER_NEWS}|{_COMMENTS}|{_LABELS}|{_BESIDE})[\s:…»>|()\[\].\d-]*", re.IGNORECASE
)

# ">> Bài 1: …", "Xem thêm: …" announce one other article within or after the text.
_LEAD_IN: Final = re.compile(
    r"(?:>>|»|►|▶|☞|&gt;&gt;|\[\+\])"
    r"|(?:xem thêm|đọc thêm|xem tiếp|tin liên quan|bài liên quan|tin,? bài liên quan|bài viết liên quan"
    r"|có thể bạn quan tâm|mời bạn (?:đọc|xem) thêm|cùng chuyên mục|tin cùng chuyên mục|tin cùng chủ đề"
    r"|bài (?:trước|sau|tiếp theo))\s*(?::|$)",
    re.IGNORECASE | re.MULTILINE,
)

_TOOL: Final = (
    r"in(?: (?:bài|trang|tin))?(?: này| viết)?|bản in|gửi (?:e-?mail|mail|cho bạn bè|cho bạn|bài|bài viết|bạn bè|tin này)"
    r"|e-?mail|facebook|fb|zalo|twitter|tweet|google\+?|google news|youtube|tiktok|linkedin|print|share|like|g\+|f|t|x"
    r"|lưu(?: bài| tin)?|chia sẻ(?: .{0,20})?|thích|cỡ chữ|phóng to|thu nhỏ|nghe (?:bài|đọc bài|đọc|tin).{0,20}"
    r"|theo dõi.{0,40}|follow us.{0,20}|aa|a\s?[+-]?|[+-]|(?:số )?lượt (?:xem|đọc).{0,12}|đã xem.{0,12}"
    r"|\d+ (?:lượt xem|bình luận|lượt đọc|views?|comments?)|giọng (?:nam|nữ)|tăng cỡ chữ|giảm cỡ chữ|mặc định"
    r"|(?:trở về|về trang chủ|về trang trước|về đầu trang).{0,16}|đánh giá bài viết.{0,20}|copy link|sao chép(?: liên kết)?|trang chủ|trang nhất|home|pdf|xem (?:với )?cỡ chữ|đọc bài|quảng cáo"
    r"|advertisement|(?:ý kiến|bình luận)(?: \(\d+\))?|đánh giá|tải ứng dụng.{0,20}|quay lại|lên đầu trang|\d"
)
_TOOLS: Final = re.compile(rf"(?:(?:{_TOOL})[\s|/•·,:–-]*)+", re.IGNORECASE)
_ADVERTISEMENT: Final = re.compile(r"\s*(?:quảng cáo|advertisement)", re.IGNORECASE)
_IMPRINT: Final = re.compile(
    r"\W*(?:cơ quan (?:của|chủ quản|ngôn luận)|(?:giấy phép|gp) (?:số|hoạt động|xuất bản|báo chí|thiết lập)|tổng biên tập\s*:"
    r"|phó tổng biên tập\s*:|bản quyền (?:thuộc|của|©)|copyright|©|to[àa] soạn\s*:|tòa soạn\s*:|thư ký t[oò][aà] soạn"
    r"|liên hệ quảng cáo|ghi rõ nguồn|all rights reserved|báo lâm đồng(?: điện tử| online)?\s*[-–:,]\s*(?:cơ quan|giấy phép))",
    re.IGNORECASE,
)

_NOTHING: Final = re.compile(
    r"không tìm thấy|không tồn tại|đã bị (?:xóa|xoá|gỡ)|lỗi 404|404 not found|page not found|not be found"
    r"|bài viết này không|trang (?:bạn|quý vị).{0,30}không",
    re.IGNORECASE,
)
_REFUSAL: Final = re.compile(
    r"access denied|blocked by our security|attention required|captcha|request blocked", re.IGNORECASE
)


def ends_article(text: str) -> bool:
    """Return whether a line opens what stands below an article: other news, comments, tags, the imprint."""
    return bool(len(text) <= LONGEST_LABEL and _END.fullmatch(text)) or is_imprint(text)


def is_imprint(text: str) -> bool:
    """Return whether a line begins the imprint of the newspaper."""
    return bool(_IMPRINT.match(text))


def is_related(text: str) -> bool:
    """Return whether a paragraph announces another article (">> …", "Xem thêm: …")."""
    return bool(_LEAD_IN.match(text))


def is_furniture(text: str) -> bool:
    """Return whether a line is a tool of the page, or nothing to read at all."""
    return len(text) <= LONGEST_LABEL and (not any(map(str.isalnum, text)) or bool(_TOOLS.fullmatch(text)))


def is_advertisement(text: str) -> bool:
    """Return whether a short text is labelled as an advertisement."""
    return len(text) <= 2 * LONGEST_LABEL and bool(_ADVERTISEMENT.match(text))


def says_nothing_here(text: str) -> bool:
    """Return whether a page answers 200 but says in words that there is no such article."""
    return bool(_NOTHING.search(text))


def says_refused(text: str) -> bool:
    """Return whether a page answers 200 but is a firewall's refusal."""
    return bool(_REFUSAL.search(text))

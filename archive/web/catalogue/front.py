"""The front page."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # Front page
    "newest": ("Bài mới nhất", "Newest articles"),
    "earlier": ("Bài cũ hơn", "Earlier articles"),
    "back_to_newest": ("Về bài mới nhất", "Back to the newest"),
    "empty": ("Kho chưa có bài nào.", "The archive holds no article yet."),
    "empty_next": (
        "Bài sẽ hiện ra ở đây ngay khi chương trình tải về bài đầu tiên.",
        "Articles appear here as soon as the first has been fetched.",
    ),
    "end": ("Hết: không còn bài nào cũ hơn.", "This is the end: there are no earlier articles."),
    # What the archive covers
    "covers": ("{articles}, đăng từ {first} đến {last}", "{articles}, published from {first} to {last}"),
    "covers_day": ("{articles}, đăng {first}", "{articles}, published {first}"),
    "covers_undated": ("{articles}, không rõ ngày đăng", "{articles}, publication dates unknown"),
    "per_month": ("Số bài theo tháng", "Articles per month"),
    "gapless": ("Tháng nào trong khoảng đó cũng có bài.", "No month between is without an article."),
    "gaps_few": ("Chưa có bài nào của", "There is no article of"),
    "gaps_many": (
        "{number} tháng trong khoảng đó chưa có bài nào; quãng dài nhất là",
        "{number} months between have no article; the longest gap is",
    ),
    "gap_of": ("{first} – {last}", "{first} – {last}"),
    "and": ("và", "and"),
    "undated": ("Không rõ ngày đăng: {articles}.", "Publication date unknown: {articles}."),
    "gaps_noted": ("Số quãng biết là còn thiếu bài: {number}.", "Stretches known to be incomplete: {number}."),
    "ran": ("{outcome} lúc {at}", "{outcome} {at}"),
    "ran_new": ("{number} bài mới", "{number} new"),
    "ran_changed": ("{number} bài đã sửa", "{number} changed"),
    "find_address": ("Liên kết báo đã hỏng?", "A dead link to the newspaper?"),
    "find_label": ("Địa chỉ bài trên baolamdong.vn", "Address of an article on baolamdong.vn"),
    "find": ("Tìm bài", "Find it"),
}  # fmt: skip

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
    "find_address": ("Liên kết báo đã hỏng?", "A dead link to the newspaper?"),
    "find_label": ("Địa chỉ bài trên baolamdong.vn", "Address of an article on baolamdong.vn"),
    "find": ("Tìm bài", "Find it"),
}  # fmt: skip

"""Browsing, and addresses looked up."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # Browsing
    "browse": ("Xem theo", "Browse"),
    "nav_sections": ("Chuyên mục", "Sections"),
    "nav_authors": ("Tác giả", "Authors"),
    "nav_tags": ("Từ khóa", "Tags"),
    "nav_days": ("Lịch theo ngày", "Days"),
    "names_about": (
        "Nhiều bài nhất ở trên cùng, không quá {most} tên; tính trên {total} bài mới nhất.",
        "Most articles first, {most} names at most; counted in the newest {total} articles.",
    ),
    "no_names": ("Chưa có tên nào.", "There is none yet."),
    "no_days": (
        "Các bài của năm {year} không rõ đăng ngày nào.",
        "Of the articles of {year} the day is not known.",
    ),
    "no_year": ("Kho không có bài nào của năm {year}.", "The archive has no article of {year}."),
    "bad_year": ("“year” phải là một năm như 2022.", "“year” must be a year like 2022."),
    "nav_corrections": ("Bài đã sửa", "Corrections"),
    "nav_disappeared": ("Bài không còn trên báo", "Disappeared"),
    "corrections_about": (
        "Những bài mà báo đã sửa sau khi kho lưu lần đầu; sửa gần đây nhất ở trên cùng.",
        "Articles whose text the newspaper changed after they were first kept; the latest change first.",
    ),
    "disappeared_about": (
        "Những bài không còn tìm thấy trên trang báo; văn bản vẫn còn trong kho.",
        "Articles no longer found at the newspaper; their text is still kept here.",
    ),
    "changed_at": ("Phiên bản {n}, thấy từ {at}", "Version {n}, seen since {at}"),
    "changed_how": ("xem chỗ đã sửa", "see what changed"),
    "confirmed": ("đã kiểm tra lại vào ngày khác", "checked again on another day"),
    "no_corrections": ("Chưa thấy bài nào bị sửa.", "No article is known to have changed."),
    "no_disappeared": ("Chưa thấy bài nào biến mất.", "No article is known to have disappeared."),
    "day_before": ("Ngày trước: {day}", "Before: {day}"),
    "day_after": ("Ngày sau: {day}", "After: {day}"),
    "no_section": (
        "Kho không có bài nào thuộc chuyên mục “{asked}”.",
        "The archive has no article of the section “{asked}”.",
    ),
    "no_author": ("Kho không có bài nào của “{asked}”.", "The archive has no article by “{asked}”."),
    "no_tag": (
        "Kho không có bài nào mang từ khóa “{asked}”.",
        "The archive has no article with the tag “{asked}”.",
    ),
    "no_day": ("Kho không có bài nào của ngày này: {day}.", "The archive has no article of this day: {day}."),
    "no_month": ("Kho không có bài nào của tháng này: {month}.", "The archive has no article of this month: {month}."),
    # Addresses
    "address": ("Địa chỉ", "Address"),
    "not_held": ("Kho không có bài này", "This article is not in the archive"),
    "address_never": (
        "Kho chưa từng gặp địa chỉ này.",
        "The archive has never come across this address.",
    ),
    "address_unreadable": (
        "Đây không phải là địa chỉ một trang của báo.",
        "This is no address of a page of the newspaper.",
    ),
    "address_pending": (
        "Đã thấy địa chỉ này {at}; đang chờ tải về.",
        "The address was found {at}; it waits to be fetched.",
    ),
    "address_known": (
        "Đã thấy địa chỉ này {at}, nhưng chưa yêu cầu tải về.",
        "The address was found {at}; nobody has asked to fetch it yet.",
    ),
    "address_gone": (
        "Không còn tìm thấy trên trang báo từ {at}; kho chưa kịp lưu.",
        "Not found at the newspaper since {at}; the archive came too late.",
    ),
    "address_failed": (
        "Đã thử tải {at} nhưng không lưu được bài.",
        "It was tried {at}, but no article could be kept.",
    ),
    "address_unread": (
        "Đã tải địa chỉ này {at}, nhưng chưa thấy bài nào trong đó.",
        "It was fetched {at}, but showed no article so far.",
    ),
    "address_done": (
        "Đã tải địa chỉ này {at}, nhưng trong đó không có bài.",
        "It was fetched {at}, but holds no article.",
    ),
    "address_other": ("Địa chỉ này không phải là một bài.", "This is not an article's address."),
}  # fmt: skip

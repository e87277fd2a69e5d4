"""The frame of every page, and errors."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # The frame of every page
    "site": ("Kho lưu trữ Báo Lâm Đồng", "The Báo Lâm Đồng archive"),
    "newspaper": ("Báo Lâm Đồng", "Báo Lâm Đồng"),
    "archive": ("kho lưu trữ", "archive"),
    "skip": ("Đến nội dung", "Skip to content"),
    "pages": ("Trang", "Pages"),
    "other_language": ("English", "Tiếng Việt"),
    "in_archive": ("Trong kho này", "In this archive"),
    "nav_newest": ("Mới nhất", "Newest"),
    "nav_status": ("Tình trạng kho", "Status"),
    "nav_tables": ("Bảng dữ liệu", "Tables"),
    "nav_export": ("Tải toàn bộ (JSON)", "Download all (JSON)"),
    "about": (
        "Kho lưu trữ độc lập các bài trên baolamdong.vn, kèm từng byte đã nhận làm bằng chứng.",
        "An independent archive of the articles of baolamdong.vn, with every byte as proof.",
    ),
    # Errors
    "error": ("Có lỗi", "Something went wrong"),
    "not_found": ("Không tìm thấy trang", "Page not found"),
    "no_page": ("Trang này không có trong kho.", "The archive has no such page."),
    "no_article": ("Kho không có bài số {id}.", "The archive has no article {id}."),
    "withheld": ("Nội dung không được công bố", "Withheld"),
    "withheld_since": (
        "Người quản lý kho không công bố nội dung này từ {since}. Lý do: {why}",
        "The operator of this archive has withheld this since {since}. Reason: {why}",
    ),
    "no_capture": ("Kho không có bản chụp số {id}.", "The archive has no capture {id}."),
    "capture_too_long": (
        "Bản chụp số {id} quá dài để tìm trong đó nội dung không được công bố; người quản lý kho đọc nó trong warc/.",
        "Capture {id} is too long to be looked through for what is withheld; the operator has it in warc/.",
    ),
    "capture_damaged": (
        "Không đọc được bản chụp số {id}; hãy chạy `lamdong verify`.",
        "Capture {id} cannot be read; run `lamdong verify`.",
    ),
    "bad_number": ("“before” phải là số của một bài.", "“before” must be an article's number."),
    "reads_only": ("Trang này chỉ để đọc.", "This site only reads."),
    "no_coding": (
        "Trang này chỉ được gửi nguyên dạng hoặc nén gzip.",
        "This is sent as it is or as gzip, and in no other coding.",
    ),
    "one_host": ("Yêu cầu phải có đúng một trường Host.", "A request needs exactly one field Host."),
    "other_host": (
        "Kho này không ở tên miền được hỏi; địa chỉ công khai được đặt bằng --public-url.",
        "This archive does not answer to that host; --public-url names its public address.",
    ),
    "unanswerable": (
        "Không trả lời được câu hỏi này, hãy viết lại: {reason}",
        "This cannot be answered as it is asked; write it otherwise: {reason}",
    ),
    "join_by_name": (
        "Khi có bài không được công bố, hãy viết JOIN … ON thay cho NATURAL và USING.",
        "While something is withheld, write JOIN … ON in place of NATURAL and USING.",
    ),
    "busy": (
        "Cơ sở dữ liệu đang bận hoặc câu hỏi quá nặng; hãy thử lại sau ít giây.",
        "The database is busy, or this asks too much of it; try again in a few seconds.",
    ),
    "broken": (
        "Không đọc được cơ sở dữ liệu; hãy chạy `lamdong verify`.",
        "The database cannot be read; run `lamdong verify`.",
    ),
}  # fmt: skip

"""Every word the site says, in Vietnamese and in English; and how each language writes times and numbers."""

from datetime import date, datetime
from typing import Final, Literal

from archive.dates import VIETNAM

Language = Literal["vi", "en"]

_TEXTS: Final[dict[str, tuple[str, str]]] = {
    # The frame of every page
    "site": ("Kho lưu trữ Báo Lâm Đồng", "The Báo Lâm Đồng archive"),
    "newspaper": ("Báo Lâm Đồng", "Báo Lâm Đồng"),
    "archive": ("kho lưu trữ", "archive"),
    "skip": ("Đến nội dung", "Skip to content"),
    "pages": ("Trang", "Pages"),
    "other_language": ("English", "Tiếng Việt"),
    "nav_newest": ("Mới nhất", "Newest"),
    "nav_status": ("Tình trạng kho", "Status"),
    "nav_tables": ("Bảng dữ liệu", "Tables"),
    "nav_export": ("Tải toàn bộ (JSON)", "Download all (JSON)"),
    "about": (
        "Kho lưu trữ độc lập các bài trên baolamdong.vn, kèm bằng chứng đúng từng byte đã nhận. "
        "Bài và ảnh thuộc về báo và tác giả.",
        "An independent archive of the articles of baolamdong.vn, with the bytes received as evidence. "
        "Articles and pictures belong to the newspaper and their authors.",
    ),
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
    # Article
    "authors": ("Tác giả", "By"),
    "source": ("Nguồn", "Source"),
    "modified": ("Báo cập nhật", "Updated by the newspaper"),
    "no_date": ("Không rõ ngày đăng", "Date of publication unknown"),
    "tags": ("Từ khóa", "Tags"),
    "credit": ("Ảnh", "Photo"),
    "picture": ("Ảnh trong bài", "Picture in the article"),
    "picture_missing": ("Ảnh chưa có trong kho", "This picture is not in the archive"),
    "picture_at_newspaper": ("xem tại báo", "see it at the newspaper"),
    "table": ("Bảng trong bài", "Table in the article"),
    "video": ("Xem video tại báo", "Watch the video at the newspaper"),
    "embed": ("Nội dung nhúng, xem tại nguồn", "Embedded content, see it at its source"),
    "embed_unsafe": ("Nội dung nhúng không thể mở", "Embedded content that cannot be opened"),
    "at_newspaper": ("Trang của báo", "At the newspaper"),
    "kind_longform": ("eMagazine", "Long read"),
    "kind_photo": ("Phóng sự ảnh", "Photo story"),
    "kind_video": ("Video", "Video"),
    "kind_digest": ("Điểm tin", "Digest"),
    "kind_verse": ("Thơ", "Verse"),
    "kind_notice": ("Thông báo", "Notice"),
    "state_live": ("còn trên trang báo, lần cuối thấy {at}", "still there when last seen, {at}"),
    "state_changed-address": (
        "đã chuyển sang địa chỉ khác, thấy từ {at}",
        "moved to another address, seen since {at}",
    ),
    "state_gone": ("không còn tìm thấy từ {at}", "not found since {at}"),
    "state_unreachable": ("không truy cập được từ {at}", "could not be reached since {at}"),
    "unconfirmed": ("chưa kiểm tra lại vào ngày khác", "not yet checked on another day"),
    # Evidence
    "evidence": ("Bằng chứng", "Evidence"),
    "evidence_why": (
        "Bài trên đây được đọc từ đúng những byte báo đã gửi:",
        "The article above was read from exactly these bytes, as the newspaper sent them:",
    ),
    "fetched": ("Tải về lúc", "Fetched"),
    "file": ("Tệp WARC", "WARC file"),
    "offset": ("Vị trí", "Offset"),
    "offset_bytes": ("byte thứ {n}", "byte {n}"),
    "digest": ("Mã băm", "Digest"),
    "version": ("Phiên bản", "Version"),
    "version_of": ("{n} trong {all}, thấy lần đầu {at}", "{n} of {all}, first seen {at}"),
    "other_addresses": ("Địa chỉ khác của bài", "Its other addresses"),
    "as_received": ("Nguyên bản đã nhận", "As received"),
    "as_json": ("Dữ liệu (JSON)", "Data (JSON)"),
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
    "address_done": (
        "Đã tải địa chỉ này {at}, nhưng trong đó không có bài.",
        "It was fetched {at}, but holds no article.",
    ),
    "address_other": ("Địa chỉ này không phải là một bài.", "This address is not one of an article."),
    # Status
    "status": ("Tình trạng kho", "State of the archive"),
    "count_articles": ("bài", "articles"),
    "count_versions": ("phiên bản", "versions"),
    "count_captures": ("bản chụp", "captures"),
    "count_pending": ("địa chỉ chờ tải", "addresses to fetch"),
    "last_run": ("Lần chạy gần nhất", "Last run"),
    "no_run": ("Chưa chạy lần nào.", "There has been none yet."),
    "run_kind": ("Loại", "Kind"),
    "run_newest": ("bài mới nhất", "newest articles"),
    "run_backfill": ("bài của quá khứ", "articles of the past"),
    "run_given": ("địa chỉ cho sẵn", "given addresses"),
    "run_began": ("Bắt đầu", "Began"),
    "run_ended": ("Kết thúc", "Ended"),
    "outcome": ("Kết quả", "Outcome"),
    "outcome_running": ("đang chạy", "under way"),
    "outcome_done": ("xong", "done"),
    "outcome_stopped": ("được dừng lại", "stopped"),
    "outcome_failed": ("không thành", "failed"),
    "outcome_died": ("bị ngắt giữa chừng", "cut off"),
    "run_count_found": ("tìm thấy", "found"),
    "run_count_fetched": ("đã tải", "fetched"),
    "run_count_new": ("bài mới", "new"),
    "run_count_changed": ("đã sửa", "changed"),
    "run_count_unchanged": ("không đổi", "unchanged"),
    "run_count_refused": ("bị từ chối", "refused"),
    "run_count_failed": ("không tải được", "failed"),
    "states": ("Bài trên trang báo", "The articles at the newspaper"),
    "count_live": ("còn trên trang báo", "still there"),
    "count_changed-address": ("đã chuyển địa chỉ", "moved to another address"),
    "count_gone": ("không còn tìm thấy", "not found"),
    "count_unreachable": ("không truy cập được", "not reached"),
    "fill": ("Bài có đủ thông tin", "Articles that have"),
    "fill_lead": ("sapo", "a lead"),
    "fill_authors": ("tác giả", "authors"),
    "fill_section": ("chuyên mục", "a section"),
    "fill_tags": ("từ khóa", "tags"),
    "fill_published_at": ("ngày đăng", "a date"),
    "layouts": ("Kiểu trang", "Page layouts"),
    "alarms": ("Cần người xem", "Needs a person"),
    # Errors
    "error": ("Có lỗi", "Something went wrong"),
    "not_found": ("Không tìm thấy trang", "Page not found"),
    "no_page": ("Trang này không có trong kho.", "The archive has no such page."),
    "no_article": ("Kho không có bài mang số {id}.", "The archive has no article with the number {id}."),
    "no_capture": ("Kho không có bản chụp mang số {id}.", "The archive has no capture with the number {id}."),
    "capture_damaged": (
        "Không đọc được bản chụp số {id}; hãy chạy `lamdong verify`.",
        "Capture {id} cannot be read; run `lamdong verify`.",
    ),
    "bad_number": ("“before” phải là số của một bài.", "“before” must be the number of an article."),
    "reads_only": ("Trang này chỉ để đọc.", "This site only reads."),
    "busy": (
        "Cơ sở dữ liệu đang bận hoặc câu hỏi quá nặng; hãy thử lại sau ít giây.",
        "The database is busy, or this asks too much of it; try again in a few seconds.",
    ),
    "broken": (
        "Không đọc được cơ sở dữ liệu; hãy chạy `lamdong verify`.",
        "The database cannot be read; run `lamdong verify`.",
    ),
}  # fmt: skip

_WEEKDAYS: Final = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


class Words:
    """The site's words in one language."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self._column = 0 if language == "vi" else 1

    def __call__(self, name: str, **values: object) -> str:
        """Return a text of the catalogue. Raises KeyError where it has none of that name."""
        return _TEXTS[name][self._column].format(**values)

    def has(self, name: str) -> bool:
        """Return whether the catalogue has a text of that name."""
        return name in _TEXTS

    def number(self, number: int) -> str:
        """Return a number as the language groups its digits.

        >>> Words("vi").number(12345), Words("en").number(12345)
        ('12.345', '12,345')
        """
        return f"{number:,}".replace(",", "." if self.language == "vi" else ",")

    def share(self, share: float) -> str:
        """Return a share of 0 to 1 in percent; what is not all is never rounded to all.

        >>> Words("vi").share(0.9996), Words("en").share(1.0)
        ('99,9%', '100%')
        """
        text = f"{int(share * 1000) / 10:g}%"
        return text.replace(".", ",") if self.language == "vi" else text

    def published(self, at: str | None) -> str:
        """Return a time of publication as exactly as it is known.

        >>> Words("vi").published("2025-08-17T17:22:00+07:00")
        'Chủ nhật, 17/8/2025, 17:22'
        >>> Words("vi").published("2022-03"), Words("en").published("2016-10-24")
        ('Tháng 3 năm 2022', 'Monday, 24 October 2016')
        """
        if at is None:
            return self("no_date")
        clock = self.clock(at)
        return self.day(at[:10]) + (f", {clock}" if clock else "")

    def clock(self, at: str | None) -> str | None:
        """Return the time of day in Vietnam, or None where it is not known."""
        if at is None or len(at) <= len("2016-10-24"):
            return None
        return f"{datetime.fromisoformat(at).astimezone(VIETNAM):%H:%M}"

    def day(self, day: str | None) -> str:
        """Return a day or a month as the language writes it."""
        if day is None:
            return self("no_date")
        if len(day) == len("2022-03"):
            return self._month(int(day[:4]), int(day[5:]))
        known = date.fromisoformat(day)
        weekday = _WEEKDAYS[self.language][known.weekday()]
        if self.language == "vi":
            return f"{weekday}, {known.day}/{known.month}/{known.year}"
        return f"{weekday}, {known.day} {_MONTHS[known.month - 1]} {known.year}"

    def _month(self, year: int, month: int) -> str:
        vietnamese = self.language == "vi"
        return f"Tháng {month} năm {year}" if vietnamese else f"{_MONTHS[month - 1]} {year}"

    def moment(self, at: str) -> str:
        """Return a moment the archive noted, in Vietnamese time.

        >>> Words("vi").moment("2026-09-05T15:17:02+00:00")
        '22:17 ngày 5/9/2026'
        """
        there = datetime.fromisoformat(at).astimezone(VIETNAM)
        if self.language == "vi":
            return f"{there:%H:%M} ngày {there.day}/{there.month}/{there.year}"
        return f"{there.day} {_MONTHS[there.month - 1]} {there.year}, {there:%H:%M} (GMT+7)"

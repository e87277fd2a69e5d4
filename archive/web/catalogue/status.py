"""The status page."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
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
    "missing": ("Những gì còn thiếu", "What is missing"),
    "announced": (
        ("Từ {since}, các danh sách của tòa soạn đã nêu {announced} bài: kho giữ {held}, {waiting} bài chờ tải,"
        " {missing} bài không tải được."),
        ("Since {since} the newspaper’s lists have named {announced} articles: {held} are held,"
        " {waiting} wait to be fetched, {missing} could not be had."),
    ),
    "unlisted": (
        "Số ngày chưa đọc được danh sách nào: {number}; khoảng dài nhất từ {first} đến {last}.",
        "Days for which no list was read: {number}; the longest stretch is {first} to {last}.",
    ),
    "numbered": (
        ("Địa chỉ đánh số của trang báo cũ, từ {first} đến {last}: biết {known}, giữ {held};"
        " chưa danh sách nào nêu {unknown} số ở giữa."),
        ("Numbered addresses of the older site, {first} to {last}: {known} known, {held} held;"
        " {unknown} numbers between were named by no list."),
    ),
    "gaps_none": ("Hiện không có chỗ nào biết là thiếu.", "No gap is known at present."),
    "gaps_more": ("… và {number} chỗ khác.", "… and {number} more."),
    "gap_list": (
        "Không đọc được danh sách {list}, nơi nêu các bài {days}.",
        "{list} could not be read; it lists articles {days}.",
    ),
    "gap_overlap": (
        "Danh sách {list} không còn nối với lần đọc trước; có thể thiếu các bài {days}.",
        "{list} did not reach back to the look before it; articles {days} may be missing.",
    ),
    "gap_articles": (
        "Số bài {days} đã được nêu tên mà kho chưa có: {number}.",
        "Articles {days} that were named and are not held: {number}.",
    ),
    "gap_day": ("của ngày {day}", "of {day}"),
    "gap_days": ("từ {first} đến {last}", "of {first} to {last}"),
    "gap_undated": ("không rõ ngày", "of unknown date"),
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
    "alarm_since": ("Từ {moment}.", "Since {moment}."),
}  # fmt: skip

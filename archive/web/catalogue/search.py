"""Search and feeds."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    # Search
    "search": ("Tìm trong kho", "Search the archive"),
    "search_label": ("Từ cần tìm, có dấu hay không dấu", "Words, with or without accents"),
    "search_do": ("Tìm", "Search"),
    "found": ("{total} bài", "{total} articles"),
    "found_one": ("1 bài", "1 article"),
    "found_more": ("hơn {total} bài", "more than {total} articles"),
    "found_none": ("Không tìm thấy bài nào.", "Nothing found."),
    "found_bare": ("Tìm không dấu: {query}", "Search without accents: {query}"),
    "found_hint": (
        "Thử ít từ hơn, bỏ dấu, hoặc bỏ bớt điều kiện.",
        "Try fewer words, leave the accents out, or drop a filter.",
    ),
    "preceding": ("Trang trước", "Previous page"),
    "following": ("Trang sau", "Next page"),
    "page_number": ("Trang {number}", "Page {number}"),
    "no_more": ("Hết: không còn bài nào nữa.", "This is the end: there are no more articles."),
    "suggestions": ("Bài gợi ý", "Suggested articles"),
    "suggested": ("Có {n} bài gợi ý; dùng mũi tên để chọn.", "Suggested articles: {n}. Use the arrow keys to choose."),
    "refine": ("Lọc và sắp xếp", "Filter and sort"),
    "refine_do": ("Áp dụng", "Apply"),
    "any": ("Tất cả", "All"),
    "only_news": ("Tin, bài thường", "News"),
    "sort": ("Thứ tự", "Order"),
    "sort_best": ("Đúng nhất", "Best"),
    "sort_newest": ("Mới nhất", "Newest"),
    "sort_relevance": ("Liên quan nhất", "Most relevant"),
    "by_year": ("Theo năm", "By year"),
    "by_section": ("Theo chuyên mục", "By section"),
    "of_newest": ("tính trên {total} bài mới nhất", "of the newest {total}"),
    "filtered": ("Đang lọc", "Filtered by"),
    "unfilter": ("Bỏ tất cả", "Remove all"),
    "unfilter_one": ("Bỏ lọc theo {filter}", "Remove the filter {filter}"),
    "filter_section": ("chuyên mục", "section"),
    "filter_author": ("tác giả", "author"),
    "filter_tag": ("từ khóa", "tag"),
    "filter_kind": ("thể loại", "kind"),
    "filter_since": ("từ ngày", "since"),
    "filter_year": ("năm", "year"),
    "filter_until": ("đến ngày", "until"),
    "bad_sort": (
        "Thứ tự chỉ có best, newest hoặc relevance.",
        "The order is best, newest or relevance.",
    ),
    "bad_day": ("{field} phải là một ngày như 2022-03-31.", "{field} must be a day like 2022-03-31."),
    "bad_days": (
        "{field} phải là một ngày, tháng hoặc năm như 2022-03-31, 31/3/2022, 2022-03, 2022.",
        "{field} must be a day, month or year like 2022-03-31, 31/3/2022, 2022-03, 2022.",
    ),
    "no_such": ("Kho không có {field} “{asked}”.", "The archive has no {field} “{asked}”."),
    "no_such_but": (
        "Kho không có {field} “{asked}”; gần nhất là “{nearest}”.",
        "The archive has no {field} “{asked}”; the nearest is “{nearest}”.",
    ),
    "bad_period": (
        "since ({since}) không được sau until ({until}).",
        "since ({since}) is after until ({until}).",
    ),
    "bad_page": ("{field} phải là một số từ 1.", "{field} must be a number from 1."),
    "index_stale": (
        "Chỉ mục tìm kiếm làm theo quy tắc cũ; người quản lý kho cần chạy lệnh lamdong rebuild --index.",
        "The search index was made by older rules; whoever keeps the archive should run lamdong rebuild --index.",
    ),
    # Feeds
    "feed_newest": ("Bài mới nhất", "Newest articles"),
    "feed_search": ("Theo dõi tìm kiếm này", "Follow this search"),
}  # fmt: skip

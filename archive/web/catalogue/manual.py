"""The page that says how programs read the archive."""

from typing import Final

TEXTS: Final[dict[str, tuple[str, str]]] = {
    "nav_manual": ("Dữ liệu cho lập trình (API)", "Data for programs (API)"),
    "manual": ("Dữ liệu cho lập trình", "Data for programs"),
    "manual_intro": (
        ("Mọi trang của kho đều có bản JSON: không cần đăng ký, không cần khóa. Các ví dụ dưới đây chạy ngay trên"
        " kho này."),
        ("Every page of this archive is also there as JSON, without registration or key. The examples below run"
        " against this very archive."),
    ),
    "manual_contents": ("Trên trang này", "On this page"),
    "manual_try": ("Thử", "Try"),
    "manual_answer": ("Trả về", "Answer"),
    "manual_part_finding": ("Tìm kiếm", "Search"),
    "manual_part_articles": ("Bài báo", "Articles"),
    "manual_part_browsing": ("Danh sách", "Lists"),
    "manual_part_following": ("Theo dõi và tải toàn bộ", "Following, and taking all"),
    "manual_part_tables": ("Bảng và SQL", "Tables and SQL"),
    "manual_part_fields": ("Các trường của một bài", "The fields of an article"),
    "manual_part_rules": ("Quy ước chung", "What holds everywhere"),
    # What each address gives
    "manual_search": (
        ("Các bài tìm được, có hoặc không gõ dấu. “title_marked” và “snippet” là HTML đã được làm sạch, từ khớp nằm"
        " trong <mark>; “next” là địa chỉ trang sau hoặc null."),
        ("The articles found, typed with accents or without. “title_marked” and “snippet” are escaped HTML with the"
        " matches in <mark>; “next” is the address of the next page, or null."),
    ),
    "manual_counts": (
        "Số bài theo năm và theo chuyên mục, với cùng tham số như tìm kiếm.",
        "How many there are by year and by section; the parameters are those of the search.",
    ),
    "manual_suggestions": (
        "Tối đa 8 tiêu đề có những chữ đang gõ.",
        "Up to 8 titles that have the words typed so far.",
    ),
    "manual_article": (
        "Một bài, đúng như trong bản tải toàn bộ; các trường được giải thích bên dưới.",
        "An article, exactly as in the export; its fields are explained below.",
    ),
    "manual_history": (
        "Các phiên bản của bài, mỗi bản sửa gì so với bản trước, và những lần kho đã xem lại trang.",
        ("The versions of an article, what each changed in the one before, and what was seen whenever the page was"
        " asked for again."),
    ),
    "manual_cite": (
        "Trích dẫn dạng CSL-JSON. Thay đuôi bằng .bib hoặc .ris để lấy BibTeX hoặc RIS.",
        "The citation as CSL-JSON. End the address in .bib or .ris for BibTeX or RIS.",
    ),
    "manual_url": (
        "Từ một địa chỉ bất kỳ của báo, cũ hay mới, đến bài trong kho; 404 nếu kho không có.",
        "From any address of the newspaper, old or new, to its article here; 404 where the archive has none.",
    ),
    "manual_front": (
        "Bài mới nhất, số bài theo tháng, và các khoảng trống của kho.",
        "The newest articles, how many there are by month, and the gaps of the archive.",
    ),
    "manual_sections": ("Mọi chuyên mục và số bài.", "All sections with their articles counted."),
    "manual_section": (
        "Các bài của một chuyên mục, kể cả chuyên mục con, mới nhất trước.",
        "The articles of a section and of those within it, newest first.",
    ),
    "manual_authors": (
        "Những tác giả có nhiều bài nhất trong các bài mới.",
        "The authors with most articles among the newer ones.",
    ),
    "manual_author": ("Các bài của một tác giả.", "The articles of an author."),
    "manual_tags": (
        "Những từ khóa có nhiều bài nhất trong các bài mới.",
        "The tags with most articles among the newer ones.",
    ),
    "manual_tag": ("Các bài có một từ khóa.", "The articles with a tag."),
    "manual_days": ("Số bài từng ngày của năm mới nhất.", "Articles by day, of the latest year."),
    "manual_year": ("Số bài từng ngày của một năm.", "Articles by day, of one year."),
    "manual_month": (
        "Các bài của một tháng, kể cả bài chỉ biết tháng đăng.",
        "The articles of a month, also those of which only the month is known.",
    ),
    "manual_day": ("Các bài của một ngày.", "The articles of a day."),
    "manual_corrections": (
        "Các bài đã được báo sửa, lần sửa mới nhất trước.",
        "The articles whose text changed, the latest change first.",
    ),
    "manual_disappeared": (
        "Các bài không còn tìm thấy trên trang báo.",
        "The articles no longer found at the newspaper.",
    ),
    "manual_feed": (
        ("JSON Feed 1.1: 50 bài mới nhất, hoặc của một lần tìm với cùng tham số như tìm kiếm. /feed.atom là cùng nội"
        " dung dạng Atom."),
        "JSON Feed 1.1: the 50 newest, or those of a search with its parameters. /feed.atom gives the same as Atom.",
    ),
    "manual_export": (
        "Toàn bộ kho, mỗi dòng một bài dạng JSON, xếp theo số bài. Đọc từng dòng, không cần nhiều bộ nhớ:",
        "The whole archive, a JSON object a line, ordered by id. Read line by line it needs little memory:",
    ),
    "manual_provenance": (
        ("Lệnh lamdong export --versions cho mỗi phiên bản một dòng, thêm “provenance”: mỗi trường được đọc từ lớp nào"
        " (“layer”) và theo quy tắc nào (“rule”); tệp, vị trí, mã băm và lúc tải nằm trong “capture”."),
        ("The command lamdong export --versions gives a row for every version with “provenance” besides: for each field"
        " the “layer” and the “rule” that gave it; file, place, digest and time of fetching are in “capture”."),
    ),
    "manual_status": (
        "Tình trạng kho: số bài, lần chạy gần nhất, mức đầy đủ của từng trường, cảnh báo.",
        "How the archive is doing: counts, the last run, how full each field is, alarms.",
    ),
    "manual_table": (
        "Bảng của cơ sở dữ liệu, qua JSON của Datasette.",
        "The tables of the database, through the JSON of Datasette.",
    ),
    "manual_sql": (
        ("Câu SQL của riêng bạn, chỉ đọc; câu trả lời tối đa 4 MB, mỗi ô 5 MB. Hàm vn_query('…') cho bảng “search” cùng"
        " cách hiểu tiếng Việt như ô tìm kiếm."),
        ("SQL of your own, reading only; an answer has 4 MB at most, a cell 5 MB. The function vn_query('…') makes the"
        " table “search” understand Vietnamese as the search box does."),
    ),
    # Parameters
    "manual_param_q": ("điều cần tìm; \"…\" là nguyên cụm", "what to look for; \"…\" is a phrase"),
    "manual_param_section": ("đường dẫn chuyên mục, như kinh-te", "path of a section, like kinh-te"),
    "manual_param_author": ("tên tác giả như đã in", "name of an author as printed"),
    "manual_param_tag": ("một từ khóa", "a tag"),
    "manual_param_kind": (
        "news, longform, photo, video, digest, verse hoặc notice",
        "news, longform, photo, video, digest, verse or notice",
    ),
    "manual_param_since": ("từ ngày, YYYY-MM-DD", "first day, YYYY-MM-DD"),
    "manual_param_until": ("đến hết ngày, YYYY-MM-DD", "last day, YYYY-MM-DD"),
    "manual_param_sort": ("best (mặc định), newest hoặc relevance", "best (unless said), newest or relevance"),
    "manual_param_page": ("trang thứ mấy, từ 1", "number of the page, from 1"),
    "manual_param_size": ("số bài mỗi trang, tối đa 100", "articles of a page, 100 at most"),
    "manual_param_before": ("chỉ những gì trước số này", "only what comes before this number"),
    "manual_param_address": ("địa chỉ trên baolamdong.vn", "an address at baolamdong.vn"),
    # Fields of an article
    "manual_field_id": ("số của bài trong kho, không bao giờ đổi", "number within the archive; never changes"),
    "manual_field_url": ("địa chỉ chính thức", "canonical address"),
    "manual_field_urls": ("mọi địa chỉ đã thấy", "every address it was seen under"),
    "manual_field_newspaper": ("tên báo", "the newspaper"),
    "manual_field_title": ("tiêu đề", "the title"),
    "manual_field_kicker": ("dòng trên tựa", "the line above the title"),
    "manual_field_lead": ("sapo", "the lead, where set apart"),
    "manual_field_body": ("toàn văn, các đoạn cách nhau một dòng trống", "the text, paragraphs joined by a blank line"),
    "manual_field_blocks": (
        "nội dung theo thứ tự: đoạn văn, tựa nhỏ, trích dẫn, danh sách, bảng, thơ, ảnh, video",
        "the text in order: paragraphs, headings, quotes, lists, tables, verse, images, videos",
    ),
    "manual_field_authors": ("tác giả như đã in", "names as printed"),
    "manual_field_source": ("nguồn bài là báo hoặc hãng tin khác", "another publisher it was taken from"),
    "manual_field_source_url": ("địa chỉ của nguồn", "its address there"),
    "manual_field_section": ("chuyên mục như đã in", "section as printed"),
    "manual_field_section_slug": ("đường dẫn chuyên mục", "path of the section"),
    "manual_field_tags": ("từ khóa", "tags"),
    "manual_field_images": ("ảnh, chú thích và nguồn ảnh", "images with caption and credit"),
    "manual_field_published_at": (
        "lúc đăng, chi tiết đến mức trang báo cho biết",
        "when published, as exactly as the page tells",
    ),
    "manual_field_published_precision": ("minute, day, month hoặc unknown", "minute, day, month or unknown"),
    "manual_field_modified_at": ("lúc báo nói đã sửa", "when changed, as the newspaper states it"),
    "manual_field_kind": ("loại bài", "what kind of article"),
    "manual_field_language": ("ngôn ngữ của bài", "language of the text"),
    "manual_field_layout": ("kiểu trang mà bài được đọc ra", "page layout it was read from"),
    "manual_field_state": (
        "live, changed-address, gone hoặc unreachable: bài trên trang báo ở lần xem gần nhất",
        "live, changed-address, gone or unreachable: at the newspaper when last looked at",
    ),
    "manual_field_state_since": ("từ khi nào", "since when"),
    "manual_field_state_confirmed": ("đã thấy như vậy trong hai ngày khác nhau", "seen so on two different days"),
    "manual_field_version": ("số của phiên bản này", "number of this version"),
    "manual_field_versions": ("có bao nhiêu phiên bản", "how many versions there are"),
    "manual_field_first_seen_at": ("kho thấy lần đầu, giờ UTC", "first seen by the archive, UTC"),
    "manual_field_last_seen_at": ("kho thấy lần cuối, giờ UTC", "last seen by the archive, UTC"),
    "manual_field_capture": (
        "bằng chứng: tệp WARC, vị trí, mã băm và lúc tải",
        "the evidence: WARC file, place in it, digest and when it was fetched",
    ),
    # What holds everywhere
    "manual_errors": (
        "Lỗi là {shape} với mã trạng thái đúng: 400 tham số sai, 404 không có, 503 bận.",
        "Errors are {shape} with the right status: 400 wrong parameter, 404 not there, 503 busy.",
    ),
    "manual_times": (
        "Mọi chữ là Unicode NFC, mã UTF-8. Giờ theo ISO 8601 có múi giờ; ngày là ngày Việt Nam.",
        "All text is Unicode NFC in UTF-8. Times are ISO 8601 with their zone; days are Vietnamese days.",
    ),
    "manual_limits": (
        ("Không giới hạn số lần hỏi. Tìm kiếm xem được đến trang {deepest}; “total” đếm đến {counted} rồi"
        " “total_is_exact” là false. Một câu hỏi quá {seconds} giây bị dừng với mã 503. Muốn lấy tất cả, hãy dùng"
        " /export.jsonl thay vì lật từng trang."),
        ("There is no limit on requests. A search can be read to page {deepest}; “total” counts up to {counted}, then"
        " “total_is_exact” is false. What takes longer than {seconds} s ends with 503. To have everything, take"
        " /export.jsonl instead of turning pages."),
    ),
    "manual_cors": (
        "Chương trình trên trang web khác được đọc mọi dữ liệu JSON ở đây (CORS), trừ các bảng và SQL.",
        "Programs on other sites may read all JSON here (CORS), but for tables and SQL.",
    ),
    "manual_caching": (
        ("Câu trả lời (trừ /export.jsonl và các bảng) có ETag và dùng lại được trong một phút. Gửi lại ETag trong"
        " If-None-Match: nếu không có gì mới, kho trả 304 không kèm nội dung."),
        ("Answers (but for /export.jsonl and tables) carry an ETag and stay good for a minute. Send the ETag back as"
        " If-None-Match: where nothing is new, the answer is 304 and empty."),
    ),
    "manual_language": (
        "Thêm lang=en để câu báo lỗi bằng tiếng Anh; dữ liệu không đổi.",
        "With lang=en sentences of errors are in English; the data stays the same.",
    ),
}  # fmt: skip

"""The sections of the sample newspaper: today's, and the spelling of the numbered generation."""

from typing import Literal, NamedTuple

Paging = Literal["numbered", "next", "more"]


class Section(NamedTuple):
    """One section. `paging` is how its listing leads on: page numbers, a next link, a button."""

    slug: str
    name: str
    paging: Paging = "numbered"


SECTIONS = (
    Section("chinh-tri", "Chính trị"),
    Section("thoi-su", "Thời sự", "more"),
    Section("thoi-su/thoi-su-lam-dong", "Thời sự Lâm Đồng", "more"),
    Section("kinh-te", "Kinh tế", "next"),
    Section("kinh-te/nong-nghiep-nong-thon", "Nông nghiệp - Nông thôn", "next"),
    Section("doi-song", "An sinh - Cuộc sống", "more"),
    Section("phap-luat", "Pháp luật", "next"),
    Section("phap-luat/nhip-cau-ban-doc", "Nhịp cầu bạn đọc", "numbered"),
    Section("quoc-phong-an-ninh", "Quốc phòng - An ninh", "next"),
    Section("van-hoa-giai-tri", "Văn hóa - Giải trí", "more"),
    Section("the-thao", "Thể thao", "numbered"),
    Section("du-lich", "Du lịch", "numbered"),
    Section("chinh-sach", "Chính sách", "next"),
    Section("cong-nghe-chuyen-doi-so", "Công nghệ - Chuyển đổi số", "more"),
    Section("xa-hoi", "Xã hội", "numbered"),
    Section("thong-tin-can-biet", "Thông tin cần biết", "numbered"),
    Section("tin-tuc-24h", "Tin tức 24h", "more"),
    Section("emagazine", "eMagazine", "next"),
    Section("anh", "Ảnh", "next"),
    Section("video", "Video", "more"),
)
# The numbered generation wrote its sections without hyphens (all but doi-song); its listings stay.
OLD_SECTIONS = (
    Section("chinhtri", "Chính trị"),
    Section("xahoi", "Xã hội", "next"),
    Section("kinhte", "Kinh tế"),
    Section("phapluat", "Pháp luật", "next"),
    Section("thethao", "Thể thao"),
    Section("dulich", "Du lịch", "next"),
)
BY_SLUG = {section.slug: section for section in (*SECTIONS, *OLD_SECTIONS)}

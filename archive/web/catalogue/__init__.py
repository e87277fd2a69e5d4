"""Every word the site says, in Vietnamese and in English: a module for each kind of page."""

from typing import Final

from archive.web.catalogue import article, browse, frame, front, manual, search, status

_PAGES: Final = (
    article.TEXTS,
    browse.TEXTS,
    frame.TEXTS,
    front.TEXTS,
    manual.TEXTS,
    search.TEXTS,
    status.TEXTS,
)
TEXTS: Final[dict[str, tuple[str, str]]] = {
    name: texts for page in _PAGES for name, texts in page.items()
}

WEEKDAYS: Final = {
    "vi": ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

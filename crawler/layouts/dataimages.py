"""The system used until 2025, in both its generations: numbered (to December 2022) and hexadecimal addresses.

Years: 2013-2025. Example: http://baolamdong.vn/chinhtri/202203/ro-men-no-luc-xay-dung-chi-bo-nong-thon-ben-vung-3109288/
Marker: pictures below /file/<32 hexadecimal digits>/, or a date line as only this system printed it.
Quirks: the HTML of these pages is lost, only their text is known. So order and wording are read, no class name:
kicker, title, date line, lead (repeated as first paragraph on re-rendered pages), captions printed twice,
byline in capitals as last paragraph, stray "," and "." lines after it.
"""

import re
from datetime import datetime
from typing import Final

from archive.model import Article
from crawler.layouts.order import read_in_order
from crawler.page import Page

NAME: Final = "dataimages"

_MARKER: Final = re.compile(
    r"/file/[0-9a-f]{32}/|/dataimages/"
    r"|Cập\s*nhật\s*lúc\s*\d{1,2}:\d{2},"
    r"|\b\d{1,2}:\d{2},\s*\d{1,2}/\d{1,2}/\d{4}"
)


def recognises(page: Page) -> bool:
    """Return whether the page was built by the system used until 2025."""
    return bool(_MARKER.search(page.text))


def read(page: Page, seen: datetime) -> Article | None:
    """Return the article of the page, or None where it has no title or no text."""
    return read_in_order(page, seen, NAME)

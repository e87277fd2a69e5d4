"""The newsroom's mark at the beginning of a text: "(LĐ online) - "."""

import re
from typing import Final

_DASH: Final = r"\s*+[-–—:]++\s*+"
_OWN: Final = r"(?:BLĐ|LĐ|Lâm Đồng|Báo Lâm Đồng)"
_ONLINE: Final = r"(?:\s*(?i:online|điện tử|o)\b)"
_COUSINS: Final = (
    r"BTO|ĐNO|GLO|BNEWS|VOV\.VN|VTV\.VN|Vietnam\+|TTO|TPO|TTXVN|(?:Bao)?[Cc]hinhphu\.vn"
)

# "(LĐ online) - " opens web-first news until 2025; "LĐ online) - " (2013) lost its parenthesis, other
# pages the dash. Cousins print their own initials: "(GLO)-", "(QBĐT) - ", "BTO-", "BNEWS - ".
_OPENING: Final = re.compile(
    rf"\s*+(?:(?:\(\s*+)?{_OWN}{_ONLINE}\s*\)|\(\s*{_OWN}\s*\){_DASH}|(?:BLĐ|LĐ){_ONLINE}{_DASH}"
    rf"|\((?:[A-ZĐ]{{2,6}}|{_COUSINS})\){_DASH}|(?:{_COUSINS}){_DASH})[-–—:\s]*+"
)


def without_opening(text: str) -> str:
    """Return a paragraph without the newsroom's opening mark.

    >>> without_opening("(LĐ online) - Sáng 6/9, tại Đà Lạt")
    'Sáng 6/9, tại Đà Lạt'
    """
    found = _OPENING.match(text)
    return text[found.end() :] if found else text

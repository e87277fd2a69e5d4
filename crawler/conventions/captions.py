"""What stands at a picture: its caption and who took it."""

import re
from typing import Final

LONGEST_CREDIT: Final = 60  # characters

_WHO: Final = rf"(?P<credit>[^()\[\]:]{{1,{LONGEST_CREDIT}}}?)"
_LABELS: Final = "nguồn ảnh|hình ảnh|ảnh và clip|ảnh, clip|ảnh tư liệu|ảnh|hình|nguồn|photo|tư liệu"
# Seen: ". Ảnh: P.Nhân", " (Ảnh: TTXVN).", " - Ảnh: AFP", "| Photo: VNA", "ẢNH: CTV"
_CREDIT: Final = re.compile(
    rf"(?:^|[\s,;–—|(\[-])(?:{_LABELS})\s*:\s*{_WHO}\s*+(?:[)\]]\s*+)?(?:[.|]\s*+)?$",
    re.IGNORECASE,
)
# "Minh họa: Hồ Toàn": the caption of a drawing names who drew it.
_DRAWN: Final = re.compile(
    rf"(?P<caption>(?:^|.*[\s(])(?:ảnh )?minh h[oọ][aạ])\s*:\s*{_WHO}\s*+(?:\)\s*+)?\.?",
    re.IGNORECASE,
)


def read_caption(text: str) -> tuple[str | None, str | None]:
    """Return caption and credit of a picture.

    >>> read_caption("Một góc xã B’Lá. Ảnh: P.Nhân")
    ('Một góc xã B’Lá.', 'P.Nhân')
    """
    line = " ".join(text.split()).rstrip(" |")
    found = _DRAWN.fullmatch(line) or _CREDIT.search(line)
    if not found or not _is_signed(found["credit"]):
        return line or None, None
    caption = found["caption"] if found.re is _DRAWN else line[: found.start()]
    return caption.strip(" -–—(,;|[") or None, found["credit"].strip()


def is_credit(text: str) -> bool:
    """Return whether a line is a credit and nothing else."""
    caption, credit = read_caption(text)
    return credit is not None and caption is None


def _is_signed(credit: str) -> bool:
    """Names begin with a capital; 'bức ảnh: hai mẹ con' is a sentence."""
    return credit[:1].isupper() and len(credit.split()) <= 8

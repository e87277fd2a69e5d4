"""How Vietnamese newsrooms write: bylines, credits, date lines, opening marks, related links, furniture.

Rules here read wording, never markup. Each was seen on pages or texts of Báo Lâm Đồng or of its cousins.
"""

from crawler.conventions.furniture import (
    says_later,
    says_not_here,
    says_nothing_here,
    says_refused,
)

__all__ = ["says_later", "says_not_here", "says_nothing_here", "says_refused"]

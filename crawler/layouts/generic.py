"""Anything else: order and wording without a marker. Also the yardstick for drift.

Years: any. Example: a page after a redesign nobody has looked at yet. Marker: none. Quirks: none known.
"""

from datetime import datetime
from typing import Final

from archive.model import Article
from crawler.layouts.order import read_in_order
from crawler.page import Page

NAME: Final = "generic"


def recognises(page: Page) -> bool:
    """Return True: this is the last layout asked."""
    return page.root is not None


def read(page: Page, seen: datetime) -> Article | None:
    """Return the article of the page, or None where it has no title or no text."""
    return read_in_order(page, seen, NAME)

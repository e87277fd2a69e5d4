"""A version as stored: the fields of an Article as one JSON object, and back."""

import hashlib
import json
import re
from typing import Any, Final

from archive.model import Article, Block

# In this order in the database and, without the last three, in the export.
FIELDS: Final = (
    "title", "kicker", "lead", "blocks", "authors", "source", "source_url", "section", "section_slug", "tags",
    "published_at", "published_precision", "modified_at", "kind", "language", "layout", "published_raw", "layers",
    "rules",
)  # fmt: skip

_WORDS: Final = re.compile(r"[^\W_]+")


def packed(article: Article) -> str:
    """Return what is stored of a reading, as JSON."""
    fields = {name: getattr(article, name) for name in FIELDS}
    fields["blocks"] = [block.as_dict() for block in article.blocks]
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


def unpacked(reading: str, url: str) -> Article:
    """Return the article a stored reading stands for."""
    fields: dict[str, Any] = json.loads(reading)
    blocks = [Block(**block) for block in fields.pop("blocks")]
    return Article(url=url, blocks=blocks, **fields)


def same_text(article: Article) -> str:
    """Return a digest that two renderings of one story share: day, title and words, without case and signs."""
    day = (article.published_at or "")[:10]
    words = _WORDS.findall(f"{article.title}\n{article.lead or ''}\n{article.body}".lower())
    return hashlib.sha256(f"{day}\n{''.join(words)}".encode()).hexdigest()[:32]


def is_same(article: Article, other: Article) -> bool:
    """Return whether title, lead and text are the same: then there is no new version."""
    return (article.title, article.lead, article.body) == (other.title, other.lead, other.body)

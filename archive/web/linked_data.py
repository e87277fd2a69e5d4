"""An article as schema.org sees it: JSON-LD for search engines and for programs that keep references."""

import json
from collections.abc import Callable
from typing import Any, Final

from markupsafe import Markup

from archive.web.stories import Story
from archive.web.visits import written_out

_NEWSPAPER: Final = {"name": "Báo Lâm Đồng", "url": "https://baolamdong.vn/"}
# In a script element nothing is decoded but its end is sought: no text may hold what could be one, or a comment.
# JSON has another spelling for every character, so that the value stays the same.
_SPELT: Final = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def news_article(story: Story, address: Callable[[str], str]) -> dict[str, Any]:
    """Return an article as a NewsArticle of schema.org; `address` makes absolute ones of paths of this site.

    A month stays a month (`2019-08`): schema.org wants a date in the form of ISO 8601, which has one for it,
    and a day made up would be quoted as one. What is not known is left out. The text stays with the page.
    """
    article = story.article
    here = address(f"/articles/{article['id']}")
    found = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": here,
        "url": written_out(article["url"]),
        "archivedAt": here,
        "headline": article["title"],
        "alternativeHeadline": article["kicker"],
        "description": article["lead"],
        "author": [{"@type": "Person", "name": name} for name in article["authors"]],
        "publisher": {"@type": "NewsMediaOrganization", **_NEWSPAPER},
        "isPartOf": {"@type": "Newspaper", **_NEWSPAPER},
        "isBasedOn": _taken_from(article),
        "datePublished": article["published_at"],
        "dateModified": article["modified_at"],
        "articleSection": article["section"],
        "keywords": article["tags"],
        "inLanguage": article["language"],
        "image": [address(f"/captures/{held}") for held in story.pictures.values()],
    }
    return {name: value for name, value in found.items() if value}


def _taken_from(article: dict[str, Any]) -> dict[str, Any] | None:
    """What the newspaper took it from: an agency, another paper."""
    if not article["source"]:
        return None
    publisher = {"@type": "Organization", "name": article["source"]}
    work = {"@type": "CreativeWork", "publisher": publisher}
    url = written_out(article["source_url"])
    return work | {"url": url} if url else work


def script(data: dict[str, Any]) -> Markup:
    r"""Return JSON for an element `script`: whatever the texts hold, it cannot end it.

    >>> script({"headline": "</script><b>"})
    Markup('{"headline": "\\u003c/script\\u003e\\u003cb\\u003e"}')
    """
    return Markup(json.dumps(data, ensure_ascii=False).translate(_SPELT))

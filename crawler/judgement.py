"""What an answer shows: an article, nothing, a move, a refusal; the same for live and for kept answers."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from archive import addresses
from archive.model import Article, Capture, Found, Look, Outcome
from archive.vietnamese import fold
from crawler import conventions as say
from crawler.discovery import found
from crawler.layouts import read
from crawler.newspapers import baolamdong as newspaper
from crawler.page import Page
from crawler.reach import why_not
from crawler.unread import has_nothing, named, quoted, refuses, visible

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_GONE: Final = frozenset({404, 410})
_REFUSED: Final = frozenset({401, 403, 425, 429, 451})
_SHORT: Final = 400  # characters of body under which a page that says "not found" is believed
_PICTURE: Final = re.compile(r"^image/|octet-stream", re.IGNORECASE)


@dataclass(slots=True, frozen=True)
class Answer:
    """One answer to judge: what was asked, what came, content coding removed."""

    url_id: int
    key: str
    kind: str
    url: str
    status: int
    body: bytes
    location: str | None = None
    capture: Capture | None = None
    wait: float | None = None


def judge(answer: Answer, at: datetime) -> Look:
    """Return what the answer shows. `at` is when it was received."""
    look = Look(answer.url_id, at, Outcome.LIVE, answer.status, answer.capture, wait=answer.wait)
    status = answer.status
    if status == 304:
        look.outcome = Outcome.UNCHANGED
    elif status in REDIRECTS:
        _redirected(look, answer)
    elif status in _GONE:
        look.outcome, look.detail = Outcome.GONE, f"answers {status}"
    elif status in _REFUSED:
        look.outcome, look.detail = Outcome.REFUSED, f"answers {status}"
    elif status != 200:
        look.outcome, look.detail = Outcome.FAILED, f"answers {status}"
    elif answer.capture and answer.capture.truncated:
        look.outcome, look.detail = Outcome.FAILED, f"cut off: {answer.capture.truncated}"
    elif answer.kind == "article":
        _read_article(look, answer)
    elif answer.kind == "picture":
        check_picture(look)
    return look


def _redirected(look: Look, answer: Answer) -> None:
    target = addresses.joined(answer.url, answer.location) if answer.location else None
    if target is None:
        look.outcome, look.detail = (
            Outcome.FAILED,
            f"answers {answer.status} without saying where to",
        )
    elif newspaper.is_front_page(target) and not why_not(target, "article"):
        look.outcome, look.detail = Outcome.FRONT_PAGE, "redirects to the front page"
    elif (moved_to := found(target, answer.url)) and not why_not(target, "article"):
        look.outcome, look.moved_to, look.detail = (
            Outcome.MOVED,
            moved_to,
            f"moved to {moved_to.url}",
        )
    else:
        look.outcome, look.detail = Outcome.ELSEWHERE, f"redirects to {target}, which is no article"


def _read_article(look: Look, answer: Answer) -> None:
    content_type = answer.capture.content_type if answer.capture else None
    try:
        page = Page(answer.url, answer.body, content_type)
    except ValueError as error:
        look.outcome, look.detail = (
            Outcome.NO_ARTICLE,
            f"no article found: {error} {named('', answer.body, None)}".strip(),
        )
        return
    article = read(page, look.at)
    problem = why_no_article(article, page) if article else "neither title nor text"
    if article and not problem and (_is_certain(article, page) or not _is_message(page, article)):
        look.article, look.pictures = article, pictures_of(article)
    else:
        is_front = article is None and newspaper.is_front_page(page.canonical or "-")
        _without_article(look, visible(page), problem, is_front=is_front)


def _is_certain(article: Article, page: Page) -> bool:
    """Whether a page says that it is an article by more than an address: then its words are the article's own."""
    return bool(page.news_article) or article.published_precision in {"minute", "day"}


def _is_message(page: Page, article: Article) -> bool:
    """Whether what was read as an article is a message of the site: there is none, or not now, or not for you."""
    lines = f"{page.head_title or ''}\n{article.title}\n{article.body}"
    says = say.says_not_here(lines) or say.says_later(lines) or say.says_refused(lines)
    return len(article.body) <= _SHORT and says


def _without_article(look: Look, text: str, problem: str | None, *, is_front: bool) -> None:
    """Say what the words of a page show in which no article was found."""
    if is_front or has_nothing(text):
        look.outcome, look.detail = Outcome.SOFT_404, "answers 200, but says that there is nothing"
    elif refuses(text):
        look.outcome, look.detail = Outcome.REFUSED, "answers 200 with the firewall's refusal"
    else:
        look.outcome = Outcome.NO_ARTICLE
        look.detail = f"no article found: {problem or 'a message'} {quoted(text)}"


def why_no_article(article: Article, page: Page) -> str | None:
    """Return why what was read is no article: article-like addresses also lead to price lists and the like."""
    stated = bool(page.news_article) or fold(page.meta("og:type") or "") == "article"
    dated = article.published_precision in {"minute", "day"}
    if (
        not article.body
        and not article.lead
        and not any(b.type in {"image", "video", "embed"} for b in article.blocks)
    ):
        return "a title without text"
    if not dated and not stated and article.published_precision == "unknown":
        return "no date and no sign that it is one"
    return None


def pictures_of(article: Article) -> list[Found]:
    """Return the article's pictures that lie at the newspaper's own hosts."""
    urls = dict.fromkeys(
        image.url for image in article.images if image.url and not why_not(image.url, "picture")
    )
    return [Found(url, url, url, "picture", article.url) for url in urls]


def check_picture(look: Look) -> None:
    """Take a look at a picture's address for none where the answer says that it is something else."""
    content_type = look.capture.content_type if look.capture else None
    if content_type and not _PICTURE.search(content_type):
        look.outcome, look.detail = (
            Outcome.NO_ARTICLE,
            f"no picture but {content_type.split(';')[0]}",
        )

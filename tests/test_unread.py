"""Words that sound like a missing page, a refusal or a maintenance: they count only where no article was found."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.model import Outcome
from crawler.demo.newspaper import SampleNewspaper
from crawler.demo.pages import SKELETONS
from crawler.demo.troubles import missing
from crawler.judgement import Answer, judge

NEW = "https://baolamdong.vn/mot-bai-412345.html"
OLD = "https://baolamdong.vn/xahoi/201806/mot-bai-2888888/"
SEEN = datetime(2026, 11, 30, 3, tzinfo=UTC)
WORDS = (
    "Đến chiều nay vẫn không tìm thấy nạn nhân.",
    "Con đường ấy không còn, hồ sơ cũng không tồn tại.",
    "Bài viết trên mạng đã bị gỡ, trang bạn đọc không còn thấy.",
    "Trang web báo lỗi 404 not found, page not found.",
    "Người dân phải nhập captcha; nhiều người gặp access denied.",
    "Đường dây đang bảo trì, tạm ngừng cấp điện một ngày.",
)
NAMES = [(gen, name) for gen, names in SKELETONS.items() for name in names if gen != "republished"]


@pytest.fixture(scope="module")
def newspaper():
    return SampleNewspaper(troubles=False)


def seen(url: str, body: str | bytes):
    body = body.encode() if isinstance(body, str) else body
    return judge(Answer(1, "k", "article", url, 200, body), SEEN)


def page(title: str, text: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1><p>{text}</p></body></html>"


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize(("generation", "skeleton"), NAMES)
def test_a_short_article_that_was_found_stays_one(newspaper, generation, skeleton, words):
    story = next(each for each in newspaper.stories if each.generation == generation)
    story = replace(story, title="Tìm người mất tích trên hồ", text=words, lead=None)
    printed = newspaper.page(story, skeleton)
    look = seen(story.url, printed)
    assert (look.outcome, look.detail) == (Outcome.LIVE, None)
    assert look.article is not None


def test_words_in_scripts_are_no_words_of_the_page(newspaper):
    story = next(each for each in newspaper.stories if each.generation == "onecms")
    script = "<script>var captcha = 'Access Denied'; // không tìm thấy</script></head>"
    assert seen(story.url, newspaper.page(story).replace("</head>", script)).outcome is Outcome.LIVE
    listed = page("Giá cà phê", "Di Linh 118.500", script.removesuffix("</head>"))
    assert seen(NEW, listed).outcome is Outcome.NO_ARTICLE


@pytest.mark.parametrize("url", [NEW, OLD])
@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Không tìm thấy", "Trang bạn yêu cầu không tồn tại hoặc đã bị gỡ bỏ."),
        ("404", "Bài viết này không còn tồn tại."),
        ("Thông báo", "Nội dung này đã bị xóa."),
        ("Page not found", "Sorry."),
    ],
)
def test_a_page_that_says_it_is_not_there_is_a_soft_404(newspaper, url, title, text):
    assert seen(url, page(title, text)).outcome is Outcome.SOFT_404
    assert seen(url, missing(newspaper._pages, 200).body).outcome is Outcome.SOFT_404


@pytest.mark.parametrize("url", [NEW, OLD])
@pytest.mark.parametrize(
    ("body", "outcome"),
    [
        (page("Bảo trì", "Trang bạn truy cập hiện không hoạt động."), Outcome.NO_ARTICLE),
        (page("Just a moment...", "Checking your browser"), Outcome.NO_ARTICLE),
        (page("Attention Required!", "Please complete the captcha."), Outcome.REFUSED),
        (b"", Outcome.NO_ARTICLE),
        (b"<html></html>", Outcome.NO_ARTICLE),
        (b"\x1f\x8b\x08\x00junk", Outcome.NO_ARTICLE),
    ],
)
def test_a_page_that_comes_later_is_neither_an_article_nor_missing(url, body, outcome):
    look = seen(url, body)
    assert (look.outcome, look.article) == (outcome, None)

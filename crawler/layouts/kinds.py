"""What kind of article a page holds, from its section, the mark in its title and its blocks."""

import re
from typing import Final

from archive.model import Article
from archive.vietnamese import slug

_LONGFORM: Final = re.compile(r"e-?magazine|longform|mega-?story", re.IGNORECASE)
_PHOTO_MARK: Final = r"ảnh|photo|chùm ảnh|phóng sự ảnh|infographics?"
_VIDEO_MARK: Final = r"video|clip|podcast|truyền hình"
_DIGEST: Final = re.compile(
    r"lâm đồng hôm nay,?\s*(?:ngày\s*)?\(?\d{1,2}[/-]\d{1,2}", re.IGNORECASE
)
_NOTICE: Final = re.compile(
    "(?:thông báo|thông cáo|cáo phó|tin buồn|lời cảm (?:ơn|tạ)|mời thầu|thư mời|giấy mời|niêm yết|bố cáo"
    "|mời chào giá|(?:thông tin )?đấu giá (?:tài sản|quyền)|(?:tuyển dụng|nhắn tin|rao vặt|quảng cáo)\\s*:)",
    re.IGNORECASE,
)
_NOTICE_SECTIONS: Final = frozenset(
    {"thong-bao", "rao-vat", "quang-cao", "thong-tin-quang-cao"}
    | {"cao-pho", "moi-thau", "dau-gia", "tuyen-dung"}
)
_PHOTO_SECTIONS: Final = frozenset(
    {
        "anh",
        "tin-anh",
        "photo",
        "phong-su-anh",
        "chum-anh",
        "goc-anh",
        "infographic",
        "infographics",
    }
)
_VIDEO_SECTIONS: Final = frozenset({"video", "media-video", "truyen-hinh", "clip", "podcast"})


def _mark(words: str) -> re.Pattern[str]:
    """A title's mark: "[Video] …", "Chùm ảnh: …", "… (ảnh)"."""
    return re.compile(
        rf"\[?(?:{words})\s*(?:\]|[:|]|\s-\s)|.*[\[(](?:{words})[\])]$", re.IGNORECASE
    )


_PHOTO: Final = _mark(_PHOTO_MARK)
_VIDEO: Final = _mark(_VIDEO_MARK)


def kind_of(article: Article, url: str) -> str:
    """Return the kind of an article; `url` is the address its page was asked under."""
    sections = _sections(article, url)
    if _LONGFORM.search(" ".join(sections)) or _LONGFORM.search(
        f"{article.kicker} {article.title[:30]}"
    ):
        return "longform"
    if sections & _PHOTO_SECTIONS or _PHOTO.match(article.title):
        return "photo"
    if sections & _VIDEO_SECTIONS or _VIDEO.match(article.title):
        return "video"
    if _DIGEST.match(article.title):
        return "digest"
    if _is_verse(article):
        return "verse"
    return "notice" if sections & _NOTICE_SECTIONS or _NOTICE.match(article.title) else "news"


def _sections(article: Article, url: str) -> set[str]:
    """The section's name and every step of its path, in the spelling of addresses."""
    path = url.partition("?")[0].rpartition("/")[0]
    return {
        *(article.section_slug or "").split("/"),
        *path.split("/"),
        slug(article.section or ""),
    } - {""}


def _is_verse(article: Article) -> bool:
    verse = sum(len(block.as_text()) for block in article.blocks if block.type == "verse")
    return verse > 0.5 * len(article.body)

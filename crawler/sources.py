"""Where a picture of the article lies, as against the ornaments of the page."""

import re
from typing import Any, Final

SMALLEST_PICTURE: Final = 60  # pixels; what is smaller is an icon

# Lazy loading puts a placeholder into src; the picture stands in one of the others.
_ATTRIBUTES: Final = (
    "data-src",
    "data-original",
    "data-lazy-src",
    "data-lazy",
    "data-image",
    "src",
)
# Newsrooms keep their pictures by date or below a hash: /2026/09/05/, /dataimages/202003/, /file/e78…/
_STORED: Final = re.compile(r"/\d{4}/\d{2}/|/\d{6}/|/file/[0-9a-f]{32}/")
_FOLDERS: Final = "assets|icons?|skins?|themes?|banners?|ads?|adv|qc|quang-?cao|smilies|emoji"
_PLACEHOLDERS: Final = (
    "gr[ea]y|blank|spacer|pixel|loading|transparent|lazy|placeholder|clear|no-?image|default"
)
_BUTTONS: Final = "logo|icon|button|btn|bullet|arrow"
_ORNAMENT: Final = re.compile(
    rf"^data:|/(?:{_FOLDERS})/|/(?:{_PLACEHOLDERS}|{_BUTTONS})[\w-]*\.\w+$|\.svg(?:\?|$)",
    re.IGNORECASE,
)


def picture_source(image: Any) -> str | None:
    """Return the address an img element shows once loaded, or None where it is an ornament."""
    if _is_tiny(image):
        return None
    stated = (image.get(name) for name in _ATTRIBUTES)
    return next((url for url in stated if url and _is_picture(url)), None)


def is_stored(url: str) -> bool:
    """Return whether a picture lies where newsrooms keep theirs."""
    return bool(_STORED.search(url))


def _is_picture(url: str) -> bool:
    return is_stored(url) or not _ORNAMENT.search(url)


def _is_tiny(image: Any) -> bool:
    sizes = [(image.get(name) or "").removesuffix("px") for name in ("width", "height")]
    return any(size.isdecimal() and int(size) <= SMALLEST_PICTURE for size in sizes)

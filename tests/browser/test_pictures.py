"""The pictures of the README: `make screenshots` takes them anew."""

import re
import struct
from pathlib import Path
from typing import Any

import pytest
from conftest import Opening

pytestmark = pytest.mark.thorough
DESK = {"viewport": {"width": 1280, "height": 900}}
PHONE = {"viewport": {"width": 390, "height": 844}}
DARK = {"color_scheme": "dark"}
PICTURES: dict[str, tuple[str, dict[str, Any]]] = {
    "front": ("/", DESK),
    "search": ("/search?q=ca+phe", DESK),
    "article": ("/articles/{longform}", DESK),
    "history": ("/articles/{changed}/history", DESK),
    "phone-dark": ("/", PHONE | DARK),
}
README = Path(__file__).parents[2] / "README.md"


@pytest.mark.parametrize("name", PICTURES)
def test_picture_shows_the_page(
    open_page: Opening, request: pytest.FixtureRequest, tmp_path: Path, name: str
):
    path, options = PICTURES[name]
    folder = Path(request.config.getoption("--pictures") or tmp_path)
    picture = open_page(path, **options).screenshot(path=folder / f"{name}.png")
    size = struct.unpack(">II", picture[16:24])
    assert size == (options["viewport"]["width"], options["viewport"]["height"])
    assert 10_000 < len(picture) < 1_000_000  # a blank page has less


def test_every_picture_of_the_readme_is_taken_here():
    shown = re.findall(r"\]\(docs/([\w-]+)\.png\)", README.read_text("utf-8"))
    assert set(shown) <= set(PICTURES)

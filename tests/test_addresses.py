"""The grammar of the newspaper's addresses: the table is the specification."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.newspapers.baolamdong import (
    article_address,
    is_front_page,
    picture,
    section_page,
    section_path,
)

NUMBERED = "https://baolamdong.vn/chinhtri/202203/ro-men-no-luc-3109288/"
HEX = "https://baolamdong.vn/xa-hoi/202311/lam-dong-thu-hut-6ef2012/"
TODAY = "https://baolamdong.vn/da-lat-ngay-ve-386954.html"


@pytest.mark.parametrize(
    ("ugly", "canonical"),
    [
        (NUMBERED, NUMBERED),
        ("http://baolamdong.vn/chinhtri/202203/ro-men-no-luc-3109288", NUMBERED),
        ("http://www.baolamdong.vn/chinhtri/202203/ro-men-no-luc-3109288/", NUMBERED),
        (
            "https://admin.baolamdong.vn/chinhtri/202203/ro-men-no-luc-3109288/?print=1#top",
            NUMBERED,
        ),
        (
            "https://BAOLAMDONG.vn/chinhtri/202203/ro-men-no-luc-3109288/?utm_source=fb&fbclid=x",
            NUMBERED,
        ),
        (HEX, HEX),
        ("http://baolamdong.vn/xa-hoi/202311/lam-dong-thu-hut-6ef2012", HEX),
        (TODAY, TODAY),
        ("http://www.baolamdong.vn/da-lat-ngay-ve-386954.html?zarsrc=30", TODAY),
        ("https://baolamdong.vn/bbt/da-lat-ngay-ve-386954.html", TODAY),
        (
            "https://baolamdong.vn/thethao/201908/khai-mac-giai-bong-đa-11-người-2960991",
            "https://baolamdong.vn/thethao/201908/khai-mac-giai-bong-%C4%91a-11-ng%C6%B0%E1%BB%9Di-2960991/",
        ),
        ("https://baolamdong.vn/da-lat-event123.html", None),
        ("https://baolamdong.vn/da-lat-ptag.html", None),
        ("https://baolamdong.vn/print/386954.html", None),
        ("https://baolamdong.vn/en/print/386954.html", None),
        ("https://baolamdong.vn/gia-vang", None),
        ("https://baolamdong.vn/gia-xe-o-to/toyota/vios", None),
        ("https://baolamdong.vn/kinh-te", None),
        ("https://baolamdong.vn/rss/kinh-te", None),
        ("https://baolamdong.vn/tim-kiem/?key=da+lat", None),
        ("https://baodaklak.vn/xa-hoi/202311/lam-dong-thu-hut-6ef2012/", None),
        ("ftp://baolamdong.vn/da-lat-ngay-ve-386954.html", None),
        ("javascript:alert(1)", None),
        ("", None),
    ],
)
def test_canonical_address(ugly, canonical):
    address = article_address(ugly)
    assert (address.url if address else None) == canonical


@pytest.mark.parametrize(
    ("url", "generation"),
    [
        ("https://baolamdong.vn/kinhte/202212/bai-cuoi-3151461/", "numbered"),
        ("https://baolamdong.vn/kinh-te/202303/bai-dau-6ef2012/", "hexadecimal"),
        ("https://baolamdong.vn/kinh-te/202403/toan-chu-so-1234567/", "hexadecimal"),
        (TODAY, "onecms"),
    ],
)
def test_generation(url, generation):
    assert article_address(url).generation == generation


@given(st.text(max_size=80))
def test_no_text_breaks_the_grammar_and_canonical_is_canonical(text):
    for url in (
        text,
        f"https://baolamdong.vn/{text}",
        f"https://baolamdong.vn/a/202203/{text}-3109288",
    ):
        address = article_address(url)
        assert address is None or article_address(address.url) == address


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        (
            "https://lamdong.1cdn.vn/thumbs/540x360/2026/09/05/a.jpg",
            "https://lamdong.1cdn.vn/2026/09/05/a.jpg",
        ),
        ("//lamdong.1cdn.vn/2026/09/05/a.jpg", "https://lamdong.1cdn.vn/2026/09/05/a.jpg"),
        ("/file/x/dataimages/a.jpg?width=600", "https://baolamdong.vn/file/x/dataimages/a.jpg"),
        ("data:image/gif;base64,R0", None),
    ],
)
def test_picture(url, wanted):
    assert picture(url) == wanted


def test_sections_and_front_page():
    assert section_page("http://www.baolamdong.vn/Kinh-te/") == "https://baolamdong.vn/kinh-te"
    assert section_page("https://baolamdong.vn/kinh-te?page=2") is None
    assert [
        section_path(name) for name in ("xahoi", "Xã hội", "bantre", "kinh-te/nong-nghiep")
    ] == [
        "xa-hoi",
        "xa-hoi",
        "ban-tre",
        "kinh-te/nong-nghiep",
    ]
    assert is_front_page("https://baolamdong.vn")
    assert not is_front_page("https://baolamdong.vn/kinh-te")

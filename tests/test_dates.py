"""Dates as printed and as machines write them: the table is the specification."""

import json
import re
import time
import warnings
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dates import machine_time, printed_dates, timestamp, vietnamese_day
from archive.model import Article, Found
from crawler.layouts import read
from crawler.opening import open_archive
from crawler.page import Page


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("Cập nhật lúc 08:27, Thứ Ba, 26/12/2017 (GMT+7)", "2017-12-26", "08:27"),
        ("Cập nhật lúc 00:27, Thứ Ba, 26/12/2017 (GMT+7)", "2017-12-26", "00:27"),
        ("05:10, 24/10/2016", "2016-10-24", "05:10"),
        ("LAM ANH 06:20, 15/11/2023", "2023-11-15", "06:20"),
        ("05/09/2026 - 22:17", "2026-09-05", "22:17"),
        ("14/08/2026 19:26", "2026-08-14", "19:26"),
        ("15-01-2024 13:04 |", "2024-01-15", "13:04"),
        ("17:22 17/08/2025", "2025-08-17", "17:22"),
        ("Thứ tư, 22/10/2025, 19:25 (GMT+7)", "2025-10-22", "19:25"),
        ("Thứ Ba, 31/05/2016, 10:24 [GMT+7]", "2016-05-31", "10:24"),
        ("Đăng lúc: 13/06/2012 12:37 AM", "2012-06-13", "00:37"),
        ("Đăng lúc: 13/06/2012 12:37 PM", "2012-06-13", "12:37"),
        ("Ngày đăng : 09:59, 18/01/2022", "2022-01-18", "09:59"),
        ("Chủ nhật, 05/03/2024", "2024-03-05", None),
    ],
)
def test_date_lines(text, day, clock):
    (printed,) = printed_dates(text)
    assert printed.day.isoformat() == day
    assert (printed.clock.isoformat("minutes") if printed.clock else None) == clock


@pytest.mark.parametrize(
    "text", ["30/47/2023", "32/01/2023", "29/02/2023", "1.234/5", "không có ngày", ""]
)
def test_what_is_no_date_is_not_guessed_at(text):
    assert printed_dates(text) == []


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("9/5/2026 10:17:01 PM", "2026-09-05T22:17:01+07:00"),
        ("2026-09-05T22:17:01+07:00", "2026-09-05T22:17:01+07:00"),
        ("Sat, 05 Sep 2026 22:17:01 +0700", "2026-09-05T22:17:01+07:00"),
        ("Sat, 05 Sep 2026 22:17:01 GMT+7", "2026-09-05T22:17:01+07:00"),
    ],
)
def test_machine_dates(text, wanted):
    assert machine_time(text).isoformat() == wanted


@pytest.mark.parametrize(
    ("zone", "wanted"),
    [
        ("ICT", "+07:00"), ("+07", "+07:00"), ("GMT+7", "+07:00"), ("-0330", "-03:30"), ("Z", "+00:00"),
        ("GMT", "+00:00"), ("UTC", "+00:00"), ("PST", "+07:00"), ("XYZ", "+07:00"), ("SGT", "+07:00"),
        (time.tzname[0], "+00:00" if time.tzname[0] in {"UTC", "GMT"} else "+07:00"),
    ],
)  # fmt: skip
def test_a_zone_is_a_number_and_a_name_that_says_none_is_passed_over_in_silence(zone, wanted):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read = [machine_time(f"{day} 22:17:01 {zone}") for day in ("05 Sep 2026", "5/9/2026")]
    assert [moment.isoformat() for moment in read] == [f"2026-09-05T22:17:01{wanted}"] * 2


@given(st.text(max_size=60))
def test_no_text_raises(text):
    printed_dates(text)
    moment = machine_time(text)
    assert moment is None or moment.tzinfo is not None


@given(st.datetimes())
def test_what_is_printed_is_read(moment):
    moment = moment.replace(year=1990 + moment.year % 100, day=min(moment.day, 28))
    (printed,) = printed_dates(f"Cập nhật lúc {moment:%H:%M}, {moment:%d/%m/%Y} (GMT+7)")
    assert (printed.day, printed.clock.hour, printed.clock.minute) == (
        moment.date(),
        moment.hour,
        moment.minute,
    )


def test_the_day_in_vietnam():
    moment = datetime(2026, 9, 5, 17, 30, tzinfo=UTC)
    assert vietnamese_day(moment).isoformat() == "2026-09-06"
    assert timestamp(moment) == "2026-09-05T17:30:00+00:00"


IMPOSSIBLE = {
    ".NET": ("01/01/0001 12:00:00 SA", "0001-01-01T00:00:00", "1/1/0001 12:00:00 AM"),
    "OLE": ("Thứ bảy, 30/12/1899, 00:00", "1899-12-30T00:00:00+07:00", "12/30/1899 12:00:00 AM"),
    "Unix": ("07:00, 01/01/1970", "1970-01-01T00:00:00Z", "1/1/1970 7:00:00 AM"),
    "the future": ("08:00, 01/03/2027", "2027-03-01T08:00:00+07:00", "3/1/2027 8:00:00 AM"),
}
TEXT = "Sáng nay, bà con thôn 3 thu hoạch lứa cà phê đầu tiên của mùa, thương lái vào tận vườn."
SEEN = datetime(2026, 11, 30, 3, tzinfo=UTC)


def dated_page(line, stated, meta):
    data = json.dumps(
        {"@type": "NewsArticle", "headline": "Mùa cà phê ở Di Linh", "datePublished": stated}
        | {"dateModified": stated}
    )
    return f"""<html><head><title>Mùa cà phê ở Di Linh</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="{meta}">
<meta property="article:modified_time" content="{meta}">
<script type="application/ld+json">{data}</script></head><body><div><h1>Mùa cà phê ở Di Linh</h1>
<div>{line}</div><p>{TEXT}</p><p>{TEXT[::-1]}</p></div></body></html>""".encode()


@pytest.mark.parametrize("name", IMPOSSIBLE)
@pytest.mark.parametrize(
    "path", ["/mua-ca-phe-o-di-linh-460999.html", "/kinhte/203103/mua-ca-phe-3094501/"]
)
def test_a_day_that_cannot_be_is_unknown_whatever_states_it(name, path):
    page = Page(f"https://baolamdong.vn{path}", dated_page(*IMPOSSIBLE[name]), "text/html")
    article = read(page, SEEN)
    assert article is not None
    assert (article.published_at, article.published_precision) == (None, "unknown")
    assert article.modified_at is None
    assert TEXT in article.body
    if name != "the future":
        assert not re.search(r"0001|1899|1970", article.body)


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_another_that_can_be_stands_in(name):
    line, stated, _ = IMPOSSIBLE[name]
    body = dated_page(line, stated, "2026-11-29T08:00:00+07:00")
    article = read(Page("https://baolamdong.vn/mua-ca-phe-460999.html", body, "text/html"), SEEN)
    assert article is not None
    assert article.published_at == "2026-11-29T08:00:00+07:00"


def test_a_day_of_history_is_text():
    body = dated_page("", "", "2026-11-29T08:00:00+07:00").replace(
        TEXT[::-1].encode(), b"Nam 2/9/1945, ong ke</p><p>" + TEXT[::-1].encode()
    )
    article = read(Page("https://baolamdong.vn/mua-ca-phe-460999.html", body, "text/html"), SEEN)
    assert article is not None
    assert "Nam 2/9/1945, ong ke" in article.body


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1970, 1, 1), date(2099, 1, 1)])
def test_no_list_gives_an_address_a_day_that_cannot_be(tmp_path, day):
    url = "https://baolamdong.vn/mua-ca-phe-460999.html"
    told = Found("c/mua-ca-phe-460999", url, url, "article", title="Mùa cà phê", dated=day)
    with open_archive(tmp_path) as archive:
        assert len(archive.found([told], SEEN)) == 1
        assert archive.urls.add([told], SEEN) == []
        row = archive.db.execute("SELECT dated FROM urls").fetchone()
        assert row["dated"] is None
        article = Article(url, "Mùa cà phê", "onecms", [])
        assert archive.articles.new_id(1, article, SEEN) == 202611300001

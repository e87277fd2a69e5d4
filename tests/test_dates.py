"""Dates as printed and as machines write them: the table is the specification."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.dates import machine_time, printed_dates, timestamp, vietnamese_day


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

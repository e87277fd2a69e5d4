"""Fields of an answer that no server ought to send: the answer is kept, read again as it came, and judged."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive.dates import mail_date
from archive.warc import records
from archive.warc_reading import LARGEST_HEADER, moment
from archive.warc_writing import fitting, response_head
from crawler.report import Report
from crawler.waiting import retry_after

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from hostile_answers import answered

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)
NO_DATES = (
    "", "²", "Sat, 05 Sep 99999999999 10:20:00 GMT", "Sat, 05 Sep 2026 10:20:00 +99999999999999999999",
    "Sat, 05 Sep 2026 10:20:00 +2400", "Fri, 31 Dec 9999 23:59:59 -2359", "Sat, 05 Sep 2026 10:²0:00 GMT", "(" * 9_000,
    "05 " * 9_000, "Sat, 99 Xxx 2026 10:20:00 GMT",
)  # fmt: skip


@pytest.mark.parametrize("text", NO_DATES)
def test_a_date_that_cannot_be_is_none(text, tmp_path):
    assert mail_date(text) is None
    report = Report()
    report.heard(text, AT)
    assert report.dated == 0
    assert retry_after(text.encode()) is None
    with pytest.raises(ValueError):
        moment(text)
    with answered(tmp_path) as take:
        take(f"Date: {text}\nRetry-After: {text}\nLast-Modified: {text}\n".encode())
    assert len(kept(tmp_path)) == 1


def test_a_moment_beyond_the_calendar_in_utc_is_none():
    with pytest.raises(ValueError, match="out of range"):
        moment("9999-12-31T23:59:59-23:59")


@pytest.mark.parametrize(("count", "length"), [(40, 9_000), (4_000, 60), (9, 16_000)])
def test_more_header_than_is_read_is_left_out_and_the_answer_counts_as_cut_off(
    tmp_path, count, length
):
    fields = b"".join(b"X-%d: %s\n" % (number, b"x" * length) for number in range(count))
    with answered(tmp_path) as take:
        take(fields)  # it reads the record again
    (record,) = kept(tmp_path)
    assert record.status
    assert 0 < len(record.http_headers) < count
    assert record.field("WARC-Truncated") == "length"


def test_what_fits_is_kept_whole():
    few = [(b"Content-Type", b"text/html"), (b"ETag", b"x" * 16_000)]
    assert fitting(few) == few
    many = [(b"a", b"")] * 100_000
    assert len(response_head(200, fitting(many))) < LARGEST_HEADER
    assert fitting(many) == many[: len(fitting(many))]


def kept(folder):
    files = sorted((folder / "warc").iterdir())
    return [each for file in files for each in records(file) if each.type == "response"]

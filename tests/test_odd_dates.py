"""No page fails on a date that is stored, however odd: .NET's empty date, the last of all, one of a strange form."""

import contextlib
import sqlite3

import pytest
from test_served import close, make
from test_web import articles, get

from archive.web.served import Allowed, served

DATES = (
    "0001-01-01", "0001-01-01T00:00:00+07:00", "9999-12-31", "9999-12-31T23:59:59+00:00", "9999-12", "0001-01", "2022",
    "2022-03-01T10", "2022-03-01T10:00", "1899-12-30", "", "x", "2022-3-1", "2022-13-45",
)  # fmt: skip
PATHS = (
    "/", "/.json", "/articles/{0}", "/articles/{0}?lang=en", "/articles/{0}.json", "/articles/{0}/cite",
    "/articles/{0}/cite.ris",
    "/articles/{0}/cite.json", "/articles/{0}/history", "/articles/{0}/history.json", "/search?q=bài",
    "/search.json?q=bài",
    "/search/counts.json?q=bài", "/feed.atom", "/feed.json", "/days", "/days.json", "/days/0001", "/days/9999",
    "/days/2022",
    "/days/9999-12", "/days/0001-01", "/days/9999-12-31", "/days/0001-01-01", "/export.jsonl", "/status", "/api",
    "/search?until=9999-12-31&q=bài", "/search?since=0001-01-01&q=bài",
)  # fmt: skip


@pytest.mark.parametrize("date", DATES)
def test_every_page_is_shown(tmp_path, date):
    make(tmp_path)
    with contextlib.closing(sqlite3.connect(tmp_path / "archive.db")) as db, db:
        db.execute("UPDATE articles SET published_at = ?, published_precision = 'day'", [date])
        db.execute(
            "UPDATE versions SET reading = json_set(reading, '$.published_at', ?, '$.modified_at', ?)",
            [date, date],
        )
    number = next(iter(articles(tmp_path).values()))["id"]
    datasette = served(tmp_path, Allowed())
    try:
        failed = [
            (path, answer.text[-300:])
            for path in PATHS
            if (answer := get(datasette, path.format(number))).status_code not in {200, 400, 404}
        ]
        assert failed == []
        assert len(get(datasette, "/").content) < 200_000
    finally:
        close(datasette)

"""The archive opened again after a death at a bad moment."""

from datetime import UTC, datetime

import pytest

from archive.model import Capture, Found
from archive.store import Archive
from archive.store.tail import unindexed
from crawler.recovering import recover

AT = datetime(2026, 9, 5, 3, tzinfo=UTC)


def received(archive: Archive, name: str) -> Capture:
    """Put one answer into the WARC only."""
    url = f"https://baolamdong.vn/{name}.html"
    place, digest = archive.warc.append_exchange(
        url=url, fetched_at=AT, status=200, headers=[], body=name.encode(), request_headers=[]
    )
    return Capture(url, AT, 200, place, digest)


@pytest.mark.parametrize(
    ("with_row", "left"),
    [("", "abc"), ("a", "bc"), ("c", "ab"), ("b", "ac"), ("ca", "b"), ("cba", "")],
)
def test_answers_without_a_row_are_found_whatever_the_order_of_rows(tmp_path, with_row, left):
    with Archive(tmp_path) as archive:
        captures = {name: received(archive, name) for name in "abc"}
        for name in with_row:
            archive.add_capture(captures[name])
    with Archive(tmp_path) as archive:
        found = [
            record.url
            for record in unindexed(archive.folder, archive.db)
            if record.type == "response"
        ]
    assert found == [captures[name].url for name in left]


def test_only_the_end_of_a_long_archive_is_read_again(tmp_path):
    with Archive(tmp_path) as archive:
        for number in range(200):
            archive.add_capture(received(archive, f"{number}"))
    with Archive(tmp_path) as archive:
        again = [record.type for record in unindexed(archive.folder, archive.db)]
    assert "response" not in again
    assert len(again) <= 66  # the requests beside them, and the journal


LIST = "https://baolamdong.vn/kinh-te"


def test_nothing_is_committed_before_it_is_in_the_journal(tmp_path):
    with Archive(tmp_path) as archive:
        archive.found([Found(LIST, LIST, LIST, "listing")], AT)
        archive.urls.walked_root(LIST, AT)
        assert archive.db.in_transaction


def test_what_was_journalled_and_not_committed_is_done_again(tmp_path):
    with Archive(tmp_path) as archive:
        archive.begin_run("newest", {})
        archive.begin()
        archive.urls.add([Found(LIST, LIST, LIST, "listing", title="Kinh tế")], AT)
        archive.urls.walked_root(LIST, AT)
        archive._finish()  # the machine stops just before the commit
        archive.db.rollback()
    with Archive(tmp_path) as archive:
        assert archive.urls.entry(LIST) is None
        recover(archive, 0)
        assert archive.urls.entry(LIST).walked_at == AT.isoformat()
        begun = archive.warc._newest().stat().st_size
        recover(archive, 0)
        assert archive.warc._newest().stat().st_size == begun  # it is in the journal already

"""The archive opened again after a death at a bad moment."""

from datetime import UTC, datetime

import pytest

from archive.model import Capture
from archive.store import Archive
from archive.store.tail import unindexed

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

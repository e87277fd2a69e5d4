"""A folder that is named wrongly, a file that is not there: one sentence, and nothing is left behind."""

import pytest
from runs import lamdong


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("rebuild",), 1),
        (("rebuild", "--dry-run"), 1),
        (("rebuild", "--index"), 1),
        (("import", "/nowhere/saved.html"), 2),
        (("crawl", "--from-cdx", "/nowhere/index.cdx"), 2),
    ],
)
def test_nothing_is_made(tmp_path, arguments, status):
    done = lamdong(*arguments, "--archive", tmp_path / "typo")
    assert done.returncode == status
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_none_of_an_archive_stays_as_it_is(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    done = lamdong("rebuild", "--archive", tmp_path)
    assert (done.returncode, len(done.stderr.splitlines())) == (1, 1)
    assert "warc/" in done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["notes.txt"]

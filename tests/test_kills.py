"""kill -9 at random moments of every command that writes: nothing is lost."""

import pytest

from benchmarks import kills


@pytest.mark.thorough
def test_kills(capsys):
    assert kills.main(["--kills", "20"]) == 0, capsys.readouterr().out

"""What `benchmarks/hostile_inputs.py` does by the ten thousand, 200 of each kind."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))

from hostile_inputs import KINDS, MOST_MEMORY, attack


@pytest.mark.thorough
@pytest.mark.parametrize("kind", KINDS)
def test_hostile_input_is_no_traceback_and_leaves_the_archive_alone(kind: str) -> None:
    told = attack(kind, 200)
    assert told.examples == 200
    assert (told.tracebacks, told.outside) == (0, 0)
    assert 0 < told.memory <= MOST_MEMORY

"""When a run gives up: requests in a row that got no answer, or a refusal."""

from typing import Final

from archive.model import Look, Outcome

_DEAD: Final = 2  # requests in a row without any answer before a run that never got one gives up
_LOST: Final = 12  # the same for a run that had answers before
_REFUSED: Final = 30  # refusals in a row before a run gives up


class Patience:
    """Counts the requests of a run that were in vain."""

    def __init__(self) -> None:
        self._silent = self._refused = self._answers = 0

    def answered(self) -> None:
        """Count an answer that was of use."""
        self._silent = self._refused = 0
        self._answers += 1

    def missed(self, look: Look) -> None:
        """Count a request without an answer, or with one that was of no use."""
        silent = look.outcome is Outcome.UNREACHABLE
        self._silent = self._silent + 1 if silent else 0
        self._refused += look.outcome is Outcome.REFUSED
        self._answers += not silent

    @property
    def is_away(self) -> bool:
        """Whether nobody seems to be there."""
        return self._silent >= (_LOST if self._answers else _DEAD)

    @property
    def is_refused(self) -> bool:
        """Whether one request after another is refused."""
        return self._refused >= _REFUSED

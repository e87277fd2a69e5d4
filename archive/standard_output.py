"""Standard output that says when it cannot be written: a disk that is full, a closed stream.

A reader that has had enough (`lamdong search … | head -1`) is no failure, and nothing is said of it.

Python's own raises the OSError of any other file, and once more at the exit of the process.
"""

import io
import os
import sys
from typing import Any, Final

_STREAMS: Final = {
    0: os.O_RDONLY,
    1: os.O_RDONLY,
    2: os.O_WRONLY,
}  # who writes to 1 finds it closed


class OutputFailed(Exception):
    """Standard output could not be written; the message is one sentence with the next step."""


class ReaderGone(OutputFailed):
    """Who read standard output has closed the pipe: the command ends, quietly."""


class _Output(io.FileIO):
    """The bytes of standard output. What comes after a failure is dropped, for that was said."""

    failed: OutputFailed | None = None

    def write(self, data: Any) -> int:
        if self.failed:
            return memoryview(data).nbytes
        try:
            return super().write(data)
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            kind = ReaderGone if isinstance(error, BrokenPipeError) else OutputFailed
            self.failed = kind(
                f"Standard output: {reason}, so not all was written; name a file with room."
            )
            raise self.failed from error


def prepare() -> None:
    """Take over this process's standard output, unless somebody else has.

    Where standard streams are closed something is put in their place, or the archive's files would get their numbers.
    """
    for number, how in _STREAMS.items():
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, how)  # takes the lowest number that is free
    if sys.stdout is not sys.__stdout__:
        return
    told = sys.stdout
    sys.stdout = io.TextIOWrapper(
        io.BufferedWriter(_Output(1, "w", closefd=False)),
        encoding=told.encoding if told else "utf-8",
        errors=told.errors if told else "replace",
        line_buffering=told.line_buffering if isinstance(told, io.TextIOWrapper) else False,
    )


def finish() -> None:
    """Write what is still to be written. Raises OutputFailed also where that was raised before and lost."""
    sys.stdout.flush()
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Output) and raw.failed:
        raise raw.failed

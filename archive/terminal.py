"""What comes from outside never steers a terminal: both standard streams show its signs instead of obeying them.

Titles, addresses, headers and file names may hold escape sequences, or marks that turn the line around. No command
has to think of that: whatever it prints, or Python prints of it, passes here. What we draw ourselves goes to `canvas`.
"""

import json
import logging
import re
import sys
from typing import Any, Final, TextIO, cast

# C0 but for tab and line end, DEL, C1; marks of direction; line and paragraph separators; BOM; halves of letters.
_STEERING: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)


def printable(text: str) -> str:
    r"""Return a text with a sign in place of whatever would steer a terminal.

    >>> printable("https://x/\x1b]0;owned\x07")
    'https://x/�]0;owned�'
    """
    return _STEERING.sub("\ufffd", text)


def escaped_json(value: Any, **form: Any) -> str:
    r"""Return a value as JSON that steers nothing either: such signs are escaped, and stay what they are.

    >>> escaped_json({"url": "\x9b\u202e"})
    '{"url": "\\u009b\\u202e"}'
    """
    text = json.dumps(value, ensure_ascii=False, **form)
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


class _Shown:
    """A stream of text for a terminal."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        return self.stream.write(printable(text))

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def guard() -> None:
    """Let all that this process prints or logs from now on pass here; log files stay as they are."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is not None and not isinstance(stream, _Shown):
            setattr(sys, name, _Shown(stream))
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler) and handler.stream in (
            sys.__stdout__,
            sys.__stderr__,
        ):
            handler.setStream(_Shown(handler.stream))


def canvas() -> TextIO:
    """Return standard error as it is, for a progress bar. What is drawn from outside there is `printable` first."""
    return cast("TextIO", getattr(sys.stderr, "stream", sys.stderr))


def data() -> TextIO:
    """Return standard output for data: byte for byte, unless a terminal shows it."""
    return (
        sys.stdout
        if sys.stdout.isatty()
        else cast("TextIO", getattr(sys.stdout, "stream", sys.stdout))
    )

"""The Chromium of the machine, under the names distributions give it; none is ever downloaded."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
MISSING = (
    "The browser tests did not run, for no Chromium was found. Install it"
    " (Debian, Ubuntu: apt install chromium fonts-noto-core) or name its program in LAMDONG_CHROMIUM."
)


def program() -> str | None:
    """Return the program to start: the one LAMDONG_CHROMIUM names, or the first found, or None."""
    named = os.environ.get("LAMDONG_CHROMIUM")
    names = [named] if named else NAMES
    return next(filter(None, map(shutil.which, names)), None)


def is_required() -> bool:
    """Return whether a run without browser tests is a failure, as `.ci/run` has it."""
    return os.environ.get("LAMDONG_BROWSER") == "required"

"""How a database is opened by who may read it but not write: a closed one needs no files beside it then.

Whoever reads a database in WAL mode makes a file `-shm` beside it, unless there is one. Who may not can read it as one
that nobody changes, as long as nobody does.
"""

import os
from pathlib import Path
from urllib.parse import quote


def address(path: Path, mode: str) -> str:
    """Return the address (URI) under which SQLite opens a database to read, as it is at this moment.

    `mode` is rw, or ro: then not even those may write who could. Raises PermissionError where a run was cut short and
    its log can be read by nobody who may not write.
    """
    found = f"file://{quote(os.fsencode(path.absolute()))}?mode="
    log, memory = (path.with_name(f"{path.name}{ending}") for ending in ("-wal", "-shm"))
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return found + mode
    if memory.exists():
        return f"{found}ro"
    if log.exists() and log.stat().st_size:
        left = "a run was cut short here, and only who may write can take over what it left"
        raise PermissionError(0, left, str(path))
    return f"{found}ro&immutable=1"

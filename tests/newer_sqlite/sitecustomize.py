"""With this folder in PYTHONPATH, Python's own `sqlite3` runs on the newer SQLite within pysqlite3.

Its library is loaded for all to see before Python's module asks for the system's. (pysqlite3 itself lacks what
Python's module has learnt since, limits for instance, and Datasette would take it wherever it is installed.)
"""

import ctypes
import sys
from pathlib import Path

[library] = Path(sys.prefix, "newer-sqlite").glob("pysqlite3/_sqlite3*.so")
ctypes.CDLL(str(library), mode=ctypes.RTLD_GLOBAL)

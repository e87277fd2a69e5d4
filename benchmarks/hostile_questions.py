"""SQL that nobody should be able to harm a server with, by a small grammar; and a server that is asked it."""

import http.client
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random
from typing import Final
from urllib.parse import quote, urlsplit

from building import built_in
from hostile_seeds import mutated
from hostile_sql import HOSTILE, WAIT, Memory
from loading import OURS, serving
from metering import Meter

_ARTICLES: Final = 200
_TABLES: Final = (
    "articles", "versions", "captures", "urls", "aliases", "observations", "texts", "search", "search_data", "withheld",
    "withheld_rows", "sqlite_master", "sqlite_temp_master", "sqlite_dbpage", "json_each('[1,2]')", "nothing", "c",
    "json_tree((SELECT reading FROM versions LIMIT 1))", "pragma_database_list", "pragma_table_info('urls')",
    "main.urls", "pragma_function_list", "generate_series(1, 1000000000)", "dbstat", "fts5vocab", "suggestions",
)  # fmt: skip
_COLUMNS: Final = (
    "*",
    "id",
    "title",
    "url",
    "reading",
    "rowid",
    "words",
    "content",
    "block",
    "x",
    "search",
    "rank",
)
_FUNCTIONS: Final = (
    "hex", "zeroblob", "randomblob", "length", "upper", "lower", "trim", "quote", "unicode", "vn_query", "abs",
    "round", "json", "json_array", "json_extract", "char", "likelihood", "typeof", "printf", "format", "replace",
    "substr", "instr", "group_concat", "json_group_array", "max", "total", "count", "load_extension", "readfile",
    "fts3_tokenizer", "highlight", "snippet", "bm25", "soundex", "julianday", "strftime", "sqlite_source_id",
    "writefile", "edit", "glob", "like", "row_number", "vn_fold", "last_insert_rowid", "sqlite_compileoption_get",
    "matchinfo", "optimize",
)  # fmt: skip
_VALUES: Final = (
    "1", "0", "-9223372036854775808", "1e999", "NULL", "1000000000", "3000000", "'%a%a%a%a%a%a%a%a'", "'*a*a*a*a*a*'",
    "'\u1ed9'", "x'00ff'", "''", "'%.*c'", "'%999999999d'", "'$[0]'", "'$.blocks'", ":p", "'{\"a\":'", "'\"'",
    "'NEAR('", "hex(zeroblob(1000000))", "(SELECT reading FROM versions LIMIT 1)",
)  # fmt: skip
_FORMS: Final = (
    "SELECT {e} AS x FROM {t}",
    "SELECT {e}, {e} FROM {t} a, {t} b, {t} d WHERE {e} LIKE {e}",
    "WITH RECURSIVE c(x) AS (SELECT {v} UNION ALL SELECT {e} FROM c) SELECT {e} FROM c",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 3000000) SELECT {e} FROM c ORDER BY {e}",
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION SELECT x * 2 FROM c, {t}) SELECT count(*) FROM c GROUP BY {e} HAVING {e}",
    "SELECT {e} OVER (PARTITION BY {e} ORDER BY {e} ROWS UNBOUNDED PRECEDING) FROM {t}",
    "SELECT * FROM search WHERE search MATCH {e} ORDER BY rank",
    "SELECT {e} FROM {t} NATURAL FULL JOIN {t} WHERE {e} GLOB {e}",
    "SELECT {e} FROM {t} LEFT JOIN {t} b USING (id) LIMIT {v} OFFSET {v}",
    "SELECT (SELECT {e} FROM {t} WHERE {e}) IN (SELECT {e} FROM {t}) UNION SELECT {e} EXCEPT VALUES ({v}), ({v})",
    "EXPLAIN QUERY PLAN SELECT {e} FROM {t}", "EXPLAIN SELECT {e} FROM {t}",
    "PRAGMA {v}", "PRAGMA hard_heap_limit = 0", "PRAGMA writable_schema = 1", "ATTACH '/etc/passwd' AS p",
    "VACUUM INTO 'x'", "SELECT 1; DELETE FROM urls",
    "CREATE TEMP TABLE c AS SELECT {e}", "INSERT INTO urls SELECT * FROM {t}", "BEGIN",
    "SELECT {e} FROM {t} WHERE {e} REGEXP {v} AND {e} BETWEEN {v} AND {e} COLLATE NOCASE ORDER BY random()",
)  # fmt: skip
_WAYS: Final = (
    "/archive.json?sql=", "/archive.json?sql=", "/archive?sql=", "/archive.csv?_stream=1&sql=", "/archive.jsono?sql=",
    "/archive.json?_shape=array&_trace=1&sql=", "/archive.json?_timelimit=9999999&sql=", "/archive/urls.json?_where=",
    "/archive/articles.json?_sort=title&_facet=authors&_where=", "/archive/search.json?_search=",
)  # fmt: skip
_PROMISED: Final = frozenset({200, 302, 400, 403, 404, 413, 414, 431, 503})


def question(random: Random) -> bytes:
    """Return a path with hostile SQL in it."""
    drawn = random.random()
    sql = random.choice(HOSTILE) if drawn < 0.05 else _filled(random, random.choice(_FORMS))
    if drawn > 0.9:
        sql = mutated(random, sql.encode())[:30_000].decode("utf-8", "replace")
    return f"{random.choice(_WAYS)}{quote(sql)}".encode()


def _filled(random: Random, form: str) -> str:
    parts = form.split("{")
    filled = [parts[0]]
    for part in parts[1:]:
        made = {"e": _expression, "t": _table, "v": _value}[part[0]](random)
        filled.append(made + part[2:])
    return "".join(filled)


def _table(random: Random) -> str:
    return random.choice(_TABLES)


def _value(random: Random) -> str:
    return random.choice(_VALUES)


def _expression(random: Random, depth: int = 0) -> str:
    drawn = random.random()
    if depth > 4 or drawn < 0.25:
        return random.choice((*_COLUMNS[1:], *_VALUES))
    if drawn < 0.8:
        several = random.choice((1, 1, 2, 3, 120 if depth == 0 else 1))
        given = ", ".join(_expression(random, depth + 1) for _ in range(several))
        return f"{random.choice(_FUNCTIONS)}({given})"
    sign = random.choice(("||", "+", "*", "/", "<<", "->>", "LIKE", "GLOB", "IS NOT", "AND", "->"))
    return f"{_expression(random, depth + 1)} {sign} {_expression(random, depth + 1)}"


@contextmanager
def asked(folder: Path) -> Iterator[tuple[Callable[[bytes], None], Callable[[], int]]]:
    """Serve a small archive; give what asks for a path there, and what tells the most memory of a process, in bytes.

    The first raises AssertionError where an answer is none of those promised.
    """
    built_in(folder, _ARTICLES, None, Meter(1, time.perf_counter))
    with serving([*OURS, str(folder)]) as server:
        memory, host = Memory(server), urlsplit(server.address).netloc

        def ask(path: bytes) -> None:
            with closing(http.client.HTTPConnection(host, timeout=WAIT)) as line:
                try:
                    line.request("GET", path.decode())
                    answer = line.getresponse()
                    status, body = answer.status, answer.read()
                except http.client.IncompleteRead:
                    status, body = 200, b""  # a table that is streamed ends where it must not go on
            assert status in _PROMISED, (status, path[:300], body[:300])
            assert b"Traceback" not in body, (path[:300], body[:2_000])

        with memory.watched():
            yield ask, lambda: max(memory.pages, memory.sql)

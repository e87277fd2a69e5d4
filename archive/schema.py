"""Every table of the archive, as sqlite-utils migrations. The comments stay in the database's own schema."""

from typing import Final

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations: Final = Migrations("lamdong")

FIRST: Final = """
CREATE TABLE settings (
  name TEXT PRIMARY KEY, -- normaliser: the version of the spelling rules the search index was made with
  value TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- newest, backfill, given
  started_at TEXT NOT NULL,
  ended_at TEXT,
  outcome TEXT, -- done, stopped, failed; died: the next run found it without an end
  counts TEXT NOT NULL DEFAULT '{}', -- JSON: found, fetched, new, changed, unchanged, refused, failed
  settings TEXT NOT NULL DEFAULT '{}', -- JSON: what was asked for
  version TEXT NOT NULL -- of this program
) STRICT;

CREATE TABLE captures (
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL, -- as asked
  fetched_at TEXT NOT NULL,
  status INTEGER NOT NULL,
  warc TEXT NOT NULL, -- below the archive's folder
  offset INTEGER NOT NULL, -- where the record's gzip member begins
  length INTEGER NOT NULL,
  digest TEXT NOT NULL, -- of the payload: sha1:BASE32
  content_type TEXT,
  UNIQUE (warc, offset)
) STRICT;
CREATE INDEX captures_url ON captures (url);

CREATE TABLE articles (
  id INTEGER PRIMARY KEY, -- rises with the day of publication as known when given; never changes
  newspaper TEXT NOT NULL,
  url TEXT NOT NULL, -- canonical address; all addresses: urls.article_id and aliases
  version INTEGER NOT NULL, -- the latest; what follows is its reading, kept here for browsing
  title TEXT NOT NULL,
  lead TEXT,
  section TEXT,
  section_slug TEXT,
  authors TEXT NOT NULL, -- JSON list
  tags TEXT NOT NULL, -- JSON list
  published_at TEXT, -- as long as its precision: 2022-03, 2016-10-24, 2025-08-17T17:22:00+07:00
  published_precision TEXT NOT NULL,
  kind TEXT NOT NULL,
  language TEXT NOT NULL,
  layout TEXT NOT NULL,
  first_seen_at TEXT NOT NULL
) STRICT;
CREATE INDEX articles_published ON articles (published_at);
CREATE INDEX articles_section ON articles (section_slug, id);
CREATE INDEX articles_layout ON articles (layout);

CREATE TABLE versions (
  article_id INTEGER NOT NULL REFERENCES articles (id),
  version INTEGER NOT NULL,
  capture_id INTEGER NOT NULL REFERENCES captures (id), -- what it was read from
  first_seen_at TEXT NOT NULL,
  same_text TEXT NOT NULL, -- digest of day, title, lead and body in letters and digits only: finds copies
  reading TEXT NOT NULL, -- JSON: every field as read, the blocks, and for each field the layer and rule that gave it
  PRIMARY KEY (article_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX versions_same_text ON versions (same_text);

CREATE TABLE states (
  -- What changes with every look stands apart from the articles, so that a look rewrites few bytes.
  article_id INTEGER PRIMARY KEY REFERENCES articles (id),
  state TEXT NOT NULL, -- live, changed-address, gone, unreachable
  since TEXT NOT NULL,
  confirmed INTEGER NOT NULL DEFAULT 0, -- 1: the same on two different days
  last_seen_at TEXT NOT NULL -- when it last was there
) STRICT;
CREATE INDEX states_state ON states (state);

CREATE TABLE urls (
  -- The frontier: every address on disk before it is fetched. Also listings and pictures.
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE, -- what identifies it: a/3109288, b/6ef2012, c/slug-273078; else the address itself
  url TEXT NOT NULL, -- canonical
  asked TEXT NOT NULL, -- as found: what is asked for
  kind TEXT NOT NULL, -- article, listing, picture
  state TEXT NOT NULL DEFAULT 'pending', -- pending, done, gone, failed (see reason), known (not wanted yet)
  found_in TEXT, -- the listing or article that named it
  found_at TEXT NOT NULL,
  title TEXT, -- what the listing said of it
  dated TEXT, -- day of publication as the listing said
  due_at TEXT, -- pending: not before; done: look again then
  attempts INTEGER NOT NULL DEFAULT 0, -- in a row without an answer
  looks INTEGER NOT NULL DEFAULT 0, -- answers so far
  reason TEXT, -- why it failed
  etag TEXT,
  last_modified TEXT,
  fetched_at TEXT,
  status INTEGER,
  capture_id INTEGER REFERENCES captures (id), -- the latest with a body
  walked_at TEXT, -- listings: when a walk began that reached what was known
  moved_to INTEGER REFERENCES urls (id),
  article_id INTEGER REFERENCES articles (id),
  given_id INTEGER -- an article id journalled before a crash, to be used again
) STRICT;
CREATE INDEX urls_url ON urls (url);
CREATE INDEX urls_next ON urls (kind, state, dated, id);
CREATE INDEX urls_due ON urls (kind, due_at) WHERE state IN ('done', 'gone');
CREATE INDEX urls_article ON urls (article_id) WHERE article_id IS NOT NULL;
CREATE INDEX urls_moved ON urls (moved_to) WHERE moved_to IS NOT NULL;

CREATE TABLE aliases (
  url TEXT PRIMARY KEY, -- another spelling an address was seen under: http, www, admin, no slash
  url_id INTEGER NOT NULL REFERENCES urls (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX aliases_url ON aliases (url_id);

CREATE TABLE observations (
  id INTEGER PRIMARY KEY,
  url_id INTEGER NOT NULL REFERENCES urls (id),
  run_id INTEGER REFERENCES runs (id),
  at TEXT NOT NULL,
  outcome TEXT NOT NULL, -- see Outcome in archive/model.py
  status INTEGER,
  capture_id INTEGER REFERENCES captures (id),
  detail TEXT
) STRICT;
CREATE INDEX observations_url ON observations (url_id, at);

CREATE TABLE texts (
  -- What the search index is made of: the accented original, cut into title and everything else.
  id INTEGER PRIMARY KEY REFERENCES articles (id),
  title TEXT NOT NULL,
  body TEXT NOT NULL, -- kicker, lead, body, captions, authors, tags
  marks TEXT NOT NULL -- filters as words no text has: zzsxahoi zzy2022 zzm202203 zzknews
) STRICT;

CREATE VIEW texts_for_search AS
  SELECT id, title AS title_exact, body AS body_exact, title AS title_folded, body AS body_folded, '' AS marks
  FROM texts;

-- Fed by hand with normalised spellings (exact and folded), while its content is the original: highlight()
-- and snippet() mark by token number and so show the original. Never 'rebuild' it with SQL; use the command.
CREATE VIRTUAL TABLE search USING fts5 (
  title_exact, body_exact, title_folded, body_folded, marks,
  content="texts_for_search", content_rowid="id", tokenize="unicode61 remove_diacritics 0"
);
"""


@migrations()
def first(db: Database) -> None:
    """Create the archive."""
    for statement in _statements(FIRST):
        db.execute(statement)


SUGGESTIONS: Final = """
-- Titles alone, so that a syllable only begun is found at once while someone types.
CREATE VIRTUAL TABLE suggestions USING fts5 (
  title_exact, title_folded, content='', prefix='1 2 3', tokenize="unicode61 remove_diacritics 0"
);
"""


@migrations()
def suggestions(db: Database) -> None:
    """Add the titles that are suggested. Filled by `lamdong rebuild --index` in an archive made before."""
    for statement in _statements(SUGGESTIONS):
        db.execute(statement)


ONE_COLUMN: Final = """
-- All words of an article in one column: accented, then folded, then its filters as marks, with a word no query
-- has between them. Without columns FTS5 notes two bytes less for each word of each article: a quarter of the index.
-- Fed by hand with spellings. Never 'rebuild' it with SQL: that is what `lamdong rebuild --index` is for.
DROP TABLE search;
DROP TABLE suggestions;
DROP VIEW texts_for_search;
CREATE VIRTUAL TABLE search USING fts5 (words, content='', tokenize="unicode61 remove_diacritics 0");
-- Titles alone, so that a syllable only begun is found at once while someone types.
CREATE VIRTUAL TABLE suggestions USING fts5 (
  words, content='', prefix='1 2 3', tokenize="unicode61 remove_diacritics 0"
);
-- Words are gathered in memory up to so many bytes before they are written: at one megabyte, FTS5's own choice,
-- merging small parts took longer than the indexing itself.
INSERT INTO search (search, rank) VALUES ('hashsize', 33554432);
INSERT INTO suggestions (suggestions, rank) VALUES ('hashsize', 33554432);
"""


@migrations()
def one_column(db: Database) -> None:
    """Make the search index smaller. Filled by `lamdong rebuild --index` in an archive made before."""
    for statement in _statements(ONE_COLUMN):
        db.execute(statement)


CHANGED_AND_GONE: Final = """
-- The latest corrections and disappearances are read from these few rows, not out of all articles.
CREATE INDEX versions_changed ON versions (first_seen_at) WHERE version > 1;
DROP INDEX states_state;
CREATE INDEX states_state ON states (state, since);
"""


@migrations()
def changed_and_gone(db: Database) -> None:
    """Find corrections and disappearances at once, however many articles there are."""
    for statement in _statements(CHANGED_AND_GONE):
        db.execute(statement)


GAPS: Final = """
CREATE TABLE gaps (
  -- Where articles are known to be missing, or may be: opened and closed at the end of a run.
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL, -- list: it could not be read, overlap: it shows nothing of what the look before it showed,
                      -- articles: announced and not held
  list TEXT, -- address of the list; null for articles, which many lists may have announced
  section TEXT, -- where one is known
  since TEXT, -- first and last day of publication concerned, in Vietnam; null where none is known
  until TEXT,
  missing INTEGER, -- articles, where their number is known
  waiting INTEGER, -- how many of them are still asked for
  run_id INTEGER REFERENCES runs (id), -- that found it
  found_at TEXT NOT NULL,
  closed_at TEXT
) STRICT;
CREATE INDEX gaps_open ON gaps (until) WHERE closed_at IS NULL;
-- Of the feed or section page that announced an article.
ALTER TABLE urls ADD COLUMN section TEXT;
-- Listings: the days of publication their readings cover without a break.
ALTER TABLE urls ADD COLUMN first_day TEXT;
ALTER TABLE urls ADD COLUMN last_day TEXT;
-- Listings: the page from which a walk into the past that did not come to its end goes on.
ALTER TABLE urls ADD COLUMN next_page TEXT;
CREATE INDEX urls_days ON urls (first_day, last_day) WHERE first_day IS NOT NULL;
-- What was asked in the last hours is counted before every run.
CREATE INDEX observations_at ON observations (at);
"""


@migrations()
def gaps(db: Database) -> None:
    """Note where articles are missing, and which days the lists that were read cover."""
    for statement in _statements(GAPS):
        db.execute(statement)


ALARMS: Final = """
CREATE TABLE alarms (
  -- What needs a person: one row as long as it lasts.
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL, -- layout, fill, gap, silence, refusals, certificate, robots, unreachable, disk, clock, index
  subject TEXT NOT NULL, -- the layout, field, host or gap concerned, or empty
  since TEXT NOT NULL,
  until TEXT, -- null while it lasts
  message TEXT NOT NULL, -- one sentence, in English
  facts TEXT NOT NULL, -- JSON: the values in that sentence, from which the site says it in either language
  notified_at TEXT -- when the command of --notify took it
) STRICT;
CREATE UNIQUE INDEX alarms_open ON alarms (name, subject) WHERE until IS NULL;
CREATE TABLE extraction (
  -- How the new articles of a run were read, by section and layout: what later runs are compared with.
  run_id INTEGER NOT NULL REFERENCES runs (id),
  section TEXT NOT NULL, -- its path, or empty
  layout TEXT NOT NULL, -- empty: pages in which no layout found an article
  pages INTEGER NOT NULL,
  layers TEXT NOT NULL, -- JSON: for each field how many articles got it from which layer; from none: no name
  PRIMARY KEY (run_id, section, layout)
) STRICT, WITHOUT ROWID;
"""


@migrations()
def alarms(db: Database) -> None:
    """Note what needs a person, and how well pages were read in each run."""
    for statement in _statements(ALARMS):
        db.execute(statement)


WITHHOLDING: Final = """
CREATE TABLE withheld (
  -- What an operator keeps from the public, for everybody to read: that it is so, since when and why.
  subject TEXT PRIMARY KEY, -- id of an article, or address of a picture
  since TEXT NOT NULL,
  why TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE withheld_parts (
  subject TEXT NOT NULL REFERENCES withheld (subject),
  kind TEXT NOT NULL, -- capture, picture: its bytes are not served; address: it leads to the page that says so
  id INTEGER NOT NULL, -- in captures or urls
  PRIMARY KEY (kind, id, subject)
) STRICT, WITHOUT ROWID;
CREATE TABLE withheld_rows (
  -- What was taken out of the other tables. The site may not read it.
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  name TEXT NOT NULL, -- of the table
  content TEXT NOT NULL -- JSON: the row
) STRICT;
"""


@migrations()
def withholding(db: Database) -> None:
    """Let an operator withhold articles and pictures."""
    for statement in _statements(WITHHOLDING):
        db.execute(statement)


@migrations()
def evened(db: Database) -> None:
    """Make archives of the days when migrations were still being written like those made by what they became."""
    db.execute("CREATE INDEX IF NOT EXISTS urls_url ON urls (url)")
    if "row" in db["withheld_rows"].columns_dict:
        db.execute("ALTER TABLE withheld_rows RENAME COLUMN row TO content")


ASKED_AGAIN: Final = """
-- Addresses that answered and showed nothing get a state of their own, `unread`: asked again at `due_at`, and at rest
-- where that is null. Before they were `failed` for good; a held article lost its looks by one such answer.
UPDATE urls SET state = iif(kind = 'article' AND article_id IS NOT NULL, 'done', 'unread'), due_at = fetched_at
WHERE state = 'failed' AND due_at IS NULL AND status IS NOT NULL;
"""


@migrations()
def asked_again(db: Database) -> None:
    """Ask again where an answer showed nothing."""
    for statement in _statements(ASKED_AGAIN):
        db.execute(statement)


GIVEN: Final = """
-- Ids kept for articles whose captures were lost: looked up with every id that is given.
CREATE INDEX urls_given ON urls (given_id) WHERE given_id IS NOT NULL;
"""


@migrations()
def given(db: Database) -> None:
    """Find the ids that are kept for articles to be had again."""
    for statement in _statements(GIVEN):
        db.execute(statement)


def _statements(script: str) -> list[str]:
    """Split a script at semicolons that end a line (comments inside hold none there)."""
    return [part.strip() for part in script.split(";\n") if part.strip()]

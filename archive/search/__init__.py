"""Search: what a reader typed -> an FTS5 query -> hits, counts, snippets, suggestions."""

from archive.search.counting import Counts, counts
from archive.search.finding import Answer, Hit, Wanted, search, search_and_count
from archive.search.marks import Filters
from archive.search.suggesting import Suggestion, suggest
from archive.search.tiers import SORTS, Sort

__all__ = [
    "SORTS",
    "Answer",
    "Counts",
    "Filters",
    "Hit",
    "Sort",
    "Suggestion",
    "Wanted",
    "counts",
    "search",
    "search_and_count",
    "suggest",
]

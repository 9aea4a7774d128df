"""Search over stored articles: what is indexed of one, what a person asks for, and where it stands in a text. Pure.

Articles and queries are read by the words of topics (`match.word_reading`), so that both find the same ones. The
index itself is in `store.search`, and knows only what this package makes of words.
"""

from monitor.search.columns import Indexed, feed_token, indexed, language_token
from monitor.search.dates import date_tokens, tokens_between
from monitor.search.highlights import Marked, Marker
from monitor.search.query import NOTHING, Phrase, Query, QueryError, both, expression, parse
from monitor.search.ranking import best_first

__all__ = [
    "NOTHING",
    "Indexed",
    "Marked",
    "Marker",
    "Phrase",
    "Query",
    "QueryError",
    "best_first",
    "both",
    "date_tokens",
    "expression",
    "feed_token",
    "indexed",
    "language_token",
    "parse",
    "tokens_between",
]

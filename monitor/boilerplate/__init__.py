"""Text in an article that is not the article's own: appeals, notices, datelines, and what the texts of a feed share at
their start or end.

Pure. It decides what is left out of quotes and of matching (`leaving_out`), by forms that are known for all feeds
(`forms`, `datelines`) and by what is learned about one feed (`learning`). It does not store, match or quote.
"""

from monitor.boilerplate.learning import RECENT_ARTICLES, learned
from monitor.boilerplate.leaving_out import document_of, kept, left_out_of_matching, left_out_of_quotes

__all__ = ["RECENT_ARTICLES", "document_of", "kept", "learned", "left_out_of_matching", "left_out_of_quotes"]

"""What remains of an article that retention has removed: hashes that show that a later item is not news (rule I10).

A trace is a hash, and holds under the same conditions as the article did while it was stored: the key with its link or
its title, an alias with the same words. When an article goes, and how long its traces are kept, is not decided here.
"""

from collections.abc import Iterable, Sequence

from monitor.model.feed_update import KnownArticle
from monitor.reconcile.aliases import sixty_four_bits
from monitor.url import canonical_url, page_asked_for


def tombstones(article: KnownArticle) -> tuple[int, ...]:
    """The traces of an article that goes."""
    aliases = (alias for alias in (article.link_alias, article.guid_alias) if alias is not None)
    return tombstones_of([article.key], canonical_url(article.link), article.title, aliases, [article.content_hash])


def address_traces(links: Iterable[str]) -> tuple[int, ...]:
    """Traces of canonical addresses alone, in any of their forms (`url.page_asked_for`). Only `articles forget` leaves
    them: for `why`, and not to tell what is news.
    """
    pages = (page_asked_for(link, is_loosest=is_loosest) for link in links if link for is_loosest in (False, True))
    return tuple(sixty_four_bits("address", page) for page in dict.fromkeys(pages))


def tombstones_of(
    keys: Iterable[str], link: str, title: str, aliases: Iterable[int], hashes: Sequence[str]
) -> tuple[int, ...]:
    """All traces that an article with these keys and aliases may have left; `link` is canonical, `hashes` are those of
    its words.
    """
    facts = [("link", key, link) for key in keys if link]
    facts += [("title", key, title) for key in keys if title]
    facts += [("words", f"{alias}", content_hash) for alias in aliases for content_hash in hashes]
    return tuple(sixty_four_bits(*each) for each in facts or (("key", key, "") for key in keys))

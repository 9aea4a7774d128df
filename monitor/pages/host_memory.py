"""What pages of one host have said lately: sentences that several of them share are the host's, not an article's.

Consent walls and error pages are equal texts; so a bounded memory of their sentences finds them in any language.
"""

from collections.abc import Iterable, Mapping

from monitor.pages.sentences import is_sentence, mark, units

MEMORY_SENTENCES = 1_000
"""The latest sentences of a host that are kept: of some 80 pages, 25 KB."""

SENTENCES_OF_A_PAGE = 12
"""Of a page the first ones are kept: what a host says in place of articles is brief, or half of it is at its start."""

SHARED_BY = 3
"""Other pages that have the same sentence: from then on it is the host's."""


def page_marks(text: str) -> frozenset[int]:
    """The marks of the first sentences of a page."""
    found = [mark(unit) for unit in units(text) if is_sentence(unit)]
    return frozenset(found[:SENTENCES_OF_A_PAGE])


def remembered(memory: Mapping[int, int], marks: Iterable[int]) -> dict[int, int]:
    """The memory of a host after one more page: how many pages had each sentence, those not seen for longest dropped.

    To be called once for each page of an article, accepted or not, and not again when it is asked for again.
    """
    found = dict(memory)
    for each in sorted(marks):
        found[each] = found.pop(each, 0) + 1
    return dict(list(found.items())[-MEMORY_SENTENCES:])

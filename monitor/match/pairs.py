"""Two parties named side by side: "US and Russia", "Moscow, Washington", "the American and Russian foreign ministers".

Only words that join the two, or say which of their people is meant, may be between them. So a verb separates
them: in "US accuses Russia" they are not a pair. It knows positions and folded words, and no topic.
"""

from collections.abc import Iterator, Sequence
from itertools import islice

from monitor.match.reading import Reading, Span
from monitor.text import folded

MOST_BETWEEN = 6
"""Words between the two: room for "US defense secretary and his Russian counterpart", not for another sentence."""

JOINING = (
    "and the with both its his her their as well"
    " und sowie der die das den dem et le la les l du des de y e el los o os il i и с و ومع مع"
    " 和 与 與 及 跟 と ・ 兩 两"
)
"""What joins two names in a row, in the languages of the shipped lists."""

PEOPLE = (
    "president presidents leader leaders minister ministers secretary secretaries state foreign defence defense prime"
    " government governments official officials officer officers diplomat diplomats envoy envoys ambassador ambassadors"
    " general generals commander commanders chief chiefs counterpart counterparts negotiator negotiators delegation"
    " delegations expert experts adviser advisers military militaries army armies navy navies air force forces troops"
    " security intelligence agency agencies agent agents service services fleet fleets ship ships warship warships"
    " sailor sailors soldier soldiers marines bombers staff jet jets warplane warplanes plane planes aircraft pilot"
    " pilots top senior special"
    " präsident präsidenten außenminister verteidigungsminister militär armee streitkräfte"
    " président présidents ministre ministres affaires étrangères chef chefs diplomatie armée armées militaires"
    " президент президенты министр министры министерство глава главы мид военные вооруженные силы"
)
"""Whom of a party the headline means, in the same languages."""

BETWEEN = frozenset(folded(f"{JOINING} {PEOPLE}").split())

DIVIDING = frozenset(":;|：；｜")
"""Before a colon stands who speaks: "Moscow: US broke its word" names no pair."""


def side_by_side(ones: Sequence[Span], others: Sequence[Span], reading: Reading) -> frozenset[Span]:
    """The spans of either party that stand beside one of the other.

    Linear in the number of spans: of each only those that begin within the next `MOST_BETWEEN` words are looked at.
    """
    in_order = sorted({(*span, party) for party, spans in enumerate((ones, others)) for span in spans})
    return frozenset(
        span
        for place, (first, last, party) in enumerate(in_order)
        for start, end, other in _following(in_order, place)
        if other != party and start > last and _are_joined(last, start, reading)
        for span in ((first, last), (start, end))
    )


def _following(in_order: Sequence[tuple[int, int, int]], place: int) -> Iterator[tuple[int, int, int]]:
    last = in_order[place][1]
    for each in islice(in_order, place + 1, None):
        if each[0] > last + MOST_BETWEEN + 1:
            return
        yield each


def _are_joined(last: int, start: int, reading: Reading) -> bool:
    keys = reading.words_between(last, start)
    return keys is not None and BETWEEN.issuperset(keys) and DIVIDING.isdisjoint(reading.found(last, start))

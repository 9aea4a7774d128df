"""What archive and mail must hold, judged by the newsroom's own list of items and the post office's copies.

An item that was in a document which the reader has read whole is *seen*: it must be on the page of the first edition
after that, and on no other page of that digest. One that an accident may have kept from being stored may be there.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes
from email.policy import default
from itertools import pairwise
from pathlib import Path

from simulation.gaps import Gaps
from simulation.newsroom import Item
from simulation.post import PostOffice

MARK = re.compile(r"\bmark[a-z]+\b")
CORRECTIONS = re.compile(r'<h2[^>]*id="corrected".*?</ul>', re.DOTALL)
"""What a page says of articles that earlier pages list."""
PERHAPS = re.compile(
    r"<h3[^>]*>Perhaps also</h3>.*?</ul>"
    r'|<h2[^>]*id="perhaps"[^>]*>.*?</h2>(?:\s*<h3(?:(?!</ul>).)*</ul>)+',
    re.DOTALL,
)
"""What a page shows beside what it lists: articles that match nothing, or not yet."""
PAGE = re.compile(r"2.*\.html")
SLOT_OF = re.compile(r"\d{4}-\d\d-\d\d(?:t\d\d-\d\d)?")
FRESH = timedelta(hours=24)
LISTED_WITHIN = timedelta(minutes=1)
DAY = timedelta(days=1)
TRIED_FOR = 5 * DAY - timedelta(hours=3)
"""Rule D11's five days, by a clock that may be wrong."""
NOT_DELIVERED = "could not be delivered to you"
MORE_NOT_DELIVERED = re.compile(rf"(\d+) more editions? {NOT_DELIVERED}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """When the reader certainly had an item, and whether an edition has to list it."""

    item: Item
    at: datetime
    must_be_told: bool


@dataclass(slots=True, kw_only=True)
class Shelf:
    """What became of each item of one world."""

    archive: Path
    known: dict[str, Item]
    seen: dict[str, Seen] = field(default_factory=dict)
    doubted: dict[str, Item] = field(default_factory=dict)
    has_baseline: set[int] = field(default_factory=set)
    pages: dict[str, dict[str, frozenset[str]]] = field(default_factory=dict)
    """By digest and name of page: the marks on it."""
    listed: dict[str, dict[str, str]] = field(default_factory=dict)
    """By digest and mark: the page."""
    corrected: dict[str, dict[str, str]] = field(default_factory=dict)
    """The same of marks under "Corrections"."""
    looked_at: dict[str, datetime] = field(default_factory=dict)
    """By digest: when its latest page came."""
    gaps: Gaps = field(default_factory=Gaps)
    faults: list[str] = field(default_factory=list)

    def read_feed(self, publisher: int, shown: Iterable[Item], now: datetime, *, is_stored: bool) -> None:
        """A document was read; `is_stored`: nothing came between."""
        is_baseline = publisher not in self.has_baseline
        shown = tuple(shown)
        self.gaps.read(publisher, frozenset(item.mark for item in shown), now, is_stored=is_stored)
        for item in shown:
            if not is_stored:
                self.doubted.setdefault(item.mark, item)
            elif item.mark not in self.seen:
                is_old = is_baseline and (item.dated is None or item.dated < now - FRESH)
                must = item.is_wanted and not is_old
                self.seen[item.mark] = Seen(item=item, at=now, must_be_told=must)
        if is_stored:
            self.has_baseline.add(publisher)

    def look(self, now: datetime) -> None:
        """Take note of pages that are new, and of what is wrong with them."""
        for folder in sorted(self.archive.iterdir()) if self.archive.exists() else ():
            known = self.pages.setdefault(folder.name, {})
            names = {page.name for page in folder.iterdir()} if folder.is_dir() else set()
            for name in sorted(name for name in names - known.keys() if PAGE.fullmatch(name)):
                text = (folder / name).read_text()
                said = self.gaps.judge(text, self.looked_at.get(folder.name), now)
                self.faults += [f"{folder.name}/{name} {words}" for words in said]
                self._judge_corrections(folder.name, name, "".join(CORRECTIONS.findall(text)))
                known[name] = frozenset(MARK.findall(PERHAPS.sub("", CORRECTIONS.sub("", text))))
                self._judge(folder.name, name, known[name], now)

    def _judge(self, digest: str, page: str, marks: frozenset[str], now: datetime) -> None:
        listed = self.listed.setdefault(digest, {})
        self.looked_at[digest] = now
        for mark in marks:
            item = self.known.get(mark)
            if item is None or not item.is_wanted:
                self.faults.append(f"{digest}/{page} has {mark}, which nobody wants")
            elif mark in listed:
                self.faults.append(f"{digest}/{page} has {mark} again, after {listed[mark]}")
            listed.setdefault(mark, page)
        for mark, seen in self.seen.items():
            if seen.must_be_told and mark not in listed and seen.at < now - LISTED_WITHIN:
                self.faults.append(f"{digest}/{page} at {now} lacks {mark}, seen at {seen.at}")
                listed[mark] = "nowhere"

    def _judge_corrections(self, digest: str, page: str, section: str) -> None:
        """Each item's text is corrected once at most: so it is said once, after it was listed."""
        listed, corrected = self.listed.get(digest, {}), self.corrected.setdefault(digest, {})
        for mark in sorted(set(MARK.findall(section))):
            if mark not in listed:
                self.faults.append(f"{digest}/{page} corrects {mark}, which no earlier page has")
            elif mark in corrected:
                self.faults.append(f"{digest}/{page} corrects {mark} again, after {corrected[mark]}")
            corrected.setdefault(mark, page)

    def untold(self) -> list[str]:
        """What should be on some page of each digest since its latest edition, and is on none."""
        return [
            f"{digest}: {mark}, seen at {seen.at}"
            for digest, listed in self.listed.items()
            for mark, seen in self.seen.items()
            if seen.must_be_told and mark not in listed and seen.at < self.looked_at[digest]
        ]


def mail_faults(post: PostOffice, pages: Mapping[str, Mapping[str, object]], recipients: int) -> list[str]:
    """One copy of each page's mail to each recipient; more only where the outcome was unknown, and then the same."""
    faults = []
    for message_id, copies in post.copies.items():
        if len({copy.body for copy in copies}) > 1:
            faults.append(f"{message_id}: copies that differ")
        if len(copies) > 1 and not all(copy.is_unknown for copy in copies[:-1]):
            faults.append(f"{message_id}: {len(copies)} copies, without a reason")
    wanted = recipients * sum(map(len, pages.values()))
    may_be_lost = sum(
        recipients * len(pages) * ((end - start - TRIED_FOR) // DAY + 2) for start, end in long_pauses(post)
    )
    lost = wanted - len(post.copies)
    if not 0 <= lost <= may_be_lost:
        faults.append(f"{len(post.copies)} messages, and {wanted} should be")
    elif lost:
        faults += silent_losses(post, sum(map(len, pages.values())))
    return faults


def silent_losses(post: PostOffice, wanted: int) -> Iterator[str]:
    """Messages that a recipient never got, and that no letter to that one tells of."""
    letters: dict[str, list[bytes]] = {}
    for first, *_ in post.copies.values():
        letters.setdefault(first.recipient, []).append(first.body)
    for recipient, bodies in letters.items():
        lost, told = wanted - len(bodies), sum(map(lost_letters_named, bodies))
        if told < lost:
            yield f"{lost} messages to {recipient} were given up, and letters that came tell of {told}"


def long_pauses(post: PostOffice) -> list[tuple[datetime, datetime]]:
    """Times in which no message was accepted for longer than one is tried: mail from their beginning is given up."""
    moments = sorted(copy.at for copies in post.copies.values() for copy in copies)
    return [(before, after) for before, after in pairwise(moments) if after - before > TRIED_FOR]


def lost_letters_named(body: bytes) -> int:
    """Of how many editions a letter says that they could not be delivered: one by one, and "5 more"."""
    text = text_of(body)
    return text.count(f"{NOT_DELIVERED}: ") + sum(map(int, MORE_NOT_DELIVERED.findall(text)))


def text_of(body: bytes) -> str:
    part = message_from_bytes(body, policy=default).get_body(("plain",))
    return " ".join(part.get_content().split()) if part else ""


def order_faults(post: PostOffice, fast: Sequence[tuple[datetime, datetime]] = ()) -> list[str]:
    """For each recipient the scheduled editions of a digest arrive in the order of their slots.

    One that came while the clock was ahead may be of a slot still to come: it binds nothing, so an earlier slot that is
    open may follow it when the clock is right again.
    """
    latest: dict[tuple[str, str], tuple[str, datetime]] = {}
    faults = []
    firsts = sorted((copies[0].at, message_id, copies[0].recipient) for message_id, copies in post.copies.items())
    for at, message_id, recipient in firsts:
        digest, day = message_id.strip("<").split(".")[0], "".join(SLOT_OF.findall(message_id)[:1])
        before, _ = latest.get((digest, recipient), ("", at))
        if day < before:
            faults.append(f"{recipient} got {digest} of {day} after that of {before}")
        if not any(since <= at <= until for since, until in fast):
            latest[digest, recipient] = max(day, before), at
    return faults

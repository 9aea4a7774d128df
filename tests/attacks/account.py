"""The account: served = stored, wanted = listed, published = delivered, to the item. Every difference is a fault."""

import mailbox
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from itertools import pairwise

from simulation.readers import PERHAPS

from attacks.evening import ALERTED, DIGESTS, ON_A_SLOT, WATCH, Evening
from attacks.ledger import rows
from attacks.post import Copy
from attacks.press import TOPICS, marks_of
from monitor.archive import page_path
from monitor.url import origin_of

MARK = re.compile(r"\bmark[a-z]+\b")
SILENCE_SECONDS = 60.0
"""An honest feed is asked every three seconds. So long a time of undisturbed work without a request is no accident: a
poll cut short by a kill is tried again after ten."""

NAMED = 5


@dataclass(kw_only=True)
class Account:
    """Lines of the table, and what is wrong."""

    lines: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def line(self, name: str, value: object) -> None:
        self.lines.append((name, str(value)))

    def wrong(self, words: str, which: Sequence[object]) -> None:
        """A fault for this many things, of which some are named."""
        if which:
            names = ", ".join(map(str, which[:NAMED])) + (" …" if len(which) > NAMED else "")
            self.faults.append(f"{len(which)} {words}: {names}")

    def __str__(self) -> str:
        width = max(len(name) for name, _ in self.lines)
        table = [f"{name:<{width}}  {value}" for name, value in self.lines]
        verdict = [f"FAULT: {fault}" for fault in self.faults] or ["The account adds up."]
        return "\n".join([*table, "", *verdict])


def account_of(night: Evening) -> Account:
    """Add up, after the end. What went wrong on the way counts too."""
    account = Account()
    _disturbances(night, account)
    _stored(night, account)
    _listed(night, account)
    _pages(night, account)
    _deliveries(night, account)
    _alerts(night, account)
    _rhythm(night, account)
    account.faults += [*night.faults, *_counted(night.service.faults), *_counted(night.desk.faults)]
    account.wrong("errors in the log without a reason", sorted(_unexplained(night).items()))
    account.wrong("processes left behind", night.service.left_behind())
    return account


def _counted(faults: Sequence[str]) -> Iterator[str]:
    for fault, times in Counter(faults).items():
        yield fault if times == 1 else f"{fault} ({times} times)"


def _unexplained(night: Evening) -> Counter[str]:
    """Without what a log has to say of a hostile feed or server."""
    expected = ("the disk is full",)
    return Counter({words: n for words, n in night.service.troubles.items() if not any(e in words for e in expected)})


def _disturbances(night: Evening, account: Account) -> None:
    endings = Counter(f"{each.asked} → {each.code}" for each in night.service.endings)
    account.line("evening", f"{night.seconds:.0f} s, seed {night.plan.seed}, {night.plan.channel}")
    account.line("disturbances", _words(night.done))
    account.line("ends of the daemon", _words(endings))
    account.line("commands: exit codes", _words(night.desk.codes))
    account.line("log: errors", _words(night.service.troubles) or "none")


def _words(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} × {name}" for name, count in sorted(counts.items()))


def _stored(night: Evening, account: Account) -> None:
    """Every item that was served is one row, and says what was served last."""
    titles = [title for (title,) in rows(night.database, "SELECT title FROM articles")]
    stored = Counter(mark for title in titles for mark in MARK.findall(title))
    items = night.press.items
    account.line("honest feeds", f"{len(night.feeds)}, {_words(night.press.answers)}")
    account.line("items served", len(items))
    account.line("items stored", f"{len(stored)}, beside {len(titles) - stored.total()} hostile articles")
    account.wrong("items served and not stored", [_home(night, mark) for mark in items.keys() - stored.keys()])
    account.wrong("items stored twice", [_home(night, mark) for mark, times in stored.items() if times > 1])
    known = set(titles)
    account.wrong("edits not stored", [_home(night, m) for m, item in items.items() if item.title not in known])
    whole = rows(night.database, "PRAGMA integrity_check")
    account.wrong("problems of the database", [row for row in whole if row != ("ok",)])


def _home(night: Evening, mark: str) -> str:
    feed = night.feeds[night.press.homes[mark]]
    return f"{mark} of {feed.number} ({feed.format}, {feed.identity}, {feed.validating})"


def _listed(night: Evening, account: Account) -> None:
    """Every item that a topic of a digest wants is listed there once, and none that it does not want."""
    found = rows(
        night.database,
        "SELECT d.name, t.name, a.title FROM listings l JOIN digests d ON d.id = l.digest_id "
        "JOIN topics t ON t.id = l.topic_id JOIN articles a ON a.id = l.article_id",
    )
    listed: defaultdict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for digest, topic, title in found:
        listed[digest, topic].update(MARK.findall(title))
    for digest, topics in DIGESTS.items():
        for topic in topics:
            if topic not in TOPICS:
                continue
            wanted, got = marks_of(night.press.items, topic), listed[digest, topic]
            account.line(f"{digest}, {topic}", f"{len(wanted)} wanted, {got.total()} listed")
            where = f"of {digest}, {topic}"
            account.wrong(f"items {where} not listed", [_home(night, m) for m in sorted(wanted - got.keys())])
            account.wrong(f"items {where} listed without reason", sorted(got.keys() - wanted))
            account.wrong(f"items {where} listed twice", [mark for mark, times in got.items() if times > 1])


EDITIONS = "SELECT e.id, d.name, e.kind, e.slot FROM editions e JOIN digests d ON d.id = e.digest_id"
MADE = "SELECT d.name, e.kind, e.made_at FROM editions e JOIN digests d ON d.id = e.digest_id ORDER BY e.id"
LISTED = "SELECT l.edition_id, a.title, a.story_id FROM listings l JOIN articles a ON a.id = l.article_id"


def _pages(night: Evening, account: Account) -> None:
    """The page of each edition has what it lists. Beside it, it may name what its stories have of other topics."""
    editions = rows(night.database, EDITIONS)
    kinds = Counter(f"{kind} {name}" for _, name, kind, _ in editions)
    account.line("editions", _words(kinds))
    account.wrong("digests without the edition that was due", [n for n in night.slots if not kinds[f"scheduled {n}"]])
    account.wrong("digests with too many", [n for n in ON_A_SLOT if _on_its_slot(night, n) > 1])
    listed, stories = _listed_by_edition(night)
    story_of = _story_of_marks(night)
    lacking, extra, beside = [], [], 0
    for number, digest, _kind, slot in editions:
        file = page_path(night.disk.folder / "data" / "archive", digest, slot)
        page = file.read_text() if file.exists() else ""
        marks = set(MARK.findall(PERHAPS.sub("", page)))
        if not file.exists():
            account.faults.append(f"the page of {digest} {slot} is missing")
        lacking += [f"{digest} {slot} {mark}" for mark in listed[number] - marks]
        strange = {mark for mark in marks - listed[number] if story_of.get(mark) not in stories[number]}
        beside += len(marks - listed[number] - strange)
        extra += [f"{digest} {slot} {mark}" for mark in strange]
        night.marks_on_page[number] = set(MARK.findall(page))
    account.line("items of other topics named in a story", beside)
    account.wrong("items listed and not on the page", lacking)
    account.wrong("items on a page that does not list them", extra)


def _on_its_slot(night: Evening, digest: str) -> int:
    """How many scheduled editions a digest has, without those that were made while the clock was ahead: these give
    their slot back.
    """
    made = [at for name, kind, at in rows(night.database, MADE) if (name, kind) == (digest, "scheduled")]
    return sum(not any(later < at for later in made[place:]) for place, at in enumerate(made))


def _listed_by_edition(night: Evening) -> tuple[dict[int, set[str]], dict[int, set[int]]]:
    """By edition the items that it lists, and their stories."""
    listed: defaultdict[int, set[str]] = defaultdict(set)
    stories: defaultdict[int, set[int]] = defaultdict(set)
    for number, title, story in rows(night.database, LISTED):
        listed[number].update(MARK.findall(title))
        stories[number].add(story)
    return listed, stories


def _story_of_marks(night: Evening) -> dict[str, int]:
    found = rows(night.database, "SELECT title, story_id FROM articles")
    return {mark: story for title, story in found for mark in MARK.findall(title)}


DELIVERIES = "SELECT id, edition_id, recipient, message_id, state, repairs, body FROM deliveries ORDER BY id"


@dataclass(frozen=True, slots=True)
class Row:
    """A delivery as the database has it."""

    id: int
    edition: int | None
    """None for an alert."""
    recipient: str
    message_id: str
    state: str
    repairs: int | None
    body: bytes


def _deliveries(night: Evening, account: Account) -> None:
    """Every edition has come to every recipient; what the program calls sent has been accepted, byte for byte."""
    found = [Row(*row) for row in rows(night.database, DELIVERIES)]
    copies = _maildir(night) if night.plan.channel == "maildir" else night.post.copies
    accepted = {each.message_id for each in found if each.message_id in copies}
    account.line("mail server", _words(night.post.fates) or "none")
    account.line("deliveries", _words(Counter(each.state for each in found)))
    account.line("messages accepted", f"{len(copies)}, copies {sum(map(len, copies.values()))}")
    account.wrong("messages accepted that nobody wrote", sorted(copies.keys() - accepted))
    account.wrong(
        "lost: sent, and never accepted",
        [r.message_id for r in found if r.state == "sent" and r.message_id not in accepted],
    )
    account.wrong(
        "accepted with other bytes",
        [r.message_id for r in found for c in copies.get(r.message_id, ()) if _plain(c.content) != _plain(r.body)],
    )
    _editions_arrived([each for each in found if each.edition is not None], accepted, account)
    alerts = [each for each in found if each.edition is None and each.repairs is None]
    came = {each.repairs or each.id for each in found if each.message_id in accepted}
    account.wrong("alerts that never arrived", [r.message_id for r in alerts if r.id not in came])
    _repeats(night, copies, account)
    _said(found, copies, night.marks_on_page, account)


def _editions_arrived(found: Sequence[Row], accepted: Collection[str], account: Account) -> None:
    arrived = {(r.edition, r.recipient) for r in found if r.message_id in accepted}
    wanted = Counter((r.edition, r.recipient) for r in found if r.repairs is None)
    account.line("editions × recipients", f"{len(wanted)}, arrived {len(arrived)}")
    account.wrong("editions that never arrived", sorted(wanted.keys() - arrived))
    account.wrong("editions written twice to one recipient", [key for key, times in wanted.items() if times > 1])


ALERTS = (
    "SELECT r.state, r.why, r.delivery_id, a.story_id, a.ordinal, t.name, m.origin, m.tier, r.recipient FROM alerts a "
    "JOIN topics t ON t.id = a.topic_id JOIN alert_recipients r ON r.alert_id = a.id "
    "LEFT JOIN matches m ON m.article_id = a.article_id AND m.topic_id = a.topic_id"
)
UNHEARD = (
    "SELECT DISTINCT a.story_id FROM matches m JOIN articles a ON a.id = m.article_id "
    "JOIN topics t ON t.id = m.topic_id WHERE t.name = ? AND m.origin = 'new' AND m.tier != 'passing' "
    "AND a.story_id NOT IN (SELECT story_id FROM alerts)"
)


def _alerts(night: Evening, account: Account) -> None:
    """No story came twice, and nothing old; what is called sent is in the outbox. A story that an edition listed before
    anybody could look has no alert: how many these are depends on kills and is no fault.
    """
    found = rows(night.database, ALERTS)
    unheard = rows(night.database, UNHEARD, ALERTED)
    states = _words(Counter(state for state, *_ in found)) or "none"
    account.line("alerts", f"{states}; {len(unheard)} stories of news were in an edition first")
    places = Counter((name, story, ordinal, to) for _, _, _, story, ordinal, name, _, _, to in found)
    account.wrong("alerts noted twice", [place for place, times in places.items() if times > 1])
    account.wrong("alerts on what is not news", [r for r in found if r[6] not in {"new", None} or r[7] == "passing"])
    account.wrong("alerts of others", [r for r in found if (r[5], r[8]) != (ALERTED, WATCH)])
    account.wrong("alerts sent without a message", [r for r in found if (r[0] == "sent") != (r[2] is not None)])
    account.wrong("alerts that wait or go without a reason", [r for r in found if r[0] != "sent" and not r[1]])
    bodies = rows(night.database, "SELECT body FROM deliveries WHERE recipient = ? AND repairs IS NULL", WATCH)
    marks = Counter(mark for (body,) in bodies for mark in _marks_of_mail(body))
    account.line("items in alerts", f"{len(marks)} in {len(bodies)} messages")
    account.wrong("items in two alerts", [_home(night, mark) for mark, times in marks.items() if times > 1])


def _plain(content: bytes) -> bytes:
    return content.replace(b"\r\n", b"\n").rstrip(b"\n")


def _maildir(night: Evening) -> dict[str, list[Copy]]:
    copies: defaultdict[str, list[Copy]] = defaultdict(list)
    box = mailbox.Maildir(night.disk.folder / "data" / "maildir", create=False)
    for key in box.keys():  # noqa: SIM118  # a mailbox iterates over messages
        content = box.get_bytes(key)
        message = message_from_bytes(content, policy=default)
        name = str(message["Message-ID"]).strip()
        copies[name].append(Copy(at=0, message_id=name, recipient=str(message["To"]), content=content, is_hidden=False))
    return copies


def _repeats(night: Evening, copies: Mapping[str, Sequence[Copy]], account: Account) -> None:
    """A copy more needs a reason: the answer was hidden, or the sender died, or lay still, before it wrote it down."""
    reasons, without = Counter[str](), []
    for name, all_ in copies.items():
        for before, after in pairwise(all_):
            reason = "the answer was hidden" if before.is_hidden else _window(night, name, before.at, after.at)
            reasons[reason] += 1
            if reason.startswith("none"):
                without.append(f"{name}, {reason}")
    account.line("messages repeated", _words(reasons) or "none")
    account.wrong("messages repeated without a reason", without)


def _window(night: Evening, name: str, before: float, after: float) -> str:
    between = [each for each in night.witness.seen if before < each.at < after]
    states = [each.states and each.states.get(name) for each in between]
    if "sent" in states:
        return "none: it was written down as sent"
    if "sending" in states:
        return "killed before it was written down"
    if any(each.states is None for each in between) or night.service.was_disturbed(before - 10, before + 10):
        return "disturbed at that moment"
    return "none"


def _said(
    found: Sequence[Row], copies: Mapping[str, Sequence[Copy]], pages: Mapping[int, set[str]], account: Account
) -> None:
    """A mail names nothing but what its page has, and something if that has anything; how much is a matter of room."""
    named, on_pages, wrong = 0, 0, []
    for row in found:
        if row.edition is not None and row.message_id in copies and row.edition in pages:
            page, marks = pages[row.edition], _marks_of_mail(copies[row.message_id][0].content)
            named, on_pages = named + len(marks), on_pages + len(page)
            if marks - page or (page and not marks):
                wrong.append(f"{row.message_id} {sorted(marks - page)[:3]}")
    account.line("mails read", f"{len(copies)}; they name {named} items of {on_pages} on their pages")
    account.wrong("mails that say other than their page", wrong)


def _marks_of_mail(content: bytes) -> set[str]:
    message = message_from_bytes(content, policy=default)
    parts = [part for kind in ("plain", "html") if (part := message.get_body((kind,)))]
    return {mark for part in parts for mark in MARK.findall(part.get_content())}


def _rhythm(night: Evening, account: Account) -> None:
    """No honest feed was left alone, and none of their origins is to be left alone."""
    counts = sorted(len(feed.asked_at) for feed in night.feeds)
    longest = {feed.number: _longest_silence(feed.asked_at, night.service.calm) for feed in night.feeds}
    calm = sum(end - start for start, end in night.service.calm)
    account.line("undisturbed work", f"{calm:.0f} s in {len(night.service.calm)} pieces")
    account.line("polls of an honest feed", f"{counts[0]} to {counts[-1]}, median {counts[len(counts) // 2]}")
    account.line("longest silence", f"{max(longest.values()):.1f} s of undisturbed work")
    silent = [f"Paper {number}, {seconds:.0f} s" for number, seconds in longest.items() if seconds > SILENCE_SECONDS]
    account.wrong("honest feeds were not asked for long", silent)
    honest = {origin_of(night.url_of(feed)) for feed in night.feeds}
    holds = rows(night.database, "SELECT origin, until FROM holds")
    account.wrong("origins of honest feeds on hold", [row for row in holds if row[0] in honest])


def _longest_silence(asked_at: Sequence[float], calm: Sequence[tuple[float, float]]) -> float:
    """The most undisturbed work, in seconds, between two requests, or before the first or after the last."""
    if not calm:
        return 0.0
    moments = [calm[0][0], *sorted(asked_at), calm[-1][1]]
    ends = [end for _, end in calm]
    longest = 0.0
    for before, after in pairwise(moments):
        spans = calm[bisect_left(ends, before) :]
        worked = 0.0
        for start, end in spans:
            if start >= after:
                break
            worked += max(min(end, after) - max(start, before), 0.0)
        longest = max(longest, worked)
    return longest

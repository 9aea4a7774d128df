"""Notes to the operator: conditions found in the store, reported in a separate mail through the same outbox.

It decides nothing: which conditions are notes, and when they are mailed, is decided in `policy.notes` and `suspension`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from monitor.deliver import WITHOUT_LINKS, Channel
from monitor.deliver.keys import message_key
from monitor.deliver.routes import towards
from monitor.jobs.public_addresses import PublicAddresses
from monitor.jobs.takeovers import end_old_takeovers
from monitor.log import logger
from monitor.model.clock import Clock
from monitor.model.delivery import DeliveryState, Letter, NewDelivery
from monitor.model.note import Note, NoteKind
from monitor.model.settings import DigestSettings, OperatorSettings
from monitor.model.topic import Topic
from monitor.plain_text import LINE_CHARACTERS, one_line
from monitor.policy.alerts import rules_of
from monitor.policy.notes import DELIVERIES_NOTED, NOTHING_READ, may_mail
from monitor.policy.suspension import why_suspended
from monitor.render import Environment, Rendered, render_notes
from monitor.store import Store

log = logger(__name__)

REPLACED = "arrived in another form only, because the server did not take it with all its links:"

NAME = "operator"
"""What messages of notes are sorted by, and where their key begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorNotes:
    """Finds conditions, and mails them to the operator."""

    clock: Clock
    store: Store
    channel: Channel
    operator: OperatorSettings
    digests: tuple[DigestSettings, ...]
    topics: tuple[Topic, ...]
    templates: Environment
    addresses: PublicAddresses

    def run(self) -> None:
        """Update the notes, and mail new ones if the operator's last mail is old enough."""
        now = self.clock.now()
        for kind, found in self._conditions(now).items():
            self.store.notes.sync(kind, found, now)
        end_old_takeovers(self.store, now)
        new = [note for note in self.store.notes.open() if note.reported_at is None]
        if new and self.operator.to and may_mail(self.store.notes.reported_at(), self.operator.interval, now):
            self.store.notes.report(new, self._messages(new, now), now)
            log.info("operator notified", notes=len(new))

    def _conditions(self, now: datetime) -> dict[NoteKind, dict[str, str]]:
        """The current conditions, by kind: key → text. Other kinds are noted where they are noticed."""
        return {
            NoteKind.OUTAGE: self._outages(now),
            NoteKind.FEED: self._feeds(now),
            NoteKind.RECIPIENT: self._recipients(now),
            NoteKind.DELIVERY: self._deliveries(now),
        }

    def _outages(self, now: datetime) -> dict[str, str]:
        if not self.store.feeds.nothing_read(now):
            return {}
        hours = NOTHING_READ // timedelta(hours=1)
        return {
            "all": f"No feed could be read for {hours} hours. Check whether this machine is connected to the network."
        }

    def _feeds(self, now: datetime) -> dict[str, str]:
        return {
            trouble.url: f"{trouble.name} ({trouble.url}) {'have' if trouble.feeds > 1 else 'has'} been failing since "
            f"{_stamp(trouble.since)}: {trouble.reason}."
            for trouble in self.store.feeds.coverage(now, now).failing
        }

    def _recipients(self, now: datetime) -> dict[str, str]:
        rules = (rules_of(topic, self.digests, now) for topic in self.topics)
        alerted = {recipient for each in rules if each is not None for recipient in each.to}
        readers = {recipient for digest in self.digests for recipient in digest.to}
        suspended = self.store.deliveries.suspended(sorted(readers | alerted))
        no_alerts = self.store.deliveries.suspended(sorted(alerted - suspended.keys()), from_alerts=True)
        return {
            recipient: f"{recipient} gets no more {what}, because {why_suspended(words, refused)} "
            f"({self.addresses.quoted(words)}). New messages are held. Correct the address in the config, or try one "
            "again: news-monitor deliveries list --state held"
            for what, refused, found in (("mail", "editions", suspended), ("alerts", "alerts", no_alerts))
            for recipient, words in found.items()
        }

    def _deliveries(self, now: datetime) -> dict[str, str]:
        found = self.store.deliveries.failed(now - DELIVERIES_NOTED)
        replaced = self.store.deliveries.replaced(now - DELIVERIES_NOTED, WITHOUT_LINKS)
        fates = [(each, _fate(each.state)) for each in found] + [(each, REPLACED) for each in replaced]
        return {
            str(each.id): f"{each.digest} {each.slot} to {each.recipient} {fate} {self.addresses.quoted(each.answer)} "
            f"(news-monitor deliveries show {each.id})"
            for each, fate in fates
        }

    def _messages(self, notes: Sequence[Note], now: datetime) -> list[NewDelivery]:
        said = [replace(note, text=self.addresses.in_mail(note.text)) for note in notes]
        rendered = render_notes(said, self.templates, now)
        letters = [self._letter(rendered, notes[-1].id, recipient, now) for recipient in self.operator.to]
        return [
            NewDelivery(recipient=each.recipient, message_id=each.message_id, body=self.channel.compose(each))
            for each in letters
        ]

    def _letter(self, rendered: Rendered, last: int, recipient: str, now: datetime) -> Letter:
        """Each note is mailed once, so the number of the last one names the message, until a restore takes it back."""
        key = message_key(NAME, "notes", str(last), recipient, self.store.generations.token())
        return Letter(
            message_id=towards(self.channel, recipient).message_id(key),
            digest=NAME,
            recipient=recipient,
            subject=one_line(rendered.subject, LINE_CHARACTERS),
            text=rendered.text,
            html=rendered.html,
            date=now,
        )


def _fate(state: DeliveryState) -> str:
    return "is held, because it is not known whether it arrived:" if state is DeliveryState.HELD else "did not arrive:"


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"

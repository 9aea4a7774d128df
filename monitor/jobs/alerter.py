"""What topics with alerts matched since the last look → alerts in the outbox, at once, later in a bundle, or never.

It decides nothing: `policy.alerts` decides what deserves an alert and what holds it. Three transactions, each of which
a crash may follow: stories of what matched, alerts that wait for their recipients, and for each recipient the messages
that go out now.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.deliver import Channel
from monitor.deliver.keys import message_key
from monitor.deliver.routes import towards
from monitor.digest import alerted_stories
from monitor.errors import DamagedStore
from monitor.jobs.grouping import grouping, publishers
from monitor.log import logger
from monitor.model.alert import (
    AlertCandidate,
    AlertMessage,
    AlertPlan,
    AlertRules,
    NewAlert,
    PendingAlert,
    WaitingAlert,
)
from monitor.model.alert_mail import AlertMail
from monitor.model.clock import Clock
from monitor.model.delivery import Letter, NewDelivery
from monitor.model.edition_input import Candidate
from monitor.model.ids import StoryId
from monitor.model.people import ALERTS
from monitor.model.settings import DigestSettings, FeedSettings, RecipientSettings
from monitor.model.topic import Topic
from monitor.policy.alerts import HOUR, Waiting, first_of_stories, has_grown, plan, rules_of, why_not
from monitor.policy.pausing import why_paused
from monitor.policy.retry import LONGEST_REST, rest_after
from monitor.policy.suspension import why_held
from monitor.progress import Progress
from monitor.render import Environment, Rendered, render_alert, template_problem
from monitor.store import Store

log = logger(__name__)

ALERT_LIMIT = timedelta(minutes=5)
"""The time between two signs of life: grouping takes seconds unless the disk hangs."""

SEVERAL_TOPICS = "several topics"
"""Owns the messages that carry alerts on more than one topic."""

LONGEST_THREAD = 5
"""How many earlier messages a message names, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerter:
    """Notices what deserves an alert, and queues the messages."""

    clock: Clock
    progress: Progress
    store: Store
    channel: Channel
    """The way of every message: by the channel of its recipient."""
    topics: tuple[Topic, ...]
    digests: tuple[DigestSettings, ...]
    """The enabled digests."""
    feeds: Mapping[str, FeedSettings]
    templates: Environment
    """The shipped ones."""
    own_templates: Environment | None = None
    """The owner's before the shipped ones; None if there are none."""
    unsubscribe_url: str = ""
    """With the placeholders {recipient} and {list}; "" for none."""
    link_of: Callable[[str, str], str] = lambda _recipient, _subject: ""
    """The address by which a recipient pauses what a subject names; "" for none."""
    recipients: Mapping[str, RecipientSettings] = field(default_factory=dict)
    """What is set for recipients with a name, by what messages to them are stored under."""
    failing: dict[str, tuple[int, datetime]] = field(default_factory=dict)
    """Recipients whose messages could not be made: how often in a row, and until when they are left alone (UTC)."""

    def run(self) -> int:
        """Look at what came, and at what waits. Returns how many messages it queued."""
        now = self.clock.now()
        found = (rules_of(topic, self.digests, now) for topic in self.topics)
        rules = {each.topic: each for each in found if each is not None}
        if rules:
            with self.progress.step("alerts", ALERT_LIMIT, is_work=True):
                self._notice(rules, now)
        queued = 0
        waiting = self.store.alerts.waiting()
        for recipient in dict.fromkeys(each.recipient for each in waiting):
            theirs = [each for each in waiting if each.recipient == recipient]
            failures, until = self.failing.get(recipient, (0, now))
            if now < until <= now + LONGEST_REST:
                continue
            try:
                queued += self._send(recipient, theirs, rules, now)
                self.failing.pop(recipient, None)
            except DamagedStore:
                raise
            except Exception:  # one recipient must not affect the others
                self.failing[recipient] = failures + 1, now + rest_after(failures + 1)
                log.exception("alerts not sent", recipient=recipient)
        return queued

    def _notice(self, rules: Mapping[str, AlertRules], now: datetime) -> None:
        """Store the alerts that what came since the last look deserves."""
        candidates = self.store.alerts.candidates(rules)
        if not candidates:
            return
        if any(each.story_id is None and _is_fit(each, rules) for each in candidates):
            knows = self.store.edition_input.high_water()
            found = grouping(self.store, knows, keep=self.store.stories.keep, sign_of_life=self.progress.sign_of_life)
            self.store.stories.keep(found)
            grouped = self.store.alerts.candidates(rules)
            candidates = tuple(each for each in grouped if each.match_id <= knows.matches)
        fit = [each for each in candidates if _is_fit(each, rules)]
        new = self._new(first_of_stories(fit), rules, now)
        looked_at = {each.topic: each.match_id for each in candidates}
        self.store.alerts.notice(new, looked_at, now)
        for each in new:
            log.info("alert", topic=each.topic, story=each.story_id, ordinal=each.ordinal, publishers=each.publishers)

    def _new(
        self, leads: Sequence[AlertCandidate], rules: Mapping[str, AlertRules], now: datetime
    ) -> tuple[NewAlert, ...]:
        """The alerts on these stories that are due: the first one of each, or the one that says that it has grown."""
        known = self.store.alerts.known({each.story_id for each in leads if each.story_id is not None})
        behind = publishers(self.store, self.feeds) if leads else None
        new = []
        for lead in leads:
            if lead.story_id is None or behind is None:
                continue
            earlier = known.get((lead.topic, lead.story_id), ())
            if len(earlier) > 1 or (not earlier and why_not(lead, rules[lead.topic])):
                continue
            record = self.store.stories.one(lead.story_id, {}, behind)
            count = record.voices.publishers if record else 1
            of_topic = rules[lead.topic]
            if earlier and not has_grown(
                of_topic, before=earlier[0].publishers, after=count, noticed_at=earlier[0].noticed_at, now=now
            ):
                continue
            new.append(
                NewAlert(
                    topic=lead.topic,
                    story_id=lead.story_id,
                    ordinal=len(earlier) + 1,
                    article_id=lead.article_id,
                    publishers=count,
                    to=of_topic.to,
                )
            )
        return tuple(new)

    def _send(
        self, recipient: str, waiting: Sequence[WaitingAlert], rules: Mapping[str, AlertRules], now: datetime
    ) -> int:
        """Queue what a recipient gets now. Returns how many messages that is."""
        pause = next((each for each in self.store.people.paused(now, ALERTS) if each.recipient == recipient), None)
        if pause is not None:
            self.store.alerts.settle(recipient, (), (), [(each.alert, why_paused(pause)) for each in waiting], now)
            return 0
        stories = {each.alert.story_id for each in waiting}
        longest = max((each.cool_down for each in rules.values()), default=HOUR)
        own = self.recipients.get(recipient)
        asked = Waiting(
            recipient=recipient,
            pending=tuple(each.alert for each in waiting),
            sent=self.store.alerts.sent(recipient, now - max(longest, HOUR)),
            told=self.store.alerts.told(recipient, stories),
            quiet=own.quiet if own else None,
            zone=ZoneInfo(own.timezone) if own and own.timezone else None,
        )
        planned = plan(asked, rules, now)
        known = {each.alert.alert_id: each for each in waiting}
        held = [(alert, hold) for alert, hold in planned.held if known[alert.alert_id].hold != hold]
        content = self.store.alert_content.of(each.alert_id for message in planned.messages for each in message)
        messages = self._messages(recipient, planned, known, content, rules, now)
        gone = [
            (each, "its article was removed, or no longer matches")
            for message in planned.messages
            for each in message
            if each.alert_id not in content
        ]
        if messages or held or planned.dropped or gone:
            self.store.alerts.settle(recipient, messages, held, (*planned.dropped, *gone), now)
        for message in messages:
            log.info("alert queued", recipient=recipient, owner=message.owner, slot=message.slot)
        return len(messages)

    def _messages(
        self,
        recipient: str,
        planned: AlertPlan,
        waiting: Mapping[int, WaitingAlert],
        content: Mapping[int, tuple[Candidate, int]],
        rules: Mapping[str, AlertRules],
        now: datetime,
    ) -> list[AlertMessage]:
        shown = [[each for each in message if each.alert_id in content] for message in planned.messages]
        if not any(shown):
            return []
        generation = self.store.generations.token()
        thread = self.store.alerts.thread(recipient, {each.story_id for message in shown for each in message})
        suspended = self.store.deliveries.suspended([recipient], from_alerts=True).get(recipient)
        own = self.recipients.get(recipient)
        messages = []
        for alerts in filter(None, shown):
            first = rules[alerts[0].topic]
            holds = {each.alert_id: hold.why for each in alerts if (hold := waiting[each.alert_id].hold)}
            mail = AlertMail(
                stories=alerted_stories(alerts, content, holds),
                made_at=now,
                timezone=own.timezone if own and own.timezone else str(first.zone),
                language=own.language if own and own.language else first.language,
            )
            owner = mail.topics[0] if len(mail.topics) == 1 else SEVERAL_TOPICS
            slot = _slot(alerts, now)
            letter = self._letter(mail, recipient, message_key(owner, "alert", slot, recipient, generation), thread)
            held = "" if suspended is None else why_held(suspended, "messages")
            delivery = NewDelivery(
                recipient=recipient, message_id=letter.message_id, body=self.channel.compose(letter), held=held
            )
            ids = tuple(each.alert_id for each in alerts)
            messages.append(AlertMessage(delivery=delivery, owner=owner, slot=slot, alert_ids=ids))
        return messages

    def _letter(self, mail: AlertMail, recipient: str, key: str, thread: Mapping[StoryId, tuple[str, ...]]) -> Letter:
        rendered = self._rendered(mail)
        before = (message_id for story in mail.stories for message_id in thread.get(story.story_id, ()))
        return Letter(
            message_id=towards(self.channel, recipient).message_id(key),
            digest=f"alert {mail.topics[0] if len(mail.topics) == 1 else SEVERAL_TOPICS}",
            recipient=recipient,
            subject=rendered.subject,
            text=rendered.text,
            html=rendered.html,
            date=mail.made_at,
            unsubscribe_url=self.unsubscribe_url,
            pause_url=self.link_of(recipient, ALERTS),
            references=tuple(dict.fromkeys(before))[-LONGEST_THREAD:],
            alert=mail,
        )

    def _rendered(self, mail: AlertMail) -> Rendered:
        """An alert goes out whatever a template does: by the shipped templates if the owner's fail (rule E15)."""
        if self.own_templates is not None:
            try:
                return render_alert(mail, self.own_templates)
            except Exception as error:  # a template may raise anything
                problem = template_problem(error)
                log.error("templates failed, shipped templates used", problem=problem)  # noqa: TRY400 (not our code)
        return render_alert(mail, self.templates)


def _is_fit(candidate: AlertCandidate, rules: Mapping[str, AlertRules]) -> bool:
    """Whether it deserves an alert, or may make its story grow, which a digest may have listed since the alert."""
    return not why_not(replace(candidate, is_listed=False), rules[candidate.topic])


def _slot(alerts: Sequence[PendingAlert], now: datetime) -> str:
    """Story and ordinal, or the time of a bundle with the number of its first alert, which no other message has."""
    if len({(each.story_id, each.ordinal) for each in alerts}) == 1:
        return f"story {alerts[0].story_id}.{alerts[0].ordinal}"
    return f"{now:%Y-%m-%dT%H:%M:%SZ}.{alerts[0].alert_id}"

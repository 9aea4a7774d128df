"""Whether an alert on an article went out, what holds it, or why it deserves none."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from monitor.fate.finding import Cause, Finding, Stage, at
from monitor.model.alert import AlertCandidate, AlertRecord, AlertRules, AlertState
from monitor.model.fate import Fate, FatedMatch
from monitor.policy.alerts import why_not


def alerted(fate: Fate, records: Sequence[AlertRecord], rules: Mapping[str, AlertRules]) -> Iterator[Finding]:
    """`records`: the alerts on its story, the newest first; `rules`: by topic, of those that have alerts."""
    in_order = sorted(records, key=lambda each: (each.topic, each.ordinal, each.alert_id, each.recipient))
    for _, group in groupby(in_order, key=lambda each: each.alert_id):
        for each in group:
            yield _of_record(each, fate)
    told = {each.topic for each in records}
    for match in fate.matches:
        topic = match.stored.match.topic
        if topic in rules and topic not in told and match.stale_since is None:
            why = why_not(_candidate(match, fate), rules[topic]) or "it came before the topic had alerts, or just now"
            yield Finding(stage=Stage.ALERT, cause=Cause.NO_ALERT, sentence=f"No alert on {topic}: {why}.", topic=topic)


def _of_record(each: AlertRecord, fate: Fate) -> Finding:
    what = f"the alert that its story has grown, on {each.topic}" if each.ordinal > 1 else f"an alert on {each.topic}"
    whose = "" if each.article_id == fate.article.id else f", with another article of its story (“{each.title}”)"
    if each.state is AlertState.SENT and each.made_at is not None:
        held = f", held by: {each.why}" if each.why else ""
        sentence = f"{at(each.made_at)}: {what}, to {each.recipient}{whose}{held} (delivery {each.delivery_id})."
        return Finding(stage=Stage.ALERT, cause=Cause.ALERTED, sentence=_capital(sentence), topic=each.topic)
    if each.state is AlertState.DROPPED:
        sentence = f"{what} to {each.recipient} is never sent: {each.why}."
        return Finding(stage=Stage.ALERT, cause=Cause.NO_ALERT, sentence=_capital(sentence), topic=each.topic)
    until = f" until {at(each.until)}" if each.until else ""
    sentence = f"{what} to {each.recipient} waits{until}: {each.why or 'it was noticed just now'}."
    return Finding(stage=Stage.ALERT, cause=Cause.ALERT_WAITS, sentence=_capital(sentence), topic=each.topic)


def _candidate(match: FatedMatch, fate: Fate) -> AlertCandidate:
    topic = match.stored.match.topic
    return AlertCandidate(
        match_id=match.id,
        topic=topic,
        article_id=fate.article.id,
        story_id=fate.story.id if fate.story else None,
        origin=match.stored.origin,
        tier=match.stored.match.tier,
        is_by_page=match.stored.match.is_by_page,
        is_story_muted=fate.story is not None and fate.story.muted_at is not None,
        is_listed=any(each.topic == topic for each in fate.shown),
    )


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]

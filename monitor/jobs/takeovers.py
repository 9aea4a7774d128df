"""Notes a feed that seems to have changed hands; `policy.takeover` decides."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from monitor.log import logger
from monitor.model.feed_update import FeedState
from monitor.model.note import NoteKind
from monitor.policy.standing import feed_name
from monitor.policy.takeover import NOTED, Shown, is_other_domain, is_other_language
from monitor.spoken_language import comparable, spoken_language
from monitor.store import Store
from monitor.store.takeovers import latest_and_past
from monitor.url import shown_url

log = logger(__name__)


def note_takeover(store: Store, state: FeedState, outlet: str, now: datetime) -> None:
    """Note that the feed shows articles in another language at another domain than before, if it does."""
    latest, past = latest_and_past(store.database, state.id)
    shown, before = [each.shown for each in latest], [each.shown for each in past]
    if not is_other_domain(before, shown):
        return
    spoken = comparable(spoken_language(each.words for each in past), spoken_language(each.words for each in latest))
    if not is_other_language(before, shown, spoken):
        return
    name = f"{feed_name(outlet, state.title, state.url)} ({shown_url(state.url)})"
    text = (
        f"{name} seems to have changed hands: its articles were {_described(before, spoken[0])}, and the latest are "
        f"{_described(shown, spoken[1])}. If it is not what you follow any more, take it out of the config."
    )
    if store.notes.add(NoteKind.TAKEOVER, state.url, text, now):
        log.warning("feed seems to have changed hands", feed=shown_url(state.url))


def end_old_takeovers(store: Store, now: datetime) -> None:
    """A note ends when it has been said for long enough, or its feed is out of the config."""
    for note in store.notes.open():
        if note.kind is NoteKind.TAKEOVER and (now - note.since > NOTED or not store.feeds.configured([note.key])):
            store.notes.over(NoteKind.TAKEOVER, note.key, now)


def _described(shown: Sequence[Shown], spoken: str) -> str:
    """Such as: in de at post.example."""
    domain = Counter(each.domain for each in shown if each.domain).most_common(1)[0][0]
    language = spoken or Counter(each.language for each in shown).most_common(1)[0][0]
    return f"in {language} at {domain}" if language else f"at {domain}"

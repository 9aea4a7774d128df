"""`topics diff`: exactly which articles start or stop matching when new rules replace the old ones.

What was decided is what is stored. Under a wording that runs already nothing changes, even if matches of an older
one are still stored because a digest has listed them.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from monitor.match import TopicIndex, fingerprint
from monitor.model.match import Match
from monitor.model.topic import Topic
from monitor.workbench.entry import Entry, Finding, finding


class State(StrEnum):
    """What happens to a topic. New: it was not looked for until now. Gone: the rules do not have it.

    A disabled topic neither finds nor loses anything; the other states say whether the matches change.
    """

    NEW = "new"
    GONE = "gone"
    RENAMED = "renamed"
    DISABLED = "disabled"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicChange:
    """One topic under the new rules, against its stored matches. `was`: the name it runs under, if another.

    Articles are in the order they came; the reason of one that leaves says why it no longer matches.
    """

    topic: str
    state: State
    was: str
    stays: int
    enters: tuple[Finding, ...]
    leaves: tuple[Finding, ...]


@dataclass(slots=True)
class _Tally:
    """What was found of one topic while articles pass. `topic` is None for one that is gone; `runs`: it is
    worded as it was when the stored articles were matched.
    """

    topic: Topic | None = None
    was: str = ""
    is_known: bool = True
    runs: bool = False
    stays: int = 0
    enters: list[Finding] = field(default_factory=list)
    leaves: list[Finding] = field(default_factory=list)

    def add(self, entry: Entry, new: Match | None, old: Match | None, index: TopicIndex) -> None:
        if self.topic and not self.topic.enabled:
            return
        if old and (new or self.runs):
            self.stays += 1
        elif old:
            reason = str(index.explain(self.topic.name, entry.document)) if self.topic else "the topic is gone"
            self.leaves.append(finding(entry, old, reason))
        elif not self.runs:
            self.enters.append(finding(entry, new))


def changes(
    decided: Iterable[tuple[Entry, Sequence[Match]]],
    topics: Sequence[Topic],
    lists: Mapping[str, Sequence[str]],
    running: Mapping[str, str],
) -> tuple[TopicChange, ...]:
    """The topics in the order given, then those that are gone and have matches here.

    `decided`: articles with their stored matches. `running`: the fingerprint each topic was last matched under.
    """
    index = TopicIndex(topics, lists)
    now_called = {topic.was: topic.name for topic in topics if topic.was}
    tallies = {topic.name: _tally(topic, lists, running) for topic in topics}
    for entry, stored in decided:
        new = {match.topic: match for match in index.matches(entry.document)}
        old = {now_called.get(match.topic, match.topic): match for match in stored}
        for name in sorted(new.keys() | old.keys()):
            tallies.setdefault(name, _Tally()).add(entry, new.get(name), old.get(name), index)
    return tuple(_change(name, tally) for name, tally in tallies.items())


def _tally(topic: Topic, lists: Mapping[str, Sequence[str]], running: Mapping[str, str]) -> _Tally:
    was = topic.was if topic.was in running and topic.name not in running else ""
    runs_as = running.get(was or topic.name)
    return _Tally(topic=topic, was=was, is_known=bool(runs_as), runs=runs_as == fingerprint(topic, lists))


def _change(name: str, tally: _Tally) -> TopicChange:
    return TopicChange(
        topic=name,
        state=_state(tally),
        was=tally.was,
        stays=tally.stays,
        enters=tuple(tally.enters),
        leaves=tuple(tally.leaves),
    )


def _state(tally: _Tally) -> State:
    if tally.topic is None:
        return State.GONE
    if not tally.topic.enabled:
        return State.DISABLED
    if tally.was:
        return State.RENAMED
    if not tally.is_known and not (tally.stays or tally.leaves):
        return State.NEW
    return State.CHANGED if tally.enters or tally.leaves else State.UNCHANGED

"""Which topics an article misses by one group: a rule that needs several has a word of each of them but one.

That is where a missing word hides. It is asked of every article of a day, so all groups of all topics are in one index,
which reads what is read for likeness and no more. `near` and its like do not count: what has all groups is
no near miss, and stays as alike as its words are.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from monitor.match import TopicIndex
from monitor.model.match import Document
from monitor.model.topic import Rule, Topic
from monitor.nearly.words import TEXT_CHARACTERS, TITLE_CHARACTERS


class NearMisses:
    """The groups of the rules of these topics."""

    def __init__(self, topics: Sequence[Topic], lists: Mapping[str, Sequence[str]]) -> None:
        self._rules = [(topic.name, rule) for topic in topics for rule in topic.rules if len(rule.all) > 1]
        self._of_group: dict[str, int] = {}
        asked: list[Topic] = []
        for place, (_, rule) in enumerate(self._rules):
            for group in rule.all:
                name = str(len(asked))
                self._of_group[name] = place
                asked.append(Topic(name=name, rules=(Rule(all=(group,), within=rule.within),)))
        self._index = TopicIndex(asked, lists)

    def of(self, title: str, text: str) -> frozenset[str]:
        """The names of those topics."""
        if not self._rules:
            return frozenset()
        document = Document(title=title[:TITLE_CHARACTERS], text=text[:TEXT_CHARACTERS])
        found = Counter(self._of_group[match.topic] for match in self._index.matches(document))
        counted = ((self._rules[place], number) for place, number in found.items())
        return frozenset(name for (name, rule), number in counted if number == len(rule.all) - 1)

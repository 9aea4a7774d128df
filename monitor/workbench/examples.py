"""An article as an example of a topic: as short as it can be and still be right under the topic's rules."""

from collections.abc import Iterator, Mapping, Sequence

from monitor.match import TopicIndex
from monitor.match.rule_mistakes import example_document
from monitor.model.match import Document
from monitor.model.topic import Topic
from monitor.plain_text import one_line
from monitor.workbench.entry import Entry

LEAD_CHARACTERS = 300
TEXT_CHARACTERS = 2_000
"""Of the text in an example: the beginning if that is enough, else this much. More nobody wants in a config."""


def example_of(entry: Entry, topic: Topic, lists: Mapping[str, Sequence[str]], *, must_match: bool) -> str:
    """The text of an example that `check` accepts; "" if there is none, because the topic decides otherwise."""
    index = TopicIndex([topic], lists)
    for text in _forms(entry.document):
        if bool(index.explain(topic.name, example_document(text)).match) is must_match:
            return text
    return ""


def is_kept(entry: Entry, topic: Topic) -> bool:
    """Whether the topic has an example of this headline already."""
    title = one_line(entry.document.title)
    return any(text.strip().partition("\n")[0] == title for text in (*topic.must_match, *topic.must_not_match))


def _forms(document: Document) -> Iterator[str]:
    title = one_line(document.title)
    if title:
        yield title
        yield f"{title}\n{one_line(document.text, LEAD_CHARACTERS)}"
        yield f"{title}\n{one_line(document.text, TEXT_CHARACTERS)}"

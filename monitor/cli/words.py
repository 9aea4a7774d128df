"""Topics from the words that somebody typed, with the lists of the library at hand."""

from collections.abc import Collection, Mapping, Sequence

from monitor.model.topic import Topic


def topics_of(text: str) -> tuple[Topic, ...]:
    """The topics of a line of words, each name once. Raises UnclearWords."""
    from monitor.workbench.spoken_topic import split_topics, topic_of_words

    lists, countries = library()
    found = tuple(topic_of_words(each, lists, countries) for each in split_topics(text) or ("",))
    return tuple({topic.name.casefold(): topic for topic in found}.values())


def topic_of(text: str) -> Topic:
    """The one topic of these words, commas and all. Raises UnclearWords."""
    from monitor.workbench.spoken_topic import topic_of_words

    return topic_of_words(text, *library())


def library() -> tuple[Mapping[str, Sequence[str]], Collection[str]]:
    """The lists of the library, and the names of those that are countries."""
    from monitor.catalogue.sources import places
    from monitor.lists import list_names, shipped_lists

    return shipped_lists(list_names()), {place.terms for place in places().values()} - {""}

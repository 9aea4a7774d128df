"""Questions to `match` beside the topics themselves: small topics that only this package knows.

They run in the same index as the topics, so that an article is read once for all of them.
"""

from monitor.model.topic import Rule, Topic

MARK = "\0"
"""Begins the name of a probe; no topic of a config can begin so, because its name is printable."""


def probe(number: int, rule: Rule, *, like: Topic | None = None) -> Topic:
    """A topic of one rule; `like` gives it the languages and outlets of another one."""
    limits = like or Topic(name="", rules=())
    return Topic(name=f"{MARK}{number}", rules=(rule,), languages=limits.languages, sources=limits.sources)

"""The first config of a person, as text: some thirty lines, of what was answered and where to read on.

The reference with every setting is config.example.toml. `init` asks, and writes what stands here.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.config.edit.toml import pair_of, text_of
from monitor.model.topic import Topic

DIGEST = "Daily"
NOBODY = "you@localhost"
"""The recipient of a digest that goes into a Maildir: all copies go into one folder."""

COMMENT_COLUMN = 32

PAGES_OFFERED = (
    '# pages = "near" in a feed of short texts: where one word of a topic is missing, the page behind is read\n'
    "# as well, if its robots.txt lets programs do so."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a config is made of; each value as it is written in the file."""

    topics: tuple[Topic, ...]
    """The topics, each with one rule."""
    to: tuple[str, ...]
    """Addresses; none for a digest that is only read here."""
    maildir: str
    """The Maildir folder; "" for that in the storage folder."""
    server: str
    """The host of the mail server that sends; "" for none: mails go into the Maildir."""
    port: int | None
    """Its port; None for the usual one."""
    login: str
    """The user name there; "" for none."""
    at: tuple[str, ...]
    """Times of day of the digest, such as "07:00"."""
    zone: str
    """The time zone of these times, such as "Europe/London"."""
    feeds: tuple[str, ...]
    """URLs of feeds."""
    folder: str
    """The storage folder; "" for the default."""
    pages: str = ""
    """The `pages` of these feeds; "" for none: a comment names the key."""
    is_apart: bool = False
    """Whether the storage folder has the files of `APART`, which the config includes."""
    apart: frozenset[str] = frozenset()
    """The names of those files that are to be written, with what belongs there; one that is there stays as it is."""


APART = {
    "feeds.toml": "# Feeds and groups. The config includes this file; commands such as `feeds add` write here.",
    "topics.toml": "# Topics and lists. The config includes this file; commands such as `topics import` write here.",
}
"""Included files by their name, as `config.edit.where` knows them, and their first line."""


def first_config(answers: Answers) -> str:
    """The text of the file."""
    topics = () if "topics.toml" in answers.apart else _topics(answers)
    feeds = ("",) if "feeds.toml" in answers.apart else _feeds(answers)
    parts = (_head(answers), topics, _digest(answers), _mail(answers), _storage(answers), feeds)
    return "\n".join(line for part in parts for line in part)


def first_parts(answers: Answers) -> dict[Path, str]:
    """The included files that are to be written, and their texts."""
    bodies = {"feeds.toml": _each_feed, "topics.toml": _each_topic}
    texts = {name: "\n".join((head, "", *bodies[name](answers))) for name, head in APART.items()}
    return {Path(answers.folder) / name: f"{texts[name].rstrip()}\n" for name in sorted(answers.apart)}


def included_in(folder: str) -> str:
    """The line of a config that includes the files of `APART`."""
    return pair_of("include", [str(Path(folder) / name) for name in APART])


def _head(answers: Answers) -> Iterator[str]:
    yield "# The config of News Monitor. After a change: news-monitor check"
    yield "# Every setting with its reason: news-monitor init --example reference.toml"
    if answers.is_apart:
        yield from ("", "# ---- Feeds and topics that commands write", "", included_in(answers.folder))


def _topics(answers: Answers) -> Iterator[str]:
    yield from ("", "# ---- Topics: what is looked for. In words: news-monitor topics check", "")
    yield from _each_topic(answers)


def _each_topic(answers: Answers) -> Iterator[str]:
    for number, topic in enumerate(answers.topics):
        rule = topic.rules[0]
        yield from (*([""] if number else []), "[[topics]]", pair_of("name", topic.name))
        if len(rule.all) == 1:
            yield _with_comment(pair_of("any", rule.all[0]), "one of these is enough")
        else:
            groups = [group[0] if len(group) == 1 else list(group) for group in rule.all]
            yield _with_comment(pair_of("all", groups), "each of these; of an inner list, one")
        if rule.none:
            yield _with_comment(pair_of("none", rule.none), "but none of these")
    if any(term.startswith("@") for topic in answers.topics for group in topic.rules[0].all for term in group):
        yield '# "@…" is a list of words that comes along: news-monitor lists @…'


def _digest(answers: Answers) -> Iterator[str]:
    yield from ("", "# ---- The digest: to whom, and when", "", "[[digests]]", pair_of("name", DIGEST))
    yield _with_comment(pair_of("to", answers.to or (NOBODY,)), "one copy each")
    yield pair_of("at", answers.at[0] if len(answers.at) == 1 else answers.at)
    yield pair_of("timezone", answers.zone)


def _mail(answers: Answers) -> Iterator[str]:
    yield from ("", "# ---- How it leaves. Try it: news-monitor mail test", "")
    yield from mail_lines(answers)


def mail_lines(answers: Answers) -> Iterator[str]:
    """The table of the way by which mails go."""
    yield "[mail]"
    if answers.server:
        yield from _smtp(answers)
        return
    yield _with_comment(pair_of("kind", "maildir"), "a folder that mail programs open; nothing is sent")
    if answers.maildir:
        yield pair_of("folder", answers.maildir)
    if answers.to:
        sender = text_of(f"News Monitor <{answers.to[0]}>")
        yield "# To send it instead, delete the lines of [mail] above and use these:"
        yield from ('#kind = "smtp"', '#host = "smtp.example.org"', f"#sender = {sender}")
        yield from (f"#username = {text_of(answers.to[0])}", '#password_file = "smtp-password"')


def _smtp(answers: Answers) -> Iterator[str]:
    is_here = answers.server in {"localhost", "127.0.0.1", "::1"} and not answers.login
    yield from (pair_of("kind", "smtp"), pair_of("host", answers.server))
    if answers.port:
        yield pair_of("port", answers.port)
    if is_here or answers.port == IMPLICIT_TLS_PORT:
        yield pair_of("tls", "none" if is_here else "implicit")
    yield pair_of("sender", f"News Monitor <{answers.login if '@' in answers.login else answers.to[0]}>")
    if answers.login:
        yield pair_of("username", answers.login)
        yield _with_comment(pair_of("password_file", PASSWORD_FILE), "for you alone: chmod 600")


IMPLICIT_TLS_PORT = 465
PASSWORD_FILE = "smtp-password"  # noqa: S105 — the name of a file


def _storage(answers: Answers) -> Iterator[str]:
    if answers.folder:
        yield from ("", "# ---- Where everything is kept", "", "[storage]", pair_of("folder", answers.folder))


def _feeds(answers: Answers) -> Iterator[str]:
    yield from ("", f"# ---- Feeds: what is read. Some for a topic: {command_for_sources(answers.topics)}", "")
    yield from _each_feed(answers)


def _each_feed(answers: Answers) -> Iterator[str]:
    if not answers.pages:
        yield from (PAGES_OFFERED, "")
    for url in answers.feeds:
        yield from ("[[feeds]]", pair_of("url", url), *([pair_of("pages", answers.pages)] if answers.pages else []), "")


def command_for_sources(topics: Sequence[Topic], program: str = "news-monitor") -> str:
    """The command that proposes feeds for the first topic."""
    from shlex import quote

    return f"{program} topics sources {quote(topics[0].name)} --try"


def _with_comment(line: str, comment: str) -> str:
    return f"{line:{COMMENT_COLUMN}}  # {comment}"

"""What judgements do to the config: examples to keep, and changes of the topic, which are tried before they are shown.

Every change is shown as a diff and written by `cli.edit_config`.
"""

import os
import tomllib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import typer

from monitor.cli import edit_config, output
from monitor.cli.topics import asked
from monitor.cli.topics.judging import Desk, Said
from monitor.config import Settings, joined
from monitor.config.edit import Edit
from monitor.config.edit.topics import with_example, with_exclusion, with_near, with_term
from monitor.counted import counted
from monitor.daemon.clock import SystemClock
from monitor.errors import UsageError
from monitor.model.topic import Topic
from monitor.workbench import NewTerm, Proposal, effect, entry_of, example_of, is_kept, lessons, remedies


@dataclass(frozen=True, slots=True)
class Change:
    """A change that is proposed: in words, as JSON, and as edits of the config."""

    words: str
    facts: dict[str, Any]
    edits: Sequence[Edit]


# ---- Examples


def offer_to_keep(desk: Desk, said: Said) -> None:
    """After a session: ask whether what was said becomes examples."""
    edits, _ = _examples(desk, said)
    command = f'news-monitor topics judge "{desk.topic.name}"'
    question = f"Add {counted(len(edits), 'example', 'examples')} to the topic in the config?"
    with suppress(typer.Abort):  # at the end of the input
        if edits and typer.confirm(question):
            _write(desk, edits, is_sure=False)
    output.print_wrapped(f"{command} --terms proposes terms from what you have said.")


def keep(desk: Desk, said: Said, *, is_sure: bool) -> None:
    """Add what was said as examples; those that the topic would not decide so are named, and left out."""
    edits, refused = _examples(desk, said)
    for line in refused:
        output.print_wrapped(line)
    if not edits:
        print("There is nothing to add.")
        return
    _write(desk, edits, is_sure=is_sure)


def _examples(desk: Desk, said: Said) -> tuple[list[Edit], list[str]]:
    """The examples to add, and sentences about articles that the topic decides otherwise."""
    edits, refused = list[Edit](), list[str]()
    shared = desk.store.boilerplate.of_all()
    for article in desk.articles(said):
        entry, is_relevant = entry_of(article, shared), said[article.id]
        text = example_of(entry, desk.topic, desk.settings.lists, must_match=is_relevant)
        if is_kept(entry, desk.topic):
            continue
        if text:
            edits.append(with_example(_number(desk), text, must_match=is_relevant))
        else:
            now = "does not match yet" if is_relevant else "still matches"
            refused.append(f"#{article.id} {now}; it can be an example when the rule is changed: {article.title}")
    return edits, refused


def _write(desk: Desk, edits: Sequence[Edit], *, is_sure: bool) -> None:
    plan, _ = edit_config.planned(desk.settings, edits)
    edit_config.offer(plan, is_sure=is_sure)


# ---- Changes of the topic


def propose(desk: Desk, *, as_json: bool) -> None:
    """Print the changes that are proposed, each with its number."""
    changes = _changes(desk)
    if as_json:
        for number, change in enumerate(changes, 1):
            output.print_json_line({"number": number, **change.facts})
        return
    for number, change in enumerate(changes, 1):
        output.print_wrapped(change.words, first=f"{number:>2}. ")
    if changes:
        print("--apply N makes a change; its diff is shown first.")
    else:
        said = desk.judged()
        output.print_wrapped(
            f"Nothing to propose from {len(said.right)} right and {len(said.wrong)} wrong articles: "
            "judge some more that are missed, or that match and are wrong."
        )


def apply(desk: Desk, number: int, *, is_sure: bool) -> None:
    """Make the change with this number, after saying what it does to the matches since then."""
    changes = _changes(desk)
    if number > len(changes):
        raise UsageError(f"There is no change {number}; --terms lists {counted(len(changes), 'change', 'changes')}.")
    change = changes[number - 1]
    plan, settings = edit_config.planned(desk.settings, change.edits)
    output.print_wrapped(change.words)
    output.print_wrapped(_effect(desk, settings))
    edit_config.offer(plan, is_sure=is_sure)


def _effect(desk: Desk, settings: Settings) -> str:
    new = settings.topics[_number(desk)]
    found = effect(asked.entries(desk.store, desk.since), desk.topic, new, settings.lists)
    return f"{desk.topic.name}: {found.in_words(SystemClock().now() - desk.since)}"


def _changes(desk: Desk) -> list[Change]:
    """Terms that would find what is missed, then what would lose wrong hits."""
    content, number = joined(desk.settings.path, os.environ).content, _number(desk)
    lists, judged = desk.settings.lists, desk.judged()
    learned = lessons(desk.entries, desk.topic, lists, judged)
    better = remedies(desk.entries, desk.topic, lists, judged)
    return [
        *(_new_term(content, number, desk.topic, each) for each in learned.terms),
        *(_remedy(content, number, desk.topic, each) for each in better.proposals),
    ]


def _new_term(content: dict[str, Any], number: int, topic: Topic, found: NewTerm) -> Change:
    rule = f" of rule {found.rule + 1}" if len(topic.rules) > 1 else ""
    gain = found.gain
    wrong = f"{gain.wrong} of {gain.articles} wrong" if gain.wrong else "none wrong"
    effects = f"+{gain.articles}, {wrong} and {gain.right} right by your judgements"
    return Change(
        words=f'add "{found.term}" to group {found.group + 1}{rule}: {effects}',
        facts={
            "change": "term",
            "term": found.term,
            "rule": found.rule,
            "group": found.group,
            "articles": gain.articles,
            "right": gain.right,
            "wrong": gain.wrong,
        },
        edits=with_term(content, number, topic, (found.rule, found.group), found.term),
    )


def _remedy(content: dict[str, Any], number: int, topic: Topic, found: Proposal) -> Change:
    """`written` is a key of TOML with its value: one more term in `none`, or another `near`."""
    [(key, value)] = tomllib.loads(found.written).items()
    rule = f" in rule {found.rule + 1}" if found.rule is not None and len(topic.rules) > 1 else ""
    loses = found.loses
    losses = f"−{loses.wrong} wrong by your judgements, −{loses.right} right, −{loses.unjudged} not judged"
    edits = (
        with_near(content, number, topic, found.rule or 0, value)
        if key == "near"
        else with_exclusion(content, number, topic, value[0])
    )
    return Change(
        words=f"{'set' if key == 'near' else 'add'} {found.written}{rule}: {losses}",
        facts={
            "change": key,
            "written": found.written,
            "rule": found.rule,
            "wrong": loses.wrong,
            "right": loses.right,
            "unjudged": loses.unjudged,
        },
        edits=edits,
    )


def _number(desk: Desk) -> int:
    """The place of the topic in the file."""
    return desk.settings.topics.index(desk.topic)

"""Draws what a topic does not match, asks a person about it or reads what they said elsewhere, and keeps the result.

Like `topics judge` it writes rows that the daemon only reads, so it works beside a running one. What was drawn has a
name, from which it can be drawn again when answers come back: nothing is stored before somebody has answered.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from random import Random, SystemRandom
from typing import Any

from monitor.cli import output
from monitor.cli.topics import asked, judging
from monitor.cli.topics.judging import Desk
from monitor.counted import counted
from monitor.daemon.clock import SystemClock
from monitor.errors import UsageError
from monitor.jobs.likeness import Likeness
from monitor.model.ids import ArticleId
from monitor.workbench import (
    ELSEWHERE_SAMPLE,
    Candidate,
    Id,
    Unmatched,
    drawn,
    elsewhere_in_words,
    entry_of,
    finding,
    result,
    unmatched,
)

RESEMBLES = "it resembles what the topic matches"
DRAWN = "it was drawn from everything else"
RESERVE = 4
"""One more for so many of a sample is printed for other front ends, to take the place of what is skipped."""

SEEDS = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """What a sample is drawn from, when, and by which chance."""

    since: datetime
    until: ArticleId
    at: datetime
    seed: int

    def __str__(self) -> str:
        return f"{self.since.isoformat()}/{self.until}/{self.at.isoformat()}/{self.seed}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What may have been missed; of both parts all articles in the order in which they are asked about."""

    found: Unmatched
    near: tuple[Candidate, ...]
    elsewhere: tuple[Id, ...]


def ask(desk: Desk, size: int) -> None:
    """Show the sample one at a time, then the result."""
    sample = _sample(desk, _new_draw(desk))
    wanted = min(size, len(sample.near))
    if not (sample.near or sample.elsewhere or sample.found.known):
        output.print_wrapped("There is nothing to audit: no unmatched article of this time is stored.")
        return
    _announce(sample, wanted)
    near, is_over = _answers(desk, sample.near, wanted, "")
    elsewhere: list[bool] = []
    if not is_over:
        others = [_candidate(desk, each) for each in islice(sample.elsewhere, 2 * ELSEWHERE_SAMPLE)]
        elsewhere, _ = _answers(desk, others, min(ELSEWHERE_SAMPLE, len(others)), "elsewhere, ")
    _finish(desk, sample, near, elsewhere, wanted)


def print_sample(desk: Desk, size: int) -> None:
    """Print one JSON object for each article, in order. `audit` names what was drawn; it must come back."""
    draw = _new_draw(desk)
    sample = _sample(desk, draw)
    others = [_candidate(desk, each) for each in sample.elsewhere[: _with_reserve(ELSEWHERE_SAMPLE)]]
    parts = (("near", sample.near[: _with_reserve(size)], size), ("elsewhere", others, ELSEWHERE_SAMPLE))
    for part, candidates, wanted in parts:
        for number, candidate in enumerate(candidates):
            facts = {"audit": str(draw), "part": part, "is_reserve": number >= wanted}
            output.print_json_line({**judging.written(desk, candidate), **facts})


def read(desk: Desk, file: Path, size: int) -> int:
    """Store the answers of a file, and the result. Returns how many lines were refused, each reported with its line."""
    lines = asked.Lines(file, _answer)
    said: dict[int, tuple[int, bool | None]] = {}
    draw: Draw | None = None
    for number, (of, article, is_relevant) in lines.numbered():
        draw = draw or of
        if of != draw:
            lines.refuse(number, "it is of another audit than the lines before.")
        else:
            said[article] = (number, is_relevant)
    if draw is None:
        raise UsageError(f'{file} has no line of an audit; answer the lines that --json prints, and keep "audit".')
    desk = replace(desk, since=draw.since)
    sample = _sample(desk, draw)
    near = [article for article in (int(each.finding.id) for each in sample.near) if article in said]
    elsewhere = [article for article in map(int, sample.elsewhere) if article in said]
    for article in said.keys() - {*near, *elsewhere}:
        lines.refuse(said[article][0], f"article {article} is not in this audit, or was judged before.")
    answers = {each: is_relevant for each in (*near, *elsewhere) if (is_relevant := said[each][1]) is not None}
    desk.say(desk.topic, {ArticleId(each): is_relevant for each, is_relevant in answers.items()}, "audit")
    _finish(desk, sample, _known(near, answers), _known(elsewhere, answers), min(size, len(sample.near)))
    return lines.refused


# ---- Drawing


def _new_draw(desk: Desk) -> Draw:
    until = ArticleId(desk.store.edition_input.high_water().articles)
    return Draw(since=desk.since, until=until, at=SystemClock().now(), seed=SystemRandom().randrange(SEEDS))


def _sample(desk: Desk, draw: Draw) -> Sample:
    topic = replace(desk.topic, name=desk.name(desk.topic), enabled=True)
    alike = Likeness(desk.store, [topic], desk.settings.lists).of_topic(topic, draw.since, draw.until, draw.at)
    found = unmatched(
        (each for each in asked.entries(desk.store, draw.since) if int(each.id) <= draw.until),
        topic,
        desk.settings.lists,
        alike=dict.fromkeys(alike.near, RESEMBLES),
        likeness=dict(alike.likeness.items()),
        said=dict(desk.said().items()),
    )
    chance = Random(draw.seed)  # noqa: S311 (a sample is no secret)
    return Sample(found=found, near=drawn(found.near, chance), elsewhere=drawn(found.elsewhere, chance))


def _candidate(desk: Desk, article: Id) -> Candidate:
    """An article from elsewhere, as it is shown."""
    [stored] = desk.articles({ArticleId(int(article)): True})
    entry = entry_of(stored, desk.store.boilerplate.of_all())
    return Candidate(finding=finding(entry, None, DRAWN), matches=False, why=DRAWN)


def _with_reserve(size: int) -> int:
    return size + -(-size // RESERVE)


# ---- Asking


def _announce(sample: Sample, wanted: int) -> None:
    before = f", {sample.found.known} of them judged before" if sample.found.known else ""
    near = counted(len(sample.near) + sample.found.known, "near-miss", "near-misses")
    others = counted(len(sample.elsewhere), "other article", "other articles")
    few = min(ELSEWHERE_SAMPLE, len(sample.elsewhere))
    output.print_wrapped(
        f"The topic does not match {near}{before}, and {others}. You are asked about {wanted} near-misses and "
        f"{few} others. Skip what you cannot judge: another one takes its place."
    )


def _answers(desk: Desk, candidates: Sequence[Candidate], wanted: int, part: str) -> tuple[list[bool], bool]:
    """What was said until so many were judged, and whether the person quit before."""
    said: list[bool] = []
    for candidate in candidates:
        if len(said) == wanted:
            break
        heading = f"{part}{len(said) + 1} of {wanted}: {desk.topic.name}"
        answer = judging.asked_about(desk, candidate, heading, "audit")
        if answer in judging.QUIT:
            return said, True
        if answer in judging.ANSWERS:
            said.append(judging.ANSWERS[answer])
    return said, False


def _finish(desk: Desk, sample: Sample, near: Sequence[bool], elsewhere: Sequence[bool], wanted: int) -> None:
    """Keep the result and print it; without an answer there is none."""
    if not (near or elsewhere) or (sample.near and not near):
        print("No near-miss was judged, so there is no result." if sample.near else "Nothing was judged.")
        return
    made = result(sample.found, near, elsewhere, since=desk.since, now=SystemClock().now())
    desk.store.audits.add(desk.name(desk.topic), made)
    output.print_wrapped(f"{desk.topic.name}: {made.words}.")
    if len(near) < wanted:
        output.print_wrapped(f"You judged {len(near)} of {wanted}, so the interval is wider than it would be with all.")
    if made.elsewhere_judged:
        output.print_wrapped(elsewhere_in_words(made))
    if any((*near, *elsewhere)):
        output.print_wrapped(
            f'news-monitor topics judge "{desk.topic.name}" --terms proposes terms for what is missed.'
        )


# ---- What was said elsewhere


def _answer(line: bytes) -> tuple[Draw, int, bool | None]:
    """The draw, the id of the article, and whether it belongs to the topic; None if it was skipped."""
    try:
        written: Any = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}.") from error
    if not isinstance(written, dict) or not isinstance(written.get("audit"), str):
        raise ValueError('there is no "audit"; answer the lines that --json prints, with all their keys.')  # noqa: TRY004 (the fault of a text)
    article, is_relevant = written.get("id"), written.get("relevant")
    if not isinstance(article, int) or isinstance(article, bool):
        raise ValueError('there is no "id" of an article.')  # noqa: TRY004 (the fault of a text)
    if is_relevant is not None and not isinstance(is_relevant, bool):
        raise ValueError('"relevant" is neither true, false nor null.')
    return _draw(written["audit"]), article, is_relevant


def _draw(text: str) -> Draw:
    try:
        since, until, at, seed = text.split("/")
        moments = [datetime.fromisoformat(each) for each in (since, at)]
        found = Draw(since=moments[0], until=ArticleId(int(until)), at=moments[1], seed=int(seed))
    except (ValueError, OverflowError):
        found = None
    if found is None or any(each.tzinfo is None for each in moments):
        raise ValueError('"audit" is not what --json has printed.')
    return found


def _known(articles: Sequence[int], answers: Mapping[int, bool]) -> list[bool]:
    return [answers[each] for each in articles if each in answers]

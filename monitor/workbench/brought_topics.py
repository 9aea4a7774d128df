"""`topics import`: what lists of words bring that a config does not have yet. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from monitor.model.topic import Topic
from monitor.parse.word_list import Line, WordList
from monitor.workbench.spoken_topic import UnclearWords, split_topics, topic_of_words

SEVERAL = (
    "has a comma or a semicolon, which can be read in two ways. Write one topic in each line; a name with a comma"
    ' goes in quotes: "Washington, D.C."'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where something stands."""

    file: str
    """The name of the file as it was given."""
    line: int
    """The number of the line, from 1."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new topic."""

    place: Place
    topic: Topic
    """It has one rule."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A line of which no topic was made."""

    place: Place
    written: str
    """What stands there."""
    reason: str
    """Why, as a sentence that says what to type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtTopics:
    """The topics of some lists, beside those of a config."""

    new: tuple[Made, ...]
    """Those that the config does not have, each once."""
    known: tuple[LeftOut, ...]
    """Lines whose topic the config has."""
    repeated: tuple[LeftOut, ...]
    """Lines that repeat an earlier one of these lists."""
    refused: tuple[LeftOut, ...]
    """Lines that are no topic, or could be two."""
    problems: tuple[tuple[str, str], ...]
    """Of each file that cannot be read as a list, its name, and why."""


def brought_topics(
    files: Sequence[tuple[str, WordList]],
    configured: Iterable[str],
    lists: Mapping[str, Sequence[str]],
    countries: Collection[str] = (),
) -> BroughtTopics:
    """What the files, each with its name, bring.

    `configured`: the names of the config's topics. `lists`, `countries`: as in `topic_of_words`. Names that differ in
    capitals alone are the same.
    """
    names = {each.casefold() for each in configured}
    earlier: dict[str, Made] = {}
    known, repeated, refused = list[LeftOut](), list[LeftOut](), list[LeftOut]()
    for place, line in ((Place(file=name, line=line.number), line) for name, found in files for line in found.lines):
        made = _made(place, line, lists, countries)
        if isinstance(made, LeftOut):
            refused.append(made)
        elif (name := made.topic.name.casefold()) in names:
            known.append(LeftOut(place=place, written=made.topic.name, reason="is in the config already."))
        elif name in earlier:
            first = earlier[name].place
            reason = f"repeats line {first.line} of {first.file}."
            repeated.append(LeftOut(place=place, written=made.topic.name, reason=reason))
        else:
            earlier[name] = made
    return BroughtTopics(
        new=tuple(earlier.values()),
        known=tuple(known),
        repeated=tuple(repeated),
        refused=tuple(refused),
        problems=tuple((name, found.problem) for name, found in files if found.problem),
    )


def _made(place: Place, line: Line, lists: Mapping[str, Sequence[str]], countries: Collection[str]) -> Made | LeftOut:
    if line.problem:
        return LeftOut(place=place, written=line.text, reason=line.problem)
    parts = split_topics(line.text)
    if len(parts) > 1:
        return LeftOut(place=place, written=line.text, reason=SEVERAL)
    try:
        return Made(place=place, topic=topic_of_words(parts[0] if parts else "", lists, countries))
    except UnclearWords as error:
        return LeftOut(place=place, written=line.text, reason=str(error).removeprefix(f"{line.text} – "))

"""The workbench: a draft of a topic beside what it finds in the stored articles, and the buttons that act on it.

One form carries the whole draft, whatever its button does, so that nothing has to be remembered between two requests.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from difflib import unified_diff
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from monitor.config.one_topic import read_topic
from monitor.errors import ConfigError, UsageError
from monitor.match import TopicIndex
from monitor.model.ids import ArticleId
from monitor.model.topic import Topic
from monitor.web.app import Later, NotFound, OwnersAlone, Parts, Shown
from monitor.web.asking import may_change
from monitor.web.desk import Ask, Desk, Facts
from monitor.web.look import quoted
from monitor.web.pages import draft
from monitor.web.timeline import bars
from monitor.web.tried import nearly, tried
from monitor.workbench import entry_of, example_of, in_words
from monitor.workbench.tuned import Figures, Tuning

DAYS = 30
ASKED_ABOUT, RESEMBLING = 8, 60
MOST_DIGITS = 18
FOUND, ASKED, TERMS = "workbench_found.html.j2", "workbench_asked.html.j2", "workbench_terms.html.j2"
SAID = "workbench_said.html.j2"

Part = dict[str, tuple[str, Facts]]
"""By its place in the page, a template and what it gets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What a form says beside the draft itself."""

    name: str
    """Of the topic as the config has it; "" for a new one."""
    mode: str
    """Whether it is edited as "fields" or as "toml"."""
    was: str
    """The mark of the topic as it was when the draft was begun; "" if nobody knows."""


class _NotSaved(UsageError):
    """Why the config was not written. `now`: what it says about the topic, if that is the reason; {} if it is gone."""

    def __init__(self, sentence: str, now: draft.Table | None = None) -> None:
        super().__init__(sentence)
        self.now = now


def workbench(desk: Desk, ask: Ask) -> Shown:
    """A topic as it is, with the first figures of it; without a name, an empty draft of a new one."""
    name = ask.query.get("topic", "")
    table = _written(desk, name)
    return _shown(desk, Bench(name=name, mode="fields", was=_mark(table)), table, is_whole=False)


def changed(desk: Desk, ask: Ask) -> Shown | Later:
    """What a button of the form does: `do` says which. A form without a draft is about the topic as it is."""
    name, (act, *rest) = ask.form.get("topic", ""), ask.form.get("do", "try").split(":")
    mode = "toml" if ask.form.get("mode") == "toml" else "fields"
    bench = Bench(name=name, mode=mode, was=ask.form.get("was", ""))
    if "toml" not in ask.form:
        table = _written(desk, name)
        bench = replace(bench, was=_mark(table))
    else:
        try:
            table = draft.table_of(ask.form)
        except UsageError as error:
            return _unread(bench, ask.form["toml"], str(error))
    if act == "save":
        try:
            return _saved(desk, name, table, bench.was)
        except _NotSaved as error:
            return _not_saved(desk, bench, table, error)
    if act in ("toml", "fields"):
        bench = replace(bench, mode=act)
    said, refused = "", list[str]()
    try:
        said = _acted(desk, name, table, act, rest)
    except UsageError as error:
        refused = str(error).splitlines()
    return Later(make=lambda: _shown(desk, bench, table, said=said, refused=refused))


def _acted(desk: Desk, name: str, table: draft.Table, act: str, rest: list[str]) -> str:
    """Do what the button of an article asks for, and say so; "" for any other button. Raises UsageError."""
    if act in ("yes", "no"):
        desk.commands.judge(desk.settings, desk.store, name, {_number(rest): act == "yes"})
        return f"Judged: {'it belongs' if act == 'yes' else 'it does not belong'} to the topic."
    return _with_example(desk, table, _number(rest), act) if act in draft.EXAMPLES else ""


def live(desk: Desk, ask: Ask) -> Parts:
    """What a draft finds while it is typed: first of the newest articles, then of all, then what to judge.

    With `do`, an article is judged before.
    """
    name, (act, *rest) = ask.form.get("topic", ""), ask.form.get("do", "").split(":")
    said = _acted(desk, name, {}, act, rest) if act in ("yes", "no") else ""
    return Parts(made=_live(desk, name, ask.form, said))


def _live(desk: Desk, name: str, form: Mapping[str, str], said: str) -> Generator[Part | None, None, None]:
    if said:
        yield {"said": (SAID, {"said": said})}
    try:
        table = draft.table_of(form)
    except UsageError as error:
        yield {"found": (FOUND, {"problems": [str(error)], "doubts": [], "found": None})}
        return
    read = read_topic(table, desk.settings.lists)
    facts: Facts = {"problems": read.problems, "doubts": read.doubts, "found": None}
    written = {"toml": ("workbench_toml.html.j2", {"toml": draft.as_text(table)})}
    if read.topic is None:
        yield written | {"found": (FOUND, facts)}
        return
    for found in _finding(desk, name, read.topic):
        figured = {"found": (FOUND, facts | {"found": found}), "terms": (TERMS, {"found": found})}
        yield written | figured if found else None
    yield {"asked": (ASKED, {"asked": _asked(desk, name, read.topic)})}


def _written(desk: Desk, name: str) -> draft.Table:
    """The topic as the config has it; without a name, an empty one."""
    if name and name not in {each.name for each in desk.settings.topics}:
        raise NotFound("There is no topic of this name in the config.")
    return dict(desk.commands.written_topic(desk.settings, name)) if name else {"name": ""}


def _mark(table: Mapping[str, Any]) -> str:
    """Another one when the topic is written otherwise."""
    return sha256(draft.as_text(dict(table)).encode()).hexdigest()[:16]


def _number(rest: list[str]) -> ArticleId:
    if len(rest) != 1 or not (rest[0].isascii() and rest[0].isdecimal()) or len(rest[0]) > MOST_DIGITS:
        raise UsageError("This button names no article.")
    return ArticleId(int(rest[0]))


# ---- What is shown


def _shown(
    desk: Desk,
    bench: Bench,
    table: draft.Table,
    *,
    said: str = "",
    refused: Sequence[str] = (),
    differs: Sequence[str] = (),
    is_whole: bool = True,
) -> Shown:
    """The workbench. `refused`: why it was not saved; `differs`: what else the config says meanwhile."""
    name, read = bench.name, read_topic(table, desk.settings.lists)
    is_new = name == "" and not table.get("name")
    facts: Facts = {
        "name": name,
        "said": said,
        "refused": refused,
        "differs": differs,
        "was": bench.was,
        "mode": bench.mode if draft.fits(table) else "toml",
        "toml": draft.as_text(table),
        "table": {key: table.get(key, "") for key in ("name", *draft.LISTS, *draft.EXAMPLES)},
        "rules": draft.rules_of(table) if draft.fits(table) else [],
        "places": draft.PLACES,
        "problems": () if is_new else read.problems,
        "doubts": read.doubts,
        "found": None,
        "asked": [],
    }
    if read.topic is not None:
        found = [each for each in _finding(desk, name, read.topic, is_whole=is_whole) if each]
        facts |= {"found": found[-1], "asked": _asked(desk, name, read.topic) if is_whole else []}
    return Shown(
        template="workbench.html.j2", title=_title(name), facts=facts, status=HTTPStatus.BAD_REQUEST if refused else 200
    )


def _title(name: str) -> str:
    return f"Workbench: {name or 'new topic'}"


def _unread(bench: Bench, toml: str, problem: str) -> Shown:
    """What was typed and is not TOML: it stays as it is, with a sentence about it."""
    facts: Facts = {
        "name": bench.name,
        "said": "",
        "refused": (),
        "differs": (),
        "was": bench.was,
        "mode": "toml",
        "toml": toml,
        "problems": [problem],
        "doubts": (),
        "found": None,
        "asked": [],
    }
    status = HTTPStatus.BAD_REQUEST
    return Shown(template="workbench.html.j2", title=_title(bench.name), facts=facts, status=status)


def _not_saved(desk: Desk, bench: Bench, table: draft.Table, error: _NotSaved) -> Shown:
    """The draft as it was, and why it was not written. Who saves it once more has seen what the config says now."""
    differs: list[str] = []
    if error.now:
        bench = replace(bench, was=_mark(error.now))
        now, mine = (draft.as_text(each).splitlines() for each in (error.now, table))
        differs = list(unified_diff(now, mine, "the config", "this draft", lineterm=""))
    elif error.now is not None:
        bench = replace(bench, name="", was="")
    return _shown(desk, bench, table, refused=str(error).splitlines(), differs=differs, is_whole=False)


def _asked(desk: Desk, name: str, topic: Topic) -> list[Facts]:
    """Articles to judge, for a topic that the config has: what resembles it, and what the draft just does not match."""
    settings, store = desk.settings, desk.store
    saved = next((each for each in settings.topics if each.name == name), None)
    if saved is None:
        return []
    near = desk.kept(f"nearest {name}", lambda: desk.commands.nearest(settings, store, saved, RESEMBLING))
    index, since = TopicIndex([replace(topic, enabled=True)], settings.lists), desk.now() - timedelta(days=DAYS)
    shared, page_of = store.boilerplate.of_all(), store.pages.reader()
    documents = ((each, entry_of(each.article, shared, page_of(each.article.id)).document) for each in near.found)
    still = [each for each, document in documents if not index.matches(document)]
    ids = nearly(store, topic, settings.lists, since)
    return desk.commands.to_judge(settings, store, topic, replace(near, found=tuple(still)), ids, ASKED_ABOUT)


def _finding(desk: Desk, name: str, topic: Topic, *, is_whole: bool = True) -> Iterator[Facts | None]:
    """The figures as the page shows them: the first ones, then, if that is wanted, those of all articles."""
    old = next((each for each in desk.settings.topics if each.name == name), None)
    examples = [asdict(each) for each in in_words(topic, desk.settings.lists).examples]
    shared: Facts = {"examples": examples, "is_new": old is None}
    for found in figures(desk, Tuning(old, topic, desk.settings.lists), is_whole=is_whole):
        yield None if found is None else _in_full(desk, found) | shared


def _in_full(desk: Desk, found: Figures) -> Facts:
    counts = {each.day: each.matches for each in found.days}
    today = desk.now().date()
    days = [today - timedelta(days=place) for place in reversed(range(DAYS))]
    timeline = [asdict(each) for each in bars([(day, counts.get(day, 0)) for day in days])]
    return asdict(found) | {"timeline": timeline}


def figures(desk: Desk, tuning: Tuning, *, is_whole: bool = True) -> Iterator[Figures | None]:
    """The first figures, then those of all articles of the last days; None between, at times."""
    since = desk.now() - timedelta(days=DAYS)
    return tried(desk.store, tuning, desk.settings.lists, since, is_whole=is_whole)


# ---- What buttons do


def _with_example(desk: Desk, table: draft.Table, article: ArticleId, key: str) -> str:
    """Add an article to the examples of the draft; it stays a draft until it is saved."""
    found = desk.store.articles.one(article)
    kept = table.get(key, [])
    read = read_topic({each: value for each, value in table.items() if each not in draft.EXAMPLES}, desk.settings.lists)
    if found is None:
        raise UsageError(f"There is no article {article}; it may have been removed.")
    if read.topic is None or not isinstance(kept, list):
        raise UsageError("The topic has a mistake; correct it first, and add the example then.")
    entry = entry_of(found, desk.store.boilerplate.of_all(), desk.store.pages.reader()(article))
    must_match = key == "must_match"
    text = example_of(entry, read.topic, desk.settings.lists, must_match=must_match)
    is_right = bool(text)
    text = text or " ".join(found.title.split())
    if text not in kept:
        table[key] = [*kept, text]
    return f"The example was added{' to the draft' if is_right else '; the draft does not decide it so yet'}."


def _saved(desk: Desk, name: str, table: draft.Table, was: str) -> Shown:
    """Write it, and say what that does. `was`: the mark of what it was when the draft was begun; "" if nobody knows."""
    if not may_change():
        raise OwnersAlone("Only an owner may save a topic; you are a reader. Nothing was written.")
    settings = desk.settings
    read = read_topic(table, settings.lists)
    if read.topic is None or read.failing:
        raise _NotSaved("\n".join(("Nothing was written: the topic has a mistake.", *read.problems, *read.failing)))
    old = next((each for each in settings.topics if each.name == name), None)
    if name and read.topic.name != name and not read.topic.was:
        table = table | {"was": name}  # so that its history goes with it
    found = [each for each in figures(desk, Tuning(old, read.topic, settings.lists)) if each][-1]
    came = _write(desk, name, table, was)
    if not came["file"]:
        lines = ["The config says so already; nothing was written."]
    else:
        effect = f"{found.before:,} matches in {DAYS} days before, {found.matches:,} now"
        lines = [f"Written to {came['file']}.", f"{effect} (+{found.entered:,} −{found.left:,}).", came["reload"]]
    back = f"/workbench?topic={quoted(read.topic.name)}"
    facts = {"heading": "The topic was saved", "lines": lines, "diff": came["diff"], "back": back}
    return Shown(template="done.html.j2", title="The topic was saved", facts=facts)


def _write(desk: Desk, name: str, table: draft.Table, was: str) -> Facts:
    """Write the topic, unless the config says something else about it than when the draft was begun."""
    try:
        now = dict(desk.commands.written_topic(desk.settings, name)) if name else {}
    except UsageError as error:
        again = "Save once more to add this draft as a new topic."
        raise _NotSaved(f"Nothing was written. {error} {again}", {}) from error
    except ConfigError as error:
        raise _NotSaved(f"Nothing was written.\n{error}") from error
    if now and was and was != _mark(now):
        said = "the config says something else about this topic than when this draft was begun."
        again = "Below is how the draft differs from the config. Save once more to write the draft, or change it."
        raise _NotSaved(f"Nothing was written: {said} {again}", now)
    try:
        return desk.commands.save_topic(desk.settings, name, table)
    except (UsageError, ConfigError) as error:
        raise _NotSaved(str(error)) from error

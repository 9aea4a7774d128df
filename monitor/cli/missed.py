"""`missed`: `why`, and a record of it: what was missed, what would fix it, and whether the case is closed.

It writes one row, beside a running daemon or without one: as `stories mute` does.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from datetime import datetime

    from monitor.cli.why import Sought, Told
    from monitor.config import Settings
    from monitor.config.places import PlacedLine
    from monitor.fate import Remedy
    from monitor.model.fate import MissedReport
    from monitor.store import Store

FIXES_SHOWN = 3
"""Topics for which a fix is offered if none was named: the nearest ones."""


def missed(
    context: typer.Context,
    subject: Annotated[
        str,
        typer.Argument(
            metavar="[URL-OR-WORDS]", help="The article's address in any form, words of its headline, or its number."
        ),
    ] = "",
    topic: Annotated[str, typer.Option("--topic", metavar="NAME", help="The topic that should have had it.")] = "",
    on: Annotated[
        str,
        typer.Option("--on", metavar="DATE", help="The day it was published, if its address lacks it."),
    ] = "",
    show_list: Annotated[bool, typer.Option("--list", help="List the cases, those reported last first.")] = False,
    close: Annotated[
        list[int] | None,
        typer.Option("--close", metavar="N", help="Close the case N; may be given again."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Report an article that you should have got: it says why you did not, offers a fix, and keeps the case.

    The same article reported again is the same case. Weekly roll-ups say how many there are.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked
    from monitor.daemon.clock import SystemClock
    from monitor.errors import UsageError

    if sum(map(bool, (subject, show_list, close))) != 1:
        raise UsageError("Name an article that you missed, or use --list, or --close N.")
    settings, now = draft_of(context), SystemClock().now()
    with asked.opened(settings) as store:
        if subject:
            _report(settings, store, (subject, topic, on), now, as_json=as_json)
            return
        if close:
            _close(store, close, now)
        cases = store.missed.all()
    chosen = [case for case in cases if not close or case.id in close]
    if as_json:
        output.print_json({"cases": chosen})
    else:
        _print_cases(chosen)


def _report(
    settings: "Settings", store: "Store", words: tuple[str, str, str], now: "datetime", *, as_json: bool
) -> None:
    from monitor.cli.why import as_plain, day_of, print_sought, sought

    subject, topic, on = words
    found = sought(settings, store, subject, topic, day_of(on))
    is_case = found.told and (found.told.fate or not found.asked.number)  # a number that no article has is a slip
    case, is_new = _kept(store, found, topic, now) if is_case else (None, False)
    fixes = list(_fixes(settings, store, found.told)) if found.told else []
    if as_json:
        plain = [{"remedy": fix, "line": _plain_line(line)} for fix, line in fixes]
        output.print_json({**as_plain(found), "case": case, "is_new": is_new, "fixes": plain})
        return
    print_sought(found)
    if case is None:
        print(f"Nothing was recorded{'' if found.told else ': name one of them'}.")
        return
    for fix, line in fixes:
        output.console().print(f"\n{output.shown(_in_words(fix))}")
        _print_line(line)
    known = "is new" if is_new else "was reported before; it has today's cause and is open"
    print(f"\nCase {case.id} {known}. Close it: news-monitor missed --close {case.id}")


def _kept(store: "Store", found: "Sought", topic: str, now: "datetime") -> "tuple[MissedReport, bool]":
    from monitor.model.fate import MissedReport

    told = found.told
    assert told is not None  # noqa: S101 (the caller has asked)
    case = MissedReport(
        id=0,
        subject=found.asked.url or found.asked.text,
        topic=topic,
        article_id=told.fate.article.id if told.fate else None,
        cause=told.answer.cause,
        finding=next(each.sentence for each in (*told.findings, told.answer) if each.cause == told.answer.cause),
        reported_at=now,
        closed_at=None,
    )
    return store.missed.report(case)


def _fixes(settings: "Settings", store: "Store", told: "Told") -> "Iterator[tuple[Remedy, PlacedLine | None]]":
    """If no topic matches: for each of the nearest what would have brought the article, and where that is written."""
    from monitor.config.places import place_of_group, place_of_key
    from monitor.fate import remedy, title_words

    if told.document is None or any(each.match for each in told.explanations):
        return
    topics = {each.name: each for each in settings.topics}
    files = (settings.path, *settings.included)
    counts = store.words.counts(title_words(told.document.title))
    for each in told.explanations[:FIXES_SHOWN]:
        fix = remedy(topics[each.topic], settings.lists, told.document, each, counts)
        if fix is None:
            continue
        if fix.key == "all":
            term = fix.terms[0] if fix.terms else ""
            yield fix, place_of_group(files, fix.topic, fix.rule, fix.group, term)
        else:
            yield fix, place_of_key(files, fix.topic, fix.rule, fix.key)


def _in_words(fix: "Remedy") -> str:
    enough = "" if fix.is_enough else " That alone is not enough: other parts of the rule are not met either."
    match fix.key:
        case "all" if fix.terms:
            first, *others = fix.terms
            more = f" Others: {', '.join(others)}." if others else ""
            return f"To get such articles under {fix.topic}, add a term, such as “{first}”.{more}{enough}"
        case "all":
            return f"{fix.topic} lacks a term, and no word of the headline is one that helps.{enough}"
        case "none":
            return f"To get such articles under {fix.topic}, remove “{fix.terms[0]}” from none.{enough}"
        case "near" | "at_least":
            return f"To get such articles under {fix.topic}, write {fix.key} = {fix.number}.{enough}"
        case _:
            return f"To get such articles under {fix.topic}, change its {fix.key}.{enough}"


def _print_line(line: "PlacedLine | None") -> None:
    if line is None:
        print("  It is not written in the config file itself, so no line can be shown.")
        return
    print(f"  {output.shown(line.file)}:{line.line}")
    print(f"  - {output.shown(line.written)}" if line.proposed else f"    {output.shown(line.written)}")
    if line.proposed:
        print(f"  + {output.shown(line.proposed)}")


def _plain_line(line: "PlacedLine | None") -> dict[str, Any] | None:
    if line is None:
        return None
    return {"file": str(line.file), "line": line.line, "written": line.written, "proposed": line.proposed}


def _close(store: "Store", numbers: Sequence[int], now: "datetime") -> None:
    from monitor.errors import UsageError

    unknown = store.missed.close(numbers, now)
    if unknown:
        cases = ", ".join(map(str, unknown))
        raise UsageError(f"There is no case {cases}; `missed --list` lists them. Nothing was closed.")


def _print_cases(cases: "Sequence[MissedReport]") -> None:
    if not cases:
        print("Nothing was reported as missed.")
        return
    table = output.table(">Case", "Reported", "State", "Topic", "What, and why")
    for case in cases:
        state = f"closed {local_time.day(case.closed_at)}" if case.closed_at else "open"
        what = f"{case.subject} – {case.finding}"
        style = "dim" if case.closed_at else None
        output.add_row(
            table, str(case.id), local_time.day(case.reported_at), state, case.topic or "–", what, style=style
        )
    output.print_table(table)

"""`topics`: see what topics mean, try them on stored articles, and find out what they miss.

All but `sources`, `import`, `judge`, `audit` and `learn` only read: none of them polls, sends or changes anything
stored. The date of an article is the time it was first seen, in the zone of the first digest.
"""

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli import output
from monitor.cli.topics import audit, brought, judge, sources

app = typer.Typer(help="See what topics mean, try them on stored articles, and tune them.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="The topic's name.")]
Names = Annotated[list[str] | None, typer.Argument(metavar="[NAME]…", help="Names of topics; default: all.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Since = Annotated[
    str, typer.Option("--since", metavar="SPAN", help="How far back: 30d, 12h, 2w, or a date such as 2026-03-01.")
]
SPAN = "30d"


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """List the topics: their rules in brief, how often they have matched recently, and their last audit."""
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show, written
    from monitor.daemon.clock import SystemClock
    from monitor.model.history import TopicActivity

    settings, clock = draft_of(context), SystemClock()
    with asked.opened(settings) as store:
        activity, audits = store.matches.activity(clock.now()), store.audits.latest()
    rows = [
        (topic, activity.get(topic.name, TopicActivity()), audits.get(topic.name, audits.get(topic.was)))
        for topic in settings.topics
    ]
    if as_json:
        output.print_json({"topics": [written.listed(*row) for row in rows]})
    else:
        show.listed(rows)


@app.command()
def check(context: typer.Context, names: Names = None, as_json: AsJson = False) -> None:
    """Describe in words what topics look for, with lists expanded, and try their examples."""
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show
    from monitor.workbench import in_words

    settings = draft_of(context)
    wordings = [in_words(topic, settings.lists) for topic in asked.topics(settings, names)]
    if as_json:
        output.print_json({"topics": wordings})
    else:
        show.wordings(wordings)


@app.command("test")
def try_(
    context: typer.Context,
    names: Names = None,
    since: Annotated[
        str | None, typer.Option("--since", metavar="SPAN", help="How far back: 30d (default), 12h, or a date.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option(
            "--input",
            readable=False,
            metavar="FILE",
            help="Articles as JSON lines, used instead of stored articles; - for stdin.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="The number of sample headlines of each topic.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Try topics on stored articles, or on a file: matches per day, samples, and hits of each term."""
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show, written
    from monitor.errors import UsageError
    from monitor.workbench import entry_from_line, trials

    settings = draft_of(context)
    topics, lists = asked.topics_to_try(settings, names), settings.lists
    if file is not None and since is not None:
        raise UsageError("--since is for stored articles and --input for others; use one of them.")
    if file is not None:
        lines = asked.Lines(file, entry_from_line)
        if as_json:
            written.print_verdicts(topics, lists, lines.read())
        else:
            show.trials(trials(lines.read(), topics, lists, samples=limit))
        raise typer.Exit(1 if lines.refused else 0)
    moment = asked.moment(since or SPAN)
    with asked.opened(settings) as store:
        found = trials(asked.entries(store, moment), topics, lists, samples=limit)
    if as_json:
        output.print_json({"since": moment, "topics": found})
    else:
        show.trials(found)


@app.command()
def diff(
    context: typer.Context,
    new: Annotated[
        Path | None,
        typer.Option(
            "--config",
            "--to",
            readable=False,
            metavar="NEW",
            help="Take the topics of this file instead.",
        ),
    ] = None,
    old: Annotated[
        Path | None,
        typer.Option(
            "--from",
            readable=False,
            metavar="OLD",
            help="Compare with the topics of this file instead.",
        ),
    ] = None,
    since: Since = SPAN,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="How many entries of a long list to show; JSON has all.")
    ] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what a change of topics would do: which stored articles start to match, and which stop.

    The topics in the config are compared with the matches that are stored. With --from OLD --to NEW the topics of two
    files are compared with each other, on the stored articles.
    """
    import os

    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show
    from monitor.config import load
    from monitor.workbench import changes

    settings, moment = draft_of(context), asked.moment(since)
    edited = load(new, os.environ, is_draft=True) if new else settings
    with asked.opened(settings) as store:
        before = asked.past(store, moment, load(old, os.environ, is_draft=True) if old else None)
        found = changes(before.decided, edited.topics, edited.lists, before.wordings)
    if as_json:
        compared = {"from": str(old) if old else "stored matches", "to": str(edited.path)}
        output.print_json({"since": moment, "compared": compared, "topics": found})
    else:
        show.changes(found, limit, moment, old=old, new=edited.path)


@app.command()
def explain(
    context: typer.Context,
    name: Name,
    article: Annotated[str, typer.Argument(metavar="[ARTICLE]", help="The number or URL of a stored article.")] = "",
    title: Annotated[str, typer.Option("--title", metavar="WORDS", help="The headline of another article.")] = "",
    text: Annotated[str, typer.Option("--text", metavar="WORDS", help="The text of that article.")] = "",
    as_json: AsJson = False,
) -> None:
    """Explain why an article matches a topic, or which of its groups of words is missing.

    Name a stored article, or write one with --title and --text.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show, written
    from monitor.match import TopicIndex, fingerprint

    settings = draft_of(context)
    topic = asked.topic(settings, name)
    index, present = TopicIndex([topic], settings.lists), fingerprint(topic, settings.lists)
    verdicts = [
        (entry, index.explain(topic.name, entry.document), stored)
        for entry, stored in asked.articles(settings, topic, article, title, text)
    ]
    alerts = asked.alerts(settings, topic, [entry for entry, _, _ in verdicts])
    if as_json:
        told = [{**written.explained(*each, present), "alerts": alerts.get(each[0].id, ())} for each in verdicts]
        output.print_json({"topic": name, "verdicts": told})
    else:
        for entry, explanation, stored in verdicts:
            show.explained(topic, entry, explanation, stored, present, alerts.get(entry.id, ()))


@app.command()
def misses(
    context: typer.Context,
    name: Name,
    since: Since = SPAN,
    limit: Annotated[int, typer.Option("--limit", min=0, help="How many articles to show for each group.")] = 5,
    as_json: AsJson = False,
) -> None:
    """List stored articles that a topic may miss, the most alike to what it has matched first.

    First articles that lack exactly one group of words, by that group; then others that resemble the topic as much as
    "Perhaps also" asks, or the most alike where that is not known yet.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show, written
    from monitor.cli.topics.nearest import nearest_of
    from monitor.workbench import misses as missed

    settings, moment = draft_of(context), asked.moment(since)
    topic = asked.topic(settings, name)
    with asked.opened(settings) as store:
        nearest = nearest_of(settings, store, topic, moment, limit)
        found = missed(asked.entries(store, moment), topic, settings.lists, samples=limit, likeness=nearest.likeness)
    if as_json:
        output.print_json({"since": moment, **written.plain(found), **written.resembling(nearest)})
    else:
        show.missed(found)
        show.resembling(nearest)


@app.command()
def suggest(
    context: typer.Context,
    name: Name,
    since: Since = SPAN,
    limit: Annotated[int, typer.Option("--limit", min=1, help="The maximum number of words.")] = 20,
    wrong: Annotated[
        list[str] | None,
        typer.Option("--wrong", metavar="ID", help="An article that matches wrongly; may be given again."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Suggest terms: words and names that are far more frequent in a topic's matches than in other stored articles.

    Where matches were judged wrong, also changes (of none, near or title:) that lose those and keep the right ones.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked, show, written
    from monitor.workbench import remedies, suggestions

    settings, moment = draft_of(context), asked.moment(since)
    topic = asked.topic(settings, name)
    with asked.opened(settings) as store:
        judged = asked.judged(store, topic, wrong or ())
        found = suggestions(lambda: asked.entries(store, moment), topic, settings.lists, limit=limit)
        better = remedies(lambda: asked.entries(store, moment), topic, settings.lists, judged)
    if as_json:
        output.print_json({"since": moment, **written.plain(found), "precision": better})
    else:
        show.suggested(found)
        show.remedies(better)


@app.command()
def learn(context: typer.Context, as_json: AsJson = False) -> None:
    """Calculate again, from the stored articles, what "Perhaps also" remembers of past days.

    Nobody has to do this: what is remembered is checked before it is used. It takes a minute or two for a month of
    news; a running daemon does it beside its other work.
    """
    from monitor.cli.ask_daemon import done_by_owner
    from monitor.cli.settings import draft_of
    from monitor.counted import counted
    from monitor.model.requests import LearnRequest

    outcome = done_by_owner(draft_of(context), LearnRequest())
    if as_json:
        output.print_json(outcome)
    else:
        print(f"Learned from {counted(outcome['days'], 'past day', 'past days')}.")


app.command("sources")(sources.sources)
app.command("import")(brought.import_)
app.command("judge")(judge.judge)
app.command("audit")(audit.audit)

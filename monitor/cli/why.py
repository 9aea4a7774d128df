"""`why`: one answer to "why did I (not) get this?", from the feed to the words of the mail server. Reads only."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from monitor.cli import local_time, output

if TYPE_CHECKING:
    from collections.abc import Sequence

    from monitor.config import Settings
    from monitor.fate import Asked, Finding, Mailed
    from monitor.match import Explanation
    from monitor.model.article import Article
    from monitor.model.fate import Fate
    from monitor.model.ids import EditionId
    from monitor.model.match import Document
    from monitor.model.topic import Topic
    from monitor.store import Store

Subject = Annotated[
    str,
    typer.Argument(
        metavar="URL-OR-WORDS", help="The article's address in any form, words of its headline, or its number."
    ),
]
TopicName = Annotated[str, typer.Option("--topic", metavar="NAME", help="Only why this topic has it or not.")]
OnDay = Annotated[
    str,
    typer.Option(
        "--on",
        metavar="DATE",
        help="For an article that was never seen: the day it was published, if its address does not name it.",
    ),
]
TOPICS_SHOWN = 10
FOLDED_TOPICS = "… {} more topics do not match; --topic NAME explains one of them."


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The answer about one article, or about one that is not stored (`fate` is None)."""

    answer: "Finding"
    findings: "tuple[Finding, ...]"
    fate: "Fate | None" = None
    document: "Document | None" = None
    explanations: "tuple[Explanation, ...]" = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What was asked, and what is known: `told`, or several `candidates` of which the person may choose one."""

    asked: "Asked"
    told: Told | None
    candidates: "tuple[Article, ...]" = ()


def why(
    context: typer.Context,
    subject: Subject,
    topic: TopicName = "",
    on: OnDay = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Explain why you did or did not get an article: feed, topics, story, edition, delivery.

    Words are looked for in all stored headlines, and of several articles the best are listed.
    """
    from monitor.cli.settings import draft_of
    from monitor.cli.topics import asked

    settings = draft_of(context)
    with asked.opened(settings) as store:
        found = sought(settings, store, subject, topic, day_of(on))
    if as_json:
        output.print_json(as_plain(found))
    else:
        print_sought(found)


def day_of(on: str) -> date | None:
    from monitor.errors import UsageError

    try:
        return date.fromisoformat(on) if on else None
    except ValueError:
        raise UsageError(f"--on takes a date such as 2026-03-01, not {on!r}.") from None


def sought(settings: "Settings", store: "Store", subject: str, topic: str, on: date | None) -> Sought:
    """What is known of what a person asks about."""
    from monitor import fate
    from monitor.cli.topics import asked as arguments
    from monitor.daemon.clock import SystemClock
    from monitor.errors import UsageError

    asked, now = fate.asked(subject), SystemClock().now()
    if not asked.text:
        raise UsageError("Name an article: its address, words of its headline, or its number.")
    chosen = [arguments.topic(settings, topic)] if topic else [each for each in settings.topics if each.enabled]
    found, is_whole = _articles(store, asked)
    if len(found) > 1 and not (asked.number or asked.url):
        return Sought(asked=asked, told=None, candidates=found)
    if found:
        return Sought(asked=asked, told=_of_article(settings, store, found, chosen, now, is_all=not topic))
    return Sought(asked=asked, told=_of_nothing(settings, store, asked, on, now, is_whole=is_whole))


def _articles(store: "Store", asked: "Asked") -> "tuple[tuple[Article, ...], bool]":
    """The articles, and whether all that are stored were looked at."""
    from monitor import fate

    if asked.number is not None:
        one = store.articles.one(asked.number)
        return (one,) if one else (), True
    found = store.articles.at(asked.url) if asked.url else ()
    if found or asked.is_address:
        return found, True
    headlines, is_whole = store.headlines.like(asked.text, fate.HEADLINES_READ)
    ids = fate.best_headlines(headlines, asked.text)
    return tuple(filter(None, map(store.articles.one, ids))), is_whole


def _of_article(
    settings: "Settings",
    store: "Store",
    found: "Sequence[Article]",
    topics: "Sequence[Topic]",
    now: datetime,
    *,
    is_all: bool,
) -> Told:
    """About the first of the articles of one page that went furthest; the others are named."""
    from monitor import fate
    from monitor.cli.alerted import alert_findings
    from monitor.match import TopicIndex
    from monitor.workbench import entry_of

    fates = [known for each in found if (known := store.fates.of(each.id)) is not None]
    known = max(fates, key=lambda each: (len(each.shown), len(each.matches), -each.article.id))
    page = store.pages.reader()(known.article.id)
    document = entry_of(known.article, store.boilerplate.of_all(), page).document
    index = TopicIndex(topics, settings.lists)
    explanations = tuple(index.explain(each.name, document) for each in topics)
    by_name = {each.name: each for each in topics}
    others = [each.id for each in found if each.id != known.article.id]
    findings = (
        *fate.came(known, others),
        *fate.judged(known, explanations, by_name, now.date(), is_all=is_all),
        *alert_findings(settings, store, known, by_name, now),
        *fate.reached(
            known,
            settings.digests,
            _next_editions(settings, store, now),
            _mails(settings, store, known),
            by_name,
            is_all=is_all,
        ),
    )
    return Told(
        answer=fate.answer(findings),
        findings=findings,
        fate=known,
        document=document,
        explanations=tuple(fate.nearest(explanations)),
    )


def _next_editions(settings: "Settings", store: "Store", now: datetime) -> dict[str, datetime]:
    from monitor.policy.slots import next_slot

    found = {}
    for digest in settings.digests:
        if digest.enabled and digest.kind == "news":
            since, last = store.editions.progress(digest.name, now)
            found[digest.name] = next_slot(digest, since=since, last=last, now=now).due_at
    return found


def _mails(settings: "Settings", store: "Store", known: "Fate") -> "dict[EditionId, Mailed]":
    """By edition, its message: of several, whose text is the same, the first. Short forms do not say what mails do."""
    from monitor import fate
    from monitor.deliver import is_brief
    from monitor.model.delivery import REST_FILE

    own = {each.name for each in settings.digests if each.templates or settings.storage.templates_dir}
    digest_of = {each.edition_id: each.digest for each in known.shown}
    mails = {}
    for edition_id, records in known.deliveries.items():
        whole = [each for each in records if not is_brief(settings.channel.towards(each.recipient))]
        record = store.deliveries.record(whole[0].id) if whole else None
        if record is not None and record[2]:
            mails[edition_id] = fate.Mailed(
                text=settings.channel.towards(record[0].recipient).text_of(record[2]),
                has_attachment=REST_FILE.encode() in record[2],
                is_shipped=digest_of[edition_id] not in own,
            )
    return mails


def _of_nothing(
    settings: "Settings", store: "Store", asked: "Asked", on: date | None, now: datetime, *, is_whole: bool
) -> Told:
    from monitor import fate
    from monitor.url import registrable_domain, shown_url, stored_url

    gone = store.removal.removed(article_id=asked.number) if asked.number is not None else ()
    if not asked.url:
        finding = fate.removed(gone[0]) if gone else fate.not_found(asked, is_whole=is_whole)
        return Told(answer=finding, findings=(finding,))
    domain = registrable_domain(asked.url)
    since, until = fate.days_around(on, asked.url, now)
    feeds = fate.of_outlet(settings.feeds, domain)
    urls = {stored_url(feed.url) for feed in feeds}
    also = [row.id for row in store.feeds.known() if row.url in urls]
    absence = store.fates.absence(domain, fate.traces_of(asked.url), since, until, also)
    off = tuple(shown_url(feed.url) for feed in feeds if not feed.enabled)
    findings = (
        *fate.absent(absence, domain, settings.polling.max_items, now, off),
        *fate.left_out(settings.feeds, domain),
    )
    return Told(answer=fate.answer(findings), findings=findings)


# ---- What is printed


def as_plain(found: Sought) -> dict[str, Any]:
    """As JSON has it."""
    told = found.told
    return {
        "asked": found.asked.text,
        "candidates": [_plain_article(each) for each in found.candidates],
        "article": _plain_article(told.fate.article) if told and told.fate else None,
        "answer": told.answer if told else None,
        "findings": told.findings if told else (),
        "explanations": told.explanations if told else (),
    }


def _plain_article(article: "Article") -> dict[str, Any]:
    names = ("id", "title", "outlet", "link", "published_at", "first_seen_at", "arrival", "is_paid")
    return {name: getattr(article, name) for name in names}


def print_sought(found: Sought) -> None:
    if found.told is None:
        _print_candidates(found)
        return
    told, console = found.told, output.console()
    if told.fate is not None:
        article = told.fate.article
        console.print(f"Article {article.id}: {output.shown(article.title or '(no headline)')}", style="bold")
        paid = "paid" if article.is_paid else ""
        place = ", ".join(filter(None, (output.shown(article.outlet), paid, output.shown(article.link))))
        console.print(place, style="dim")
    else:
        console.print(output.shown(found.asked.text), style="bold")
    console.print(f"\n{output.shown(told.answer.sentence)}\n")
    if told.findings == (told.answer,):
        return  # that was all
    table = output.table("Stage", "Finding", has_header=False)
    table.columns[0].no_wrap = True
    before = ""
    for each in _few_topics(told.findings):
        output.add_row(table, "" if each.stage == before else each.stage.capitalize(), each.sentence)
        before = each.stage
    output.print_table(table)


def _few_topics(findings: "Sequence[Finding]") -> "list[Finding]":
    """Of many topics those that match, and the nearest ones."""
    from dataclasses import replace

    from monitor.fate import Cause, Stage

    topics = [each for each in findings if each.stage is Stage.TOPIC]
    shown = [each for place, each in enumerate(topics) if place < TOPICS_SHOWN or each.cause is Cause.MATCHES]
    left = len(topics) - len(shown)
    if left <= 0:
        return list(findings)
    last = shown[-1]
    more = replace(last, sentence=FOLDED_TOPICS.format(left))
    kept = [each for each in findings if each.stage is not Stage.TOPIC or each in shown]
    place = kept.index(last) + 1
    return [*kept[:place], more, *kept[place:]]


def _print_candidates(found: Sought) -> None:
    print(f"{len(found.candidates)} articles have these words, the best first. Ask again with a number: `why NUMBER`.")
    table = output.table(">Article", "First seen", "Outlet", "Headline")
    for each in found.candidates:
        output.add_row(table, str(each.id), local_time.minute(each.first_seen_at), each.outlet, each.title)
    output.print_table(table)

"""What commands about topics print for people: matched words are highlighted, long lists are cut with a count.

A terminal shows matched words in bold; otherwise they are in [brackets], so that a pipe keeps them. Foreign text is
made safe piece by piece, so that the positions of the hits remain correct.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.text import Text

from monitor.cli import local_time, output
from monitor.match import Explanation, GroupFinding, RuleFinding
from monitor.match.explain import PLACES, place_of
from monitor.model.audit import Audit
from monitor.model.history import StoredMatch, TopicActivity
from monitor.model.match import Evidence, Field
from monitor.model.perhaps import Nearest
from monitor.model.topic import Rule, Topic
from monitor.plain_text import escaped, one_line
from monitor.workbench import (
    Entry,
    Finding,
    Misses,
    MissingGroup,
    Remedies,
    State,
    Suggestions,
    TermHits,
    TopicChange,
    Trial,
    Wording,
    brief,
)

if TYPE_CHECKING:
    from monitor.fate import Finding as AlertFinding

HIT = "bold yellow"
INDENT = 2
BAR_CHARACTERS = 30
DAYS_SHOWN = 31
TERMS_SHOWN = 15
WORDS_SHOWN = 6
TEXT_SHOWN = 400


def listed(rows: Sequence[tuple[Topic, TopicActivity, Audit | None]]) -> None:
    table = output.table("Topic", "Rules", ">Priority", ">7 days", ">30 days", ">Last match")
    for topic, activity, _ in rows:
        output.add_row(
            table,
            topic.name if topic.enabled else f"{topic.name} (disabled)",
            brief(topic),
            str(topic.priority),
            activity.last_7_days,
            activity.last_30_days,
            local_time.day(activity.last_match_at) if activity.last_match_at else "never",
            style=None if topic.enabled else "dim",
        )
    output.print_table(table)
    for topic, _, audit in rows:
        if audit:
            output.print_wrapped(f"{topic.name}: {audit.words} (audit of {local_time.day(audit.made_at)})")


def wordings(topics: Sequence[Wording]) -> None:
    for wording in topics:
        _heading(wording.topic)
        _lines(wording.notes)
        for number, rule in enumerate(wording.rules):
            _lines([f"rule {number + 1}:"] if len(wording.rules) > 1 else [])
            _lines(rule.sentences, indent=4 if len(wording.rules) > 1 else 2)
        for example in wording.examples:
            mark = "✓" if example.is_right else "✗"
            _lines([f"{mark} {example.expects}: “{output.shown(example.text)}” – {example.reason}"])


def trials(found: Sequence[Trial]) -> None:
    for trial in found:
        tiers = ", ".join(f"{count} {tier}" for tier, count in trial.tiers.items() if count)
        _heading(f"{trial.topic}: {trial.matches} of {_counted(trial.articles, 'article')}{tiers and f' ({tiers})'}")
        _lines(_chart(trial))
        for sample in trial.samples:
            _article(sample)
        _rest(trial.matches - len(trial.samples) if trial.samples else 0, "older match", "older matches")
        _terms(trial.terms)
        if trial.dead_terms and trial.articles:
            _lines([f"dead terms, found in no article: {_some(trial.dead_terms, TERMS_SHOWN)}"])


def changes(found: Sequence[TopicChange], limit: int, since: datetime, *, old: Path | None, new: Path) -> None:
    """What enters and leaves, below a sentence that says what is compared with what."""
    against = f"those of {old}, both tried on the stored articles" if old else "the stored matches"
    console = output.console()
    console.print(
        f"Articles since {local_time.day(since)}: the topics of {output.shown(new)} against {output.shown(against)}."
    )
    if not old:
        console.print(
            "Stored is what the monitor matched under the wording that it runs. Two files: --from OLD --to NEW"
        )
    quiet = [change.topic for change in found if change.state is State.UNCHANGED]
    for change in found:
        if change.state is State.UNCHANGED:
            continue
        _heading(f"{change.topic}: {_change(change)}")
        for sign, findings in (("+", change.enters), ("-", change.leaves)):
            for each in findings[:limit]:
                _article(each, sign=sign)
            _rest(
                len(findings) - limit,
                *(("more enters", "more enter") if sign == "+" else ("more leaves", "more leave")),
            )
    if quiet:
        output.console().print(f"Unchanged: {', '.join(quiet)}.", soft_wrap=True)


def explained(
    topic: Topic,
    entry: Entry,
    explanation: Explanation,
    stored: StoredMatch | None,
    present: str,
    alerts: "Sequence[AlertFinding]" = (),
) -> None:
    match = explanation.match
    verdict = f"matches ({match.tier})" if match else "does not match"
    _heading(f"{topic.name} {verdict}" + (f": {explanation.refusal}" if explanation.refusal else ""))
    hits = [hit for rule in explanation.rules for group in rule.groups for hit in group.hits]
    document = entry.document
    output.console().print("  ", _place(entry), _highlighted(document.title, hits, "title"), sep="", soft_wrap=True)
    if entry.text_removed_at:
        _lines([f"Its text was removed on {local_time.day(entry.text_removed_at)} for the licence of its feed."])
    if document.text:
        output.console().print("  ", _highlighted(document.text, hits, "text", TEXT_SHOWN), sep="", soft_wrap=True)
    if document.page:
        _lines([f"the page behind it was read, too: {_counted(len(document.page.split()), 'word')}"])
    for finding, rule in zip(explanation.rules, topic.rules, strict=True):
        several = len(topic.rules) > 1
        _lines([f"rule {finding.rule + 1}:"] if several else [])
        _lines(verdicts(finding, rule), indent=4 if several else 2)
    _lines(
        f"not matched: “{output.shown(document.text[each.start : each.end].strip())}” – {each.reason}"
        for each in document.left_out
    )
    if stored:
        _lines([_stored(stored, present)])
    elif entry.id:
        _lines(["stored: not flagged by this topic"])
    _lines(output.shown(each.sentence) for each in alerts)
    if document.identified_language:
        _lines([f"language: {document.identified_language}, by its text; nobody names one"])


def missed(found: Misses) -> None:
    _heading(f"{found.topic}: {found.matches} of {_counted(found.articles, 'article')} match")
    if not found.groups:
        _lines(["every rule has only one group, so no article can be a near miss"])
    for group in found.groups:
        _lines([f"{group.articles} {'lacks' if group.articles == 1 else 'lack'} only {_group(group)}"])
        for sample in group.samples:
            _article(sample, indent=4)
        _rest(group.articles - len(group.samples), "more", "more", indent=4)


def resembling(nearest: Nearest) -> None:
    """What resembles the topic, whatever it lacks."""
    if not nearest.likeness:
        _lines(["too few articles have matched so far to say what resembles the topic"])
        return
    known = "what resembles it clearly enough for Perhaps also:"
    _lines(["what resembles it most (how much is enough is not known yet):" if nearest.floor is None else known])
    for each in nearest.found:
        article = each.article
        line = Finding(
            id=article.id,
            title=article.title,
            outlet=article.outlet,
            link=article.link,
            seen_at=article.first_seen_at,
            tier=None,
            evidence=(),
            reason=f"{each.likeness:.2f}: {each.why}",
        )
        _article(line, indent=4)
    if not nearest.found:
        _lines(["nothing"], indent=4)


def suggested(found: Suggestions) -> None:
    _heading(f"{found.topic}: words of its {_counted(found.matches, 'match', 'matches')}")
    if found.too_few:
        _lines([f"too few to learn from: nothing is proposed below {found.enough} matches"])
        return
    if not found.words:
        _lines([f"none stands out against the other {found.articles - found.matches} articles"])
        return
    table = output.table("Term", ">In matches", ">Elsewhere", ">Score", "For example")
    for word in found.words:
        facts = (str(word.matches), str(word.others), f"{word.score:.1f}")
        output.add_row(table, word.term, *facts, word.example.reason)
    output.console().print(table)


def remedies(found: Remedies) -> None:
    """What would lose wrong matches; how to say which are wrong, if none are known."""
    hits = found.hits
    _heading(f"For precision: {_counted(hits.wrong, 'match', 'matches')} known to be wrong, {hits.right} to be right")
    _lines(f"#{escaped(str(each))} does not match, so it is left out" for each in found.not_matching)
    if found.too_few:
        needs = "none is" if not hits.wrong else "one is not"
        _lines([f"{needs} enough to learn from; {found.enough} are. Say which matches are wrong:"])
        _lines(["news-monitor topics suggest NAME --wrong ID --wrong ID"], indent=4)
        _lines(["or write their headlines in must_not_match."])
        return
    if not found.proposals:
        _lines(["no word and no distance tells them apart from the others"])
        return
    table = output.table("Change", ">Loses wrong", ">right", ">not judged")
    for each in found.proposals:
        rule = "" if each.rule is None else f" (rule {each.rule + 1})"
        loses = (f"{each.loses.wrong} of {hits.wrong}", each.loses.right, f"{each.loses.unjudged} of {hits.unjudged}")
        output.add_row(table, f"{each.written}{rule}", *loses)
    output.console().print(table)


# ---- Parts


def _change(change: TopicChange) -> str:
    """A topic that was not looked for has matches; nothing enters it."""
    if change.state is State.DISABLED:
        return "disabled"
    if change.state is State.NEW:
        return f"new, not looked for until now; {_counted(len(change.enters), 'match', 'matches')}"
    state = f"{change.state}, was {change.was}" if change.was else change.state
    return f"{state}; {len(change.enters)} enter, {len(change.leaves)} leave, {change.stays} stay"


def _chart(trial: Trial) -> Iterator[str]:
    """A bar for each of the most recent days."""
    shown = trial.days[-DAYS_SHOWN:]
    highest = max((day.matches for day in shown), default=0)
    if earlier := trial.days[: -len(shown)] if shown else ():
        yield f"{_counted(sum(day.matches for day in earlier), 'match', 'matches')} on {len(earlier)} earlier days"
    for day in shown:
        bar = "█" * -(-day.matches * BAR_CHARACTERS // highest) if day.matches else "·"
        yield f"{day.day}  {bar} {day.matches} of {day.articles}"


def _article(finding: Finding, *, sign: str = "", indent: int = 2) -> None:
    """The headline on one line, the reason for the match on the next."""
    date = f"{local_time.day(finding.seen_at)} " if finding.seen_at else ""
    title = _highlighted(finding.title or "(no headline)", finding.evidence, "title")
    paid = "paid" if finding.is_paid else ""
    facts = filter(None, (output.shown(finding.outlet), paid, finding.tier or "", f"#{escaped(str(finding.id))}"))
    start = " " * indent + (f"{sign} " if sign else "")
    style = {"+": "green", "-": "red"}.get(sign, "")
    output.console().print(
        Text(start + date, style=style), title, Text(f" – {', '.join(facts)}", "dim"), sep="", soft_wrap=True
    )
    output.console().print(Text(f"{' ' * (indent + 2)}{output.shown(finding.reason)}", "dim"), soft_wrap=True)


def _terms(terms: Sequence[TermHits]) -> None:
    live = [hits for hits in terms if hits.articles]
    if not live:
        return
    table = output.table("Term", ">Articles", ">Matches")
    for hits in live[:TERMS_SHOWN]:
        name = f"not {hits.term}" if hits.excludes else hits.term
        output.add_row(table, name, str(hits.articles), "–" if hits.excludes else str(hits.matches))
    output.console().print(Padding.indent(table, INDENT))
    _rest(len(live) - TERMS_SHOWN, "more term", "more terms")


def _group(group: MissingGroup) -> str:
    return f"one of {_some(group.terms, WORDS_SHOWN)}" if len(group.terms) > 1 else group.terms[0]


def _place(entry: Entry) -> Text:
    parts = [f"#{entry.id}" if entry.id else "", local_time.day(entry.seen_at) if entry.seen_at else ""]
    speaker = (entry.document.outlet, f"via {entry.via}" if entry.via else "", "(paid)" if entry.is_paid else "")
    words = [part for part in (*parts, *map(output.shown, speaker)) if part]
    return Text(f"{' '.join(words)}: " if words else "", "dim")


def verdicts(finding: RuleFinding, rule: Rule) -> Iterator[str]:
    """Whether each requirement of the rule was met."""
    for group in finding.groups:
        yield _found(group, PLACES[rule.within])
    for hit in finding.exclusions[:WORDS_SHOWN]:
        yield f"✗ excluded by {hit.term}: {_hit(hit)}"
    if rule.is_pair and all(group.hits for group in finding.groups[:2]):
        yield "✗ the pair: never side by side" if finding.is_apart else "✓ the pair: side by side"
    if rule.near is not None and finding.distance is not None:
        mark = "✓" if finding.distance <= rule.near else "✗"
        yield f"{mark} {_counted(finding.distance, 'word')} apart at the closest, near allows {rule.near}"
    if rule.at_least > 1:
        mark = "✓" if finding.mentions >= rule.at_least else "✗"
        yield f"{mark} {_counted(finding.mentions, 'mention')} of the rarest group, at_least asks for {rule.at_least}"


def _found(group: GroupFinding, place: str) -> str:
    wanted = group.terms[0] if len(group.terms) == 1 else f"one of {_some(group.terms, WORDS_SHOWN)}"
    if not group.hits:
        return f"✗ {wanted}: not found{place}"
    return f"✓ {wanted}: {' · '.join(f'{hit.term} → {_hit(hit)}' for hit in group.hits)}"


def _hit(hit: Evidence) -> str:
    return f"“{output.shown(hit.found)}” ({'headline' if hit.field == 'title' else place_of(hit.field)})"


def _stored(stored: StoredMatch, present: str) -> str:
    match = stored.match
    wording = "the current wording" if match.fingerprint == present else "an earlier wording"
    name = f" ({match.fingerprint})" if match.fingerprint else ""
    at = local_time.stamp(stored.matched_at)
    return f"stored: flagged on {at} as {match.tier} ({stored.origin}) by {wording} of the topic{name}"


def _highlighted(text: str, hits: Iterable[Evidence], field: Field, limit: int | None = None) -> Text:
    """The text up to `limit` characters, with the hits marked."""
    console, shown, position = output.console(), Text(), 0
    said = text[:limit]
    for start, end in _spans(hits, field):
        if position <= start and end <= len(said):
            found = _piece(said[start:end])
            shown.append(_piece(said[position:start])).append(found if console.is_terminal else f"[{found}]", HIT)
            position = end
    return shown.append(_piece(said[position:])).append(" …" if len(said) < len(text) else "")


def _piece(text: str) -> str:
    return one_line(text, is_piece=True)


def _spans(hits: Iterable[Evidence], field: Field) -> list[tuple[int, int]]:
    """The positions of hits; of those that begin together, the longest first."""
    found = {(hit.start, hit.end) for hit in hits if hit.field == field}
    return sorted(found, key=lambda span: (span[0], -span[1]))


def _heading(text: str) -> None:
    output.console().print(Text(output.shown(text), "bold"), soft_wrap=True)


def _lines(lines: Iterable[str], indent: int = INDENT) -> None:
    for line in lines:
        output.console().print(" " * indent + line, soft_wrap=True)


def _rest(count: int, one: str, many: str, indent: int = INDENT) -> None:
    """Print how many entries of a list are not shown, if any."""
    _lines([f"… {count} {one if count == 1 else many}"] if count > 0 else [], indent)


def _some(terms: Sequence[str], limit: int) -> str:
    more = [f"… {len(terms) - limit} more"] if len(terms) > limit else []
    return ", ".join([*terms[:limit], *more])


def _counted(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"

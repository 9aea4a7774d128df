"""The first run: topics in words, sources, mail, a first look; each step writes the config as commands do."""

from monitor.errors import UsageError
from monitor.model.requests import PollRequest
from monitor.web.app import Shown
from monitor.web.desk import Ask, Desk, Facts
from monitor.web.look import quoted
from monitor.web.pages import reading

MOST_WORDS = 1_000
"""What somebody types into the field of topics: some dozen of them."""


def front(desk: Desk, ask: Ask) -> Shown:
    """Today, or what is to be done before there is one."""
    return start(desk, ask) if desk.settings.missing else reading.today(desk, ask)


def start(desk: Desk, ask: Ask) -> Shown:  # noqa: ARG001 (all pages are asked alike)
    facts = desk.commands.start(desk.settings)
    return Shown(template="start.html.j2", title="First steps", facts=facts)


def add_topics(desk: Desk, ask: Ask) -> Shown:
    words = ask.form.get("words", "").strip()
    if not words or len(words) > MOST_WORDS:
        raise UsageError(f"Type what you want to read about, in at most {MOST_WORDS} characters.")
    return _written("The topics were added", desk.commands.add_topics(desk.settings, words), "/start")


def set_mail(desk: Desk, ask: Ask) -> Shown:
    return _written("The way of mails was written", desk.commands.set_mail(desk.settings, ask.form), "/start")


def test_mail(desk: Desk, ask: Ask) -> Shown:
    """One message to one address; nothing of it is stored."""
    came = desk.commands.test_mail(desk.settings, ask.form.get("to", "").strip())
    lines = [f"{each['stage']}: {each['answer']}{'' if each['is_good'] else ' (failed)'}" for each in came["steps"]]
    title = "The test was accepted" if came["is_sent"] else "The test was not accepted"
    facts = {"heading": title, "lines": [*lines, came["advice"]], "diff": [], "back": "/start"}
    return Shown(template="done.html.j2", title=title, facts=facts)


def read(desk: Desk, ask: Ask) -> str:  # noqa: ARG001 (all changes are asked alike)
    """Ask all feeds now, here or by the daemon; then the first edition is to be seen."""
    desk.commands.ask(desk.settings, PollRequest())
    digest = next(each for each in desk.settings.digests if each.enabled)
    return f"/preview?digest={quoted(digest.name)}"


def sources(desk: Desk, ask: Ask) -> Shown:
    """Feeds proposed for a topic; nobody is asked by looking at them."""
    topic = ask.query.get("topic", "")
    found = desk.commands.sources(desk.settings, topic)
    facts = {"topic": topic, "sources": found}
    return Shown(template="sources.html.j2", title=f"Sources for {topic}", facts=facts)


def add_sources(desk: Desk, ask: Ask) -> Shown:
    topic = ask.form.get("topic", "")
    urls = [value for name, value in ask.form.items() if name.startswith("feed-")]
    came = desk.commands.add_sources(desk.settings, topic, urls)
    return _written("The feeds were added", came, f"/sources?topic={quoted(topic)}")


def _written(title: str, came: Facts, back: str) -> Shown:
    lines = [*came["said"], f"Written to {came['file']}.", came["reload"]]
    facts = {"heading": title, "lines": lines, "diff": came["diff"], "back": back}
    return Shown(template="done.html.j2", title=title, facts=facts)

"""The first run on the page: topics, sources and mail by the functions of `init`, `topics sources` and `mail test`."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import typer

    from monitor.cli.init_questions import Given
    from monitor.config import Settings
    from monitor.config.edit import Edit
    from monitor.model.topic import Topic

FLAG = re.compile(r"^--[a-z]+: ")
"""How a sentence about a flag begins; the page has fields instead."""

KEPT_KEYS = ("on_unknown", "unsubscribe_url")
"""Keys of [mail] that any way of mails has."""

MOST_SOURCES = 12
MOST_TRIED = 12
"""How many feeds are asked for one request: it must end before its connection does."""


def settings_to_start(context: "typer.Context") -> "Settings":
    """The config, which may be unfinished; where there is none, an empty one at the place where `init` writes one.

    Raises ConfigError for a config with mistakes, and if the one that was named by mistake cannot be read.
    """
    from monitor.cli.settings import draft_of
    from monitor.config import find_config, load
    from monitor.errors import ConfigError

    try:
        find_config(context.obj, os.environ, Path.cwd())
    except ConfigError:
        target = (context.obj or Path(os.environ.get("NEWS_MONITOR_CONFIG") or "config.toml")).absolute()
        if os.path.lexists(target):
            raise
        return load(target, os.environ, is_draft=True, instead={Path(os.path.realpath(target)): b""})
    return draft_of(context)


class LentStart:
    """What the first run does (`monitor.web.starting.StartCommands`)."""

    def start(self, settings: "Settings") -> dict[str, Any]:
        from monitor.cli.init_questions import program_for
        from monitor.workbench.spoken_topic import in_brief

        digest = next(iter(settings.digests), None)
        return {
            "file": str(settings.path) if settings.path.exists() else "",
            "topics": [
                {"name": each.name, "looks_for": in_brief(each) if each.rules else ""} for each in settings.topics
            ],
            "feeds": len(settings.feeds),
            "digest": None
            if digest is None
            else {
                "name": digest.name,
                "to": list(digest.to),
                "at": [f"{each:%H:%M}" for each in digest.times],
                "timezone": digest.timezone,
            },
            "mail": _mail_of(settings),
            "missing": [str(each.message) for each in settings.missing],
            "command": f"{program_for(settings.path)} run",
        }

    def add_topics(self, settings: "Settings", words: str) -> dict[str, Any]:
        from monitor.cli import edit_config
        from monitor.cli.topics.brought import table_of
        from monitor.cli.words import topics_of
        from monitor.config.edit import AddTable
        from monitor.config.edit.plan import diff
        from monitor.errors import UsageError

        if not settings.path.exists():
            return _first(settings.path, words)
        try:
            topics = topics_of(words)
        except ValueError as error:
            raise UsageError(str(error)) from error
        known = {each.name.casefold() for each in settings.topics}
        new = [each for each in topics if each.name.casefold() not in known]
        if not new:
            raise UsageError("The config has a topic of this name already.")
        edits: list[Edit] = [AddTable(("topics",), table_of(each)) for each in new]
        plan, _ = edit_config.planned(settings, [*edits, *_digest_of(settings)])
        edit_config.write(plan)
        return {"file": str(plan.file), "diff": list(diff(plan)), "said": _said(new)}

    def sources(self, settings: "Settings", topic: str) -> list[dict[str, Any]]:
        from monitor.cli.topics.sources import proposed
        from monitor.url import stored_url

        known = {stored_url(feed.url) for feed in settings.feeds}
        _, _, rows = proposed(settings, topic, MOST_SOURCES)
        return [{**row, "is_configured": stored_url(row["url"]) in known} for row in rows]

    def add_sources(self, settings: "Settings", topic: str, urls: "Sequence[str]") -> dict[str, Any]:
        from monitor.cli import edit_config
        from monitor.cli.topics.sources import answered, proposed, table_of
        from monitor.cli.topics.tried import tried
        from monitor.config.edit import AddTable
        from monitor.config.edit.plan import diff
        from monitor.daemon.clock import SystemClock
        from monitor.errors import UsageError
        from monitor.url import stored_url

        subject, lists, rows = proposed(settings, topic, MOST_SOURCES)
        known = {stored_url(feed.url) for feed in settings.feeds}
        chosen = [row for row in rows if row["url"] in set(urls) and stored_url(row["url"]) not in known][:MOST_TRIED]
        if not chosen:
            raise UsageError("Choose feeds that the config does not have yet.")
        asked = answered(chosen, tried([row["url"] for row in chosen], subject, lists, settings.polling, SystemClock()))
        good = [row for row in asked if not row["tried"]["problem"]]
        said = [f"{row['outlet']}: {row['known']}" for row in asked]
        if not good:
            raise UsageError(f"None of these answers as a feed now. {' '.join(said)}")
        plan, _ = edit_config.planned(settings, [AddTable(("feeds",), table_of(row)) for row in good])
        edit_config.write(plan)
        return {"file": str(plan.file), "diff": list(diff(plan)), "said": said}

    def set_mail(self, settings: "Settings", fields: "Mapping[str, str]") -> dict[str, Any]:
        from monitor.cli import edit_config
        from monitor.config.edit.plan import diff
        from monitor.errors import ConfigError, UsageError

        if not settings.path.exists() or not settings.digests:
            raise UsageError("Begin with the topics; the digest comes with them.")
        edits = _mail_edits(settings, fields)
        with _password_written(settings.path.parent, fields.get("password", "")):
            try:
                plan, _ = edit_config.planned(settings, edits)
            except ConfigError as error:
                raise UsageError(" ".join(each.message for each in error.problems if not each.is_warning)) from error
            edit_config.write(plan)
        return {"file": str(plan.file), "diff": list(diff(plan)), "said": []}

    def test_mail(self, settings: "Settings", to: str) -> dict[str, Any]:
        from monitor.cli.trying import delivery_of_test, sent_with
        from monitor.errors import UsageError

        try:
            delivery = delivery_of_test(settings.mail, settings.mail.recipient(to), "mail test")
        except ValueError as error:
            raise UsageError(str(error)) from error
        steps: list[dict[str, Any]] = []

        def on_step(stage: str, answer: str, *, is_good: bool = True) -> None:
            steps.append({"stage": stage, "is_good": is_good, "answer": answer})

        failed = sent_with(settings.mail, delivery, on_step)
        return {"steps": steps, "advice": settings.mail.advice(failed), "is_sent": failed is None}


def _first(target: Path, words: str) -> dict[str, Any]:
    """A first config of these topics, as `init` writes it."""
    from monitor.cli import init, init_questions
    from monitor.cli.init_questions import Given

    answers, text, parts = _answered(target, Given(topics=(words,)))
    init.write_first(target, text, parts, is_forced=False)
    lines = [*init_questions.said_of(answers, is_shown=False)]
    return {"file": str(target), "diff": [f"+{line}" for line in text.decode().splitlines()], "said": lines}


def _answered(target: Path, given: "Given") -> Any:
    from monitor.cli import init, init_questions, init_service
    from monitor.config.first import first_parts
    from monitor.errors import UsageError

    folder = init.folder_for(target)
    try:
        answers = init_service.placed(init_questions.answered(given, folder))
        return answers, init_questions.checked_text(answers, target), first_parts(answers)
    except UsageError as error:
        raise UsageError(FLAG.sub("", str(error))) from error


def _digest_of(settings: "Settings") -> "list[Edit]":
    """A digest for a config that has none: who read its topics must be asked first, so it goes into the Maildir."""
    from monitor.cli.init_questions import USUAL_TIME, system_zone
    from monitor.config.edit import AddTable
    from monitor.config.first import DIGEST, NOBODY

    if settings.digests:
        return []
    table = {"name": DIGEST, "to": [NOBODY], "at": USUAL_TIME, "timezone": system_zone()}
    return [AddTable(("digests",), table)]


def _said(topics: "Sequence[Topic]") -> list[str]:
    from monitor.workbench.spoken_topic import doubts_of, in_brief

    found = [f"{each.name}: looks for {in_brief(each)}" for each in topics]
    return [*found, *(doubt for each in topics for doubt in doubts_of(each))]


def _mail_of(settings: "Settings") -> dict[str, Any]:
    """How mails go, without secrets."""
    from monitor.deliver import KINDS

    mail = settings.mail
    return {
        "kind": next(name for name, kind in KINDS.items() if type(mail) is kind),
        "host": getattr(mail, "host", ""),
        "port": getattr(mail, "port", None) or "",
        "folder": str(getattr(mail, "folder", "")),
        "username": getattr(mail, "username", ""),
        "sender": getattr(mail, "sender", ""),
    }


def _mail_edits(settings: "Settings", fields: "Mapping[str, str]") -> "list[Edit]":
    """The digest's recipients and times, and the table of the way; keys that the new way does not know go."""
    from monitor.config import joined
    from monitor.config.edit import Remove, SetValue

    answers = _mail_answers(settings, fields)
    digest = {"to": list(answers.to), "at": answers.at[0] if len(answers.at) == 1 else list(answers.at)}
    edits: list[Edit] = [SetValue(("digests", 0, key), value) for key, value in digest.items() if value]
    if answers.zone != settings.digests[0].timezone:
        edits.append(SetValue(("digests", 0, "timezone"), answers.zone))
    if fields.get("kind") not in {"maildir", "smtp"}:
        return edits
    mail = _mail_table(answers)
    old = joined(settings.path, os.environ).content.get("mail", {})
    edits += [Remove(("mail", key)) for key in old if key not in mail and key not in KEPT_KEYS]
    return [*edits, *(SetValue(("mail", key), value) for key, value in mail.items() if old.get(key) != value)]


def _mail_answers(settings: "Settings", fields: "Mapping[str, str]") -> Any:
    from monitor.cli import init_questions
    from monitor.cli.init_questions import Given
    from monitor.errors import UsageError

    digest, is_smtp = settings.digests[0], fields.get("kind") == "smtp"
    to = tuple(fields.get("to", "").replace(",", " ").split()) or digest.to
    given = Given(
        to=to,
        server=fields.get("server", "").strip() if is_smtp else "",
        login=fields.get("login", "").strip() if is_smtp else "",
        maildir=fields.get("maildir", "").strip() if fields.get("kind") == "maildir" else "",
        at=(fields["at"],) if fields.get("at", "").strip() else tuple(f"{each:%H:%M}" for each in digest.times),
        zone=fields.get("timezone", "").strip() or digest.timezone,
    )
    if is_smtp and not given.server:
        raise UsageError("Type the mail server that sends, such as smtp.example.org.")
    try:
        return init_questions.answers_of(given)
    except UsageError as error:
        raise UsageError(FLAG.sub("", str(error))) from error


def _mail_table(answers: Any) -> dict[str, Any]:
    """The keys of [mail], as `init` writes them."""
    import tomllib

    from monitor.config.first import mail_lines

    found: dict[str, Any] = tomllib.loads("\n".join(mail_lines(answers)))["mail"]
    return found


@contextmanager
def _password_written(folder: Path, password: str) -> Iterator[None]:
    """A file beside the config for its owner alone, while the config that names it is checked; one that is new goes
    again if that fails. Without a password nothing happens. Raises UsageError.
    """
    from monitor.config.first import PASSWORD_FILE
    from monitor.errors import UsageError
    from monitor.files import write_whole
    from monitor.unusable import why

    target = folder / PASSWORD_FILE
    if password and not password.isprintable():
        raise UsageError("The password has characters that cannot be typed into a file of one line.")
    is_new = bool(password) and not os.path.lexists(target)
    try:
        if password:
            write_whole(target, f"{password}\n".encode(), 0o600)
    except OSError as error:
        raise UsageError(f"{target} cannot be written: {why(target, error)}") from error
    try:
        yield
    except BaseException:
        if is_new:
            target.unlink(missing_ok=True)
        raise

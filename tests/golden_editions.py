"""The golden files of tests/golden: what each edition looks like as text, HTML, message and archive page.

`python tests/golden_editions.py` writes them anew; the differences are then read before they are committed.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from editions import DAILY, EDITIONS, NOW, SYRIA, roll_up

from monitor.deliver.keys import message_key
from monitor.deliver.mail.message import compose_message, mail_id
from monitor.digest import trend
from monitor.jobs.archive_contents import months_of
from monitor.model.archive_index import (
    ArchiveDigest,
    ArchiveEntry,
    ArchiveHeadline,
    ArchiveIndex,
    ArchiveLink,
    ArchiveTopic,
    Neighbours,
)
from monitor.model.delivery import Letter
from monitor.model.edition import Edition, Rendered
from monitor.model.rollup import RollUp
from monitor.render import environment, render, render_index, render_page, topic_anchor, with_neighbours
from monitor.resources import resource

FOLDER = Path(__file__).parent / "golden"
ARCHIVE = "https://monitor.home.example/archive/Daily/2016-09-21.html"
SENDER = "News Monitor <news@home.example>"
TEMPLATES = environment([resource("templates")])
MAILS: dict[str, Callable[[], Edition | RollUp]] = {**EDITIONS, "roll-up": roll_up}


@cache
def golden_files(name: str) -> Mapping[str, str]:
    """File name → content, the text part with its subject on top."""
    edition = MAILS[name]()
    mail = render(edition, TEMPLATES, archive_page=ARCHIVE)
    return {
        f"{name}.txt": f"Subject: {mail.subject}\n\n{mail.text}",
        f"{name}.html": mail.html,
        f"{name}.eml": message_of(edition, mail).decode("ascii"),
        f"{name}.page.html": page_of(edition),
    }


def message_of(edition: Edition | RollUp, mail: Rendered) -> bytes:
    (recipient,) = DAILY.to
    letter = Letter(
        message_id=mail_id(message_key(edition.digest, edition.kind, edition.slot, recipient), SENDER),
        digest=edition.digest,
        recipient=recipient,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        date=edition.moment,
    )
    return compose_message(letter, SENDER)


def page_of(edition: Edition | RollUp) -> str:
    """A page as it lies in the archive, between two others."""
    yesterday, tomorrow = (
        ArchiveEntry(
            page=f"{edition.digest}/{day}.html", dated=day, kind="scheduled", made_at=NOW, words="", clock=clock
        )
        for day, clock in ((date(2016, 9, 20), ""), (date(2016, 9, 22), "18:00"))
    )
    neighbours = Neighbours(
        previous=yesterday, next=tomorrow, made_at=NOW, timezone=edition.timezone, language=edition.language
    )
    return with_neighbours(render_page(edition, TEMPLATES), neighbours, TEMPLATES)


def _archived(day: date, **more: Any) -> ArchiveEntry:
    words = "nothing new · 42 feeds read" if day.day % 5 == 0 else f"Syria ceasefire {day.day % 7 + 1}▲ · 1 quiet"
    return ArchiveEntry(
        **{"page": f"Daily/{day}.html", "dated": day, "kind": "scheduled", "made_at": NOW, "words": words, **more}
    )


def _headline(day: date, title: str, topic: str = SYRIA, language: str = "en") -> ArchiveHeadline:
    return ArchiveHeadline(
        title=title,
        topic=topic,
        place=f"Daily/{day}.html#{topic_anchor(topic)}",
        language=language,
        direction="rtl" if language == "ar" else "ltr",
    )


def archive_index() -> str:
    """The first page of an archive with two years in it."""
    today = date(2016, 9, 21)
    newest = [today - timedelta(days=back) for back in range(8)]
    titles = (
        ("Aid convoy burns near Aleppo as the truce ends", SYRIA, "en"),
        ("قصف قافلة مساعدات قرب حلب", "هدنة سوريا", "ar"),
        ("<script>alert(1)</script> & “quotes” from a feed\u2019s own hand", SYRIA, ""),
    )
    entries = [
        _archived(
            day,
            headlines=() if day.day % 5 == 0 else tuple(_headline(day, *title) for title in titles),
            others=(ArchiveLink(topic="Gaza aid", place=f"Daily/{day}.html#{topic_anchor('Gaza aid')}"),)
            if day.day % 7 == 0
            else (),
        )
        for day in newest
    ]
    by_hand = _archived(
        date(2015, 12, 30), page="Daily/2015-12-30T101500Z.html", kind="manual", words="Gaza aid 2 · <b>1</b> quiet"
    )
    before = [today - timedelta(days=back) for back in range(8, 400)]
    counts = (None, None, *(number * 7 % 5 for number in range(27)), 9)
    index = ArchiveIndex(
        made_at=NOW,
        timezone="Europe/London",
        language="en",
        digests=(
            ArchiveDigest(
                name="Daily",
                editions=401,
                entries=(*entries, by_hand),
                months=months_of([_archived(day) for day in before]),
                has_older=True,
            ),
        ),
        topics=(
            ArchiveTopic(topic=SYRIA, trend=trend(counts), place=_headline(today, "").place),
            ArchiveTopic(topic="هدنة سوريا", trend=trend((0,) * 30)),
        ),
    )
    return render_index(index, TEMPLATES)


def write_all() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name in MAILS:
        for file, content in golden_files(name).items():
            (FOLDER / file).write_bytes(content.encode())
    (FOLDER / "index.html").write_bytes(archive_index().encode())


if __name__ == "__main__":
    write_all()

"""The golden files of tests/golden: what each edition looks like as text, HTML, message and archive page.

`python tests/golden_editions.py` writes them anew; the differences are then read before they are committed.
"""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from editions import DAILY, EDITIONS, NOW, SYRIA, roll_up

from monitor.deliver.message import compose_message, list_id, message_id
from monitor.digest import trend
from monitor.model.archive_index import ArchiveDigest, ArchiveEntry, ArchiveIndex, ArchiveTopic
from monitor.model.delivery import Letter
from monitor.model.edition import Edition, Rendered
from monitor.model.rollup import RollUp
from monitor.render import environment, render, render_index, render_page
from monitor.resources import resource

FOLDER = Path(__file__).parent / "golden"
ARCHIVE = "https://monitor.home.example/archive/Daily/2016-09-21.html"
SENDER = "News Monitor <news@home.example>"
TEMPLATES = environment([resource("templates")])
MAILS: dict[str, Callable[[], Edition | RollUp]] = {**EDITIONS, "roll-up": roll_up}


def golden_files(name: str) -> dict[str, str]:
    """File name → content, the text part with its subject on top."""
    edition = MAILS[name]()
    mail = render(edition, TEMPLATES, archive_page=ARCHIVE)
    return {
        f"{name}.txt": f"Subject: {mail.subject}\n\n{mail.text}",
        f"{name}.html": mail.html,
        f"{name}.eml": message_of(edition, mail).decode("ascii"),
        f"{name}.page.html": render_page(edition, TEMPLATES),
    }


def message_of(edition: Edition | RollUp, mail: Rendered) -> bytes:
    (recipient,) = DAILY.to
    letter = Letter(
        message_id=message_id(edition.digest, edition.kind, edition.slot, recipient, SENDER),
        list_id=list_id(edition.digest, SENDER),
        recipient=recipient,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        date=edition.moment,
    )
    return compose_message(letter, SENDER)


def archive_index() -> str:
    """The first page of an archive with a few weeks in it."""
    days = [date(2016, 9, 21) - timedelta(days=back) for back in range(40)]
    entries = tuple(
        ArchiveEntry(
            page=f"Daily/{day}.html",
            dated=day,
            kind="scheduled",
            made_at=NOW,
            words="nothing new · 42 feeds read"
            if day.day % 5 == 0
            else f"Syria ceasefire {day.day % 7 + 1}▲ · 1 quiet",
        )
        for day in days
    )
    by_hand = ArchiveEntry(
        page="Daily/2015-12-30T101500Z.html",
        dated=date(2015, 12, 30),
        kind="manual",
        made_at=NOW,
        words="Gaza aid 2 · <b>1</b> quiet",
    )
    counts = (None, None, *(number * 7 % 5 for number in range(27)), 9)
    index = ArchiveIndex(
        made_at=NOW,
        timezone="Europe/London",
        language="en",
        digests=(ArchiveDigest(name="Daily", entries=(*entries, by_hand)),),
        topics=(
            ArchiveTopic(topic=SYRIA, trend=trend(counts)),
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

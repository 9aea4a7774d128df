"""The article that all this began with: served as an RSS item, flagged by both shipped topics, in that day's digest."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from house import House, Story, house, rss
from origin import Origin, reply
from simulated import SimulatedClock

from monitor.model.edition import Edition
from monitor.model.entries import Told

SEED = Path(__file__).parents[1] / ".." / "shared" / "seed"
DAWN = datetime(2016, 9, 21, 5, tzinfo=UTC)
TOPICS = {"Syria ceasefire", "US-Russia coordination"}

pytestmark = [pytest.mark.whole, pytest.mark.skipif(not SEED.is_dir(), reason="../shared/seed is not here")]


def story(path: Path, part: slice) -> Story:
    """The article as HTML: a headline, a line with the date, paragraphs, a line with the source."""
    title, _date, *paragraphs, _source = [line for line in path.read_text("utf-8").splitlines() if line.strip()]
    text = "".join(f"<p>{escape(each)}</p>" for each in paragraphs[part])
    return Story(id=path.stem, title=title, text=text, at=DAWN)


def told(home: House) -> dict[str, Told]:
    """What an edition would tell in full now, by topic."""
    edition = home.jobs.publisher.editor.draft(home.jobs.publisher.digests[0]).edition
    assert isinstance(edition, Edition)
    return {section.topic: each for section in edition.sections for each in section.stories}


@pytest.mark.parametrize("part", [slice(None), slice(1)], ids=["full text", "first paragraph"])
@pytest.mark.parametrize("path", sorted(SEED.glob("*.txt")), ids=lambda path: path.stem)
def test_the_seed_is_flagged_by_both_topics_and_in_that_days_digest(tmp_path: Path, path: Path, part: slice) -> None:
    seed = story(path, part)
    with Origin("127.0.0.1") as origin:
        origin.serve("/feed", reply(rss(seed)))
        with house(tmp_path, origin, "/feed", clock=SimulatedClock(DAWN)) as home:
            (report,) = home.tick()
            assert (report.counts.new, report.matches) == (1, 2)
            ((topic, full),) = told(home).items()
            assert {topic, *full.also_under} == TOPICS
            home.live(timedelta(hours=3))
            (mail,) = home.mails()
    assert " ".join(seed.title.split()[:8]) in " ".join(mail.split())
    assert "Wednesday 21 September 2016" in mail
    assert (tmp_path / "archive" / "Daily" / "2016-09-21.html").exists()

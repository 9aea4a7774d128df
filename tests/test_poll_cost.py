"""What a poll costs, in counts that are the same on every machine."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from house import Story, house, rss
from origin import Origin, conditional, reply, status
from statements import statements

DAY = timedelta(days=1)
DOCUMENT = rss(Story(id="truce", title="Syria cease-fire takes effect at sundown", text="Quiet in Aleppo."))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.mark.parametrize(
    ("second", "answer"),
    [
        (conditional(DOCUMENT, b'"1"'), "not modified"),
        (reply(DOCUMENT), "unchanged"),
        (status(500), "HTTP error"),
    ],
)
def test_a_poll_without_a_new_document_reads_no_article(
    tmp_path: Path, origin: Origin, second: object, answer: str
) -> None:
    origin.serve("/a", conditional(DOCUMENT, b'"1"'))
    with house(tmp_path, origin, "/a") as home:
        home.refresh()
        home.clock.advance(DAY)
        origin.serve("/a", second)  # type: ignore[arg-type]
        with statements() as texts:
            (report,) = home.refresh()
        assert report.status == answer
        assert [text for text in texts if "articles" in text or "tombstones" in text] == []

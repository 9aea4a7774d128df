"""Items that are put there before they are written, and what comes on a first day: listed once, when it matches."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from house import Story, house, rss
from origin import Origin, reply
from simulated import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OTHER = Story(id="other", title="Herring is scarce", text="Nets came home empty.", at=NOON - DAY)
EMPTY = Story(id="x", title="*", text="*", at=NOON + HOUR)
DISPATCH = "Dispatch from the coast"
MATCHING = "Syria truce holds for a third day"


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


@pytest.mark.parametrize(
    "versions",
    [
        pytest.param((EMPTY, replace(EMPTY, title=MATCHING, text="Quiet.")), id="headline later"),
        pytest.param(
            (replace(EMPTY, title=DISPATCH), replace(EMPTY, title=DISPATCH, text=f"{MATCHING}.")), id="text later"
        ),
        pytest.param(
            (EMPTY, replace(EMPTY, title=DISPATCH), replace(EMPTY, title=DISPATCH, text=f"{MATCHING}.")),
            id="in steps",
        ),
        pytest.param(
            (replace(EMPTY, text=""), replace(EMPTY, title=MATCHING, text="", at=NOON + 2 * DAY)),
            id="with a later date",
        ),
        pytest.param((replace(EMPTY, at=None), replace(EMPTY, at=None, title=MATCHING)), id="undated"),
        pytest.param(
            (replace(EMPTY, title="TBA"), replace(EMPTY, title=MATCHING), replace(EMPTY, title=f"{MATCHING}, and on")),
            id="and edited again",
        ),
    ],
)
def test_a_placeholder_is_listed_once_when_it_first_matches(
    tmp_path: Path, origin: Origin, versions: tuple[Story, ...]
) -> None:
    served = [reply(rss(OTHER))]
    for version in versions:
        served += [reply(rss(version, OTHER))] * 2
    origin.serve("/a", *served)
    with house(tmp_path, origin, "/a") as home:
        home.live(4 * DAY)
        assert sum("truce holds" in mail or DISPATCH in mail for mail in home.mails()) == 1


@pytest.mark.parametrize("end", ["", "</channel></rss>"])
@pytest.mark.parametrize("at", [None, NOON + HOUR])
def test_what_comes_after_the_first_document_is_delivered(tmp_path: Path, origin: Origin, end: str, at: object) -> None:
    old = Story(id="old", title="Syria truce of long ago")
    new = Story(id="new", title=MATCHING, at=NOON + HOUR if at else None)
    first, second = (rss(*each).removesuffix(b"</channel></rss>") + end.encode() for each in ([old], [new, old]))
    origin.serve("/a", reply(first), reply(second))
    with house(tmp_path, origin, "/a") as home:
        home.live(2 * DAY)
        assert sum(MATCHING in mail for mail in home.mails()) == 1
        assert not any(old.title in mail for mail in home.mails())

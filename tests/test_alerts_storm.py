"""A storm: 300 articles on one event in an hour are one alert, and at most one that says that it has grown."""

from collections.abc import Iterator
from pathlib import Path
from random import Random  # noqa: TID251 (seeded)

import pytest
from alerting import DESK, MINUTE, OLD, Room, room, topic
from house import Story
from origin import Origin

from monitor.model.alert import AlertSettings

QUAKE = topic("Quake", "quake*", "earthquake*", alert=AlertSettings(to=(DESK,)))
OUTLETS = 30
ROUNDS = 10

WHO = ("Governor", "Rescue service", "Residents", "Red Crescent", "Army", "Ministry", "Mayor", "Hospitals")
WHAT = ("says", "confirm", "report", "count", "fear")
ENDINGS = (
    "dozens trapped under collapsed houses",
    "hundreds of homes destroyed in mountain villages",
    "roads to Velmora cut by landslides",
    "hospital of Velmora evacuated",
    "tents and blankets on the way",
    "aftershocks keep families outdoors",
)
SENTENCES = (
    "An earthquake of magnitude 6.3 struck Velmora province before dawn on Sunday, the seismic institute said.",
    "Houses collapsed in the mountain villages around Velmora town.",
    "Rescue teams dug for people under the rubble of the old quarter.",
    "The road from Velmora to the coast was cut by landslides, and helicopters brought the injured out.",
    "Officials counted {number} damaged buildings by the evening.",
    "Schools will stay closed on Monday, the governor of Velmora said.",
    "The quake was felt {number} kilometres away.",
    "Tents for {number} families were on the way from the capital.",
)


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin("127.0.0.1") as origin:
        yield origin


def headline(rng: Random) -> str:
    form = rng.choice(
        [
            "{who} in Velmora {what} {ending} after earthquake",
            "Earthquake in Velmora province: {ending}",
            "After Velmora quake {who} {what} {ending}",
            "{who} {what} {ending} as earthquake shakes Velmora",
        ]
    )
    return form.format(who=rng.choice(WHO), what=rng.choice(WHAT), ending=rng.choice(ENDINGS))


def text(rng: Random) -> str:
    return " ".join(each.format(number=rng.randrange(20, 900)) for each in rng.sample(SENTENCES, 5))


def storm(here: Room, paths: tuple[str, ...], rng: Random) -> int:
    """Each outlet has a new article in each round; how many there were."""
    found: dict[str, list[Story]] = {path: [OLD] for path in paths}
    number = 0
    for _ in range(ROUNDS):
        for outlet, path in enumerate(paths):
            number += 1
            link = f"https://outlet{outlet}.example/{number}"
            titles = {each.title for each in found[path]}
            title = next(each for each in iter(lambda: headline(rng), "") if each not in titles)
            said = Story(id=f"q{number}", title=title, text=text(rng), at=here.home.clock.now(), link=link)
            found[path].insert(0, said)
            here.serve(*found[path], path=path, title=f"Outlet {outlet}")
            if number == 1:
                here.tick(6 * MINUTE)  # the first one is alone for a while
        here.tick(6 * MINUTE)
    return number


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.simulate) for seed in range(2, 12))])
def test_a_storm_is_one_alert_and_at_most_one_that_it_has_grown(tmp_path: Path, origin: Origin, seed: int) -> None:
    paths = tuple(f"/{number}" for number in range(OUTLETS))
    with room(tmp_path, origin, QUAKE, paths=paths) as here:
        store = here.home.jobs.store
        assert storm(here, paths, Random(seed)) == 300
        here.tick(40 * MINUTE)
        here.tick(40 * MINUTE)
        with store.database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM matches WHERE origin = 'new'").scalar() == 300
        first, *grown = here.subjects()
        assert first.startswith("[Quake] ")
        assert "stories" not in first
        assert len(grown) <= 1
        assert all(each.startswith("[Quake] now ") for each in grown)

"""`benchmarks/week.py`: a week of recorded news and a flood, of which the reader misses nothing; what it would find."""

from dataclasses import replace
from pathlib import Path

import pytest
from editions import EDITIONS, Desk, article, edition_of, ordinary_day
from golden_editions import TEMPLATES, message_of
from test_mail_whole import many

from benchmarks.seen import Parts, Seen, closed, parts_of, seen
from benchmarks.week import CORPORA, headlines, main
from benchmarks.week import EDITIONS as DAYS
from monitor.model.edition import Edition
from monitor.render import render

pytestmark = pytest.mark.whole
needs_corpora = pytest.mark.skipif(not (CORPORA / "polls").is_dir(), reason="../shared/corpora is not here")


def mailed(edition: Edition, **parts: str) -> Parts:
    """As sent, with something else in the place of its parts."""
    mail = replace(render(edition, TEMPLATES), **parts)
    return replace(parts_of(message_of(edition, mail)), rest=mail.rest)


def judged(edition: Edition, **parts: str) -> Seen:
    return seen(edition, mailed(edition, **parts))


@needs_corpora
@pytest.mark.parametrize("days", [2, pytest.param(DAYS, marks=pytest.mark.simulate)])
def test_nothing_of_a_week_is_missing_or_out_of_reach(
    days: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.week.EDITIONS", days)
    assert main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("| 2020-04-") for line in lines) == 2 * days
    (first, second) = ([cell.strip() for cell in line.split("|")] for line in lines if line.startswith("| all"))
    assert first[2:9] == second[2:9]
    assert int(first[2]) > 10 * days


@needs_corpora
@pytest.mark.parametrize("count", [900, pytest.param(2_413, marks=pytest.mark.simulate)])
def test_of_a_flood_the_rest_is_counted_and_goes_along(
    count: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.week.headlines", lambda corpora: headlines(corpora)[:count])
    assert main(["--flood"]) == 0
    (flood, *_) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("| 2014-03-12")]
    cells = [cell.strip() for cell in flood.split("|")]
    assert cells[3] == f"{count:,}"
    assert count / 5 < int(cells[8].replace(",", "")) < count


def test_without_recorded_feeds_it_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--corpora", str(tmp_path)]) == 2
    assert "no recorded feeds" in capsys.readouterr().err


@pytest.mark.parametrize("name", EDITIONS)
def test_a_golden_edition_has_no_fault(name: str) -> None:
    edition = EDITIONS[name]()
    found = judged(edition)
    assert (found.missing, found.closed, found.miscounted) == ((0, 0), (), 0)
    assert found.left == (found.beyond, found.beyond)


def test_a_headline_that_is_gone_is_found_missing() -> None:
    edition = ordinary_day()
    mail = render(edition, TEMPLATES)
    title = edition.sections[0].stories[0].lead.title
    found = judged(edition, text=mail.text.replace(title.split()[0], "…"))
    assert found.missing[0] > 0
    assert found.missing[1] == 0


def test_a_fold_whose_number_is_wrong_or_gone_is_found() -> None:
    told = [
        article(1, "Ferry runs again"),
        article(2, "Ferry runs again", hours_ago=3),
        article(3, "Queue at the pier"),
    ]
    edition = edition_of(Desk().add(*told).edition_input())
    mail = render(edition, TEMPLATES)
    assert judged(edition).miscounted == 0
    for right, wrong in (("3 articles", "4 articles"), ("· 3 articles", ""), ("+ 1 more by", "+ 2 more by")):
        assert right in mail.text
        assert judged(edition, text=mail.text.replace(right, wrong)).miscounted > 0
    (section,) = edition.sections
    lost = replace(section.stories[0], headlines=section.stories[0].headlines[:1])
    assert judged(replace(edition, sections=(replace(section, stories=(lost,)),))).miscounted > 0


def test_a_remainder_that_is_wrong_is_found_and_so_is_one_that_does_not_go_along() -> None:
    edition = many(900)
    mail = render(edition, TEMPLATES)
    found = judged(edition)
    assert found.left == (found.beyond, found.beyond)
    assert found.beyond > 0
    wrong = judged(edition, text=mail.text.replace(f"+ {found.beyond:,} more", f"+ {found.beyond - 1:,} more"))
    assert wrong.left != (wrong.beyond, wrong.beyond)
    assert judged(edition, rest="").missing == (found.beyond, found.beyond)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("All of it: file:///srv/news/archive/Daily/2016-09-21.html.", 1),
        ("not made: /var/lib/news/backups", 1),
        ("~/news/config.toml", 1),
        ("https://a.example/b/c/d.html and /about, 24/7 and/or", 0),
    ],
)
def test_a_place_of_the_server_is_found(words: str, expected: int) -> None:
    assert len(list(closed(words, None))) == expected


def test_a_place_on_the_reader_s_own_machine_is_open_if_it_is_there(tmp_path: Path) -> None:
    page = tmp_path / "archive" / "Daily" / "2016-09-21.html"
    assert list(closed(f"All of it: {page.as_uri()}", tmp_path)) == [page.as_uri()]
    page.parent.mkdir(parents=True)
    page.touch()
    assert list(closed(f"All of it: {page.as_uri()}", tmp_path)) == []
    assert list(closed("All of it: file:///etc/passwd", tmp_path)) == ["file:///etc/passwd"]

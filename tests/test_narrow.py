"""What commands print at 80 columns: tables, sizes, spans of time, and times in the zone of the first digest."""

import re
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Literal

import hypothesis.strategies as st
import pytest
from daemons import CONFIG, asked
from hypothesis import given
from rich.console import Console

from monitor.cli import local_time, narrow, output
from monitor.cli.status import _rows
from monitor.config import load
from monitor.health.status import status_of
from monitor.store import open_store

AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)


def printed(made: object, columns: int = 80) -> list[str]:
    console = Console(width=columns, markup=False, highlight=False, emoji=False)
    with console.capture() as caught:
        narrow.print_table(made, console)  # type: ignore[arg-type]
    return [line.rstrip() for line in caught.get().splitlines()]


ODD = (0, None, 12, "", "Syria", "日本語", "e\u0301", "\u200d", "x" * 25, " y", "a\tb", "a\nb", "🙂", "[red]x[/red]")
CELLS = st.one_of(st.sampled_from(ODD), st.text(st.sampled_from("ab é日🙂\u202e"), max_size=60))


def drawn(rows: list[list[object]], columns: int, limit: int | None, color: Literal["standard"] | None) -> str:
    """The table as it is printed, without its colours."""
    made = output.table(*("Feed", ">Of numbers", "Outcome", ">New")[: len(rows[0])])
    for number, row in enumerate(rows):
        output.add_row(made, *row, style="red" if number % 2 else None)
    made.columns[0].max_width, made.columns[0].overflow = limit, "ellipsis"
    file = StringIO()
    console = Console(
        file=file,
        width=columns,
        markup=False,
        highlight=False,
        emoji=False,
        color_system=color,
        force_terminal=color is not None,
    )
    narrow.print_table(made, console)
    return re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue())


@given(
    rows=st.integers(1, 4).flatmap(lambda wide: st.lists(st.lists(CELLS, min_size=wide, max_size=wide), min_size=1)),
    columns=st.sampled_from([20, 40, 80, 200]),
    limit=st.sampled_from([None, 10]),
)
def test_what_is_written_without_rich_is_what_rich_writes(
    rows: list[list[object]], columns: int, limit: int | None
) -> None:
    assert drawn(rows, columns, limit, None) == drawn(rows, columns, limit, "standard")


def test_a_table_that_fits_is_a_table() -> None:
    made = output.table("Name", ">Articles")
    output.add_row(made, "Syria ceasefire", "7")
    assert printed(made) == ["Name             Articles", "Syria ceasefire         7"]


def test_a_table_that_does_not_fit_is_printed_row_by_row_in_full_words() -> None:
    made = output.table("Topic", ">Articles", ">Muted", "State", "Title", "Rules")
    output.add_row(made, "A topic with a long name", "7", None, "sent", "word " * 30, "rule " * 30)
    assert printed(made)[0] == "A topic with a long name  articles 7  sent"
    below = printed(made)[1:]
    assert all(line.startswith("    ") and len(line) <= 80 for line in below)
    assert " ".join(" ".join(below).split()) == ("word " * 30 + "rule " * 30).strip()


def test_short_cells_that_do_not_fit_together_are_printed_row_by_row_too() -> None:
    made = output.table("Name", ">Articles", ">Stories")
    output.add_row(made, "Syria ceasefire", "7", "3")
    assert printed(made, columns=24) == ["Syria ceasefire", "articles 7  stories 3"]


def test_a_table_with_one_long_cell_folds_it_unless_that_takes_many_lines() -> None:
    made = output.table("Topic", "Rules")
    output.add_row(made, "Ports", "rule " * 30)
    assert printed(made)[0].startswith("Topic  Rules")
    output.add_row(made, "Roads", "rule " * 300)
    assert printed(made)[0] == "Ports"


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1_500, "1.5 KB"),
        (81_696_000_000, "81.7 GB"),
        (234_567_890, "235 MB"),
        (5_000_000_000_000, "5.0 TB"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    assert output.size(count) == said


@pytest.mark.parametrize(
    ("length", "said"),
    [
        (timedelta(minutes=5), "5 min"),
        (timedelta(minutes=99), "99 min"),
        (timedelta(hours=5), "5 h"),
        (timedelta(days=9), "9 d"),
        (timedelta(days=800), "2 y"),
    ],
)
def test_spans(length: timedelta, said: str) -> None:
    assert output.span(length) == said


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    text = CONFIG.format(url="https://harbour.example/rss", port=443)
    path.write_text(text.replace('at = "07:00"', 'at = "07:00"\ntimezone = "Asia/Tokyo"'), encoding="utf-8")
    return path


def test_times_are_in_the_zone_of_the_first_digest_by_name(config: Path) -> None:
    settings = load(config, {})
    local_time.use_zone_of(settings)
    assert local_time.stamp(AT) == "2026-07-02 07:30 Asia/Tokyo"
    assert output.ago(AT, AT + timedelta(days=3)) == "2026-07-02 07:30 Asia/Tokyo"
    assert local_time.day(AT) == "2026-07-02"
    store = open_store(settings.storage.database_url)
    asked(config, "migrate")
    rows = dict(_rows(status_of(settings, store, AT)))
    store.close()
    assert rows["next Daily"] == "Fri 03 Jul 07:00 Asia/Tokyo"


def test_status_fits_80_columns(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = asked(config, "status")
    assert "Asia/Tokyo" in done.stdout
    assert [line for line in done.stdout.splitlines() if len(line.rstrip()) > 80] == []

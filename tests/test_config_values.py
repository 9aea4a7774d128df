"""Single values as people write them: what is understood, and what is said about the rest."""

from collections.abc import Callable
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.config import values
from monitor.config.database import database_url
from monitor.config.findings import quoted
from monitor.deliver.mail.address import bare_address

UNDERSTOOD: list[tuple[Callable[[Any], object], object, object]] = [
    (values.duration, "30m", timedelta(minutes=30)),
    (values.duration, "6h", timedelta(hours=6)),
    (values.duration, "1h 30m", timedelta(minutes=90)),
    (values.duration, "1h30m", timedelta(minutes=90)),
    (values.duration, " 30 m ", timedelta(minutes=30)),
    (values.duration, "7d", timedelta(days=7)),
    (values.duration, "1w 3d", timedelta(days=10)),
    (values.duration, "90s", timedelta(seconds=90)),
    (values.duration, "0s", timedelta()),
    (values.duration, "365d", timedelta(days=365)),
    (values.time_of_day, "07:00", time(7)),
    (values.time_of_day, "7:30", time(7, 30)),
    (values.time_of_day, "23:59", time(23, 59)),
    (values.time_of_day, time(18, 30), time(18, 30)),
    (values.in_order, [time(18), time(7)], (time(7), time(18))),
    (values.times_of_day, "07:00", [time(7)]),
    (values.times_of_day, ["07:00", "18:00"], ["07:00", "18:00"]),
    (values.time_zone, "Europe/London", "Europe/London"),
    (values.time_zone, "UTC", "UTC"),
    (values.weekdays, "daily", (0, 1, 2, 3, 4, 5, 6)),
    (values.weekdays, "weekdays", (0, 1, 2, 3, 4)),
    (values.weekdays, "weekly", (0,)),
    (values.weekdays, "Friday", (4,)),
    (values.weekdays, ["thu", "monday", "thu"], (0, 3)),
    (values.date_language, "en", "en"),
    (values.date_language, "pt-BR", "pt-BR"),
    (values.feed_url, "https://news.example/rss?a=b#c", "https://news.example/rss?a=b#c"),
    (values.feed_url, "HTTP://127.0.0.1:8080/feed", "HTTP://127.0.0.1:8080/feed"),
    (values.feed_url, "https://zeitung-für-alle.example/", "https://zeitung-für-alle.example/"),
    (values.feed_url, "https://news.example/@desk/rss", "https://news.example/@desk/rss"),
    (bare_address, "desk+news@mail.example.org", "desk+news@mail.example.org"),
    (values.language, "en", "en"),
    (values.language, "zh-Hant-TW", "zh-Hant-TW"),
    (values.private_place, "10.0.0.5", "10.0.0.5"),
    (values.private_place, "10.0.0.0/24", "10.0.0.0/24"),
    (values.private_place, "fd00::1", "fd00::1"),
    (values.private_place, "wiki.lan", "wiki.lan"),
    (values.header_text, "desk@example.org", "desk@example.org"),
    (database_url, "sqlite:////srv/news.db", "sqlite:////srv/news.db"),
    (values.name, "US-Russia coordination", "US-Russia coordination"),
]

REFUSED: list[tuple[Callable[[Any], object], object, str]] = [
    (values.duration, "", 'write "30m"'),
    (values.duration, "30", 'write "30m"'),
    (values.duration, 30, 'write "30m"'),
    (values.duration, "30M", 'write "30m"'),
    (values.duration, "1.5h", 'write "30m"'),
    (values.duration, "-5m", 'write "30m"'),
    (values.duration, "30m 30m", 'write "30m"'),
    (values.duration, "٣m", 'write "30m"'),
    (values.duration, "half an hour", 'write "30m"'),
    (values.duration, "366d", "more than a year"),
    (values.duration, "999999999w", "more than a year"),
    (values.time_of_day, "7 am", 'such as "07:00"'),
    (values.time_of_day, "24:00", 'such as "07:00"'),
    (values.time_of_day, "07:60", 'such as "07:00"'),
    (values.time_of_day, 7, 'such as "07:00"'),
    (values.time_of_day, time(7, 0, 30), 'such as "07:00"'),
    (values.time_zone, "Europe/Londn", 'Did you mean "Europe/London"?'),
    (values.time_zone, "../../etc/passwd", 'Write it as "Europe/London"'),
    (values.time_zone, "", 'Write it as "Europe/London"'),
    (values.weekdays, "mondya", 'Did you mean "monday"?'),
    (values.weekdays, ["monday", 7], "7 is not a day"),
    (values.weekdays, [], "is empty"),
    (values.weekdays, 3, 'write "daily", "weekdays", "monday", or a list'),
    (values.date_language, "xx", "not a language whose date formats are known"),
    (values.date_language, "../etc", "is not a language code"),
    (values.feed_url, "news.example/rss", 'Did you mean "https://news.example/rss"?'),
    (values.feed_url, "feed://news.example/rss", 'Did you mean "https://news.example/rss"?'),
    (values.feed_url, "file:///etc/passwd", "does not begin with http://"),
    (values.feed_url, "https://", "is not a web address"),
    (values.feed_url, "https://news.example:99999/", "is not a web address"),
    (values.feed_url, "https://news.example/a b", "is not a web address"),
    (values.feed_url, "https://news.example/\nHost: x", "is not a web address"),
    (values.feed_url, "https://me:hush@news.example/", "contains a login"),
    (bare_address, "desk", "is not a mail address"),
    (bare_address, "desk@", "is not a mail address"),
    (bare_address, "a@b@c.example", "is not a mail address"),
    (bare_address, "Desk <desk@example.org>", "write it bare"),
    (bare_address, "a@b.example\r\nBcc: c@d.example", "is not a mail address"),
    (bare_address, "a@b.example,c@d.example", "is not a mail address"),
    (bare_address, f"{'a' * 250}@b.example", "is not a mail address"),
    (values.language, "english", 'write "en"'),
    (values.private_place, "10.0.0.300", "write an address, a network or a host name"),
    (values.private_place, "10.0.0.0/33", "write an address, a network or a host name"),
    (values.private_place, "https://wiki.lan/", "write an address, a network or a host name"),
    (values.header_text, "Büro", "ASCII"),
    (values.header_text, "a\r\nX-Evil: b", "one line"),
    (database_url, "news.db", 'write "sqlite:////'),
    (values.name, "", "a name needs a letter"),
    (values.name, " Daily", "no spaces around it"),
    (values.name, "Daily\n", "no spaces around it"),
    (values.name, "Da\nily", "one line"),
    (values.name, "x" * 201, "at most 200 characters"),
    (values.positive, timedelta(), "longer than zero"),
    (values.distinct, ["a@b.example", "A@b.example"], '"A@b.example" is listed twice'),
]


@pytest.mark.parametrize(("read", "written", "value"), UNDERSTOOD)
def test_a_value_is_understood(read: Callable[[Any], object], written: object, value: object) -> None:
    assert read(written) == value


@pytest.mark.parametrize(("read", "written", "advice"), REFUSED)
def test_a_value_is_refused_with_advice(read: Callable[[Any], object], written: object, advice: str) -> None:
    with pytest.raises(ValueError) as refusal:  # noqa: PT011  # the message is checked below, on its own
        read(written)
    message = str(refusal.value)
    assert advice in message
    assert message.isprintable()
    assert "hush" not in message


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("~/news", "/home/ada/news"),
        ("~", "/home/ada"),
        ("/srv/news", "/srv/news"),
        ("news", "/etc/here/news"),
        ("../news", "/etc/here/../news"),
    ],
)
def test_a_folder_begins_at_home_or_beside_the_config(written: str, path: str) -> None:
    assert values.folder(written, base=Path("/etc/here"), environ={"HOME": "/home/ada"}) == Path(path)


@pytest.mark.parametrize("written", ["", " ", 5, "a\0b"])
def test_what_cannot_be_a_folder_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="is not a path"):
        values.folder(written, base=Path("/etc"), environ={})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Syria", '"Syria"'),
        (True, "true"),
        (5, "5"),
        (["a", 1], '["a", 1]'),
        ({"a": 1}, "a table"),
        ("a\n\x1b[2J", '"a\\n\\x1b[2J"'),
        ("x" * 100, '"' + "x" * 58 + "…"),
    ],
)
def test_a_value_is_shown_as_it_is_written_in_toml(value: object, text: str) -> None:
    assert quoted(value) == text

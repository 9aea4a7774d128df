"""What the texts of dates say; a doubtful one says nothing."""

from datetime import UTC, datetime

import pytest

from monitor.parse import parse_feed
from monitor.parse.dates import MAX_DATE_CHARACTERS, date_from_text

DAY = datetime(2026, 11, 28, tzinfo=UTC)


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    return DAY.replace(hour=hour, minute=minute, second=second)


@pytest.mark.parametrize(
    ("written", "moment"),
    [
        ("Sat, 28 Nov 2026 10:00:00 GMT", at(10)),
        ("Sat,28 Nov 26 10:00 EST", at(15)),
        ("sat, 28 nov 2026 10:00:00 +0200 (CEST)", at(8)),
        ("Sat, 28 Nov 2026 10:00:00 CEST", at(8)),
        ("Sat, 28 Nov 2026 10:00:00 MSK", at(7)),
        ("Sat, 28 Nov 2026 10:00:00 JST", at(1)),
        ("Sat, 28 Nov 2026 10:00:00 NPT", at(4, 15)),
        ("Sat, 28 Nov 2026 10:00:00 UTC-3", at(13)),
        ("Sat, 28 Nov 2026 10:00:00 GMT+01:30", at(8, 30)),
        ("Sat, 28 Nov 2026 10:00:00 −0200", at(12)),
        ("2026-11-28T10:00:00.1234567+01:00", at(9)),
        ("2026-11-28T10:00:00+01:00[Europe/Berlin]", at(9)),
        ("2026-11-28T10:00:00Z[UTC]", at(10)),
        ("2026-11-28T10:00-0300 [America/Argentina/Buenos_Aires][u-ca=gregory]", at(13)),
        ("20261128T100001Z", at(10, 0, 1)),
        ("2026-11-28 10:00:00 +0300 MSK", at(7)),
        ("2026-11-28", DAY),
        ("2026-11-28Z", DAY),
        ("20261128", DAY),
        ("Sat Nov 28 10:00:00 2026", at(10)),
        ("Sat Nov 28 10:00:00 PST 2026", at(18)),
        ("Sat Nov 28 2026 10:00:00 GMT+0100 (Central European Standard Time)", at(9)),
        ("2026/11/28 10:00:00", at(10)),
        ("28-11-2026 10:00 +0400", at(6)),
        ("28/11/2026", DAY),
        ("11/28/2026 3:05 PM", at(15, 5)),
        ("11/28/2026 12:05:09 a.m.", at(0, 5, 9)),
        ("Nov. 28th, 2026 12:00 p.m. EST", at(17)),
        ("15:05 PM, 28 Nov 2026", at(15, 5)),
        ("0:05 AM, 28 Nov 2026", at(0, 5)),
        ("28.11.2026, 10:30 Uhr", at(10, 30)),
        ("Sa., 28. November 2026 10:00", at(10)),
        ("samedi 28 novembre 2026 à 10:00", at(10)),
        ("sábado, 28 de noviembre de 2026", DAY),
        ("суббота, 28 ноября 2026 г. 10:00", at(10)),
        ("2026. november 28. 9:15", at(9, 15)),
        ("2026-Nov-28", DAY),
        ("Σάβ, 28 Νοέ 2026 12:00:00 +0200", at(10)),
        ("2026年11月28日(土) 15時30分20秒", at(15, 30, 20)),
        ("2026年11月28日 下午3:05", at(15, 5)),
        ("2026년 11월 28일 오전 9시 5분", at(9, 5)),
        ("２０２６年１１月２８日", DAY),
        ("8.11.2026", datetime(2026, 11, 8, tzinfo=UTC)),
        ("08-08-2026", datetime(2026, 8, 8, tzinfo=UTC)),
        ("Fri, 27 Nov 2026 24:00:00 GMT", DAY),
        ("Fri, 27 Nov 2026 23:59:60 GMT", DAY),
        ("Mon, 05 Apr 99 08:00 GMT", datetime(1999, 4, 5, 8, tzinfo=UTC)),
    ],
)
def test_a_date_is_what_its_text_says(written: str, moment: datetime) -> None:
    assert date_from_text(written) == moment


@pytest.mark.parametrize(
    "written",
    [
        "", "yesterday", "*", "2026", "2026-11", "Nov 2026", "28 Nov", "1764324000", "2026-W48-6",
        "08-11-2026 10:00 +0400", "08/11/2026", "8/11/2026 3:05 PM", "11-28-26", "05.06.07",
        "Wed, 30 Nov -0001 00:00:00 +0000", "-0001-11-30T00:00:00Z", "0001-01-01T00:00:00Z", "0000-00-00 00:00:00",
        "Fri, 31 Dec 9999 23:59:59 -1200", "2569-11-28", "Sat, 31 Nov 2026 10:00:00 GMT", "2026-13-01", "2026/28/11",
        "Sat, 28 Nov 2026 10:00:00 IST", "Sat, 28 Nov 2026 10:00:00 BST", "28 Nov 2026 10:00 XYZ",
        "28 Nov 2026 10:00 +9900", "28 Nov 2026 10:00 +0175", "28 Nov 2026 25:00", "28 Nov 2026 24:01",
        "28 Nov 2026 10:61", "28 Nov 2026 15:05 AM", "28 Nov 2026 0:05 PM",
        "until 28 Nov 2026", "28 Nov 2026 or later", "28 listopada 2026", "令和8年11月28日", "2026-11/28",
        "28 Nov 2026" + " x" * MAX_DATE_CHARACTERS,
    ],
)  # fmt: skip
def test_a_doubtful_date_is_no_date(written: str) -> None:
    assert date_from_text(written) is None


def test_a_channel_date_is_not_an_items() -> None:
    channel = "<pubDate>Sat, 28 Nov 2026 10:00:00 GMT</pubDate><lastBuildDate>2026-11-28</lastBuildDate>"
    rss = f"<rss version='2.0'><channel>{channel}<item><guid>1</guid></item></channel></rss>"
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><updated>2026-11-28T10:00:00Z</updated><entry><id>1</id>"
        "<source><updated>2026-11-28T10:00:00Z</updated></source></entry></feed>"
    )
    for document in (rss, atom):
        parsed = parse_feed(document.encode(), url="https://quay.example/feed", headers={}, max_items=9)
        assert [item.published for item in getattr(parsed, "items", ())] == [None]

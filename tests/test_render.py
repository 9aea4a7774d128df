import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from editions import DAILY, EDITIONS, GAZA, NOW, RUSSIA, SLOT, SYRIA, Desk, article, days_before, edition_of, topic
from golden_editions import ARCHIVE, FOLDER, MAILS, TEMPLATES, archive_index, golden_files
from jinja2 import UndefinedError
from selectolax.lexbor import LexborHTMLParser, LexborNode

from monitor.model.edition import Edition
from monitor.model.edition_input import Coverage, FeedMove, FeedTrouble, LeftOut, Outage, PreviousEdition
from monitor.model.match import Origin, Tier
from monitor.render import MAX_HTML_BYTES, encoded_size, environment, render, render_page
from monitor.render.calendar import Calendar
from monitor.render.columns import COLUMNS, END_ISOLATE, ISOLATE, flush, isolated, width, wrapped
from monitor.render.headline import SUBJECT_CHARACTERS, subject
from monitor.resources import resource

TODAY = "[Daily] Wed 21 Sep"
LONDON = Calendar(zone=ZoneInfo("Europe/London"), now=NOW)


def mail_html(name: str) -> str:
    return golden_files(name)[f"{name}.html"]


def nodes(html: str, selector: str = "*") -> list[LexborNode]:
    return LexborHTMLParser(html).css(selector)


# ---- golden files


@pytest.mark.parametrize("name", MAILS)
def test_editions_look_as_they_were_reviewed(name: str) -> None:
    """After a change on purpose: `python tests/golden_editions.py`, then read the differences."""
    for file, content in golden_files(name).items():
        assert content.encode() == (FOLDER / file).read_bytes(), file


def test_the_index_looks_as_it_was_reviewed() -> None:
    assert archive_index().encode() == (FOLDER / "index.html").read_bytes()


def test_the_same_rows_give_the_same_bytes_in_another_process() -> None:
    code = "import golden_editions as g; sys.stdout.buffer.write(g.golden_files('ordinary')['ordinary.eml'].encode())"
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    other = subprocess.run(
        [sys.executable, "-c", f"import sys; sys.path[:0] = {paths!r}; {code}"], capture_output=True, check=True
    )
    assert other.stdout == golden_files("ordinary")["ordinary.eml"].encode()


# ---- subject


def _sections(*sizes: tuple[str, int]) -> Edition:
    desk, number = Desk(), 0
    for about, size in sizes:
        for _ in range(size):
            number += 1
            desk.add(article(number, f"Story {number}"), about=(about,))
    return edition_of(desk.edition_input(), [topic(about) for about, _ in sizes])


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(SYRIA, 8), (RUSSIA, 3)], "[Daily] Wed 21 Sep: Syria ceasefire 8 · US-Russia coordination 3"),
        ([(SYRIA, 2), (GAZA, 0)], "[Daily] Wed 21 Sep: Syria ceasefire 2 · 1 quiet"),
        ([(SYRIA, 0), (GAZA, 0)], "[Daily] Wed 21 Sep: nothing new · 42 feeds read"),
        ([(f"Region {n}", 1) for n in range(9)], f"{TODAY}: Region 0 1 · Region 1 1 · Region 2 1 · +6 topics"),
        ([("A name much too long for the subject of a mail", 1)], f"{TODAY}: A name much too long for the su… 1"),
    ],
)  # fmt: skip
def test_the_subject_counts_the_stories_of_each_topic(sizes: list[tuple[str, int]], expected: str) -> None:
    assert subject(_sections(*sizes), LONDON) == expected


def test_the_subject_of_an_edition_by_hand_has_its_time() -> None:
    edition = edition_of(Desk().add(article(1, "A")).edition_input(), kind="manual", slot=None)
    assert subject(edition, LONDON).startswith("[Daily] Wed 21 Sep 07:00: Syria")


@pytest.mark.parametrize(
    ("tier", "origin", "told", "part"),
    [
        (Tier.PASSING, Origin.NEW, {}, "Syria ceasefire 1 in passing"),
        (Tier.LEAD, Origin.LATE, {}, "Syria ceasefire 1 older"),
        (Tier.LEAD, Origin.BACKFILL, {}, "Syria ceasefire 1 newly found"),
        (Tier.LEAD, Origin.NEW, {1: RUSSIA}, "Syria ceasefire 1 shown before"),
    ],
)
def test_a_topic_with_no_story_in_full_says_what_it_has(
    tier: Tier, origin: Origin, told: dict[int, str], part: str
) -> None:
    edition = edition_of(Desk().add(article(1, "A"), tier=tier, origin=origin).edition_input(told_under=told))
    assert part in subject(edition, LONDON)


def test_a_subject_without_room_for_any_topic_counts_them() -> None:
    edition = edition_of(
        Desk().add(article(1, "A"), about=("t" * 60,)).edition_input(), [topic("t" * 60)], kind="manual", slot=None
    )
    assert subject(replace(edition, digest="d" * 60), LONDON) == f"[{'d' * 23}…] Wed 21 Sep 07:00: 1 topic"


def test_a_subject_never_outgrows_its_line() -> None:
    for name_length, topics in product((3, 30, 300), (1, 5, 60)):
        edition = _sections(*((f"Topic {'x' * n}", 1) for n in range(topics)))
        named = replace(edition, digest="n" * name_length)
        assert len(subject(named, LONDON)) <= SUBJECT_CHARACTERS


# ---- size


def _many(topics: int, stories: int, text: str) -> Edition:
    desk = Desk()
    names = [f"{text[:40]} {number}" for number in range(topics)]
    for number in range(topics * stories):
        one = article(
            number, f"{text[:90]} {number}", f"{text} {number}. " * 3, outlet=f"{text[:30]} {number}", language="ar"
        )
        desk.add(one, about=(names[number % topics],), tier=Tier.LEAD)
    return edition_of(desk.edition_input(), [topic(name) for name in names])


ARABIC = "أعلن المتحدث أن الهدنة انتهت وأن قوافل الإغاثة توقفت على الطريق غرب المدينة حتى إشعار آخر"
JAPANESE = "停戦は崩壊し、援助車列は市の西の道路で止まったままだと報道官は述べた" * 2
ENGLISH = "The spokesman said that the truce was over and that the relief convoys had stopped on the road"


SHAPES = [(1, 300), (8, 40), (30, 10), (300, 1)]
QUICK = [(*SHAPES[0], ARABIC), (*SHAPES[1], JAPANESE), (*SHAPES[2], ENGLISH), (*SHAPES[3], ARABIC)]
SLOW = [(*shape, text) for shape in SHAPES for text in (ARABIC, JAPANESE, ENGLISH) if (*shape, text) not in QUICK]


@pytest.mark.parametrize(
    ("topics", "stories", "text"), [*QUICK, *(pytest.param(*each, marks=pytest.mark.simulate) for each in SLOW)]
)
def test_a_mail_stays_under_the_limit_and_the_page_has_everything(topics: int, stories: int, text: str) -> None:
    edition = _many(topics, stories, text)
    mail = render(edition, TEMPLATES, archive_page=ARCHIVE)
    assert encoded_size(mail.html) <= MAX_HTML_BYTES
    assert ARCHIVE in mail.text
    assert mail.rest == ""
    page = render_page(edition, TEMPLATES)
    links = {str(node.attributes["href"]) for node in nodes(page, "a")}
    numbers = {link.rpartition("/")[2] for link in links}
    assert {f"{listing.article_id}" for listing in edition.listings} <= numbers


def test_the_smaller_of_the_two_encodings_counts() -> None:
    assert encoded_size("plain " * 1000) < 6300
    assert encoded_size("هدنة" * 1000) < 8000 * 4 / 3 * 1.03 + 100


# ---- what is hostile stays inert


def test_hostile_titles_are_text_in_every_part() -> None:
    edition = EDITIONS["hostile"]()
    for html in (render(edition, TEMPLATES).html, render_page(edition, TEMPLATES)):
        assert not nodes(html, "script, img, iframe, object, form, link, svg")
        attributes = {name for node in nodes(html) for name in node.attributes}
        assert not {name for name in attributes if name.startswith(("on", "data-"))}
        assert "{{7*7}}" in html
        assert "49" not in html.partition("</head>")[2].replace("#b8863b", "")
    for part in (render(edition, TEMPLATES).subject, render(edition, TEMPLATES).text):
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", part)


def test_templates_are_escaped_whatever_their_name_except_plain_text(tmp_path: Path) -> None:
    for name in ("a.html.j2", "b.j2", "c.html.txt.j2"):
        (tmp_path / name).write_text("{{ value }}")
    made = environment([tmp_path])
    assert made.get_template("a.html.j2").render(value="<b>") == "&lt;b&gt;"
    assert made.get_template("b.j2").render(value="<b>") == "&lt;b&gt;"
    assert made.get_template("c.html.txt.j2").render(value="<b>") == "<b>"
    assert made.from_string("{{ value }}").render(value="<b>") == "&lt;b&gt;"


def test_a_users_template_goes_before_ours_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "closing.html.j2").write_text("<p>Mine, with {{ edition.coverage.feeds }} feeds</p>")
    made = environment([tmp_path, resource("templates")])
    html = render(EDITIONS["empty"](), made).html
    assert "Mine, with 42 feeds" in html
    assert "What this rests on" not in html


def test_a_users_template_that_knows_no_limits_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "digest.html.j2").write_text("x" * 2 * MAX_HTML_BYTES)
    assert (
        encoded_size(render(EDITIONS["empty"](), environment([tmp_path, resource("templates")])).html) > MAX_HTML_BYTES
    )


def test_a_name_that_nobody_gave_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "digest.html.j2").write_text("{{ editon.digest }}")
    with pytest.raises(UndefinedError, match="editon"):
        render(EDITIONS["empty"](), environment([tmp_path, resource("templates")]))


# ---- the text part


@pytest.mark.parametrize("name", EDITIONS)
def test_the_text_part_keeps_to_72_columns_and_closes_what_it_isolates(name: str) -> None:
    text = golden_files(name)[f"{name}.txt"]
    for line in text.splitlines()[1:]:
        assert width(line) <= COLUMNS or "://" in line, line
        assert line.count(ISOLATE) == line.count(END_ISOLATE)
        assert line == line.rstrip() or line == "-- "
    assert "\n\n\n" not in text


def test_text_and_html_have_the_same_links_to_what_they_tell() -> None:
    mail = render(EDITIONS["ordinary"](), TEMPLATES, archive_page=ARCHIVE)
    in_html = {str(node.attributes["href"]) for node in nodes(mail.html, "a") if "http" in str(node.attributes["href"])}
    assert in_html == set(re.findall(r"https?://\S+", mail.text))


def test_many_failing_feeds_are_counted_not_all_named() -> None:
    failing = tuple(
        FeedTrouble(name=f"Outlet {n}", url=f"https://{n}.example/", reason="timed out", since=NOW) for n in range(60)
    )
    mail = render(
        edition_of(Desk().edition_input(coverage=Coverage(feeds=90, feeds_ok=30, articles_read=1, failing=failing))),
        TEMPLATES,
    )
    assert "and 20 more feeds" in mail.text
    assert "and 20 more feeds" in mail.html
    assert "30 of 90 feeds answered, 1 article read since Tue 20 Sep, 07:00." in mail.text


def test_whatever_coverage_holds_too_much_of_is_counted_and_the_mail_stays_small() -> None:
    coverage = Coverage(
        feeds=90,
        feeds_ok=90,
        articles_read=1,
        left_out=tuple(LeftOut(name=f"Post {n}", url="", articles=n) for n in range(60)),
        moved=tuple(FeedMove(name=f"Wire {n}", url="", to=f"https://{n}.example/") for n in range(60)),
        outages=tuple(Outage(since=NOW - timedelta(hours=n), until=NOW) for n in range(600)),
        notes=tuple(f"Note {n}" for n in range(60)),
    )
    mail = render(edition_of(Desk().edition_input(coverage=coverage)), TEMPLATES)
    for part in (mail.text, mail.html):
        assert all(word in part for word in ("more feeds that had too many articles", "more feeds that have moved"))
        assert all(word in part for word in ("more times", "more notes"))
    assert encoded_size(mail.html) <= MAX_HTML_BYTES


def test_an_address_that_is_shown_in_part_is_no_link() -> None:
    for to, is_link in (("https://a.example/", True), ("https://a.example/?key=***", False), ("https://a…", False)):
        moved = (FeedMove(name="Wire", url="", to=to),)
        coverage = Coverage(feeds=1, feeds_ok=1, articles_read=1, moved=moved)
        page = render(edition_of(Desk().edition_input(coverage=coverage)), TEMPLATES).html
        assert (f'href="{to}"' in page, to in page) == (is_link, True)


def test_a_test_edition_says_that_it_consumes_nothing() -> None:
    mail = render(edition_of(Desk().edition_input(previous=None), kind="test", slot=None), TEMPLATES)
    assert "will be listed again" in mail.text
    assert "will be listed again" in mail.html


@pytest.mark.parametrize(
    ("text", "first", "expected"),
    [
        ("one two three", "", "one two\nthree"),
        ("one two three", " * ", " * one two\n   three"),
        ("abcdefghijklmno", "", "abcdefghij\nklmno"),
        ("https://news.example/long see", "", "https://news.example/long\nsee"),
        ("停戦は崩壊した", "", "停戦は崩壊\nした"),
        ("", " * ", " *"),
        ("👨\u200d👩\u200d👧 👍🏽 on one", "", "👨\u200d👩\u200d👧 👍🏽 on\none"),
        ("👩🏽\u200d🚀" * 6, "", "👩🏽\u200d🚀" * 5 + "\n👩🏽\u200d🚀"),
        ("\u2068هدنة سوريا تنهار\u2069", "", "\u2068هدنة سوريا\u2069\n\u2068تنهار\u2069"),
    ],
)  # fmt: skip
def test_text_is_wrapped_by_display_width(text: str, first: str, expected: str) -> None:
    assert wrapped(text, first, columns=10) == expected


def test_a_path_that_people_copy_is_not_broken() -> None:
    assert wrapped("Wrote /srv/data/feeds.toml.", columns=10, has_paths=True) == "Wrote\n/srv/data/feeds.toml."
    assert wrapped("Wrote /srv/data/feeds.toml.", columns=10) == "Wrote\n/srv/data/\nfeeds.toml\n."


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("plain", 5),
        ("e\u0301clair", 6),
        ("停戦", 4),
        ("שָׁלוֹם", 4),
        ("می\u200cخواهم", 7),
        ("\u2068هدنة\u2069", 4),
        ("👨\u200d👩\u200d👧\u200d👦", 2),
        ("👍🏽", 2),
        ("❤\ufe0f", 2),
        ("", 0),
    ],
)  # fmt: skip
def test_text_is_as_wide_as_a_terminal_shows_it(text: str, columns: int) -> None:
    assert width(text) == columns


def test_a_tail_stands_at_the_right_margin_or_on_its_own_line() -> None:
    assert flush("ab", "[x]", columns=8) == "ab   [x]"
    assert flush("abcdef", "[x]", columns=8) == "abcdef\n     [x]"
    assert flush("ab", "") == "ab"


def test_only_right_to_left_text_is_isolated() -> None:
    assert isolated("plain") == "plain"
    assert isolated("a هدنة") == f"{ISOLATE}a هدنة{END_ISOLATE}"


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        (NOW - timedelta(hours=9), "Tue 22:00"),
        (NOW - timedelta(days=7), "Wed 14 Sep"),
        (NOW + timedelta(hours=3), "Wed 21 Sep"),
        (datetime(2014, 1, 5, tzinfo=UTC), "Sun 5 Jan 2014"),
    ],
)
def test_moments_are_said_in_the_readers_zone_as_short_as_is_clear(moment: datetime, said: str) -> None:
    assert LONDON.stamp(moment) == said


MONDAY_BEFORE, LAST_YEAR = NOW - timedelta(days=9), datetime(2014, 1, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "full", "day", "other_year", "stamp"),
    [
        ("en", "Wednesday 21 September 2016", "Mon 12 Sep", "Sun 5 Jan 2014", "Tue 22:00"),
        ("en-US", "Wednesday, September 21, 2016", "Mon, Sep 12", "Sun, Jan 5, 2014", "Tue 22:00"),
        ("fr", "mercredi 21 septembre 2016", "lun. 12 sept.", "dim. 5 janv. 2014", "mar. 22:00"),
        ("de", "Mittwoch, 21. September 2016", "Mo., 12. Sept.", "So., 5. Jan. 2014", "Di. 22:00"),
        ("ja", "2016年9月21日水曜日", "9月12日(月)", "2014年1月5日(日)", "火 22:00"),
        ("ar", *map(isolated, ("الأربعاء، 21 سبتمبر 2016", "الاثنين، 12 سبتمبر", "الأحد، 5 يناير 2014")),
         f"{isolated('الثلاثاء')} 22:00"),
    ],
)  # fmt: skip
def test_dates_are_said_in_the_readers_language(
    language: str, full: str, day: str, other_year: str, stamp: str
) -> None:
    calendar = Calendar(zone=ZoneInfo("Europe/London"), now=NOW, language=language)
    assert calendar.full_day(NOW) == full
    assert calendar.day(MONDAY_BEFORE) == day
    assert calendar.day(LAST_YEAR) == other_year
    assert calendar.stamp(NOW - timedelta(hours=9)) == stamp


@pytest.mark.parametrize("language", ["de", "ar", "ja", "fr"])
def test_a_digest_in_another_language_keeps_to_its_lines(language: str) -> None:
    digest = replace(DAILY, language=language)
    desk = Desk().add(article(1, "A"), article(2, "B"))
    edition = edition_of(desk.edition_input(last_match={GAZA: NOW - timedelta(days=30)}), digest=digest)
    mail = render(edition, TEMPLATES)
    assert len(mail.subject) <= SUBJECT_CHARACTERS
    assert all(width(line) <= COLUMNS for line in mail.text.splitlines())
    assert all(line.count(ISOLATE) == line.count(END_ISOLATE) for line in mail.text.splitlines())
    (date,) = nodes(mail.html, "h1")
    assert date.attributes["lang"] == language


@pytest.mark.parametrize("days_before", [1, 8])
def test_an_empty_edition_of_a_digest_that_skips_these_says_why_it_came(days_before: int) -> None:
    mailed_at = NOW - timedelta(days=days_before)
    digest = replace(DAILY, when_empty="skip")
    edition = edition_of(replace(Desk().edition_input(), mailed_at=mailed_at), digest=digest)
    assert edition.is_mailed is (days_before == 8)
    mail = render(edition, TEMPLATES)
    assert "except one a week" in " ".join(mail.text.split())
    assert "except one a week" in mail.html
    assert edition_of(replace(Desk().edition_input(), mailed_at=mailed_at)).is_mailed


def test_a_late_edition_says_when_it_was_due() -> None:
    mail = render(edition_of(Desk().edition_input(), now=NOW + timedelta(hours=5)), TEMPLATES)
    said = "This edition was due at 07:00 and made Wed 21 Sep, 12:00: the monitor was not running, or could not make it"
    assert said in " ".join(mail.text.split())
    assert said in mail.html


@pytest.mark.parametrize(("days_since", "covers", "days"), [(1, 0, 1), (3, 2, 3), (7, 0, 7), (None, 2, 3), (0, 0, 1)])
def test_an_edition_counts_the_days_it_tells_of(days_since: int | None, covers: int, days: int) -> None:
    previous = None if days_since is None else PreviousEdition(slot="x", made_at=NOW - timedelta(days=days_since))
    slot = replace(SLOT, covers=days_before(covers))
    assert edition_of(Desk().edition_input(previous=previous), slot=slot).days == days

"""Whatever an edition lists, its reader can see, reach and count: in the HTML, in the text, in the file beside them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from editions import DAILY, EDITIONS, GAZA, NOW, RUSSIA, SYRIA, Desk, article, edition_of, roll_up, topic
from golden_editions import ARCHIVE, TEMPLATES
from mail_rules import violations
from outbox import delivery
from test_deliver_message import LETTER, SENDER

from monitor.deliver.mail.message import compose_message
from monitor.deliver.mail.plain_copy import second_form
from monitor.deliver.mail.resent import resent
from monitor.model.delivery import REST_FILE
from monitor.model.edition import Edition, Rendered
from monitor.model.match import Origin, Tier
from monitor.render import MAX_HTML_BYTES, encoded_size, environment, render, render_page
from monitor.render.calendar import Calendar
from monitor.render.fit import ROUNDS, fit
from monitor.render.plain_list import listed_entries, listed_headlines
from monitor.render.shown import Limits, Shown, all_entries
from monitor.resources import resource

LEFT = re.compile(r"\+ ([\d,]+) more\b(?! by)")
"""Entries, topics' entries and further headlines of a story that have no room."""


def words_of(part: str) -> str:
    """A part as one line, without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", part)).split())


def left_in(part: str) -> list[int]:
    return [int(number.replace(",", "")) for number in LEFT.findall(words_of(part))]


def headings_of(edition: Edition) -> set[str]:
    """Every headline that an edition lists."""
    entries = [entry for section in edition.sections for entry in all_entries(section)]
    return {item.title for entry in entries for item in (entry.lead, *entry.also)}


def many(stories: int, *, each: int = 1, topics: Sequence[str] = (SYRIA,), words: str = "the lorry park") -> Edition:
    """So many stories, each told by so many outlets in words of their own."""
    desk = Desk()
    for number in range(stories):
        told = [
            article(100 * number + place, f"{words} {number}: account {place}", outlet=f"Outlet {place}")
            for place in range(each)
        ]
        desk.add(*told, about=(topics[number % len(topics)],), tier=Tier.LEAD)
    return edition_of(desk.edition_input(), [topic(name) for name in topics])


@pytest.mark.parametrize("name", [name for name in EDITIONS if name not in ("flood", "hostile")])
def test_every_headline_is_in_both_parts_and_nothing_goes_along(name: str) -> None:
    edition = EDITIONS[name]()
    mail = render(edition, TEMPLATES)
    for part in (mail.text, mail.html):
        words = words_of(part)
        assert all(" ".join(title.split()) in words for title in headings_of(edition))
        assert left_in(part) == []
    assert mail.rest == ""


@pytest.mark.parametrize("kind", ["passing", "late", "backfill", "earlier", "muted", "pointers"])
def test_every_kind_of_line_is_listed_however_many_there_are(kind: str) -> None:
    desk, topics, told = Desk(), [topic(SYRIA), topic(RUSSIA)], {}
    for number in range(1, 40):
        one, about = article(number, f"Barge {number} leaves the dock"), [SYRIA]
        origin = {"late": Origin.LATE, "backfill": Origin.BACKFILL}.get(kind, Origin.NEW)
        if kind == "pointers":
            about = [SYRIA, RUSSIA]
        if kind == "earlier":
            told[number] = RUSSIA
        desk.add(one, about=about, origin=origin, tier=Tier.PASSING if kind == "passing" else Tier.LEAD)
    if kind == "muted":
        topics[0] = replace(topics[0], mute_until=NOW.date().replace(day=30))
    edition = edition_of(desk.edition_input(told_under=told), topics)
    mail = render(edition, TEMPLATES)
    assert max(len(getattr(section, kind)) for section in edition.sections) == 39
    for part in (mail.text, mail.html):
        assert all(f"Barge {number} leaves the dock" in part for number in range(1, 40))
        assert left_in(part) == []


@pytest.mark.parametrize(("full", "headed"), [(5, 5), (0, 0), (2, 2), (50, 12)])
def test_the_owner_says_how_many_stories_of_a_topic_are_in_full(full: int, headed: int) -> None:
    edition = replace(many(12), full=full)
    mail = render(edition, TEMPLATES)
    assert len(re.findall(r"<h3[^>]*><a", mail.html)) == headed
    assert mail.text.count("\n * ") == headed
    assert all(title in mail.text and title in mail.html for title in headings_of(edition))
    assert ("More stories" in mail.text) == (0 < full < 12)


@pytest.mark.parametrize("page", ["", "file:///srv/news/archive/Daily/2016-09-21.html", ARCHIVE])
@pytest.mark.parametrize(
    ("stories", "each", "topics"),
    [
        (60, 30, 2),
        (900, 1, 1),
        (900, 1, 450),
        # through no code that those do not reach
        *(pytest.param(*shape, marks=pytest.mark.no_cover) for shape in ((900, 1, 3), (1, 900, 1), (2000, 2, 7))),
    ],
)
def test_what_has_no_room_is_counted_exactly_and_can_be_reached(
    stories: int, each: int, topics: int, page: str
) -> None:
    edition = many(stories, each=each, topics=[f"Topic {number}" for number in range(topics)])
    mail = render(edition, TEMPLATES, archive_page=page)
    assert 0.75 * MAX_HTML_BYTES < encoded_size(mail.html) <= MAX_HTML_BYTES
    left = left_in(mail.html)
    assert sum(left) > 0
    assert left == left_in(mail.text)
    shown, shown_as_text = words_of(mail.html), words_of(mail.text)
    lost = {title for title in headings_of(edition) if not re.search(rf"{re.escape(title)}(?!\d)", shown)}
    assert lost == {
        title for title in headings_of(edition) if not re.search(rf"{re.escape(title)}(?!\d)", shown_as_text)
    }
    if page == ARCHIVE:
        assert mail.rest == ""
        assert mail.html.count("archive page</a>") == len(left)
        assert lost <= set(headings_of(edition))
        return
    for part in (mail.text, mail.html):
        assert words_of(part).count("in the attached file") == len(left)
    rest = words_of(mail.rest)
    assert all(re.search(rf"{re.escape(title)}(?!\d)", rest) for title in lost)
    heads = "\n".join(re.findall(r"^== .*", mail.rest, re.MULTILINE))
    counted = re.findall(r"([\d,]+) more\b", heads)
    assert sum(int(number.replace(",", "")) for number in counted) == sum(left)


def test_nothing_is_left_out_as_long_as_every_story_fits_as_a_headline() -> None:
    fitting = [number for number in range(150, 400, 50) if not left_in(render(many(number), TEMPLATES).html)]
    assert fitting == list(range(150, fitting[-1] + 1, 50))
    assert fitting[-1] >= 250
    sizes = [encoded_size(render(many(number), TEMPLATES).html) for number in (400, 5_000)]
    assert all(0.9 * MAX_HTML_BYTES < size <= MAX_HTML_BYTES for size in sizes)


@pytest.mark.parametrize(("stories", "each"), [(1, 4_000), (60, 60), (4_000, 1)])
def test_what_cannot_fit_is_not_rendered_as_a_whole(stories: int, each: int) -> None:
    """Seven times the limit took five seconds; the headlines alone say that it is too much."""
    sizes: list[int] = []

    def draw(limits: Limits) -> str:
        template = TEMPLATES.get_template("digest.html.j2")
        context = {
            "edition": edition,
            "subject": "",
            "preheader": "",
            "archive_page": "",
            "attached": "x",
            "missed": (),
        }
        calendar = Calendar(zone=ZoneInfo("Europe/London"), now=NOW)
        html = template.render(context, limits=limits, shown=Shown(edition, limits), calendar=calendar, unusual="")
        sizes.append(encoded_size(html))
        return html

    edition = many(stories, each=each)
    fit(edition, draw)
    assert max(sizes) < 2 * MAX_HTML_BYTES
    assert len(sizes) <= ROUNDS


# ---- folds


def test_what_one_outlet_has_more_than_once_is_counted_or_has_its_own_headline() -> None:
    told = [
        article(1, "Ferry runs again", outlet="The Strait Post"),
        article(2, "Ferry runs again!", outlet="The Strait Post", hours_ago=4),
        article(3, "FERRY RUNS AGAIN", outlet="The Strait Post", hours_ago=3),
        article(4, "Ferry runs again, and the queue is long", outlet="The Strait Post", hours_ago=2),
        article(5, "“Ferry runs again”", outlet="Quay Radio", hours_ago=2),
        article(6, "Ferry runs again", outlet="Quay Radio", hours_ago=1),
    ]
    edition = edition_of(Desk().add(*told).edition_input())
    for full in (5, 0):
        mail = render(replace(edition, full=full), TEMPLATES)
        for part in (mail.text, mail.html):
            words = words_of(part)
            assert "+ 2 more by The Strait Post · also Quay Radio (2)" in words
            assert "Ferry runs again, and the queue is long" in words
            assert "6 articles" in words


@pytest.mark.parametrize(
    ("one", "other", "is_shown"),
    [
        ("Harvest begins", "Harvest  begins.", False),
        ("Harvest begins", "HARVEST BEGINS", False),
        ("Café reopens – at last", "Cafe reopens - at last", False),
        ("Harvest begins", "Harvest begins late", True),
        ("Toll rises to 15", "Toll rises to 51", True),
        ("停戦が始まる", "停戦が終わる", True),
        ("هدنة جديدة", "هدنة قديمة", True),
    ],
)
def test_a_headline_that_says_something_else_is_shown(one: str, other: str, *, is_shown: bool) -> None:
    edition = edition_of(Desk().add(article(1, one), article(2, other, outlet="Quay Radio")).edition_input())
    for part in (render(edition, TEMPLATES).text, render(edition, TEMPLATES).html, render_page(edition, TEMPLATES)):
        assert (other in part) == is_shown
        assert ("also Quay Radio" in words_of(part)) == (not is_shown)


@pytest.mark.parametrize("full", [5, 0])
def test_thirty_strangers_in_one_story_keep_their_headlines(full: int) -> None:
    towns = ("Ostra", "Velm", "Kirro", "Dunay", "Sable")
    told = [article(n, f"Briefing: {towns[n % 5]} counts {n} bridges", outlet=f"Outlet {n}") for n in range(1, 31)]
    mail = render(replace(edition_of(Desk().add(*told).edition_input()), full=full), TEMPLATES)
    for part in (mail.text, mail.html):
        assert all(one.title in words_of(part) for one in told)


def told_in_two(stories: int) -> Edition:
    """Stories of the first topic, each with an article of the second under a headline of its own."""
    desk = Desk()
    for number in range(1, stories + 1):
        first = article(number, f"Dam {number} is full", hours_ago=number / 100)
        desk.add(first, article(2000 + number, f"Dam {number} is full", outlet="Quay Radio"))
        desk.join(number, article(1000 + number, f"Sluice {number} opens", outlet="Island Times"), about=(RUSSIA,))
    return edition_of(desk.edition_input())


@pytest.mark.parametrize("stories", [4, 12, 400])
def test_a_pointer_says_in_full_only_of_what_this_mail_has_in_full(stories: int) -> None:
    mail = render(told_in_two(stories), TEMPLATES)
    in_full = set(re.findall(r"^ \* (Dam \d+ is full)", mail.text, re.MULTILINE))
    assert in_full == set(re.findall(r"<h3[^>]*><a[^>]*>(Dam \d+ is full)", mail.html))
    assert in_full
    for part in (mail.text, mail.html):
        words = words_of(part)
        assert {*re.findall(r"shown in full under Syria ceasefire: “(.*?)”", words)} <= in_full
        listed = {*re.findall(r"listed under Syria ceasefire: “(.*?)”", words)}
        assert not listed & in_full
        assert all(words.count(title) > 1 for title in listed)
    assert words_of(mail.text).count("shown in full") == words_of(mail.html).count("shown in full")


# ---- the file that goes along


def rendered() -> Rendered:
    return render(many(900, words="Der Lastkahn läuft aus, «endlich»"), TEMPLATES)


def parsed(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def test_the_rest_says_of_each_story_who_is_behind_it() -> None:
    desk = Desk()
    for number in range(900):
        title = f"Lorry {number} waits at the northern gate of the old customs yard since Monday evening"
        desk.add(*(article(10 * number + place, title, outlet=f"Outlet {place}") for place in range(2)))
    rest = render(edition_of(desk.edition_input()), TEMPLATES).rest
    lines = [line for line in rest.splitlines() if line.startswith("- ")]
    assert lines
    assert all(line.endswith(" · also Outlet 1 · 2 outlets, 1 shared text") for line in lines)


def test_the_rest_goes_along_as_plain_text_and_never_as_html() -> None:
    mail = rendered()
    letter = replace(LETTER, subject=mail.subject, text=mail.text, html=mail.html, attachment=mail.rest)
    raw = compose_message(letter, SENDER)
    assert violations(raw) == []
    message = parsed(raw)
    assert message.get_content_type() == "multipart/mixed"
    (file,) = message.iter_attachments()
    assert (file.get_content_type(), file.get_filename()) == ("text/plain", REST_FILE)
    assert str(file.get_content()).replace("\r\n", "\n") == mail.rest
    stored = delivery(body=raw)
    for again in (second_form(stored, SENDER), resent(stored, "other@home.example", "1", NOW, SENDER)):
        copy = again.body
        assert violations(copy) == []
        (file,) = parsed(copy).iter_attachments()
        assert str(file.get_content()).replace("\r\n", "\n") == mail.rest
        text = parsed(copy).get_body(("plain",))
        assert text is not None
        assert str(text.get_content()).replace("\r\n", "\n").endswith(mail.text)


def test_the_file_says_of_each_headline_who_carries_it_and_where_it_is() -> None:
    told = [
        article(1, "Ferry runs again", outlet="The Strait Post"),
        article(2, "Ferry runs again!", outlet="The Strait Post", hours_ago=4),
        article(3, "Ferry runs again", outlet="Quay Radio", hours_ago=2),
        article(4, "Ferry runs AGAIN", outlet="Quay Radio", hours_ago=1),
        replace(article(5, "Queue at the pier", outlet="هنا", hours_ago=2), link=""),
    ]
    (story,) = edition_of(Desk().add(*told).edition_input()).sections[0].stories
    calendar = Calendar(zone=ZoneInfo("Europe/London"), now=NOW)
    first, second = story.headlines
    assert listed_entries([story], calendar) == (
        f"- Ferry runs again – The Strait Post, {calendar.stamp(first.item.dated)} · + 1 more by The Strait Post"
        f" · also Quay Radio (2)\n    {first.item.url}\n"
        f"  + Queue at the pier – \u2068هنا\u2069, {calendar.stamp(second.item.dated)}\n"
    )
    assert (
        listed_headlines([first], calendar)
        == listed_entries([story], calendar).replace("- Ferry", "  + Ferry").partition("  + Queue")[0]
    )


def test_a_mail_in_which_everything_has_room_has_no_file() -> None:
    raw = compose_message(LETTER, SENDER)
    assert not list(parsed(raw).iter_attachments())
    again = resent(delivery(body=raw), "other@home.example", "1", NOW, SENDER)
    assert not list(parsed(again.body).iter_attachments())


# ---- templates of the owner's


def test_a_topic_template_of_an_earlier_version_leaves_out_nothing_in_silence(tmp_path: Path) -> None:
    """It shows five stories and counts the others; these go along."""
    (tmp_path / "topic.html.j2").write_text(
        '<h2 id="{{ section.anchor }}">{{ section.topic }}</h2>{% for story in section.stories[:limits.stories] %}'
        '{% include "story.html.j2" %}{% endfor %}{% set left = section.stories | length - limits.stories %}'
        '{% if left > 0 %}<p>+ {{ left }} more stories{% include "archive.html.j2" %}.</p>{% endif %}'
    )
    edition = many(12)
    mail = render(edition, environment([tmp_path, resource("templates")]))
    assert "+ 7 more stories in the attached file" in words_of(mail.html)
    assert "7 more" in mail.rest
    assert sum(title in mail.rest for title in headings_of(edition)) == 7


def test_a_story_template_of_an_earlier_version_still_lists_its_articles(tmp_path: Path) -> None:
    (tmp_path / "story.html.j2").write_text(
        "{% set lead = story.lead %}<h3>{{ lead.title }}</h3><ul>{% for other in story.also %}"
        '{% include "also.html.j2" %}{% endfor %}</ul>'
    )
    html = render(many(1, each=3), environment([tmp_path, resource("templates")])).html
    assert "account 1" in html
    assert "account 2" in html


def test_heavier_templates_of_the_owner_leave_more_out_and_stay_under_the_limit(tmp_path: Path) -> None:
    line = (resource("templates") / "line.html.j2").read_text("utf-8")
    (tmp_path / "line.html.j2").write_text(line.replace("<li style", f'<li title="{"x" * 700}" style'))
    mail = render(many(500), environment([tmp_path, resource("templates")]))
    assert encoded_size(mail.html) <= MAX_HTML_BYTES
    assert left_in(mail.html) == left_in(mail.text)
    assert left_in(mail.html)[0] > 350


def test_a_story_that_weighs_more_than_was_guessed_costs_stories_in_full_and_no_headline(tmp_path: Path) -> None:
    story = (resource("templates") / "story.html.j2").read_text("utf-8")
    (tmp_path / "story.html.j2").write_text(f"<!-- {'x' * 9_000} -->{story}")
    mail = render(replace(many(30), full=20), environment([tmp_path, resource("templates")]))
    assert encoded_size(mail.html) <= MAX_HTML_BYTES
    assert left_in(mail.html) == []
    assert 0 < mail.text.count("\n * ") < 12
    assert all(title in mail.text for title in headings_of(many(30)))


def test_a_roll_up_template_that_knows_no_limits_is_sent_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "rollup.html.j2").write_text("x" * 2 * MAX_HTML_BYTES)
    assert len(render(roll_up(), environment([tmp_path, resource("templates")])).html) == 2 * MAX_HTML_BYTES


def test_a_page_has_everything_in_full() -> None:
    page = render_page(many(60, each=3), TEMPLATES)
    assert len(re.findall(r"<h3[^>]*><a", page)) == 60
    assert left_in(page) == []
    assert Limits() == Limits(topics=None, stories=None, lines=None, outlets=None, basis=None)


def test_the_digest_says_how_many_are_in_full() -> None:
    edition = edition_of(Desk().add(article(1, "A"), about=(GAZA,)).edition_input(), digest=replace(DAILY, full=3))
    assert edition.full == 3


@pytest.mark.parametrize("copies", [1, 3, 11])
@pytest.mark.parametrize("words", ["The truce holds", "Quay Radio: the truce holds", "هدنة في الميناء"])
def test_no_outlet_loses_its_link_to_the_one_whose_headline_leads(copies: int, words: str) -> None:
    told = [
        replace(article(place + 1, words, outlet=f"Outlet {place}"), link=f"https://outlet-{place}.example/story")
        for place in range(copies + 1)
    ]
    mail = render(edition_of(Desk().add(*told).edition_input()), TEMPLATES)
    for part in (mail.text, mail.html):
        assert [each.link for each in told if each.link not in part] == []


def test_a_link_below_a_headline_never_reads_as_another_host() -> None:
    forged = replace(article(1, "The truce holds", outlet="quay.example"), link="https://attic.example/1")
    true = replace(article(2, "The truce holds", outlet="Quay Radio"), link="https://quay.example/1")
    html = render(edition_of(Desk().add(true, forged).edition_input()), TEMPLATES).html
    assert re.search(r"<a [^>]*https://attic\.example/1[^>]*>[^<]*quay\.example", html) is None
